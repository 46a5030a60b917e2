/*
 * Bars: those that stand, those that lie, and those of histograms.
 */
#include "handlers/chart/bars.h"

#include <math.h>

#include "app/text/html.h"
#include "handlers/chart/axes.h"

enum {
	ROW = 24,   /* the height of a lying bar's row, in units */
	THICK = 15, /* the bar's own height in it */
	BIN_STEPS = 15,
	BINS = sizeof(((struct plot_bins *)NULL)->counts) / sizeof(size_t),
};

/* Four digits, two and two, as a date or a month begins or is. */
static bool
is_date(struct str s)
{
	static const char form[] = "9999-99-99";

	if (s.len < 7)
		return false;
	for (size_t i = 0; i < s.len && i < sizeof(form) - 1; i++) {
		if (form[i] == '-' ? s.s[i] != '-'
				   : s.s[i] < '0' || s.s[i] > '9')
			return false;
	}
	return true;
}

/* Where labels are in an order that is known, not each needs to be read. */
bool
bars_lie(const struct plot *p)
{
	bool dates = p->chart->kind == CHART_BAR;

	if (!dates || p->numeric)
		return false;
	for (size_t i = 0; i < p->n; i++)
		dates = dates && is_date(p->items[i].label);
	return !dates &&
	    (axes_widest_label(p) + 1) * PLOT_CHAR * p->n > PLOT_WIDTH - 60;
}

double
bars_height(const struct plot *p)
{
	return bars_lie(p) ? PLOT_TOP + ROW * (double)p->n + 6 : PLOT_HEIGHT;
}

static void
bar(struct buf *b, const struct chart_item *item, double x, double y,
    double width, double height)
{
	buf_printf(b,
	    "<rect class=\"bar%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	    "height=\"%.1f\"><title>",
	    item->y < 0 ? " under" : "", x, y, width, height);
	html_str(b, item->label);
	html_raw(b, ": ");
	scale_number(b, item->y);
	html_raw(b, "</title></rect>\n");
}

void
bars_draw(struct plot *p, struct buf *b)
{
	double slot, width, zero;

	axes_y(p, fmin(0, p->items[p->lowest].y),
	    fmax(0, p->items[p->highest].y), b);
	slot = (p->right - p->left) / (double)p->n;
	width = fmin(slot > 4 ? slot * 0.75 : slot * 0.9, 64);
	zero = axes_height(p, 0);
	for (size_t i = 0; i < p->n; i++) {
		double y = axes_height(p, p->items[i].y);

		bar(b, &p->items[i],
		    p->left + slot * ((double)i + 0.5) - width / 2,
		    fmin(y, zero), width, fmax(fabs(y - zero), 0.5));
	}
	axes_line(b, p, zero);
	axes_labels(p, b);
}

/* The widest of the numbers, above zero or below. */
static double
room_of(const struct plot *p, bool below)
{
	struct buf text = {0};
	size_t widest = 0;

	for (size_t i = 0; i < p->n; i++) {
		size_t n;

		if ((p->items[i].y < 0) != below)
			continue;
		buf_reset(&text);
		scale_number(&text, p->items[i].y);
		n = axes_chars(str_of_buf(&text));
		widest = n > widest ? n : widest;
	}
	buf_release(&text);
	return widest == 0 ? 0 : (double)(widest * PLOT_CHAR + 8);
}

/* Each has its number at its end, so they need no ticks. */
void
bars_draw_lying(struct plot *p, struct buf *b)
{
	size_t chars = axes_widest_label(p);
	double gutter =
	    (double)((chars < PLOT_LABEL ? chars : PLOT_LABEL) * PLOT_CHAR) +
	    10;
	double low = fmin(0, p->items[p->lowest].y);
	double high = fmax(0, p->items[p->highest].y);
	double left = gutter + room_of(p, true);
	double width = PLOT_WIDTH - left - room_of(p, false);
	double zero, per_unit;
	struct buf number = {0};

	/* Halves: the range of doubles is no double. */
	per_unit = low < high ? width / (high / 2 - low / 2) : 0;
	zero = left - low / 2 * per_unit;
	axes_names(p, gutter, b);
	for (size_t i = 0; i < p->n; i++) {
		const struct chart_item *item = &p->items[i];
		double y = PLOT_TOP + ROW * (double)i;
		double length = fabs(item->y / 2 * per_unit);
		double end = item->y < 0 ? zero - length : zero + length;

		axes_text(b, PLOT_END, gutter - 10, y + 16, item->label);
		bar(b, item, fmin(zero, end), y + (ROW - THICK) / 2.0,
		    fmax(length, 1), THICK);
		buf_reset(&number);
		scale_number(&number, item->y);
		axes_text(b, item->y < 0 ? PLOT_END : PLOT_START,
		    item->y < 0 ? end - 6 : end + 6, y + 16,
		    str_of_buf(&number));
	}
	buf_printf(b, "<path class=\"axis\" d=\"M%.1f %dV%.1f\"/>\n", zero,
	    PLOT_TOP, PLOT_TOP + ROW * (double)p->n);
	buf_release(&number);
}

void
bars_count(struct plot_bins *bins, const struct plot *p)
{
	double low = p->items[p->lowest].y, high = p->items[p->highest].y;
	bool whole = true;

	for (size_t i = 0; i < p->n; i++)
		whole = whole && p->items[i].y == floor(p->items[i].y);
	*bins = (struct plot_bins){0};
	scale_init(&bins->scale, low, high, BIN_STEPS, whole);
	for (size_t i = 0; i < p->n; i++) {
		double place = scale_place(&bins->scale, p->items[i].y);
		int bin = (int)(place * bins->scale.n);

		if (bin >= bins->scale.n)
			bin = bins->scale.n - 1;
		if (bin >= BINS)
			bin = BINS - 1;
		bins->counts[bin < 0 ? 0 : bin]++;
	}
	for (size_t i = 0; i < BINS; i++) {
		if (bins->counts[i] > bins->counts[bins->most])
			bins->most = i;
	}
}

void
bars_draw_histogram(struct plot *p, const struct plot_bins *bins, struct buf *b)
{
	double slot;

	axes_y(p, 0, (double)bins->counts[bins->most], b);
	p->x = bins->scale;
	slot = (p->right - p->left) / p->x.n;
	for (int i = 0; i < p->x.n; i++) {
		double y = axes_height(p, (double)bins->counts[i]);

		if (bins->counts[i] == 0)
			continue;
		buf_printf(b,
		    "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		    "height=\"%.1f\"><title>",
		    p->left + slot * i + 0.5, y, slot - 1, p->bottom - y);
		scale_label(&p->x, i, b);
		html_raw(b, " to ");
		scale_label(&p->x, i + 1, b);
		html_raw(b, ": ");
		html_int(b, (long long)bins->counts[i]);
		html_raw(b, "</title></rect>\n");
	}
	axes_line(b, p, p->bottom);
	axes_ticks(p, b);
}
