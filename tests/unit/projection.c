/*
 * handlers/map/projection.c: maps of the world and of parts of it.
 */
#include "handlers/map/projection.h"

#include <math.h>

#include "tests/unit/util.h"

static void
near(double got, double wanted, double by)
{
	if (!(fabs(got - wanted) <= by))
		fail_msg("got %f, wanted %f", got, wanted);
}

static bool
is_on(const struct projection *p, struct point at)
{
	struct xy xy = projection_apply(p, at);

	return xy.x >= 0 && xy.y >= 0 && xy.x <= p->width && xy.y <= p->height;
}

/* Equal Earth's shape: 2.05 times as wide as high, poles 0.59247 as wide. */
static void
the_world(void **state)
{
	struct projection p;

	(void)state;
	projection_world(&p, 1000);
	assert_true(p.world);
	near((double)p.width / p.height, 2.054, 0.01);
	near(projection_apply(&p, (struct point){0, 0}).x, 500, 0.01);
	near(projection_apply(&p, (struct point){0, 0}).y, p.height / 2.0, 1);
	near(projection_apply(&p, (struct point){0, -180}).x, 0, 0.01);
	near(projection_apply(&p, (struct point){0, 180}).x, 1000, 0.01);
	near(projection_apply(&p, (struct point){90, 0}).y, 0, 0.01);
	near(projection_apply(&p, (struct point){90, 180}).x -
		projection_apply(&p, (struct point){90, -180}).x,
	    592.47, 0.1);
}

/* Squares of a degree have areas like their cosines, wherever they are. */
static double
area(const struct projection *p, double lat, double lon)
{
	struct xy a = projection_apply(p, (struct point){lat, lon});
	struct xy b = projection_apply(p, (struct point){lat, lon + 1});
	struct xy c = projection_apply(p, (struct point){lat + 1, lon + 1});
	struct xy d = projection_apply(p, (struct point){lat + 1, lon});

	return fabs((a.x - c.x) * (b.y - d.y) - (b.x - d.x) * (a.y - c.y)) / 2 /
	    cos((lat + 0.5) * M_PI / 180);
}

static void
areas_compare(void **state)
{
	static const struct point part[] = {{35, -10}, {70, 40}};
	struct projection world, europe;

	(void)state;
	projection_world(&world, 100000);
	projection_fit(&europe, part, 2, 1, 100000, 100000);
	assert_false(europe.world);
	for (int lat = -80; lat < 80; lat += 20) {
		for (int lon = -180; lon < 180; lon += 45)
			near(area(&world, lat, lon) / area(&world, 0, 0), 1,
			    0.01);
	}
	for (int lat = 35; lat < 70; lat += 10) {
		for (int lon = -10; lon < 40; lon += 10)
			near(area(&europe, lat, lon) / area(&europe, 50, 10), 1,
			    0.01);
	}
}

static void
parts_hold_their_points(void **state)
{
	static const struct point sets[][3] = {
	    {{41, 29}, {37, 36}, {39, 44}},
	    {{-17, 178}, {-18, -179}, {-16, 179.9}}, /* over 180° */
	    {{-85, 0}, {-80, 120}, {-75, -120}},     /* around a pole */
	    {{-18, -69}, {-56, -68}, {-33, -71}},    /* long and thin */
	    {{10, 10}, {10.0001, 10.0001}, {10, 10.00005}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		struct projection p;
		struct geo_box box;

		projection_fit(&p, sets[i], 3, 10, 1000, 700);
		assert_false(p.world);
		assert_true(p.height <= 700 && p.height >= 400);
		box = projection_box(&p);
		for (size_t j = 0; j < 3; j++) {
			assert_true(is_on(&p, sets[i][j]));
			assert_true(sets[i][j].lat >= box.min_lat &&
			    sets[i][j].lat <= box.max_lat);
		}
	}
}

/* North is up, and east is right, but for the poles. */
static void
north_is_up(void **state)
{
	static const struct point sides[] = {{47, 8}, {49, 12}};
	struct projection p;

	(void)state;
	projection_fit(&p, sides, 2, 10, 1000, 700);
	assert_true(projection_apply(&p, sides[1]).y <
	    projection_apply(&p, sides[0]).y);
	assert_true(projection_apply(&p, sides[1]).x >
	    projection_apply(&p, sides[0]).x);
}

static void
what_is_all_over_is_the_world(void **state)
{
	static const struct point all[] = {{0, 0}, {0, 120}, {0, -120}};
	static const struct point pair[] = {{0, 0}, {0, 180}};
	struct projection p;

	(void)state;
	projection_fit(&p, all, 3, 10, 1000, 700);
	assert_true(p.world);
	projection_fit(&p, pair, 2, 10, 1000, 700);
	assert_true(p.world);
	projection_fit(&p, NULL, 0, 10, 1000, 700);
	assert_true(p.world);
}

static void
one_point_has_something_around_it(void **state)
{
	static const struct point one = {41, 29};
	struct projection p;
	struct xy at;

	(void)state;
	projection_fit(&p, &one, 1, 100, 1000, 700);
	at = projection_apply(&p, one);
	near(at.x, 500, 0.01);
	near(at.y, p.height / 2.0, 1);
	/* 100 km from side to side */
	near(projection_apply(&p, (struct point){41, 29 + 1.0 / 111.2 / 0.7547})
		    .x -
		at.x,
	    10, 0.1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_world),
	    cmocka_unit_test(areas_compare),
	    cmocka_unit_test(parts_hold_their_points),
	    cmocka_unit_test(north_is_up),
	    cmocka_unit_test(what_is_all_over_is_the_world),
	    cmocka_unit_test(one_point_has_something_around_it),
	};

	return RUN("projection", tests);
}
