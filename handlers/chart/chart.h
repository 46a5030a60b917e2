#ifndef SQUALL_CHART_H
#define SQUALL_CHART_H

#include "app/config/chart_spec.h"
#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * Charts as inline SVG.  Their colours are the stylesheet's, and their words
 * say what they show to those who don't see them.
 */
enum {
	CHART_MAX = 1000, /* items; more are the caller's to leave out */
	CHART_BARS = 60,  /* bars, and the others are left out */
};

struct chart_item {
	struct str label; /* of x, as people read it */
	double x, y;      /* NAN, or not finite: it is none of the chart's */
};

struct chart {
	enum chart_kind kind;
	struct str x, y; /* what these are called; x may be "" */
	const struct chart_item *items;
	size_t n;
	bool more; /* there are more than these */
};

/*
 * Writes a figure: the chart, and what it leaves out.  A bar has its item's
 * label; so has a point of a line, unless all x are numbers; the points of a
 * scatter chart have numbers, unless none has.  A histogram counts the values
 * of y.  False, and nothing is written, if no item can be shown.
 */
bool chart_figure(struct buf *, const struct chart *);

/* A bar as long as the value is to the largest one, beside the number itself.
 */
void chart_meter(struct buf *b, int64_t value, int64_t max);

/*
 * A small histogram of `n` counts, from `min` to `max`, with the same in words.
 */
void chart_histogram(
    struct buf *, double min, double max, const int64_t *counts, size_t n);

#endif
