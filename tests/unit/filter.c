/*
 * db/rows/filter.c: which rows pass, by which SQL, and in which words.
 */
#include "db/rows/filter.h"

#include "app/text/json_valid.h"
#include "db/rows/count.h"
#include "db/rows/keyset.h"
#include "tests/unit/database.h"

static const char schema[] =
    "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, r REAL, s TEXT, x,"
    " tags TEXT, day TEXT, a__b TEXT, _u TEXT, \"q\"\"?@\" TEXT);"
    "CREATE INDEX t_n ON t(n); CREATE INDEX t_s ON t(s);"
    "CREATE INDEX t_x ON t(x);"
    "INSERT INTO t VALUES"
    "(1, 5, 5.5, 'five', 5, '[\"a\",\"b\"]', '2024-02-29', 'p', 'u', 'v'),"
    "(2, 10, 1e3, 'Ten%', '5', '[5, null]', '2024-02-29 12:30', 'q', 'w', ''),"
    "(3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
    "(4, -1, -0.5, '', 1.5, 'no json', 'x', 'p', '', ' v '),"
    "(5, 5, 9e999, '5', x'35', '{\"k\":\"a\"}', '2024-03-01T00:00', '', 'u', "
    "'a,b');"
    "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID;"
    "CREATE TABLE bare(v TEXT); INSERT INTO bare VALUES ('a'), ('b');"
    "CREATE TABLE named(\"a\" TEXT, \"a__not\" TEXT);"
    "INSERT INTO named VALUES ('1', '2'), ('2', '1');"
    "CREATE VIEW sums AS SELECT id + 0 AS sum, s FROM t;";

/* The rows of a table that pass one filter, as "1 2 5", or why it is none. */
static void
passing(struct db *db, const char *table, struct str name, struct str value,
    struct buf *out)
{
	struct filters f;
	struct table t;
	struct buf sql = {0};
	struct query q;

	assert_true(table_read(db, str_of(table), &t));
	filters_init(&f, &t);
	if (filters_add(&f, name, value, out)) {
		buf_lit(&sql, "SELECT group_concat(c, ' ') FROM (SELECT ");
		keyset_column(
		    &t, t.kind == TABLE_PLAIN ? t.n_columns : 0, &sql);
		buf_printf(&sql, " AS c FROM \"%s\"", table);
		assert_true(filters_sql(&f, &sql));
		buf_lit(&sql, " ORDER BY 1)");
		query_open_buf(&q, db, &sql);
		filters_bind(&f, &q, 1);
		assert_true(query_next(&q));
		buf_add(out, query_text(&q, 0).s, query_text(&q, 0).len);
		query_close(&q);
	}
	buf_release(&sql);
	filters_release(&f);
	table_release(&t);
}

static void
check_passing(struct db *db, const char *table, const char *name,
    struct str value, const char *want)
{
	char *copy = exact_copy(value.s, value.len);
	struct buf got = {0};

	passing(db, table, str_of(name), (struct str){copy, value.len}, &got);
	if (strcmp(buf_cstr(&got), want) != 0) {
		show_bytes(name, value);
		print_error("expected %s\n     got %s\n", want, buf_cstr(&got));
		fail();
	}
	buf_release(&got);
	free(copy);
}

struct filter_case {
	const char *name, *value, *want;
};

static void
each_operation_finds_its_rows(void **state)
{
	static const struct filter_case cases[] = {
	    {"n", "5", "1 5"},
	    {"n__exact", "5", "1 5"},
	    {"N", "5.0", "1 5"},
	    {"n", "x", ""},
	    {"n__not", "5", "2 4"},
	    {"n__gt", "5", "2"},
	    {"n__gte", "5", "1 2 5"},
	    {"n__lt", "10", "1 4 5"},
	    {"n__lte", "-1", "4"},
	    {"n__in", "10, -1", "2 4"},
	    {"n__in", "[5]", "1 5"},
	    {"n__in", "[\"5\", null]", "1 5"},
	    {"n__in", "", ""},
	    {"n__in", "[]", ""},
	    {"n__notin", "5", "2 4"},
	    {"n__notin", "[5, null]", "2 4"},
	    {"r", "1000", "2"},
	    {"r__gt", "1e2", "2 5"},
	    {"s", "5", "5"},
	    {"s", "", "4"},
	    {"s__not", "five", "2 4 5"},
	    {"s__contains", "E", "1 2"},
	    {"s__contains", "t%n", "2"},
	    {"s__notcontains", "e", "4 5"},
	    {"s__startswith", "T", "2"},
	    {"s__endswith", "ve", "1"},
	    {"s__like", "_EN%", "2"},
	    {"s__notlike", "%e%", "4 5"},
	    {"s__glob", "T*", "2"},
	    {"s__glob", "t*", ""},
	    {"s__in", "five,5", "1 5"},
	    {"s__in", "[5,\"five\"]", "1 5"},
	    {"s__gt", "A", "1 2"},
	    {"s__isnull", "1", "3"},
	    {"s__notnull", "", "1 2 4 5"},
	    {"s__isblank", "1", "3 4"},
	    {"s__notblank", "1", "1 2 5"},
	    {"n__isblank", "1", "3"},
	    {"tags__arraycontains", "a", "1 5"},
	    {"tags__arraycontains", "5", "2"},
	    {"tags__arraynotcontains", "a", "2 3 4"},
	    {"day__date", "2024-02-29", "1 2"},
	    {"day__date", "2024-03-01", "5"},
	    {"id__gt", "3", "4 5"},
	    {"q\"?@", "v", "1"},
	    {"q\"?@__in", "[\"a,b\"]", "5"},
	};
	struct database *d = *state;

	read_database_of(d, schema);
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check_passing(d->db, "t", cases[i].name, str_of(cases[i].value),
		    cases[i].want);
	end_reading(d->db);
}

/* Without an affinity, what looks like a number is one and text as well. */
static void
a_column_without_a_type_holds_numbers_and_text(void **state)
{
	static const struct filter_case cases[] = {
	    {"x", "5", "1 2"},
	    {"x", "1.5", "4"},
	    {"x__not", "5", "4 5"},
	    {"x__in", "5,1.5", "1 2 4"},
	    {"x__in", "[5]", "1"},
	    {"x__in", "[\"5\"]", "2"},
	    {"x__notin", "5", "4 5"},
	    {"x__lt", "5", "4"},
	    {"x__lte", "5", "1 4"},
	    {"x__gt", "4", "1 2 5"},
	};
	struct database *d = *state;

	read_database_of(d, schema);
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check_passing(d->db, "t", cases[i].name, str_of(cases[i].value),
		    cases[i].want);
	check_passing(d->db, "sums", "sum__gt", LIT("3"), "4 5");
	check_passing(d->db, "sums", "sum", LIT("3"), "3");
	end_reading(d->db);
}

static void
names_of_columns_come_before_operations(void **state)
{
	static const struct filter_case cases[] = {
	    {"a__b", "p", "1 4"},
	    {"a__b__not", "p", "2 5"},
	    {"a__b__exact", "p", "1 4"},
	    {"_u__exact", "u", "1 5"},
	    {"_u", "u", "1 5"},
	};
	struct database *d = *state;

	read_database_of(d, schema);
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check_passing(d->db, "t", cases[i].name, str_of(cases[i].value),
		    cases[i].want);
	/* As in Datasette: the operation, where its column exists. */
	check_passing(d->db, "named", "a__not", LIT("1"), "2");
	check_passing(d->db, "named", "a__not__exact", LIT("1"), "2");
	check_passing(d->db, "bare", "rowid", LIT("2"), "2");
	check_passing(d->db, "bare", "rowid__lt", LIT("2"), "1");
	end_reading(d->db);
}

static void
what_is_no_filter_says_so(void **state)
{
	static const struct filter_case cases[] = {
	    {"nosuch", "1", "t has no column “nosuch” to filter by."},
	    {"nosuch__gt", "1", "t has no column “nosuch” to filter by."},
	    {"n__nosuch", "1", "t has no column “n__nosuch” to filter by."},
	    {"__gt", "1", "t has no column “” to filter by."},
	    {"", "1", "t has no column “” to filter by."},
	    {"n__in", "[5",
		"n__in: expected values with commas between them, or a JSON "
		"array."},
	    {"n__notin", "[5]x",
		"n__notin: expected values with commas between them, or a "
		"JSON array."},
	};
	struct database *d = *state;

	read_database_of(d, schema);
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check_passing(d->db, "t", cases[i].name, str_of(cases[i].value),
		    cases[i].want);
	check_passing(d->db, "w", "rowid", LIT("1"),
	    "w has no column “rowid” to filter by.");
	end_reading(d->db);
}

static void
values_are_never_sql(void **state)
{
	static const struct str values[] = {
	    {"' OR 1=1 --", 11},
	    {"\" OR 1=1 --", 11},
	    {"1); DROP TABLE t; --", 20},
	    {"a\0b", 3},
	    {"\xff\xfe", 2},
	    {"?1", 2},
	    {":p0", 3},
	    {"99999999999999999999999999", 26},
	    {"-9e99999", 8},
	    {"9e-99999", 8},
	    {"0x10", 4},
	    {"nan", 3},
	};
	struct database *d = *state;
	struct buf got = {0};

	read_database_of(d, schema);
	for (const struct filter_op *op = filter_ops; op->name != NULL; op++) {
		static const char *const columns[] = {
		    "id", "n", "r", "s", "x", "tags", "day", "q\"?@"};

		for (size_t c = 0; c < COUNT_OF(columns); c++) {
			for (size_t i = 0; i < COUNT_OF(values); i++) {
				struct buf name = {0};

				buf_printf(
				    &name, "%s__%s", columns[c], op->name);
				buf_reset(&got);
				passing(d->db, "t", str_of_buf(&name),
				    values[i], &got);
				buf_release(&name);
			}
		}
	}
	buf_release(&got);
	end_reading(d->db);
}

/* What SQLite's plan for one filter says. */
static void
check_plan(struct db *db, const char *name, const char *value, const char *want)
{
	struct buf sql = {0}, why = {0}, plan = {0};
	struct filters f;
	struct table t;
	struct query q;

	assert_true(table_read(db, LIT("t"), &t));
	filters_init(&f, &t);
	assert_true(filters_add(&f, str_of(name), str_of(value), &why));
	buf_lit(&sql, "EXPLAIN QUERY PLAN SELECT * FROM t");
	filters_sql(&f, &sql);
	query_open_buf(&q, db, &sql);
	while (query_next(&q))
		buf_printf(&plan, "%s;", query_text(&q, 3).s);
	query_close(&q);
	assert_has(buf_cstr(&plan), want);
	buf_release(&sql);
	buf_release(&plan);
	filters_release(&f);
	table_release(&t);
}

static void
indexes_are_used(void **state)
{
	struct database *d = *state;

	read_database_of(d, schema);
	check_plan(d->db, "id", "5", "INTEGER PRIMARY KEY (rowid=?)");
	check_plan(d->db, "n", "5", "t_n (n=?)");
	check_plan(d->db, "n__gt", "5", "t_n (n>?)");
	check_plan(d->db, "n__in", "5,6", "t_n (n=?)");
	check_plan(d->db, "n__isnull", "1", "t_n (n=?)");
	check_plan(d->db, "s", "x", "t_s (s=?)");
	check_plan(d->db, "s__in", "[\"x\"]", "t_s (s=?)");
	check_plan(d->db, "x", "5", "t_x (x=?)");
	check_plan(d->db, "x__gt", "5", "t_x (x>?)");
	end_reading(d->db);
}

static void
several_are_all_met_and_described(void **state)
{
	struct database *d = *state;
	struct buf b = {0}, sql = {0}, words = {0};
	struct filters f;
	struct table t;

	read_database_of(d, schema);
	assert_true(table_read(d->db, LIT("t"), &t));
	filters_init(&f, &t);
	assert_false(filters_sql(&f, &b));
	filters_describe(&f, &b);
	filters_params(&f, &b);
	assert_wrote(&b, "{}");
	assert_int_equal(count_up_to(&f, d->db, 10, LIMIT_MS), 5);
	assert_int_equal(count_up_to(&f, d->db, 3, LIMIT_MS), 4);

	assert_true(filters_add(&f, LIT("n"), LIT("5"), &b));
	filters_describe(&f, &b);
	assert_wrote(&b, "where n = 5");
	assert_int_equal(count_up_to(&f, d->db, 10, LIMIT_MS), 2);
	assert_true(filters_add(&f, LIT("s__contains"), LIT("v"), &b));
	assert_true(filters_add(&f, LIT("x"), LIT("5"), &b));
	assert_true(filters_add(&f, LIT("s__in"), LIT("five, 5"), &b));
	buf_lit(&sql, "id IN (SELECT id FROM t WHERE id > ");
	buf_lit(&words, "beyond");
	assert_true(filters_add_condition(&f, &sql, ")", LIT("0"), &words));
	assert_true(filters_add(&f, LIT("n__notnull"), LIT("1"), &b));
	assert_int_equal(count_up_to(&f, d->db, 10, LIMIT_MS), 1);
	filters_describe(&f, &b);
	assert_wrote(&b,
	    "where n = 5, s contains \"v\", x = 5, s in [\"five\",\"5\"], "
	    "beyond and n is not null");
	filters_params(&f, &b);
	assert_wrote(&b,
	    "{\"p0\":\"5\",\"p1\":\"v\",\"p2\":\"5\",\"p3\":5,"
	    "\"p4\":\"[\\\"five\\\",\\\"5\\\"]\",\"p5\":\"0\"}");
	filters_rows_sql(&f, &b);
	assert_wrote(&b,
	    " FROM \"t\" WHERE (\"t\".\"n\" = :p0) "
	    "AND (\"t\".\"s\" LIKE '%' || :p1 || '%') "
	    "AND (\"t\".\"x\" IN (:p2, :p3)) "
	    "AND (\"t\".\"s\" IN (SELECT CAST(value AS TEXT) "
	    "FROM json_each(:p4) "
	    "WHERE type <> 'null')) "
	    "AND (id IN (SELECT id FROM t WHERE id > :p5)) "
	    "AND (\"t\".\"n\" IS NOT NULL)");
	filters_release(&f);
	table_release(&t);
	buf_release(&b);
	end_reading(d->db);
}

static void
there_is_a_bound(void **state)
{
	struct database *d = *state;
	struct buf why = {0}, sql = {0}, words = {0};
	struct filters f;
	struct table t;

	read_database_of(d, schema);
	assert_true(table_read(d->db, LIT("t"), &t));
	filters_init(&f, &t);
	for (int i = 0; i < FILTERS_MAX; i++)
		assert_true(filters_add(&f, LIT("x"), LIT("5"), &why));
	assert_int_equal(count_up_to(&f, d->db, 10, LIMIT_MS), 2);
	assert_false(filters_add(&f, LIT("x"), LIT("5"), &why));
	assert_wrote(&why, "There are more than 100 filters.");
	buf_lit(&sql, "1 = ");
	assert_false(filters_add_condition(&f, &sql, "", LIT("1"), &words));
	filters_release(&f);
	table_release(&t);
	buf_release(&why);
	end_reading(d->db);
}

/* What goes to SQLite as JSON must be JSON to it: else a page fails. */
static void
what_is_taken_for_json_is_json_to_sqlite(void **state)
{
	static const char *const pieces[] = {"[", "]", "{", "}", ",", ":", "\"",
	    "\\", "u00e9", "a", "1", "0", "-", "+", ".", "e", "E", "true",
	    "null", " ", "\"a\":", "\n", "é"};
	struct database *d = *state;
	uint64_t random = 42;
	int taken = 0;

	read_database_of(d, "CREATE TABLE t(x)");
	for (int round = 0; round < 100000; round++) {
		size_t n = next_random(&random) % 7 + 1;
		struct buf b = {0};
		struct query q;

		for (size_t i = 0; i < n; i++)
			buf_str(&b,
			    pieces[next_random(&random) % COUNT_OF(pieces)]);
		if (json_valid(str_of_buf(&b))) {
			query_open(&q, d->db, "SELECT json_valid(?)");
			query_bind_text(&q, 1, str_of_buf(&b));
			assert_true(query_next(&q));
			if (query_int(&q, 0) != 1)
				fail_msg("taken: %s", buf_cstr(&b));
			query_close(&q);
			taken++;
		}
		buf_release(&b);
	}
	assert_true(taken > 1000);
	end_reading(d->db);
}

static void
which_names_are_filters(void **state)
{
	(void)state;
	assert_true(filter_is_name(LIT("a")));
	assert_true(filter_is_name(LIT("a__b")));
	assert_true(filter_is_name(LIT("a__gt")));
	assert_true(filter_is_name(LIT("_a__exact")));
	assert_true(filter_is_name(LIT("__gt")));
	assert_false(filter_is_name(LIT("")));
	assert_false(filter_is_name(LIT("_")));
	assert_false(filter_is_name(LIT("_a")));
	assert_false(filter_is_name(LIT("_a_gt")));
	assert_false(filter_is_name(LIT("__cf_chl")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DATABASE_TEST(each_operation_finds_its_rows),
	    DATABASE_TEST(a_column_without_a_type_holds_numbers_and_text),
	    DATABASE_TEST(names_of_columns_come_before_operations),
	    DATABASE_TEST(what_is_no_filter_says_so),
	    DATABASE_TEST(values_are_never_sql),
	    DATABASE_TEST(indexes_are_used),
	    DATABASE_TEST(several_are_all_met_and_described),
	    DATABASE_TEST(there_is_a_bound),
	    DATABASE_TEST(what_is_taken_for_json_is_json_to_sqlite),
	    cmocka_unit_test(which_names_are_filters),
	};

	return RUN("filter", tests);
}
