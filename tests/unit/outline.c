/*
 * handlers/map/outline.c and handlers/atlas/mainland.c: outlines as text, as
 * paths, and which parts of them belong on one map.
 */
#include "handlers/map/outline.h"

#include <math.h>

#include "handlers/atlas/mainland.h"
#include "tests/unit/util.h"

/* A map of the part from 0 to 10 degrees. */
static struct projection
square(void)
{
	static const struct point corners[] = {
	    {0, 0}, {0, 10}, {10, 0}, {10, 10}};
	struct projection p;

	projection_fit(&p, corners, 4, 10, 1000, 1000);
	return p;
}

static char *
path_of(const struct projection *p, const char *outline)
{
	struct buf d = {0};
	char *copy;

	outline_path(p, str_of(outline), &d);
	assert_false(d.failed);
	copy = strdup(buf_cstr(&d));
	buf_release(&d);
	return copy;
}

static size_t
count(const char *s, char c)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == c;
	return n;
}

static void
points_are_read(void **state)
{
	static const struct {
		double lon, lat;
		bool begins;
	} want[] = {{1, 2, false}, {-3.5, -0.25, false}, {180, 90, true},
	    {0, 0, true}, {-179.99, 5, true}};
	struct str rest = str_of("1 2,-3.5 -0.25|180 90;0 0\n-179.99 5");
	struct point p;
	bool begins;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_true(outline_next(&rest, &p, &begins));
		assert_true(fabs(p.lon - want[i].lon) < 1e-9);
		assert_true(fabs(p.lat - want[i].lat) < 1e-9);
		assert_int_equal(begins, want[i].begins);
	}
	assert_false(outline_next(&rest, &p, &begins));
}

/* What is no outline ends there, whatever it is. */
static void
junk_ends_it(void **state)
{
	static const char *const junk[] = {"", " ", "x", "1", "1 ", "1,2",
	    "1 x", "- 1", "-", ".", ". .", ",", "|", ";;", "1 2x",
	    "\xff\xfe 1"};
	struct projection p = square();

	(void)state;
	for (size_t i = 0; i < sizeof(junk) / sizeof(*junk); i++) {
		char *d = path_of(&p, junk[i]);

		assert_string_equal(d, "");
		free(d);
	}
}

static void
rings_become_paths(void **state)
{
	struct projection p = square();
	char *d = path_of(
	    &p, "1 1,9 1,9 9,1 9,1 1;4 4,4 6,6 6,6 4,4 4|2 2,3 2,3 3,2 3,2 2");

	(void)state;
	assert_int_equal(count(d, 'M'), 3);
	assert_int_equal(count(d, 'z'), 3);
	assert_null(strpbrk(d, ".e"));
	free(d);
}

static void
what_is_too_small_is_left_out(void **state)
{
	struct projection p = square();
	char *d = path_of(&p, "5 5,5.001 5,5.001 5.001,5 5|1 1,2 2");

	(void)state;
	assert_string_equal(d, "");
	free(d);
}

/* No number of the path lies far beyond the map. */
static void
what_is_outside_is_cut_off(void **state)
{
	struct projection p = square();
	char *d = path_of(&p, "-50 -50,50 -50,50 50,-50 50,-50 -50");
	char *outside = path_of(&p, "60 20,80 20,80 40,60 40,60 20");

	(void)state;
	assert_int_equal(count(d, 'M'), 1);
	for (const char *s = d; *s != '\0'; s++) {
		if (*s == '-' || (*s >= '0' && *s <= '9')) {
			assert_in_range(labs(strtol(s, NULL, 10)), 0, 1100);
			s += strspn(s, "-0123456789") - 1;
		}
	}
	assert_string_equal(outside, "");
	free(d);
	free(outside);
}

static void
what_is_near_belongs_to_it(void **state)
{
	/* a land, an island 100 km away, one 100 km from that, a far one */
	static const char land[] =
	    "0 0,4 0,4 4,0 4,0 0|5 1,6 1,6 2,5 2,5 1|7 1,8 1,8 2,7 2,7 1|"
	    "60 1,61 1,61 2,60 2,60 1";
	size_t n;
	struct point *points = mainland(str_of(land), &n);

	(void)state;
	assert_non_null(points);
	assert_int_equal(n, 15);
	for (size_t i = 0; i < n; i++)
		assert_true(points[i].lon < 10);
	free(points);
	assert_null(mainland(str_of(""), &n));
	assert_int_equal(n, 0);
	points = mainland(str_of("5 5"), &n);
	assert_non_null(points);
	assert_int_equal(n, 1);
	free(points);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(points_are_read),
	    cmocka_unit_test(junk_ends_it),
	    cmocka_unit_test(rings_become_paths),
	    cmocka_unit_test(what_is_too_small_is_left_out),
	    cmocka_unit_test(what_is_outside_is_cut_off),
	    cmocka_unit_test(what_is_near_belongs_to_it),
	};

	return RUN("outline", tests);
}
