/*
 * db/sqlite/profile.c: sums by statement, and plans in one line.
 */
#include "db/sqlite/profile.h"

#include "app/watch/clock.h"
#include "tests/unit/database.h"

#define COUNT_TO(n)                                                            \
	"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c "      \
	"WHERE x < " #n ") SELECT count(*) FROM c"

static struct db *
profiled(struct database *d, const char *sql)
{
	struct db *db = read_database_of(d, sql);

	assert_true(db_profile(db));
	return db;
}

static void
without_it_there_is_no_slowest(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(x)");
	read_int(d->db, "SELECT 1");
	end_reading(d->db);
	assert_null(db_take_work(d->db).slowest);
}

static void
the_slowest_of_a_page(void **state)
{
	struct database *d = *state;
	struct db *db = profiled(d, "CREATE TABLE t(x)");
	const struct db_statement *s;

	db_take_work(db);
	read_int(db, "SELECT 1");
	assert_int_equal(read_int(db, COUNT_TO(100000)), 100000);
	read_int(db, "SELECT 2");
	s = db_take_work(db).slowest;
	assert_non_null(s);
	assert_string_equal(s->sql, COUNT_TO(100000));
	assert_ptr_equal(s->db, db);
	assert_int_equal(s->runs, 1);
	assert_int_equal(s->rows, 1);
	assert_true(s->us > 0);
	assert_null(db_take_work(db).slowest);
	read_int(db, "SELECT 3");
	assert_string_equal(db_take_work(db).slowest->sql, "SELECT 3");
	end_reading(db);
}

static void
runs_of_a_statement_are_summed_up(void **state)
{
	struct profile *p = calloc(1, sizeof(*p));
	const struct db_statement *s;

	(void)state;
	assert_non_null(p);
	for (int i = 0; i < 10; i++)
		profile_add(p, NULL, "often", 3, 2);
	profile_add(p, NULL, "once", 29, 1);
	s = profile_take(p);
	assert_string_equal(s->sql, "often");
	assert_int_equal(s->us, 30);
	assert_int_equal(s->runs, 10);
	assert_int_equal(s->rows, 20);
	profile_free(p);
	profile_free(NULL);
}

static void
of_many_statements_the_slow_ones_are_kept(void **state)
{
	struct profile *p = calloc(1, sizeof(*p));
	char sql[16];

	(void)state;
	assert_non_null(p);
	for (int i = 0; i < 1000; i++) {
		snprintf(sql, sizeof(sql), "%d", i);
		profile_add(p, NULL, sql, i == 700 ? 5000 : i, 1);
	}
	assert_int_equal(p->n, PROFILE_STATEMENTS);
	assert_string_equal(profile_take(p)->sql, "700");
	profile_free(p);
}

/* The plan of a statement, between two pages. */
static const char *
plan(struct db *db, const char *sql, struct buf *b)
{
	const struct db_statement s = {.db = db, .sql = (char *)sql};

	buf_reset(b);
	db_plan(&s, b);
	return buf_cstr(b);
}

static void
plans(void **state)
{
	struct database *d = *state;
	struct db *db =
	    profiled(d, "CREATE TABLE t(x); CREATE INDEX i ON t(x)");
	const struct db_statement *s;
	struct buf b = {0};

	read_int(db, "SELECT 7");
	s = db_take_work(db).slowest;
	end_reading(db);
	assert_has(plan(db, "SELECT rowid FROM t WHERE x > ?", &b),
	    "SEARCH t USING COVERING INDEX i (x>?)");
	assert_has(plan(db, COUNT_TO(3), &b),
	    " c (SETUP (SCAN CONSTANT ROW), RECURSIVE STEP (SCAN c)), SCAN c");
	/* What was taken is still there. */
	assert_string_equal(s->sql, "SELECT 7");
	assert_string_equal(plan(db, "SELECT * FROM gone", &b), "");
	buf_release(&b);
	assert_int_equal(db_begin(db), DB_OK);
	end_reading(db);
}

static void
a_long_plan_is_cut(void **state)
{
	struct database *d = *state;
	struct db *db = profiled(d, "CREATE TABLE t(x)");
	struct buf sql = {0}, b = {0};

	end_reading(db);
	buf_lit(&sql, "SELECT 1 FROM t");
	for (int i = 0; i < 400; i++)
		buf_lit(&sql, " UNION ALL SELECT 1 FROM t");
	assert_has(plan(db, buf_cstr(&sql), &b), "SCAN t");
	assert_true(b.len < 2200);
	assert_has(buf_cstr(&b), "…");
	buf_release(&sql);
	buf_release(&b);
}

static void
no_plan_of_a_database_that_is_gone_or_locked(void **state)
{
	struct database *d = *state;
	struct db *db = profiled(d, "CREATE TABLE t(x)");
	struct buf b = {0};
	sqlite3 *writer;
	int64_t since_us;

	end_reading(db);
	assert_int_equal(sqlite3_open(d->file, &writer), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(writer, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
	    SQLITE_OK);
	since_us = clock_mono_us();
	assert_string_equal(plan(db, "SELECT 1 FROM t", &b), "");
	/* The time limit of pages is half a minute. */
	assert_true(clock_mono_us() - since_us < LIMIT_MS / 3 * 1000);
	sqlite3_close(writer);
	assert_string_equal(plan(db, "SELECT x FROM t", &b), "SCAN t");
	unlink(d->file);
	assert_string_equal(plan(db, "SELECT 1 FROM t", &b), "");
	buf_release(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(without_it_there_is_no_slowest),
	    DATABASE_TEST(the_slowest_of_a_page),
	    cmocka_unit_test(runs_of_a_statement_are_summed_up),
	    cmocka_unit_test(of_many_statements_the_slow_ones_are_kept),
	    DATABASE_TEST(plans),
	    DATABASE_TEST(a_long_plan_is_cut),
	    DATABASE_TEST(no_plan_of_a_database_that_is_gone_or_locked),
	};

	return RUN("profile", tests);
}
