/*
 * Lines and points.
 */
#include "handlers/chart/lines.h"

#include <math.h>

#include "app/text/html.h"
#include "handlers/chart/axes.h"

enum {
	DOTS_OF_LINE = 60, /* more are no dots, but a line */
	DOTS_NAMED = 200,  /* more have no names, and one path */
};

/* Where zero is near, the axis begins there. */
static void
begin(struct plot *p, struct buf *b)
{
	double low = p->items[p->lowest].y, high = p->items[p->highest].y;

	if (low > 0 && low < high * 0.4)
		low = 0;
	if (high < 0 && high > low * 0.4)
		high = 0;
	axes_y(p, low, high, b);
	if (p->y.first < 0 && scale_end(&p->y) > 0)
		axes_line(b, p, axes_height(p, 0));
	axes_line(b, p, p->bottom);
	if (p->numeric)
		axes_ticks(p, b);
	else
		axes_labels(p, b);
}

static void
dot(const struct plot *p, size_t i, struct buf *b)
{
	const struct chart_item *item = &p->items[i];

	buf_printf(b, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\">",
	    axes_width(p, i), axes_height(p, item->y));
	html_raw(b, "<title>");
	html_str(b, item->label);
	html_raw(b, ": ");
	scale_number(b, item->y);
	html_raw(b, "</title></circle>\n");
}

static void
dots(const struct plot *p, struct buf *b)
{
	for (size_t i = 0; i < p->n; i++) {
		if (isfinite(p->items[i].y))
			dot(p, i, b);
	}
}

void
lines_draw(struct plot *p, struct buf *b)
{
	bool gap = true;

	begin(p, b);
	html_raw(b, "<path class=\"line\" d=\"");
	for (size_t i = 0; i < p->n; i++) {
		if (isfinite(p->items[i].y))
			buf_printf(b, "%c%.1f %.1f%s", gap ? 'M' : 'L',
			    axes_width(p, i), axes_height(p, p->items[i].y),
			    gap ? "h0" : "");
		gap = !isfinite(p->items[i].y);
	}
	html_raw(b, "\"/>\n");
	if (p->numbers <= DOTS_OF_LINE)
		dots(p, b);
}

void
lines_scatter(struct plot *p, struct buf *b)
{
	begin(p, b);
	if (p->n <= DOTS_NAMED) {
		dots(p, b);
		return;
	}
	html_raw(b, "<path class=\"dots\" d=\"");
	for (size_t i = 0; i < p->n; i++)
		buf_printf(b, "M%.1f %.1fh0", axes_width(p, i),
		    axes_height(p, p->items[i].y));
	html_raw(b, "\"/>\n");
}
