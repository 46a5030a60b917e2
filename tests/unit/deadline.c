/*
 * db/sqlite/deadline.c: statements that never ask for the time are interrupted.
 */
#include "db/sqlite/deadline.h"

#include "db/sqlite/internal.h"
#include "tests/unit/database.h"

static const char endless[] =
    "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
    "SELECT count(*) FROM c";

/* Without SQLite's own look at the clock, as within one of its steps. */
static struct db *
read_unasked(struct database *d)
{
	struct db *db = read_database_of(
	    d, "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)");

	assert_true(deadlines_start());
	sqlite3_progress_handler(db->conn.handle, 0, NULL, NULL);
	return db;
}

static void
the_time_limit(void **state)
{
	struct db *db = read_unasked(*state);

	db_limit(db, 20);
	assert_int_equal(read_int(db, endless), -1);
	assert_int_equal(db_end(db), DB_TIMEOUT);
	/* Nothing of it remains. */
	db_begin(db);
	assert_int_equal(read_int(db, "SELECT count(*) FROM t"), 3);
	end_reading(db);
	deadlines_stop();
}

static void
a_budget_whose_end_is_no_failure(void **state)
{
	struct db *db = read_unasked(*state);

	for (int i = 0; i < 3; i++) {
		db_budget_begin(db, 20);
		assert_int_equal(read_int(db, endless), -1);
		assert_true(db_budget_end(db));
		assert_int_equal(read_int(db, "SELECT count(*) FROM t"), 3);
	}
	assert_true(db_was_cut_short(db));
	end_reading(db);
	deadlines_stop();
}

static void
a_budget_does_not_end_the_statement_around_it(void **state)
{
	struct database *d = *state;
	struct db *db = read_database_of(
	    d, "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)");
	struct query q;
	int rows = 0;

	assert_true(deadlines_start());
	query_open(&q, db, "SELECT a FROM t");
	while (query_next(&q)) {
		rows++;
		db_budget_begin(db, 20);
		assert_int_equal(read_int(db, endless), -1);
		assert_true(db_budget_end(db));
	}
	query_close(&q);
	assert_int_equal(rows, 3);
	end_reading(db);
	deadlines_stop();
}

static void
each_connection_has_its_own(void **state)
{
	struct database *d = *state;
	struct db *db = read_unasked(d);
	struct db *other = db_new("other", d->file, LIMIT_MS);

	assert_non_null(other);
	assert_int_equal(db_begin(other), DB_OK);
	db_limit(db, 20);
	assert_int_equal(read_int(db, endless), -1);
	assert_int_equal(read_int(other, "SELECT count(*) FROM t"), 3);
	assert_int_equal(db_end(db), DB_TIMEOUT);
	end_reading(other);
	db_free(other);
	deadlines_stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DATABASE_TEST(the_time_limit),
	    DATABASE_TEST(a_budget_whose_end_is_no_failure),
	    DATABASE_TEST(a_budget_does_not_end_the_statement_around_it),
	    DATABASE_TEST(each_connection_has_its_own),
	};

	return RUN("deadline", tests);
}
