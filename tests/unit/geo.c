/*
 * handlers/map/geo.c: distances, directions and boxes on the globe.
 */
#include "handlers/map/geo.h"

#include <math.h>

#include "tests/unit/util.h"

static const struct point istanbul = {41.01384, 28.94966};
static const struct point new_york = {40.71427, -74.00597};
static const struct point suva = {-18.14161, 178.44149};

static void
near(double got, double wanted, double by)
{
	if (!(fabs(got - wanted) <= by))
		fail_msg("got %f, wanted %f", got, wanted);
}

static void
distances(void **state)
{
	(void)state;
	near(geo_distance_km(istanbul, istanbul), 0, 0);
	near(geo_distance_km(istanbul, new_york), 8071, 5);
	near(geo_distance_km(new_york, istanbul), 8071, 5);
	/* a degree of the equator, and half the way around */
	near(geo_distance_km((struct point){0, 0}, (struct point){0, 1}), 111.2,
	    0.1);
	near(geo_distance_km((struct point){0, 0}, (struct point){0, 180}),
	    20015, 1);
	near(geo_distance_km((struct point){90, 0}, (struct point){-90, 77}),
	    20015, 1);
	/* over the 180th meridian */
	near(geo_distance_km(
		 (struct point){0, 179.5}, (struct point){0, -179.5}),
	    111.2, 0.1);
}

static void
directions(void **state)
{
	(void)state;
	near(geo_bearing(istanbul, new_york), 309, 1);
	assert_string_equal(
	    geo_direction(geo_bearing(istanbul, new_york)), "north-west");
	assert_string_equal(geo_direction(0), "north");
	assert_string_equal(geo_direction(22), "north");
	assert_string_equal(geo_direction(23), "north-east");
	assert_string_equal(geo_direction(337), "north-west");
	assert_string_equal(geo_direction(338), "north");
	assert_string_equal(geo_direction(359.9), "north");
	assert_string_equal(geo_direction(geo_bearing((struct point){0, 179.5},
				(struct point){0, -179.5})),
	    "east");
}

static void
antipodes(void **state)
{
	(void)state;
	near(geo_antipode(istanbul).lat, -41.01384, 1e-9);
	near(geo_antipode(istanbul).lon, 28.94966 - 180, 1e-9);
	near(geo_antipode(new_york).lon, 180 - 74.00597, 1e-9);
	near(geo_distance_km(suva, geo_antipode(suva)), 20015, 1);
}

/* Whatever is within the distance is within the box. */
static void
boxes(void **state)
{
	static const struct point middles[] = {
	    {0, 0}, {60, 10}, {-89, 0}, {89.9, 100}, {-18.1, 178.4}};

	(void)state;
	for (size_t i = 0; i < sizeof(middles) / sizeof(*middles); i++) {
		struct geo_box box = geo_around(middles[i], 300);

		for (double lat = -90; lat <= 90; lat += 0.5) {
			for (double lon = -180; lon < 180; lon += 0.5) {
				struct point p = {lat, lon};
				bool in = false;

				if (geo_distance_km(middles[i], p) > 300)
					continue;
				for (int turn = -360; turn <= 360; turn += 360)
					in |= lat >= box.min_lat &&
					    lat <= box.max_lat &&
					    lon + turn >= box.min_lon &&
					    lon + turn <= box.max_lon;
				if (!in)
					fail_msg("%f %f is not around %f %f",
					    lat, lon, middles[i].lat,
					    middles[i].lon);
			}
		}
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(distances),
	    cmocka_unit_test(directions),
	    cmocka_unit_test(antipodes),
	    cmocka_unit_test(boxes),
	};

	return RUN("geo", tests);
}
