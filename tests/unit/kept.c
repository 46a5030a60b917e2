/*
 * db/sqlite/statements.c, db/schema/described.c: what a connection keeps from
 * page to page holds just as long as the schema does.
 */
#include "db/schema/table.h"
#include "tests/unit/database.h"

static void
begin_again(struct db *db)
{
	end_reading(db);
	db_take_work(db);
	assert_int_equal(db_begin(db), DB_OK);
}

static size_t
columns_of(struct db *db, const char *name)
{
	struct table t;
	size_t n;

	table_read(db, str_of(name), &t);
	n = t.n_columns;
	table_release(&t);
	return n;
}

static void
a_description_is_read_once(void **state)
{
	struct db *db = read_database_of(*state, "CREATE TABLE t(a, b)");

	assert_int_equal(columns_of(db, "t"), 2);
	begin_again(db);
	assert_int_equal(columns_of(db, "T"), 2);
	assert_int_equal(db_take_work(db).queries, 0);
	end_reading(db);
}

static void
a_name_with_zero_bytes_is_no_tables(void **state)
{
	struct db *db = read_database_of(*state, "CREATE TABLE t(a)");
	char *name = exact_copy("t\0\0\0\0\0\0\0", 8);
	struct table t;

	assert_int_equal(columns_of(db, "t"), 1);
	assert_false(table_read(db, (struct str){name, 8}, &t));
	table_release(&t);
	free(name);
	end_reading(db);
}

static void
a_changed_table_is_described_anew(void **state)
{
	struct database *d = *state;
	struct db *db = read_database_of(
	    d, "PRAGMA journal_mode=WAL; CREATE TABLE t(a, b)");

	assert_int_equal(columns_of(db, "t"), 2);
	run_sql(d->file, "ALTER TABLE t ADD c");
	/* not in the middle of a page */
	assert_int_equal(columns_of(db, "t"), 2);
	begin_again(db);
	assert_int_equal(columns_of(db, "t"), 3);
	run_sql(d->file, "DROP TABLE t");
	begin_again(db);
	assert_int_equal(columns_of(db, "t"), 0);
	end_reading(db);
}

static void
another_file_is_described_anew(void **state)
{
	struct database *d = *state;
	struct db *db = read_database_of(d, "CREATE TABLE t(a, b)");
	char other[100];

	assert_int_equal(columns_of(db, "t"), 2);
	assert_int_equal(read_int(db, "SELECT count(*) FROM t"), 0);
	snprintf(other, sizeof(other), "%s.new", d->file);
	run_sql(other, "CREATE TABLE t(a); INSERT INTO t VALUES (1)");
	assert_int_equal(rename(other, d->file), 0);
	begin_again(db);
	assert_int_equal(columns_of(db, "t"), 1);
	assert_int_equal(read_int(db, "SELECT count(*) FROM t"), 1);
	end_reading(db);
}

static void
more_tables_than_are_kept(void **state)
{
	struct database *d = *state;
	char sql[200], name[20];
	struct db *db;

	run_sql(d->file, "CREATE TABLE t0(a)");
	for (int i = 1; i < 80; i++) {
		snprintf(sql, sizeof(sql), "CREATE TABLE t%d(a)", i);
		run_sql(d->file, sql);
	}
	db = read_database_of(d, "CREATE TABLE t80(a, b)");
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i <= 80; i++) {
			snprintf(name, sizeof(name), "t%d", i);
			assert_int_equal(columns_of(db, name), i < 80 ? 1 : 2);
		}
		begin_again(db);
	}
	end_reading(db);
}

static void
two_queries_of_one_text_at_once(void **state)
{
	static const char sql[] = "SELECT a FROM t WHERE a > ? ORDER BY a";
	struct db *db = read_database_of(
	    *state, "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
	struct query one, two;

	for (int round = 0; round < 3; round++) {
		query_open(&one, db, sql);
		query_open(&two, db, sql);
		query_bind_int(&one, 1, 0);
		query_bind_int(&two, 1, 1);
		assert_true(query_next(&one));
		assert_true(query_next(&two));
		assert_int_equal(query_int(&one, 0), 1);
		assert_int_equal(query_int(&two, 0), 2);
		query_close(&one);
		assert_true(query_next(&two));
		assert_int_equal(query_int(&two, 0), 3);
		query_close(&two);
	}
	end_reading(db);
}

static void
what_was_bound_is_forgotten(void **state)
{
	struct db *db = read_database_of(*state, "CREATE TABLE t(a)");
	struct query q;

	query_open(&q, db, "SELECT ? IS NULL");
	query_bind_text(&q, 1, str_of("something"));
	assert_true(query_next(&q));
	assert_int_equal(query_int(&q, 0), 0);
	query_close(&q);
	assert_int_equal(read_int(db, "SELECT ? IS NULL"), 1);
	end_reading(db);
}

static void
a_statement_that_was_stopped_runs_again(void **state)
{
	static const char sql[] =
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c "
	    "LIMIT ?) SELECT count(*) FROM c";
	struct db *db = read_database_of(*state, "CREATE TABLE t(a)");
	struct query q;

	db_budget_begin(db, 0);
	query_open(&q, db, sql);
	query_bind_int(&q, 1, 1000000000);
	assert_false(query_next(&q));
	query_close(&q);
	assert_true(db_budget_end(db));
	query_open(&q, db, sql);
	query_bind_int(&q, 1, 1000);
	assert_true(query_next(&q));
	assert_int_equal(query_int(&q, 0), 1000);
	query_close(&q);
	end_reading(db);
}

/* The text of the statement is the same, and what it does is not. */
static void
a_view_that_begins_to_ask_for_the_time(void **state)
{
	struct database *d = *state;
	struct db *db = read_database_of(
	    d, "PRAGMA journal_mode=WAL; CREATE VIEW v AS SELECT 1 AS x");

	for (int round = 0; round < 2; round++) {
		read_int(db, "SELECT x FROM v");
		assert_false(db_take_work(db).time_dependent);
	}
	run_sql(d->file, "DROP VIEW v; CREATE VIEW v AS SELECT random() AS x");
	begin_again(db);
	for (int round = 0; round < 2; round++) {
		read_int(db, "SELECT x FROM v");
		assert_true(db_take_work(db).time_dependent);
		read_int(db, "SELECT 1");
		assert_false(db_take_work(db).time_dependent);
	}
	end_reading(db);
}

static void
many_different_statements(void **state)
{
	struct db *db = read_database_of(*state, "CREATE TABLE t(a)");
	char sql[64];

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 200; i++) {
			snprintf(sql, sizeof(sql), "SELECT %d", i);
			assert_int_equal(read_int(db, sql), i);
		}
	}
	end_reading(db);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(a_description_is_read_once),
	    DATABASE_TEST(a_name_with_zero_bytes_is_no_tables),
	    DATABASE_TEST(a_changed_table_is_described_anew),
	    DATABASE_TEST(another_file_is_described_anew),
	    DATABASE_TEST(more_tables_than_are_kept),
	    DATABASE_TEST(two_queries_of_one_text_at_once),
	    DATABASE_TEST(what_was_bound_is_forgotten),
	    DATABASE_TEST(a_statement_that_was_stopped_runs_again),
	    DATABASE_TEST(a_view_that_begins_to_ask_for_the_time),
	    DATABASE_TEST(many_different_statements),
	};

	return RUN("kept", tests);
}
