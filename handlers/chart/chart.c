/*
 * Charts: what of the items is shown, the frame, and the words.  Knows neither
 * databases nor pages.
 */
#include "handlers/chart/chart.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/html.h"
#include "handlers/chart/bars.h"
#include "handlers/chart/lines.h"
#include "handlers/chart/plot.h"

static bool
is_numeric(const struct chart *c)
{
	size_t numbers = 0, of = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!isfinite(c->items[i].y))
			continue;
		of++;
		if (isfinite(c->items[i].x))
			numbers++;
	}
	return numbers > 0 && (c->kind == CHART_SCATTER || numbers == of);
}

/* A line shows where something is missing; other charts go without. */
static bool
takes(const struct plot *p, const struct chart_item *item)
{
	bool has_y = isfinite(item->y);

	if (p->chart->kind == CHART_LINE)
		return !p->numeric || isfinite(item->x);
	if (p->chart->kind == CHART_SCATTER && p->numeric)
		return has_y && isfinite(item->x);
	return has_y;
}

static void
take(struct plot *p, const struct chart_item *item)
{
	size_t i = p->n++;

	p->items[i] = *item;
	if (!isfinite(item->y))
		return;
	if (p->numbers == 0 || item->y < p->items[p->lowest].y)
		p->lowest = i;
	if (p->numbers == 0 || item->y > p->items[p->highest].y)
		p->highest = i;
	p->numbers++;
}

static bool
choose(struct plot *p, const struct chart *c)
{
	size_t most = c->kind == CHART_BAR ? CHART_BARS : CHART_MAX;

	*p = (struct plot){.chart = c, .numeric = is_numeric(c)};
	p->items = alloc_array(c->n + 1, sizeof(*p->items));
	if (p->items == NULL)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		bool taken = takes(p, &c->items[i]);

		p->left_out += !taken || !isfinite(c->items[i].y);
		if (taken && p->n < most)
			take(p, &c->items[i]);
	}
	return p->numbers > 0;
}

static void
add_extreme(struct buf *b, const struct plot *p, size_t i)
{
	scale_number(b, p->items[i].y);
	if (p->chart->kind != CHART_HISTOGRAM && p->items[i].label.len > 0) {
		buf_lit(b, " (");
		buf_add(b, p->items[i].label.s, p->items[i].label.len);
		buf_lit(b, ")");
	}
}

/* "250 values of population, from 12 (Vatican City) to 1,400 (India)." */
static void
describe(const struct plot *p, const struct plot_bins *bins, struct buf *words)
{
	html_int(words, (long long)p->numbers);
	buf_str(words, p->numbers == 1 ? " value of " : " values of ");
	buf_add(words, p->chart->y.s, p->chart->y.len);
	buf_str(words, p->numbers == 1 ? ": " : ", from ");
	add_extreme(words, p, p->lowest);
	if (p->numbers > 1) {
		buf_lit(words, " to ");
		add_extreme(words, p, p->highest);
	}
	if (bins != NULL && p->numbers > 1) {
		buf_lit(words, "; most of them, ");
		html_int(words, (long long)bins->counts[bins->most]);
		buf_lit(words, ", from ");
		scale_label(&bins->scale, (int)bins->most, words);
		buf_lit(words, " to ");
		scale_label(&bins->scale, (int)bins->most + 1, words);
	}
	buf_lit(words, ".");
}

static void
begin(struct buf *b, const struct plot *p, const struct plot_bins *bins)
{
	static const char *const titles[] = {
	    [CHART_BAR] = "Bars: ",
	    [CHART_LINE] = "A line: ",
	    [CHART_SCATTER] = "Points: ",
	    [CHART_HISTOGRAM] = "How often there is which ",
	};
	const struct chart *c = p->chart;
	struct buf words = {0};

	buf_printf(b,
	    "<svg class=\"chart\" viewBox=\"0 0 %d %.0f\" role=\"img\" "
	    "aria-labelledby=\"chart-title chart-text\">"
	    "<title id=\"chart-title\">%s",
	    PLOT_WIDTH, bars_height(p), titles[c->kind]);
	html_str(b, c->y);
	if (c->kind != CHART_HISTOGRAM && c->x.len > 0) {
		html_raw(b, " by ");
		html_str(b, c->x);
	}
	html_raw(b, "</title><desc id=\"chart-text\">");
	describe(p, bins, &words);
	html_str(b, str_of_buf(&words));
	html_raw(b, "</desc>\n");
	b->failed |= words.failed;
	buf_release(&words);
}

static void
draw(struct plot *p, struct buf *b)
{
	struct plot_bins bins;

	if (p->chart->kind == CHART_HISTOGRAM)
		bars_count(&bins, p);
	begin(b, p, p->chart->kind == CHART_HISTOGRAM ? &bins : NULL);
	switch (p->chart->kind) {
	case CHART_NONE:
		break;
	case CHART_BAR:
		if (bars_lie(p))
			bars_draw_lying(p, b);
		else
			bars_draw(p, b);
		break;
	case CHART_LINE:
		lines_draw(p, b);
		break;
	case CHART_SCATTER:
		lines_scatter(p, b);
		break;
	case CHART_HISTOGRAM:
		bars_draw_histogram(p, &bins, b);
		break;
	}
	html_raw(b, "</svg>\n");
}

/* A sentence on items that the chart leaves out. */
static void
caption(const struct plot *p, struct buf *b)
{
	size_t fit = p->chart->n - p->left_out;
	bool cut = p->chart->kind == CHART_BAR && fit > p->n;

	if (p->left_out == 0 && !cut && !p->chart->more)
		return;
	html_raw(b, "<figcaption>");
	if (p->left_out > 0) {
		html_int(b, (long long)p->left_out);
		buf_str(b,
		    p->left_out == 1
			? " row has no number and is left out. "
			: " rows have no number and are left out. ");
	}
	if (cut || p->chart->more) {
		html_raw(b, "The chart shows the first ");
		html_int(b, (long long)(cut ? p->n : p->chart->n));
		html_raw(b, " rows");
		if (!p->chart->more) {
			html_raw(b, " of ");
			html_int(b, (long long)fit);
		}
		html_raw(b, ".");
	}
	html_raw(b, "</figcaption>\n");
}

bool
chart_figure(struct buf *b, const struct chart *c)
{
	struct plot p;
	bool shown = c->kind != CHART_NONE && choose(&p, c);

	if (shown) {
		html_raw(b,
		    "<figure>\n<div class=\"plot\" role=\"region\" "
		    "tabindex=\"0\" aria-label=\"Chart\">\n");
		draw(&p, b);
		html_raw(b, "</div>\n");
		caption(&p, b);
		html_raw(b, "</figure>\n");
	}
	if (c->kind != CHART_NONE) {
		b->failed |= p.items == NULL;
		free(p.items);
	}
	return shown;
}

void
chart_meter(struct buf *b, int64_t value, int64_t max)
{
	int width = max > 0 && value > 0
	    ? (int)(100.0 * (double)value / (double)max)
	    : 0;

	html_raw(b,
	    "<svg class=\"meter\" viewBox=\"0 0 100 8\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\">");
	buf_printf(b, "<path d=\"M0 0h%dv8h-%dz\"/></svg>", width, width);
}

/* Where the part `i` of `n` begins. */
static double
border(double min, double max, size_t i, size_t n)
{
	double part = (double)i / (double)n;

	return min * (1 - part) + max * part;
}

enum { SMALL_WIDTH = 160, SMALL_HEIGHT = 36 }; /* units */

void
chart_histogram(
    struct buf *b, double min, double max, const int64_t *counts, size_t n)
{
	int64_t total = 0;
	size_t most = 0;
	double width = SMALL_WIDTH / (double)n;

	for (size_t i = 0; i < n; i++) {
		total += counts[i];
		if (counts[i] > counts[most])
			most = i;
	}
	if (total == 0)
		return;
	buf_printf(b,
	    "<svg class=\"bins\" viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-label=\"",
	    SMALL_WIDTH, SMALL_HEIGHT);
	html_int(b, total);
	html_raw(b, " values, most of them, ");
	html_int(b, counts[most]);
	html_raw(b, ", from ");
	scale_number(b, border(min, max, most, n));
	html_raw(b, " to ");
	scale_number(b, border(min, max, most + 1, n));
	buf_printf(b,
	    "\"><path class=\"axis\" d=\"M0 %gH%d\"/><path class=\"bar\" d=\"",
	    SMALL_HEIGHT - 0.5, SMALL_WIDTH);
	for (size_t i = 0; i < n; i++) {
		double height = (SMALL_HEIGHT - 1) * (double)counts[i] /
		    (double)counts[most];

		if (counts[i] > 0)
			buf_printf(b, "M%.1f %dv-%.1fh%.1fv%.1fz",
			    width * (double)i, SMALL_HEIGHT, fmax(height, 1),
			    width - 1, fmax(height, 1));
	}
	html_raw(b, "\"/></svg>");
}
