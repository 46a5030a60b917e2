#ifndef SQUALL_GEO_H
#define SQUALL_GEO_H

#include <stdbool.h>

/*
 * Places on the globe, taken for a sphere of the Earth's mean radius: good to
 * half a percent.  Degrees, kilometres.
 */
#define GEO_RADIUS_KM 6371.0088 /* the mean one, of IUGG */

struct point {
	double lat, lon;
};

/* Along the great circle. */
double geo_distance_km(struct point from, struct point to);

/* Where one sets out for it, in degrees from the north, clockwise. */
double geo_bearing(struct point from, struct point to);

/* A direction in words: "north", "south-west". */
const char *geo_direction(double bearing);

/* The other end of the Earth. */
struct point geo_antipode(struct point);

/* All that is within a distance: bounds that also hold more than that. */
struct geo_box {
	double min_lat, max_lat;
	double min_lon, max_lon; /* beyond ±180 where it lies over that line */
};

struct geo_box geo_around(struct point, double km);

#endif
