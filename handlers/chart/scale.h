#ifndef SQUALL_SCALE_H
#define SQUALL_SCALE_H

#include "app/text/buf.h"

/*
 * A chart's axis: a range of numbers that begins and ends at a tick.  Ticks are
 * one, two or five times a power of ten apart.  The range of all doubles is no
 * double, hence the type.
 */
struct scale {
	long double first, step; /* the first tick, in steps */
	int n;                   /* steps, one at least */
	bool years;              /* labels have no thousands separators */
};

/*
 * The scale that holds two finite numbers, with about so many steps.  Of whole
 * numbers, ticks are as well.
 */
void scale_init(struct scale *, double min, double max, int steps, bool whole);

long double scale_tick(const struct scale *, int i);
long double scale_end(const struct scale *);

/* Where a number lies: 0 at the beginning, 1 at the end. */
double scale_place(const struct scale *, double);

/* The label of a tick: 0.25, 2,500, 40k, 1.5M. */
void scale_label(const struct scale *, int i, struct buf *);

/* A number for people, to six digits where it is not whole: 135,233 or 0.25. */
void scale_number(struct buf *, double);

#endif
