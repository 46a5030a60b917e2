#ifndef SQUALL_ATLAS_MARKS_H
#define SQUALL_ATLAS_MARKS_H

#include "db/sqlite/query.h"
#include "handlers/map/map.h"

/*
 * Places on a map: circles whose areas compare their populations, and the names
 * of the first that have room for one.
 */
enum { MARKS_LABELS = 24 };

struct marks {
	const struct projection *projection; /* set these, and nothing else */
	double radius;                       /* of the largest, in units */
	size_t n_labels;                     /* at most MARKS_LABELS */
	int64_t own; /* the id of a place that stands out; 0: none does */
	int64_t largest;
	size_t n;
	struct buf circles, labels;
	struct {
		double left, top, right, bottom;
	} taken[MARKS_LABELS];
	size_t n_taken;
};

/*
 * Adds a place: the query's columns are its id, name, population, lat and lon.
 * The largest come first.
 */
void marks_add(struct marks *, const struct query *);

/* Draws them all. */
void marks_draw(struct marks *, struct buf *);

#endif
