#ifndef SQUALL_AXES_H
#define SQUALL_AXES_H

#include "handlers/chart/plot.h"

/*
 * The axes of charts, and the edges of what they enclose.
 */

/* Sets the edges and the scale of y, and draws its grid and the names. */
void axes_y(struct plot *, double min, double max, struct buf *);

/* Draws the ticks of the scale of x, which is set. */
void axes_ticks(const struct plot *, struct buf *);

/* Draws the items' labels below as many of them as have room. */
void axes_labels(const struct plot *, struct buf *);

/* The line that bars stand on. */
void axes_line(struct buf *, const struct plot *, double y);

/* The name of y, above the drawing, and of x, below or (lying) above it. */
void axes_names(const struct plot *, double left, struct buf *);

/* Where values lie. */
double axes_height(const struct plot *, double y);
double axes_width(const struct plot *, size_t item);

/* How many characters a text takes, and the longest of the labels. */
size_t axes_chars(struct str);
size_t axes_widest_label(const struct plot *);

/* A label, cut if it must be, that ends at x, is in its middle or begins. */
enum plot_anchor { PLOT_START, PLOT_MIDDLE, PLOT_END };
void axes_text(struct buf *, enum plot_anchor, double x, double y, struct str);

#endif
