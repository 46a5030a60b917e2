/*
 * db/rows/count.c: exact numbers where they are cheap, and bounds elsewhere.
 */
#include "db/rows/count.h"

#include "tests/unit/database.h"

#define ROWS(n, sql)                                                           \
	"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c"       \
	" WHERE x < " #n ") " sql " FROM c;"

/* "5", "10000+", "?" */
#define assert_count(d, table, filter, lit)                                    \
	check_count(                                                           \
	    (d), (table), (filter), LIMIT_MS, LIT(lit), __FILE__, __LINE__)

static void
check_count(const struct database *d, const char *table, const char *filter,
    int64_t budget_ms, struct str want, const char *file, int line)
{
	struct filters f;
	struct buf b = {0};
	struct count count;
	struct table t;

	assert_true(table_read(d->db, str_of(table), &t));
	filters_init(&f, &t);
	if (filter != NULL)
		assert_true(filters_add(&f, str_of(filter), LIT("1"), &b));
	count = count_rows(d->db, &f, budget_ms);
	if (count.n < 0)
		buf_lit(&b, "?");
	else
		buf_printf(
		    &b, "%lld%s", (long long)count.n, count.more ? "+" : "");
	check_str(str_of_buf(&b), want, file, line);
	filters_release(&f);
	table_release(&t);
	buf_release(&b);
}

static void
small_files_to_the_last_row(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE none(a); CREATE TABLE one(a);"
	    "INSERT INTO one VALUES (1);"
	    "CREATE TABLE t(a, b);" ROWS(20000,
		"INSERT INTO t SELECT x, 1") "CREATE VIEW v AS SELECT * FROM t;"
					     "CREATE TABLE w(a PRIMARY KEY) "
					     "WITHOUT ROWID;"
					     "INSERT INTO w SELECT a FROM t;"
					     "CREATE VIRTUAL TABLE f USING "
					     "fts5(a);"
					     "INSERT INTO f SELECT a FROM one");
	assert_count(d, "none", NULL, "0");
	assert_count(d, "one", NULL, "1");
	assert_count(d, "t", NULL, "20000");
	assert_count(d, "w", NULL, "20000");
	assert_count(d, "f", NULL, "1");
	assert_count(d, "t", "a", "1");
	assert_count(d, "t", "b", "10000+");
	assert_count(d, "t", "b__gt", "0");
	assert_count(d, "v", NULL, "10000+");
	end_reading(d->db);
}

static const char large[] =
    "CREATE TABLE filler(a);"
    "INSERT INTO filler SELECT zeroblob(34000000) FROM (VALUES (1), (2));"
    "CREATE TABLE t(a);" ROWS(20000, "INSERT INTO t SELECT x");

static void
large_files_up_to_the_bound(void **state)
{
	struct database *d = *state;

	read_database_of(d, large);
	assert_count(d, "t", NULL, "10000+");
	assert_count(d, "filler", NULL, "2");
	end_reading(d->db);
}

static void
large_files_that_were_analyzed(void **state)
{
	struct database *d = *state;
	struct buf sql = {0};

	buf_str(&sql, large);
	buf_lit(&sql,
	    "CREATE INDEX i ON t(a) WHERE a = 7; CREATE INDEX j ON t(a);"
	    "CREATE TABLE grown(a); INSERT INTO grown VALUES (1); ANALYZE;"
	    "CREATE TABLE vast(a); INSERT INTO sqlite_stat1 VALUES"
	    " ('vast', NULL, '9000000');"
	    "INSERT INTO vast SELECT a FROM t;");
	buf_lit(&sql, ROWS(600000, "INSERT INTO grown SELECT x"));
	read_database_of(d, buf_cstr(&sql));
	assert_count(d, "t", NULL, "20000");
	assert_count(d, "vast", NULL, "10000+");
	/* What was promised is no longer so. */
	assert_count(d, "grown", NULL, "10000+");
	buf_release(&sql);
	end_reading(d->db);
}

static void
numbers_that_triggers_keep(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a); CREATE TABLE u(a);"
	    "CREATE TABLE _counts(\"table\" TEXT PRIMARY KEY, count INTEGER"
	    " DEFAULT 0);"
	    "CREATE TRIGGER t_counts_insert AFTER INSERT ON t BEGIN"
	    " INSERT OR REPLACE INTO _counts VALUES ('t', 1000000); END;"
	    "CREATE TRIGGER t_counts_delete AFTER DELETE ON t BEGIN"
	    " SELECT 1; END;"
	    "INSERT INTO t VALUES (1);"
	    "INSERT INTO _counts VALUES ('u', 7), ('x', 'y')");
	assert_count(d, "t", NULL, "1000000");
	assert_count(d, "t", "a", "1");
	assert_count(d, "u", NULL, "0");
	assert_count(d, "_counts", NULL, "3");
	end_reading(d->db);
}

static void
what_takes_too_long(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a); INSERT INTO t VALUES (1);"
	    "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL"
	    " SELECT x + 1 FROM c) SELECT count(*) AS n FROM c");
	check_count(d, "v", NULL, 20, LIT("?"), __FILE__, __LINE__);
	assert_count(d, "t", NULL, "1");
	end_reading(d->db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DATABASE_TEST(small_files_to_the_last_row),
	    DATABASE_TEST(large_files_up_to_the_bound),
	    DATABASE_TEST(large_files_that_were_analyzed),
	    DATABASE_TEST(numbers_that_triggers_keep),
	    DATABASE_TEST(what_takes_too_long),
	};

	return RUN("count", tests);
}
