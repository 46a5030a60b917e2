/*
 * app/config/stored.c: what becomes of the text of a query's file.
 */
#include "app/config/stored.h"

#include "tests/unit/util.h"

struct fixture {
	struct stored_queries queries;
	struct buf why;
};

static int
set_up(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return *state == NULL;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	stored_release(&f->queries);
	buf_release(&f->why);
	free(f);
	return 0;
}

static bool
parse(struct fixture *f, struct str text)
{
	stored_release(&f->queries);
	buf_reset(&f->why);
	f->queries.list = calloc(1, sizeof(*f->queries.list));
	assert_non_null(f->queries.list);
	f->queries.n = 1;
	return stored_parse(f->queries.list, "a.sql", text, &f->why);
}

static void
refuses(struct fixture *f, struct str text, const char *why)
{
	assert_false(parse(f, text));
	assert_string_equal(buf_cstr(&f->why), why);
}

static void
comments_describe_it(void **state)
{
	struct fixture *f = *state;
	const struct stored_query *q;

	assert_true(parse(f,
	    LIT("-- title: A: b\n"
		"-- description:  one\n--description:two\n"
		"-- ttl: 60\n-- hide_sql: on\n-- chart: bar y=\"a \"\"b\" "
		"x=name\n"
		"-- param  b:  c d \n-- anything else\n-- and: this\n"
		"\nSELECT :a, :b -- title: no\n")));
	q = f->queries.list;
	assert_string_equal(q->title, "A: b");
	assert_string_equal(q->description, "one\ntwo");
	assert_int_equal(q->chart.kind, CHART_BAR);
	assert_string_equal(q->chart.x, "name");
	assert_string_equal(q->chart.y, "a \"b");
	assert_int_equal(q->chart_line, 6);
	assert_int_equal(q->ttl_s, 60);
	assert_true(q->hide_sql);
	assert_int_equal(q->n_params, 2);
	assert_string_equal(q->params[0].name, "a");
	assert_string_equal(q->params[0].value, "");
	assert_string_equal(q->params[1].name, "b");
	assert_string_equal(q->params[1].value, "c d");
}

static void
nothing_need_be_said(void **state)
{
	struct fixture *f = *state;
	const struct stored_query *q;
	uint64_t hash;

	assert_true(parse(f, LIT("SELECT 1")));
	q = f->queries.list;
	assert_string_equal(q->sql, "SELECT 1");
	assert_null(q->title);
	assert_null(q->description);
	assert_int_equal(q->ttl_s, 0);
	assert_false(q->hide_sql);
	assert_int_equal(q->n_params, 0);
	hash = q->hash;
	assert_true(parse(f, LIT("SELECT 1 ")));
	assert_true(f->queries.list->hash != hash);
	assert_true(parse(f, LIT("SELECT 1")));
	assert_true(f->queries.list->hash == hash);
	assert_true(parse(f, LIT("")));
}

static void
faults_are_named_with_their_line(void **state)
{
	struct fixture *f = *state;

	refuses(f, LIT("\n-- ttl: 0\nSELECT 1"),
	    "a.sql:2: ttl: expected a whole number from 1 to 2592000, got "
	    "\"0\"");
	refuses(f, LIT("-- ttl: 2592001"),
	    "a.sql:1: ttl: expected a whole number from 1 to 2592000, got "
	    "\"2592001\"");
	refuses(f, LIT("-- ttl: 99999999999999999999999999"),
	    "a.sql:1: ttl: expected a whole number from 1 to 2592000, got "
	    "\"99999999999999999999999999\"");
	refuses(f, LIT("\n-- chart: pie\nSELECT 1"),
	    "a.sql:2: chart: expected bar, line, scatter or histogram, got "
	    "\"pie\"");
	refuses(f, LIT("-- chart: none"),
	    "a.sql:1: chart: expected bar, line, scatter or histogram, got "
	    "\"none\"");
	refuses(f, LIT("-- chart: bar of x"),
	    "a.sql:1: chart: expected x=COLUMN or y=COLUMN, got \"of\"");
	refuses(f, LIT("-- chart: bar z=a"),
	    "a.sql:1: chart: expected x=COLUMN or y=COLUMN, got \"z\"");
	refuses(f, LIT("-- chart: bar x="),
	    "a.sql:1: chart: x: expected the name of a column");
	refuses(f, LIT("-- chart: bar x=\"a"),
	    "a.sql:1: chart: x: expected the name of a column");
	refuses(f, LIT("-- chart: bar x=a x=b"),
	    "a.sql:1: chart: x was given before");
	refuses(f, LIT("-- hide_sql: yes"),
	    "a.sql:1: hide_sql: expected on or off, got \"yes\"");
	refuses(f, LIT("-- param x: 1\nSELECT ':x'"),
	    "a.sql:1: param x: the statement has no parameter :x");
	refuses(f, LIT("SELECT :_x"),
	    "a.sql: a parameter can't be called :_x: names that begin with _ "
	    "are squall's own");
	refuses(f, LIT("SELECT 1\xff"), "a.sql: expected UTF-8 text");
	refuses(f, LIT("SELECT 1\0"), "a.sql: expected UTF-8 text");
}

static void
only_a_description_may_be_given_twice(void **state)
{
	struct fixture *f = *state;

	refuses(f, LIT("-- title:\n-- title: b"),
	    "a.sql:2: title: it was given before");
	refuses(f, LIT("-- ttl: 1\n-- ttl: 1"),
	    "a.sql:2: ttl: it was given before");
	refuses(f, LIT("-- hide_sql: on\n-- hide_sql: off"),
	    "a.sql:2: hide_sql: it was given before");
	refuses(f, LIT("-- chart: bar\n-- chart: line"),
	    "a.sql:2: chart: it was given before");
	refuses(f,
	    LIT("-- param a: 1\n-- param b: 1\n-- param  a: 1\n"
		"SELECT :a, :b"),
	    "a.sql:3: param  a: it was given before");
	assert_true(parse(f, LIT("-- description: a\n-- description: b")));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(comments_describe_it),
	    TEST(nothing_need_be_said),
	    TEST(faults_are_named_with_their_line),
	    TEST(only_a_description_may_be_given_twice),
	};

	return RUN("stored", tests);
}
