/*
 * Distances and directions on a sphere.  Called by pages about places.
 */
#include "handlers/map/geo.h"

#include <math.h>
#include <stddef.h>

static double
radians(double degrees)
{
	return degrees * M_PI / 180;
}

static double
degrees(double radians)
{
	return radians * 180 / M_PI;
}

/* The haversine formula, which is good for short distances as well. */
double
geo_distance_km(struct point from, struct point to)
{
	double lat = sin(radians(to.lat - from.lat) / 2);
	double lon = sin(radians(to.lon - from.lon) / 2);
	double h = lat * lat +
	    cos(radians(from.lat)) * cos(radians(to.lat)) * lon * lon;

	return 2 * GEO_RADIUS_KM * asin(sqrt(fmin(h, 1)));
}

double
geo_bearing(struct point from, struct point to)
{
	double lon = radians(to.lon - from.lon);
	double y = sin(lon) * cos(radians(to.lat));
	double x = cos(radians(from.lat)) * sin(radians(to.lat)) -
	    sin(radians(from.lat)) * cos(radians(to.lat)) * cos(lon);

	return fmod(degrees(atan2(y, x)) + 360, 360);
}

const char *
geo_direction(double bearing)
{
	static const char *const words[] = {"north", "north-east", "east",
	    "south-east", "south", "south-west", "west", "north-west"};
	size_t n = sizeof(words) / sizeof(*words);

	return words[(size_t)lround(fmod(bearing, 360) / 45) % n];
}

struct point
geo_antipode(struct point p)
{
	return (struct point){-p.lat, p.lon > 0 ? p.lon - 180 : p.lon + 180};
}

struct geo_box
geo_around(struct point p, double km)
{
	double angle = km / GEO_RADIUS_KM;
	double lat = degrees(angle);
	struct geo_box box = {
	    p.lat - lat, p.lat + lat, p.lon - 180, p.lon + 180};
	double reach;

	if (box.min_lat <= -90 || box.max_lat >= 90)
		return box; /* it has a pole in it, and so all meridians */
	reach = degrees(asin(sin(angle) / cos(radians(p.lat))));
	box.min_lon = p.lon - reach;
	box.max_lon = p.lon + reach;
	return box;
}
