/*
 * The axes around bars, lines and points.
 */
#include "handlers/chart/axes.h"

#include <math.h>

#include "app/text/html.h"
#include "app/text/utf8.h"
#include "handlers/chart/bars.h"

enum {
	Y_STEPS = 5,
	X_STEPS = 7,
	BELOW = 52,    /* units below the drawing, for ticks and a name */
	RIGHT = 18,    /* beside it */
	LABEL_MIN = 3, /* characters that are left of a label */
};

size_t
axes_chars(struct str s)
{
	size_t n = 0;

	while (s.len > 0) {
		size_t len = utf8_next(s);

		/* From here on, most scripts are twice as wide. */
		n += len > 2 && (unsigned char)*s.s >= 0xe3 ? 2 : 1;
		str_skip(&s, len == 0 ? 1 : len);
	}
	return n;
}

size_t
axes_widest_label(const struct plot *p)
{
	size_t widest = 0;

	for (size_t i = 0; i < p->n; i++) {
		size_t n = axes_chars(p->items[i].label);

		widest = n > widest ? n : widest;
	}
	return widest;
}

/* The beginning that takes at most so many characters. */
static struct str
cut(struct str s, size_t chars)
{
	struct str part = {s.s, 0};

	while (part.len < s.len) {
		size_t len =
		    utf8_next((struct str){s.s + part.len, s.len - part.len});
		struct str longer = {s.s, part.len + (len == 0 ? 1 : len)};

		if (axes_chars(longer) > chars)
			break;
		part = longer;
	}
	return part;
}

static void
text_within(struct buf *b, enum plot_anchor anchor, double x, double y,
    struct str s, size_t chars)
{
	static const char *const anchors[] = {
	    [PLOT_START] = "start",
	    [PLOT_MIDDLE] = "middle",
	    [PLOT_END] = "end",
	};
	bool whole = axes_chars(s) <= chars;

	buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y,
	    anchors[anchor]);
	html_str(b, whole ? s : cut(s, chars - 1));
	if (!whole) {
		html_raw(b, "…<title>");
		html_str(b, s);
		html_raw(b, "</title>");
	}
	html_raw(b, "</text>\n");
}

void
axes_text(
    struct buf *b, enum plot_anchor anchor, double x, double y, struct str s)
{
	text_within(b, anchor, x, y, s, PLOT_LABEL);
}

double
axes_height(const struct plot *p, double y)
{
	return p->bottom - scale_place(&p->y, y) * (p->bottom - p->top);
}

double
axes_width(const struct plot *p, size_t item)
{
	double place = p->numeric ? scale_place(&p->x, p->items[item].x)
				  : ((double)item + 0.5) / (double)p->n;

	return p->left + place * (p->right - p->left);
}

void
axes_line(struct buf *b, const struct plot *p, double y)
{
	buf_printf(b, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", p->left,
	    y, p->right);
}

static void
name(struct buf *b, const char *anchor, double x, double y, struct str s)
{
	buf_printf(b,
	    "<text class=\"name\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x,
	    y, anchor);
	html_str(b, cut(s, 40));
	html_raw(b, "</text>\n");
}

void
axes_names(const struct plot *p, double left, struct buf *b)
{
	const struct chart *c = p->chart;

	if (bars_lie(p)) {
		name(b, "end", left - 10, 18, c->x);
		name(b, "start", left, 18, c->y);
	} else if (c->kind == CHART_HISTOGRAM) {
		name(b, "start", 0, 18, str_of("number of values"));
		name(b, "end", p->right, PLOT_HEIGHT - 8, c->y);
	} else {
		name(b, "start", 0, 18, c->y);
		name(b, "end", p->right, PLOT_HEIGHT - 8, c->x);
	}
}

static bool
is_whole(const struct plot *p, bool x)
{
	for (size_t i = 0; i < p->n; i++) {
		double value = x ? p->items[i].x : p->items[i].y;

		if (isfinite(value) && value != floor(value))
			return false;
	}
	return true;
}

/* The characters of the longest label of a tick. */
static size_t
widest_tick(const struct scale *s)
{
	struct buf label = {0};
	size_t widest = 0;

	for (int i = 0; i <= s->n; i++) {
		size_t n;

		buf_reset(&label);
		scale_label(s, i, &label);
		n = axes_chars(str_of_buf(&label));
		widest = n > widest ? n : widest;
	}
	buf_release(&label);
	return widest;
}

void
axes_y(struct plot *p, double min, double max, struct buf *b)
{
	struct buf label = {0};

	scale_init(&p->y, min, max, Y_STEPS,
	    p->chart->kind == CHART_HISTOGRAM || is_whole(p, false));
	p->left = (double)(widest_tick(&p->y) * PLOT_CHAR) + 10;
	p->right = PLOT_WIDTH - RIGHT;
	p->top = PLOT_TOP + 6;
	p->bottom = PLOT_HEIGHT - BELOW;
	axes_names(p, 0, b);
	for (int i = 0; i <= p->y.n; i++) {
		double y = p->bottom - (p->bottom - p->top) * i / p->y.n;

		buf_reset(&label);
		scale_label(&p->y, i, &label);
		buf_printf(b, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>",
		    p->left, y, p->right);
		axes_text(b, PLOT_END, p->left - 8, y + 5, str_of_buf(&label));
	}
	if (p->numeric && p->chart->kind != CHART_BAR) {
		double low = p->items[0].x, high = low;

		for (size_t i = 1; i < p->n; i++) {
			low = fmin(low, p->items[i].x);
			high = fmax(high, p->items[i].x);
		}
		scale_init(&p->x, low, high, X_STEPS, is_whole(p, true));
		p->x.years = is_whole(p, true) && low >= 1000 && high < 3000;
	}
	buf_release(&label);
}

void
axes_ticks(const struct plot *p, struct buf *b)
{
	double slot = (p->right - p->left) / p->x.n;
	struct buf label = {0};
	size_t widest = widest_tick(&p->x);
	int step = (int)ceil((double)((widest + 2) * PLOT_CHAR) / slot);

	for (int i = 0; i <= p->x.n; i += step) {
		double x = p->left + slot * i;

		buf_reset(&label);
		scale_label(&p->x, i, &label);
		buf_printf(b, "<path class=\"axis\" d=\"M%.1f %.1fv5\"/>", x,
		    p->bottom);
		axes_text(
		    b, PLOT_MIDDLE, x, p->bottom + 20, str_of_buf(&label));
	}
	buf_release(&label);
}

void
axes_labels(const struct plot *p, struct buf *b)
{
	double slot = (p->right - p->left) / (double)p->n;
	size_t widest = axes_widest_label(p), step;

	if (widest < LABEL_MIN)
		widest = LABEL_MIN;
	if (widest > PLOT_LABEL / 2)
		widest = PLOT_LABEL / 2;
	step = (size_t)ceil((double)((widest + 2) * PLOT_CHAR) / slot);
	for (size_t i = 0; i < p->n; i += step)
		text_within(b, PLOT_MIDDLE, p->left + slot * ((double)i + 0.5),
		    p->bottom + 20, p->items[i].label, widest);
}
