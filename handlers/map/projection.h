#ifndef SQUALL_PROJECTION_H
#define SQUALL_PROJECTION_H

#include <stddef.h>

#include "handlers/map/geo.h"

/*
 * From the globe to a map: x to the right and y down, in the map's units.
 *
 * All of the world is shown in Equal Earth (Šavrič, Patterson and Jenny 2019),
 * a part of it in Lambert's azimuthal equal-area projection (Snyder 1987,
 * "Map projections: a working manual", page 185), so areas compare.
 */
struct projection {
	bool world;
	/* For the world: at each degree from the south pole on, how long a
	 * degree of the parallel is, and how high it lies. */
	double across[181], down[181];
	double sin_lat, cos_lat, lon; /* the middle, in radians; of a part */
	double scale, left, top;
	int width, height; /* of the map */
};

struct xy {
	double x, y;
};

/* All of the world, so wide. */
void projection_world(struct projection *, int width);

/*
 * Makes a map of all the points, and of at least so many kilometres, `width`
 * units wide and no higher than max_height; the world, if the points lie all
 * over it or there are none.
 */
void projection_fit(struct projection *, const struct point *, size_t n,
    double least_km, int width, int max_height);

/*
 * A box that holds the whole map of a part, and more.
 */
struct geo_box projection_box(const struct projection *);

struct xy projection_apply(const struct projection *, struct point);

#endif
