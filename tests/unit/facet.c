/*
 * db/rows/facet.c, db/rows/suggest.c: values and their counts, within the
 * filters and the time, and which columns are worth a facet.
 */
#include "db/rows/facet.h"

#include "db/rows/suggest.h"
#include "tests/unit/database.h"

/*
 * The facet of a column as "value=count", with ":label" where there is one,
 * separated by spaces, and "..." where there is more; "over" if it took too
 * long.
 */
static void
show(struct db *db, const struct filters *f, enum facet_kind kind,
    const char *column, size_t size, int64_t limit_ms, struct buf *b)
{
	struct facet facet;

	if (!facet_read(&facet, db, f, kind,
		table_column(f->table, str_of(column)), size, limit_ms)) {
		buf_lit(b, "over");
		return;
	}
	for (size_t i = 0; i < facet.n; i++) {
		const struct facet_value *v = &facet.values[i];
		struct str text = facet_text(&facet, v);
		struct str label = facet_label(&facet, v);

		buf_printf(
		    b, "%s%.*s", i > 0 ? " " : "", (int)text.len, text.s);
		if (v->has_label)
			buf_printf(b, ":%.*s", (int)label.len, label.s);
		buf_printf(b, "=%lld", (long long)v->count);
	}
	buf_str(b, facet.truncated ? " ..." : "");
	facet_release(&facet);
}

#define assert_facet(d, kind, table, column, size, lit)                        \
	check_facet((d), (kind), (table), (column), (size), LIT(lit),          \
	    __FILE__, __LINE__)

static void
check_facet(const struct database *d, enum facet_kind kind, const char *table,
    const char *column, size_t size, struct str want, const char *file,
    int line)
{
	struct filters f;
	struct buf b = {0};
	struct table t;

	assert_true(table_read(d->db, str_of(table), &t));
	filters_init(&f, &t);
	show(d->db, &f, kind, column, size, LIMIT_MS, &b);
	check_str(str_of_buf(&b), want, file, line);
	filters_release(&f);
	table_release(&t);
	buf_release(&b);
}

static void
values_by_their_number(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a TEXT, b, value, n REAL);"
	    "INSERT INTO t VALUES ('x', 1, 1, 0.5), ('y', '1', 1, 0.1),"
	    " ('x', 2.5, 2, 0.5), (NULL, x'00', 2, 2), ('', NULL, 2, 1e300)");
	assert_facet(d, FACET_COLUMN, "t", "a", 9, "x=2 =1 y=1");
	assert_facet(d, FACET_COLUMN, "t", "b", 9, "1=1 2.5=1 1=1");
	assert_facet(d, FACET_COLUMN, "t", "value", 9, "2=3 1=2");
	assert_facet(
	    d, FACET_COLUMN, "t", "n", 9, "0.5=2 0.1=1 2.0=1 1e+300=1");
	assert_facet(d, FACET_COLUMN, "t", "a", 2, "x=2 =1 ...");
	assert_facet(d, FACET_COLUMN, "t", "a", 3, "x=2 =1 y=1");
	end_reading(d->db);
}

static void
in_any_kind_of_table(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "PRAGMA encoding='UTF-16be'; PRAGMA page_size=65536;"
	    "CREATE TABLE w(k TEXT PRIMARY KEY, a TEXT) STRICT, WITHOUT ROWID;"
	    "INSERT INTO w VALUES ('1', 'é'), ('2', 'é');"
	    "CREATE VIEW v AS SELECT a, k AS \"the k\" FROM w;"
	    "CREATE TABLE g(a TEXT, b TEXT AS (upper(a)) STORED);"
	    "INSERT INTO g VALUES ('x'), ('X');"
	    "CREATE TABLE n(a TEXT COLLATE NOCASE);"
	    "INSERT INTO n VALUES ('x'), ('X');"
	    "CREATE VIRTUAL TABLE f USING fts5(a);"
	    "INSERT INTO f VALUES ('p q'), ('p q');"
	    "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1);"
	    "INSERT INTO r VALUES (1, 0, 1), (2, 0, 2);"
	    "CREATE TABLE o(rowid INTEGER PRIMARY KEY, _rowid_, oid TEXT);"
	    "INSERT INTO o VALUES (1, 2, '[7]'), (2, 2, '[7,8,7]');"
	    "CREATE TABLE \"a \"\"b\"(\"c \"\"d\");"
	    "INSERT INTO \"a \"\"b\" VALUES (1);"
	    "CREATE TABLE empty(a)");
	assert_facet(d, FACET_COLUMN, "w", "a", 9, "é=2");
	assert_facet(d, FACET_COLUMN, "v", "a", 9, "é=2");
	assert_facet(d, FACET_COLUMN, "v", "the k", 9, "1=1 2=1");
	assert_facet(d, FACET_COLUMN, "g", "b", 9, "X=2");
	assert_facet(d, FACET_COLUMN, "n", "a", 9, "x=2");
	assert_facet(d, FACET_COLUMN, "f", "a", 9, "p q=2");
	assert_facet(d, FACET_COLUMN, "r", "x0", 9, "0.0=2");
	assert_facet(d, FACET_COLUMN, "o", "_rowid_", 9, "2=2");
	assert_facet(d, FACET_ARRAY, "o", "oid", 9, "7=2 8=1");
	assert_facet(d, FACET_COLUMN, "a \"b", "c \"d", 9, "1=1");
	assert_facet(d, FACET_COLUMN, "empty", "a", 9, "");
	end_reading(d->db);
}

static void
what_arrays_hold(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a); INSERT INTO t VALUES ('[\"x\",\"y\",\"x\"]'),"
	    " ('[\"x\", 1, 2.5, null, {\"b\":1}, [3], true]'), ('[]'), (NULL),"
	    " ('{\"k\":\"x\"}'), ('no json'), ('['), (5), (x'5b5d'), ('\"x\"');"
	    "CREATE VIEW v AS SELECT a FROM t;"
	    "CREATE TABLE w(k TEXT PRIMARY KEY, a) WITHOUT ROWID;"
	    "INSERT INTO w VALUES ('p', '[1,1]'), ('q', '[1]')");
	assert_facet(d, FACET_ARRAY, "t", "a", 9, "x=4 1=1 2.5=1 y=1");
	assert_facet(d, FACET_ARRAY, "v", "a", 9, "x=4 1=1 2.5=1 y=1");
	assert_facet(d, FACET_ARRAY, "w", "a", 9, "1=2");
	end_reading(d->db);
}

static void
the_days_of_dates(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a); INSERT INTO t VALUES ('2019-01-02 10:00'),"
	    " ('2019-01-02T11:30:00'), ('2019-01-03'), ('nonsense'), (NULL),"
	    " (x'00')");
	assert_facet(d, FACET_DATE, "t", "a", 9, "2019-01-02=2 2019-01-03=1");
	end_reading(d->db);
}

static void
labels_of_what_is_referred_to(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT);"
	    "INSERT INTO p VALUES (1, 'one'), (2, NULL), (3, 3.5);"
	    "CREATE TABLE t(p REFERENCES p, q REFERENCES gone, self INTEGER"
	    " REFERENCES t, id INTEGER PRIMARY KEY, title);"
	    "INSERT INTO t VALUES (1, 1, 1, 1, 'me'), (2, 1, 1, 2, 'you'),"
	    " (3, 2, NULL, 3, ''), (9, 2, NULL, 4, '')");
	assert_facet(d, FACET_COLUMN, "t", "p", 9, "1:one=1 2=1 3:3.5=1 9=1");
	assert_facet(d, FACET_COLUMN, "t", "q", 9, "1=2 2=2");
	assert_facet(d, FACET_COLUMN, "t", "self", 9, "1:me=2");
	end_reading(d->db);
}

static void
of_the_rows_that_pass(void **state)
{
	struct database *d = *state;
	struct buf b = {0};
	struct filters f;
	struct table t;

	read_database_of(d,
	    "CREATE TABLE t(a, b, c); INSERT INTO t VALUES"
	    " ('x', 1, '[1]'), ('x', 2, '[2]'), ('y', 2, '[2]')");
	assert_true(table_read(d->db, LIT("t"), &t));
	filters_init(&f, &t);
	assert_true(filters_add(&f, LIT("b"), LIT("2"), &b));
	assert_true(filters_add(&f, LIT("a__in"), LIT("x,y"), &b));
	show(d->db, &f, FACET_COLUMN, "a", 9, LIMIT_MS, &b);
	assert_wrote(&b, "x=1 y=1");
	show(d->db, &f, FACET_ARRAY, "c", 9, LIMIT_MS, &b);
	assert_wrote(&b, "2=2");
	buf_release(&b);
	filters_release(&f);
	table_release(&t);
	end_reading(d->db);
}

static const char endless[] =
    "CREATE TABLE t(a); INSERT INTO t VALUES (1), (1);"
    "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL"
    " SELECT x + 1 FROM c) SELECT x, x AS y, x AS z FROM c;"
    "CREATE VIEW w AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL"
    " SELECT x + 1 FROM c) SELECT count(*) AS x FROM c";

static void
one_that_takes_too_long_spoils_no_other(void **state)
{
	struct facet_suggestion out[FACET_SUGGESTIONS_MAX];
	struct database *d = *state;
	struct buf b = {0};
	struct filters f;
	struct table t;

	read_database_of(d, endless);
	assert_true(table_read(d->db, LIT("v"), &t));
	filters_init(&f, &t);
	show(d->db, &f, FACET_COLUMN, "x", 9, 20, &b);
	assert_wrote(&b, "over");
	show(d->db, &f, FACET_ARRAY, "x", 9, 20, &b);
	assert_wrote(&b, "over");
	filters_release(&f);
	table_release(&t);
	assert_true(table_read(d->db, LIT("w"), &t));
	assert_int_equal(suggest_facets(d->db, &f, 20, out), 0);
	table_release(&t);
	buf_release(&b);
	assert_facet(d, FACET_COLUMN, "t", "a", 9, "1=2");
	end_reading(d->db);
}

/* The page's own time goes on, so that what follows still has some. */
static void
never_more_than_half_of_the_time(void **state)
{
	struct database *d = *state;
	struct buf b = {0};
	struct filters f;
	struct table t;

	read_database_of(d, endless);
	end_reading(d->db);
	db_free(d->db);
	d->db = db_new("test", d->file, 1600);
	assert_int_equal(db_begin(d->db), DB_OK);
	assert_true(table_read(d->db, LIT("v"), &t));
	filters_init(&f, &t);
	for (int i = 0; i < 3; i++) {
		show(d->db, &f, FACET_COLUMN, "x", 9, LIMIT_MS, &b);
		assert_wrote(&b, "over");
	}
	assert_int_equal(read_int(d->db, "SELECT count(*) FROM t"), 2);
	filters_release(&f);
	table_release(&t);
	buf_release(&b);
	end_reading(d->db);
}

/* "column" of a suggestion, "column[]" for arrays, "column@" for dates. */
#define assert_suggested(d, table, lit)                                        \
	check_suggested((d), (table), LIT(lit), __FILE__, __LINE__)

static void
check_suggested(const struct database *d, const char *table, struct str want,
    const char *file, int line)
{
	static const char *const marks[] = {
	    [FACET_COLUMN] = "",
	    [FACET_ARRAY] = "[]",
	    [FACET_DATE] = "@",
	};
	struct facet_suggestion out[FACET_SUGGESTIONS_MAX];
	struct filters f;
	struct buf b = {0};
	struct table t;
	size_t n;

	assert_true(table_read(d->db, str_of(table), &t));
	filters_init(&f, &t);
	n = suggest_facets(d->db, &f, LIMIT_MS, out);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s%s", i > 0 ? " " : "",
		    t.columns[out[i].column].name, marks[out[i].kind]);
	check_str(str_of_buf(&b), want, file, line);
	table_release(&t);
	buf_release(&b);
}

/* How long the only value is, and its label, and how often it is there. */
static void
assert_sizes(const struct database *d, const char *column, size_t text,
    size_t label, int64_t count)
{
	struct filters f;
	struct facet facet;
	struct table t;

	assert_true(table_read(d->db, str_of("t"), &t));
	filters_init(&f, &t);
	assert_true(facet_read(&facet, d->db, &f, FACET_COLUMN,
	    table_column(&t, str_of(column)), 5, LIMIT_MS));
	assert_int_equal(facet.n, 1);
	assert_int_equal(facet_text(&facet, facet.values).len, text);
	assert_int_equal(facet_label(&facet, facet.values).len, label);
	assert_int_equal(facet.values->count, count);
	facet_release(&facet);
	table_release(&t);
}

static void
columns_that_are_worth_a_facet(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(id INTEGER PRIMARY KEY, same, few, unique_one,"
	    " thirty, more, nulls, bytes);"
	    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c"
	    " WHERE x < 100) INSERT INTO t SELECT x, 1, x % 2, x, x % 30,"
	    " x % 31, NULL, x'00' FROM c;"
	    "CREATE TABLE u(tags, empty, objects, mixed, day, word);"
	    "INSERT INTO u VALUES ('[\"a\",\"b\"]', '[]', '[{}]', '[1]',"
	    " '2020-01-02 03:04', 'a'), ('[]', '[]', '[{}]', 'x',"
	    " '2020-01-03', 'b'), ('', '', '', '', NULL, 'c');"
	    "CREATE TABLE none(a, b);"
	    "CREATE VIEW v AS SELECT few, few * 2 AS twice FROM t");
	assert_suggested(d, "t", "few thirty");
	assert_suggested(d, "u", "tags[] empty objects day@");
	assert_suggested(d, "none", "");
	assert_suggested(d, "v", "few twice");
	end_reading(d->db);
}

static void
of_many_rows_only_the_first_are_looked_at(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a, b);"
	    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c"
	    " WHERE x < 3000) INSERT INTO t SELECT x / 100, x > 1500 FROM c");
	assert_suggested(d, "t", "a");
	end_reading(d->db);
}

/* Reading or sorting them alone would take the time and the memory. */
static void
what_no_address_could_hold_is_left_out(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE city(id INTEGER PRIMARY KEY, name);"
	    "INSERT INTO city VALUES (1, hex(zeroblob(20000)));"
	    "CREATE TABLE t(long, most, city REFERENCES city, bytes);"
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
	    " WHERE i < 14) INSERT INTO t SELECT"
	    " CASE WHEN i <= 12 THEN hex(zeroblob(5000000)) || (i % 6)"
	    " ELSE 'short' END,"
	    " substr(hex(zeroblob(9000)), 1, 16384 + i % 2), 1,"
	    " zeroblob(100000) FROM c");
	assert_facet(d, FACET_COLUMN, "t", "long", 5, "short=2");
	assert_sizes(d, "most", 16384, 16384, 7);
	assert_sizes(d, "city", 1, FACET_VALUE_MAX, 14);
	assert_suggested(d, "t", "");
	end_reading(d->db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DATABASE_TEST(values_by_their_number),
	    DATABASE_TEST(in_any_kind_of_table),
	    DATABASE_TEST(what_arrays_hold),
	    DATABASE_TEST(the_days_of_dates),
	    DATABASE_TEST(labels_of_what_is_referred_to),
	    DATABASE_TEST(of_the_rows_that_pass),
	    DATABASE_TEST(one_that_takes_too_long_spoils_no_other),
	    DATABASE_TEST(never_more_than_half_of_the_time),
	    DATABASE_TEST(columns_that_are_worth_a_facet),
	    DATABASE_TEST(what_no_address_could_hold_is_left_out),
	    DATABASE_TEST(of_many_rows_only_the_first_are_looked_at),
	};

	return RUN("facet", tests);
}
