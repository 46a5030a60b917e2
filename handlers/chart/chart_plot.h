#ifndef SQUALL_CHART_PLOT_H
#define SQUALL_CHART_PLOT_H

#include "handlers/chart/chart.h"
#include "handlers/chart/scale.h"

/*
 * The insides of charts, each kind in its own file.  Called by chart.c.
 */
enum {
	PLOT_WIDTH = 640,  /* units; the widest that text is still read in */
	PLOT_HEIGHT = 320, /* of all but bars that lie */
	PLOT_CHAR = 9,     /* about as wide as a character is */
	PLOT_TOP = 30,     /* above the drawing, where y has its name */
	PLOT_LABEL = 24,   /* characters of a label */
};

/* What of a chart is drawn. */
struct plot {
	const struct chart *chart;
	struct chart_item *items; /* y is a number but in a line's gaps */
	size_t n;
	size_t numbers;         /* of these, the ones with a number */
	size_t left_out;        /* items without one */
	bool numeric;           /* x is a number in all of them */
	size_t lowest, highest; /* items */
	/* The drawing's edges, for those that have axes. */
	double left, right, top, bottom;
	struct scale x, y;
};

/* How many characters a text takes. */
size_t plot_chars(struct str);

/* A label, cut if it must be, that ends at x, is in its middle or begins. */
enum plot_anchor { PLOT_START, PLOT_MIDDLE, PLOT_END };
void plot_text(struct buf *, enum plot_anchor, double x, double y, struct str);

/* The size of the SVG that a plot makes. */
double plot_height(const struct plot *);

/* Bars that stand, or lie where their labels are long. */
bool plot_lies(const struct plot *);
void plot_bars(struct plot *, struct buf *);
void plot_lying_bars(struct plot *, struct buf *);

void plot_line(struct plot *, struct buf *);
void plot_scatter(struct plot *, struct buf *);

/* The numbers that are counted, from one tick of x to the next. */
struct plot_bins {
	struct scale scale;
	size_t counts[64];
	size_t most; /* which of them */
};

void plot_bins(struct plot_bins *, const struct plot *);
void plot_histogram(struct plot *, const struct plot_bins *, struct buf *);

#endif
