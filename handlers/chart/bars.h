#ifndef SQUALL_BARS_H
#define SQUALL_BARS_H

#include "handlers/chart/plot.h"

/*
 * Bars, and histograms, whose bars count numbers.
 */

/* The size of the SVG that a plot makes. */
double bars_height(const struct plot *);

/* Bars that stand, or lie where their labels are long. */
bool bars_lie(const struct plot *);
void bars_draw(struct plot *, struct buf *);
void bars_draw_lying(struct plot *, struct buf *);

/* The numbers that are counted, from one tick of x to the next. */
struct plot_bins {
	struct scale scale;
	size_t counts[64];
	size_t most; /* which of them */
};

void bars_count(struct plot_bins *, const struct plot *);
void bars_draw_histogram(struct plot *, const struct plot_bins *, struct buf *);

#endif
