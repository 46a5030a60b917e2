/*
 * handlers/chart/chart.c and handlers/chart/scale.c: what charts and their axes
 * show.
 */
#include "handlers/chart/chart.h"

#include <float.h>
#include <math.h>

#include "handlers/chart/scale.h"
#include "tests/unit/util.h"

/* All of a scale's labels, with spaces between. */
#define assert_ticks(min, max, steps, whole, lit)                              \
	check_ticks(                                                           \
	    (min), (max), (steps), (whole), LIT(lit), __FILE__, __LINE__)

static void
check_ticks(double min, double max, int steps, bool whole, struct str want,
    const char *file, int line)
{
	struct buf b = {0};
	struct scale s;

	scale_init(&s, min, max, steps, whole);
	for (int i = 0; i <= s.n; i++) {
		if (i > 0)
			buf_lit(&b, " ");
		scale_label(&s, i, &b);
	}
	check_str(str_of_buf(&b), want, file, line);
	buf_release(&b);
}

static void
ticks_are_round(void **state)
{
	(void)state;
	assert_ticks(0, 10, 5, false, "0 2 4 6 8 10");
	assert_ticks(0, 0.7, 5, false, "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7");
	assert_ticks(-3, 14, 4, false, "−5 0 5 10 15");
	assert_ticks(-0.3, 0.3, 3, false, "−0.4 −0.2 0 0.2 0.4");
	assert_ticks(0, 2345, 5, false, "0 500 1,000 1,500 2,000 2,500");
	assert_ticks(0, 41000, 4, false, "0 10k 20k 30k 40k 50k");
	assert_ticks(0, 2.6e6, 5, false, "0 0.5M 1M 1.5M 2M 2.5M 3M");
	assert_ticks(0, 8e9, 4, false, "0 2bn 4bn 6bn 8bn");
	assert_ticks(0, 3e12, 3, false, "0 1T 2T 3T");
	assert_ticks(0, 3e20, 3, false, "0 1e+20 2e+20 3e+20");
	assert_ticks(0, 2, 5, true, "0 1 2");
	assert_ticks(0, 2, 5, false, "0 0.5 1 1.5 2");
}

static void
ticks_of_a_single_value_reach_zero(void **state)
{
	(void)state;
	assert_ticks(0, 0, 5, false, "0 0.2 0.4 0.6 0.8 1");
	assert_ticks(0, 0, 5, true, "0 1");
	assert_ticks(7, 7, 4, true, "0 2 4 6 8");
	assert_ticks(-7, -7, 4, true, "−8 −6 −4 −2 0");
}

static void
every_range_has_a_scale(void **state)
{
	static const double values[] = {-DBL_MAX, -1e18, -1, -DBL_TRUE_MIN, 0,
	    DBL_TRUE_MIN, DBL_MIN, 1, 1 + DBL_EPSILON, 1e18, DBL_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		for (size_t j = i; j < COUNT_OF(values); j++) {
			struct scale s;

			scale_init(&s, values[i], values[j], 5, false);
			assert_in_range(s.n, 1, 12);
			assert_true(scale_tick(&s, 0) <= values[i]);
			assert_true(scale_end(&s) >= values[j]);
			assert_true(scale_place(&s, values[i]) >= 0);
			assert_true(scale_place(&s, values[j]) <= 1);
		}
	}
}

static void
years_are_no_thousands(void **state)
{
	struct scale s;
	struct buf b = {0};

	(void)state;
	scale_init(&s, 1990, 2020, 3, true);
	s.years = true;
	scale_label(&s, 1, &b);
	assert_wrote(&b, "2000");
	buf_release(&b);
}

static void
numbers_are_for_people(void **state)
{
	struct buf b = {0};

	(void)state;
	scale_number(&b, 135233);
	assert_wrote(&b, "135,233");
	scale_number(&b, -12.5);
	assert_wrote(&b, "−12.5");
	scale_number(&b, 1234567.8);
	assert_wrote(&b, "1,234,568");
	scale_number(&b, 1e300);
	assert_wrote(&b, "1e+300");
	scale_number(&b, 0.1 + 0.2);
	assert_wrote(&b, "0.3");
	buf_release(&b);
}

/* The chart of these; "" where there is none.  To be released. */
static void
draw(struct buf *b, enum chart_kind kind, const struct chart_item *items,
    size_t n)
{
	struct chart c = {
	    .kind = kind,
	    .x = LIT("name"),
	    .y = LIT("size"),
	    .items = items,
	    .n = n,
	};
	bool drawn;

	buf_reset(b);
	drawn = chart_figure(b, &c);
	assert_int_equal(drawn, b->len > 0);
	assert_false(b->failed);
	assert_lacks(buf_cstr(b), "nan");
	assert_lacks(buf_cstr(b), "inf");
	assert_lacks(buf_cstr(b), "style");
}

static size_t
occurrences(const struct buf *b, const char *what)
{
	size_t n = 0;

	for (const char *s = buf_cstr(b); (s = strstr(s, what)) != NULL; s++)
		n++;
	return n;
}

static void
of_nothing_there_is_none(void **state)
{
	const struct chart_item none[] = {
	    {LIT("a"), NAN, NAN}, {LIT("b"), NAN, INFINITY}};
	struct buf b = {0};

	(void)state;
	for (int kind = CHART_NONE; kind <= CHART_HISTOGRAM; kind++) {
		draw(&b, (enum chart_kind)kind, NULL, 0);
		assert_int_equal(b.len, 0);
		draw(&b, (enum chart_kind)kind, none, 2);
		assert_int_equal(b.len, 0);
	}
	buf_release(&b);
}

static void
one_value_is_enough(void **state)
{
	static const double values[] = {0, 7, -7, DBL_MAX, -DBL_MAX, 5e-324};
	struct buf b = {0};

	(void)state;
	for (int kind = CHART_BAR; kind <= CHART_HISTOGRAM; kind++) {
		for (size_t i = 0; i < COUNT_OF(values); i++) {
			const struct chart_item one = {LIT("a"), 1, values[i]};

			draw(&b, (enum chart_kind)kind, &one, 1);
			assert_has(buf_cstr(&b), "1 value of size: ");
			assert_has(buf_cstr(&b), "</svg>");
		}
	}
	buf_release(&b);
}

static void
words_tell_the_extremes(void **state)
{
	const struct chart_item items[] = {
	    {LIT("a"), NAN, 5}, {LIT("b"), NAN, -1234}, {LIT("c"), NAN, 70000}};
	const struct chart_item skewed[] = {
	    {LIT("a"), NAN, 1}, {LIT("b"), NAN, 2}, {LIT("c"), NAN, 70000}};
	struct buf b = {0};

	(void)state;
	draw(&b, CHART_BAR, items, 3);
	assert_has(buf_cstr(&b),
	    "<desc id=\"chart-text\">3 values of size, from −1,234 (b) to "
	    "70,000 (c).</desc>");
	assert_has(buf_cstr(&b), "Bars: size by name</title>");
	assert_int_equal(occurrences(&b, "<rect"), 3);
	assert_int_equal(occurrences(&b, "bar under"), 1);
	draw(&b, CHART_HISTOGRAM, skewed, 3);
	assert_has(buf_cstr(&b),
	    "3 values of size, from 1 to 70,000; most of them, 2, from 0 to "
	    "5k.</desc>");
	buf_release(&b);
}

static void
what_is_no_number_is_left_out(void **state)
{
	const struct chart_item items[] = {{LIT("a"), 1, 1}, {LIT("b"), 2, NAN},
	    {LIT("c"), 3, 3}, {LIT("d"), NAN, 4}, {LIT("e"), 5, -INFINITY}};
	struct buf b = {0};

	(void)state;
	draw(&b, CHART_BAR, items, 5);
	assert_has(buf_cstr(&b), "2 rows have no number and are left out.");
	assert_int_equal(occurrences(&b, "<rect"), 3);
	draw(&b, CHART_LINE, items, 5);
	assert_int_equal(occurrences(&b, "<circle"), 3);
	/* it has a gap */
	assert_int_equal(occurrences(&b, "h0"), 2);
	draw(&b, CHART_SCATTER, items, 5);
	assert_has(buf_cstr(&b), "3 rows have no number and are left out.");
	assert_int_equal(occurrences(&b, "<circle"), 2);
	buf_release(&b);
}

static void
labels_are_escaped_and_cut(void **state)
{
	const struct chart_item items[] = {{LIT("<b> & \"quotes\""), NAN, 1},
	    {LIT("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"),
		NAN, 2}};
	struct buf b = {0};

	(void)state;
	draw(&b, CHART_BAR, items, 2);
	assert_lacks(buf_cstr(&b), "<b>");
	assert_has(buf_cstr(&b), "&lt;b&gt; &amp; &quot;quotes&quot;</text>");
	assert_has(buf_cstr(&b),
	    ">Llanfairpwllgwyngyllgog…<title>Llanfairpwllgwyngyllgogerychwyrn");
	buf_release(&b);
}

static void
a_thousand_points(void **state)
{
	struct chart_item items[CHART_MAX];
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < CHART_MAX; i++)
		items[i] = (struct chart_item){LIT("x"), i, i % 97};
	draw(&b, CHART_SCATTER, items, CHART_MAX);
	assert_int_equal(occurrences(&b, "h0"), CHART_MAX);
	assert_true(b.len < 30000);
	draw(&b, CHART_LINE, items, CHART_MAX);
	assert_true(b.len < 30000);
	draw(&b, CHART_BAR, items, CHART_MAX);
	assert_int_equal(occurrences(&b, "<rect"), CHART_BARS);
	assert_has(buf_cstr(&b), "The chart shows the first 60 rows of 1,000.");
	draw(&b, CHART_HISTOGRAM, items, CHART_MAX);
	assert_has(buf_cstr(&b), "1,000 values of size, from 0 to 96");
	buf_release(&b);
}

static void
bars_lie_where_labels_are_long(void **state)
{
	struct chart_item items[30];
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 30; i++)
		items[i] = (struct chart_item){LIT("a city"), NAN, i};
	draw(&b, CHART_BAR, items, 3);
	assert_has(buf_cstr(&b), "class=\"grid\"");
	draw(&b, CHART_BAR, items, 30);
	assert_lacks(buf_cstr(&b), "class=\"grid\"");
	/* those of dates stand, and not each has its date */
	for (int i = 0; i < 30; i++)
		items[i].label = LIT("2024-02-29");
	draw(&b, CHART_BAR, items, 30);
	assert_has(buf_cstr(&b), "class=\"grid\"");
	assert_in_range(occurrences(&b, "2024-02-29</text>"), 3, 10);
	buf_release(&b);
}

static void
small_ones(void **state)
{
	static const int64_t counts[] = {4, 0, 1, 0};
	struct buf b = {0};

	(void)state;
	chart_histogram(&b, 0, 100, counts, 4);
	assert_has(buf_cstr(&b),
	    "aria-label=\"5 values, most of them, 4, from 0 to 25\"");
	assert_int_equal(occurrences(&b, "v-"), 2);
	buf_reset(&b);
	chart_histogram(&b, 0, 0, counts + 1, 1);
	assert_int_equal(b.len, 0);
	chart_meter(&b, 1, 4);
	assert_has(buf_cstr(&b), "M0 0h25v8");
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ticks_are_round),
	    cmocka_unit_test(ticks_of_a_single_value_reach_zero),
	    cmocka_unit_test(every_range_has_a_scale),
	    cmocka_unit_test(years_are_no_thousands),
	    cmocka_unit_test(numbers_are_for_people),
	    cmocka_unit_test(of_nothing_there_is_none),
	    cmocka_unit_test(one_value_is_enough),
	    cmocka_unit_test(words_tell_the_extremes),
	    cmocka_unit_test(what_is_no_number_is_left_out),
	    cmocka_unit_test(labels_are_escaped_and_cut),
	    cmocka_unit_test(a_thousand_points),
	    cmocka_unit_test(bars_lie_where_labels_are_long),
	    cmocka_unit_test(small_ones),
	};

	return RUN("chart", tests);
}
