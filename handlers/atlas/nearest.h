#ifndef SQUALL_ATLAS_NEAREST_H
#define SQUALL_ATLAS_NEAREST_H

#include "db/sqlite/query.h"
#include "handlers/map/geo.h"

/* The places nearest to a point. */
enum { NEAREST_MAX = 20 };

struct near {
	int64_t id;
	struct point at;
	double km;
};

struct nearest {
	struct near places[NEAREST_MAX]; /* the nearest first */
	size_t n;
};

/*
 * Finds up to `max` of them, but for the place `except`.  The index of
 * positions is asked for larger and larger parts of the globe, until there are
 * enough.
 */
void nearest_find(
    struct nearest *, struct db *, struct point, int64_t except, size_t max);

#endif
