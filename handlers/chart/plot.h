#ifndef SQUALL_PLOT_H
#define SQUALL_PLOT_H

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

/* The part of a chart that is drawn. */
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

#endif
