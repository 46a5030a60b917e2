/*
 * handlers/map/map.c: frames, and points thinned by density.
 */
#include "handlers/map/map.h"

#include <math.h>

#include "tests/unit/util.h"

static size_t
times(const char *s, const char *what)
{
	size_t n = 0;

	while ((s = strstr(s, what)) != NULL) {
		n++;
		s += strlen(what);
	}
	return n;
}

static void
titles_are_escaped(void **state)
{
	struct projection p;
	struct buf b = {0};

	(void)state;
	projection_world(&p, 1000);
	map_begin(&b, &p, "<b>&\"", "x < y");
	map_end(&b);
	assert_non_null(strstr(buf_cstr(&b), "&lt;b&gt;&amp;&quot;</title>"));
	assert_non_null(strstr(buf_cstr(&b), "x &lt; y</desc>"));
	assert_null(strstr(buf_cstr(&b), "style="));
	buf_release(&b);
}

static void
each_point_has_a_dot(void **state)
{
	static const struct point points[] = {
	    {0, 0}, {0, 0}, {0, 90}, {45, -45}, {NAN, 0}, {0, INFINITY}};
	struct projection p;
	struct buf b = {0};

	(void)state;
	projection_world(&p, 1000);
	map_dots(&b, &p, points, 6, 5);
	assert_int_equal(times(buf_cstr(&b), "h0"), 4);
	buf_release(&b);
	map_dots(&b, &p, NULL, 0, 5);
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

/* However many there are, and wherever: under 100 KB with the lands. */
static void
many_points_are_thinned(void **state)
{
	enum { N = 200000 };
	struct point *points = calloc(N, sizeof(*points));
	struct projection p;
	struct buf b = {0};
	uint64_t random = 1;

	(void)state;
	assert_non_null(points);
	for (size_t i = 0; i < N; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		points[i].lat =
		    (double)(random >> 40 & 0xffff) / 65536 * 180 - 90;
		points[i].lon =
		    (double)(random >> 20 & 0xffff) / 65536 * 360 - 180;
	}
	projection_fit(&p, points, N, 100, MAP_WIDTH, MAP_HEIGHT);
	assert_true(p.world);
	map_land(&b, &p);
	map_dots(&b, &p, points, N, 5);
	assert_false(b.failed);
	assert_in_range(times(buf_cstr(&b), "h0"), MAP_DOTS / 3, MAP_DOTS);
	assert_in_range(b.len, 30000, 100000);
	buf_release(&b);
	free(points);
}

static void
extents_in_words(void **state)
{
	static const struct point one = {41.01384, 28.94966};
	static const struct point two[] = {{-10, -20.04}, {54.94, 15}};
	static const struct point north[] = {{47.3, 6}, {54.9, 15}};
	struct buf b = {0};

	(void)state;
	map_extent(&b, &one, 1);
	assert_string_equal(buf_cstr(&b), "41.01° north, 28.95° east");
	buf_reset(&b);
	map_extent(&b, two, 2);
	assert_string_equal(buf_cstr(&b),
	    "from 10.0° south to 54.9° north and from 20.0° west to 15.0° "
	    "east");
	buf_reset(&b);
	map_extent(&b, north, 2);
	assert_string_equal(buf_cstr(&b),
	    "from 47.3° to 54.9° north and from 6.0° to 15.0° east");
	buf_release(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(titles_are_escaped),
	    cmocka_unit_test(each_point_has_a_dot),
	    cmocka_unit_test(many_points_are_thinned),
	    cmocka_unit_test(extents_in_words),
	};

	return RUN("map", tests);
}
