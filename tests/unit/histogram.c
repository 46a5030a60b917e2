/*
 * db/rows/histogram.c: which numbers are counted, and where.
 */
#include "db/rows/histogram.h"

#include "tests/unit/database.h"

/* "1..5: 2 0 3" of the bins that there are; "none". */
#define assert_histogram(d, sql_or_null, table, filter, lit)                   \
	check_histogram((d), (sql_or_null), (table), (filter), LIMIT_MS,       \
	    LIT(lit), __FILE__, __LINE__)

static void
check_histogram(struct database *d, const char *sql, const char *table,
    const char *filter, int64_t budget_ms, struct str want, const char *file,
    int line)
{
	struct histogram h;
	struct filters f;
	struct buf b = {0};
	struct table t;
	int64_t sum = 0;

	if (sql != NULL)
		read_database_of(d, sql);
	assert_true(table_read(d->db, str_of(table), &t));
	filters_init(&f, &t);
	if (filter != NULL)
		assert_true(filters_add(&f, str_of(filter), LIT("1"), &b));
	if (!histogram_read(&h, d->db, &f, 0, budget_ms)) {
		buf_lit(&b, "none");
	} else {
		buf_printf(
		    &b, "%g..%g%s:", h.min, h.max, h.sampled ? " sampled" : "");
		for (size_t i = 0; i < h.bins; i++) {
			sum += h.counts[i];
			if (h.counts[i] > 0)
				buf_printf(
				    &b, " %zu=%lld", i, (long long)h.counts[i]);
		}
		assert_int_equal(sum, h.n);
	}
	check_str(str_of_buf(&b), want, file, line);
	filters_release(&f);
	table_release(&t);
	buf_release(&b);
}

static void
numbers_are_counted_by_equal_parts(void **state)
{
	struct database *d = *state;

	assert_histogram(d,
	    "CREATE TABLE t(a, b);"
	    "INSERT INTO t VALUES (0, 0), (0.4, 0), (0.5, 0), (9.9, 1), (10, "
	    "1);"
	    "CREATE VIEW v AS SELECT a FROM t WHERE b",
	    "t", NULL, "0..10: 0=2 1=1 19=2");
	assert_histogram(d, NULL, "t", "b", "9.9..10: 0=1 19=1");
	assert_histogram(d, NULL, "v", NULL, "9.9..10: 0=1 19=1");
	end_reading(d->db);
}

static void
what_is_no_number_is_not(void **state)
{
	struct database *d = *state;

	assert_histogram(d,
	    "CREATE TABLE t(a); INSERT INTO t VALUES (NULL), ('7'), (x'00'),"
	    " (9e999), (-9e999), (7);"
	    "CREATE TABLE none(a); CREATE TABLE words(a);"
	    "INSERT INTO words VALUES ('a'), (NULL)",
	    "t", NULL, "7..7: 0=1");
	assert_histogram(d, NULL, "none", NULL, "none");
	assert_histogram(d, NULL, "words", NULL, "none");
	end_reading(d->db);
}

static void
any_range_has_parts(void **state)
{
	struct database *d = *state;

	assert_histogram(d,
	    "CREATE TABLE t(a); INSERT INTO t VALUES (1.7e308), (-1.7e308), "
	    "(0); CREATE TABLE s(a); INSERT INTO s VALUES (5e-324), (0);"
	    "CREATE TABLE i(a); INSERT INTO i VALUES (9223372036854775807), "
	    "(-9223372036854775808)",
	    "t", NULL, "-1.7e+308..1.7e+308: 0=1 10=1 19=1");
	assert_histogram(d, NULL, "i", NULL,
	    "-9.22337e+18..9.22337e+18: "
	    "0=1 19=1");
	assert_histogram(d, NULL, "s", NULL, "0..4.94066e-324: 0=1 19=1");
	end_reading(d->db);
}

#define COUNT_TO(n)                                                            \
	"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c "      \
	"WHERE x < " #n ") "

static void
up_to_the_bound_all_rows(void **state)
{
	struct database *d = *state;

	assert_histogram(d,
	    "CREATE TABLE t(a); CREATE TABLE w(a PRIMARY KEY) WITHOUT "
	    "ROWID;" COUNT_TO(10000) "INSERT INTO t SELECT x > 1 FROM "
				     "c;" COUNT_TO(
					 10001) "INSERT INTO w SELECT x FROM c",
	    "t", NULL, "0..1: 0=1 19=9999");
	/* in the order of the key */
	assert_histogram(d, NULL, "w", "a__gt",
	    "2..10001: 0=500 1=500 2=500 3=500 4=500 5=500 6=500 7=500 8=500 "
	    "9=500 10=500 11=500 12=500 13=500 14=500 15=500 16=500 17=500 "
	    "18=500 19=500");
	end_reading(d->db);
}

static void
large_tables_from_all_over_them(void **state)
{
	struct database *d = *state;

	assert_histogram(d,
	    "CREATE TABLE t(a); CREATE INDEX i ON t(a);" COUNT_TO(
		40000) "INSERT INTO t SELECT x / 2000 FROM c",
	    "t", NULL,
	    "0..19 sampled: 0=504 1=505 2=505 3=505 4=505 5=505 6=505 7=505 "
	    "8=505 9=505 10=505 11=505 12=505 13=505 14=505 15=505 16=505 "
	    "17=505 18=505 19=406");
	end_reading(d->db);
}

static void
rowids_far_apart(void **state)
{
	struct database *d = *state;

	assert_histogram(d,
	    "CREATE TABLE t(a);" COUNT_TO(
		20000) "INSERT INTO t SELECT x = 1 FROM c;"
		       "INSERT INTO t(rowid, a) VALUES "
		       "(9223372036854775807, 1);"
		       "CREATE TABLE s(a); INSERT INTO s SELECT a FROM t;"
		       "INSERT INTO s(rowid, a) VALUES "
		       "(9223372036854775807, 1), (-9223372036854775808, 1)",
	    "t", NULL, "0..1 sampled: 0=9999 19=1");
	assert_histogram(d, NULL, "s", NULL, "0..1 sampled: 0=5098 19=3");
	end_reading(d->db);
}

static void
not_for_long(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL "
	    "SELECT x + 1 FROM c) SELECT x AS a FROM c WHERE x < 0");
	check_histogram(
	    d, NULL, "v", NULL, 20, LIT("none"), __FILE__, __LINE__);
	/* which is no failure */
	end_reading(d->db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DATABASE_TEST(numbers_are_counted_by_equal_parts),
	    DATABASE_TEST(what_is_no_number_is_not),
	    DATABASE_TEST(any_range_has_parts),
	    DATABASE_TEST(up_to_the_bound_all_rows),
	    DATABASE_TEST(large_tables_from_all_over_them),
	    DATABASE_TEST(rowids_far_apart),
	    DATABASE_TEST(not_for_long),
	};

	return RUN("histogram", tests);
}
