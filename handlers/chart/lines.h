#ifndef SQUALL_LINES_H
#define SQUALL_LINES_H

#include "handlers/chart/plot.h"

/* Lines, and points without lines between them. */
void lines_draw(struct plot *, struct buf *);
void lines_scatter(struct plot *, struct buf *);

#endif
