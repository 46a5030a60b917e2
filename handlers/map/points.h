#ifndef SQUALL_POINTS_H
#define SQUALL_POINTS_H

#include "app/text/buf.h"
#include "handlers/map/geojson.h"
#include "handlers/map/map.h"

/*
 * Points that rows have, gathered while these are read, and their map.
 */
struct points {
	struct geojson columns; /* which have them: set it, and nothing else */
	struct point *list;
	size_t n, room;
	bool failed; /* out of memory */
};

void points_release(struct points *);

/* Takes the point of the query's row, if it has one on the globe. */
void points_add(struct points *, const struct query *);

/*
 * Draws them on a map of the part of the world that they lie in, `width` units
 * wide; nothing if there are none.
 */
void
points_map(struct buf *, const struct points *, const char *title, int width);

#endif
