/*
 * db/sqlite/guard.c: what a statement that is not squall's may do, and that
 * nothing of it remains.
 */
#include "db/sqlite/guard.h"

#include <sqlite3.h>

#include "app/text/sqltext.h"
#include "db/sqlite/heap.h"
#include "db/sqlite/internal.h"
#include "tests/unit/database.h"

static struct db *
open_guarded(struct database *d, enum guard guard)
{
	run_sql(d->file,
	    "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);"
	    "CREATE VIRTUAL TABLE r USING rtree(id, x, y);"
	    "INSERT INTO r VALUES (1, 2, 3)");
	d->db = guard_new("test", d->file, LIMIT_MS, guard);
	assert_non_null(d->db);
	return d->db;
}

static int n_compared;

/* Runs a statement to its end; db_end's status. */
static enum db_status
run(struct db *db, const char *sql)
{
	struct query q;

	db_begin(db);
	if (guard_open(&q, db, str_of(sql))) {
		while (query_next(&q))
			;
		guard_close(&q);
	}
	return db_end(db);
}

static void
refuses(struct db *db, const char *sql, const char *why)
{
	if (run(db, sql) != DB_REJECTED)
		print_error("%s: %s\n", sql, db_message(db));
	assert_string_equal(db_message(db), why);
	assert_int_equal(run(db, "SELECT a FROM t"), DB_OK);
}

static void
what_is_refused_says_why(void **state)
{
	struct db *db = open_guarded(*state, GUARD_VISITOR);

	refuses(db, "DELETE FROM t", "not authorized");
	refuses(db, "INSERT INTO r VALUES (2, 3, 4)", "not authorized");
	refuses(db, "PRAGMA query_only=0", "not authorized");
	refuses(db, "SELECT nope", "no such column: nope");
	refuses(db, "SELECT 1; SELECT 2",
	    "only one statement is possible at a time");
	refuses(db, "", "there is no statement");
	refuses(db, "VACUUM", "only a statement that gives rows is possible");
	refuses(db, "SELECT load_extension('x')",
	    "not authorized to use function: load_extension");
	refuses(db, "SELECT zeroblob(1000000000)", "string or blob too big");
	refuses(db, "SELECT abs(-9223372036854775807 - 1)", "integer overflow");
}

static void
what_reads_is_allowed(void **state)
{
	struct db *db = open_guarded(*state, GUARD_VISITOR);
	static const char *const statements[] = {
	    "SELECT a FROM t",
	    "SELECT id FROM r WHERE x < 5",
	    "VALUES (1)",
	    "WITH x AS (SELECT 1) SELECT * FROM x;",
	    "EXPLAIN QUERY PLAN SELECT a FROM t -- really",
	    "PRAGMA table_info(t)",
	    "SELECT name FROM pragma_table_list",
	    "SELECT json_extract('[1]', '$[0]')",
	};

	for (size_t i = 0; i < COUNT_OF(statements); i++) {
		if (run(db, statements[i]) != DB_OK)
			print_error("%s: %s\n", statements[i], db_message(db));
		assert_int_equal(run(db, statements[i]), DB_OK);
	}
}

static void
lines_of_faults(void **state)
{
	struct db *db = open_guarded(*state, GUARD_OPERATOR);
	static const struct {
		const char *sql;
		int line;
	} cases[] = {
	    {"SELECT nope", 1},
	    {"\n\nSELECT\n nope", 4},
	    {"SELECT 1;\nSELECT 2", 0},
	    {"SELECT a FROM t", 0},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		run(db, cases[i].sql);
		assert_int_equal(
		    guard_fault_line(db, str_of(cases[i].sql)), cases[i].line);
	}
}

static void
parameters_and_columns(void **state)
{
	struct db *db = open_guarded(*state, GUARD_VISITOR);
	struct query q;

	assert_int_equal(db_begin(db), DB_OK);
	assert_true(
	    guard_open(&q, db, LIT("SELECT :a AS x, @b AS \"y z\", ?")));
	assert_int_equal(guard_parameters(&q), 3);
	assert_string_equal(guard_parameter(&q, 0), "a");
	assert_string_equal(guard_parameter(&q, 1), "b");
	assert_null(guard_parameter(&q, 2));
	assert_int_equal(guard_columns(&q), 3);
	assert_true(str_is(guard_column(&q, 1), "y z"));
	assert_false(guard_is_time_dependent(&q));
	guard_close(&q);
	assert_true(guard_open(&q, db, LIT("SELECT datetime('now')")));
	assert_true(guard_is_time_dependent(&q));
	guard_close(&q);
	assert_true(guard_open(&q, db, LIT("SELECT 1")));
	assert_false(guard_is_time_dependent(&q));
	guard_reject(&q, "not this");
	guard_close(&q);
	assert_int_equal(db_end(db), DB_REJECTED);
	assert_string_equal(db_message(db), "not this");
}

static void
memory_has_a_bound_that_ends(void **state)
{
	struct db *db = open_guarded(*state, GUARD_VISITOR);
	static const char sort[] =
	    "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c "
	    "LIMIT 1000) SELECT hex(zeroblob(100000)) || x AS y FROM c "
	    "ORDER BY y";

	for (int i = 0; i < 3; i++) {
		assert_int_equal(run(db, sort), DB_REJECTED);
		assert_int_equal(heap_state(), HEAP_OVER);
		refuses(db, sort, "it needs more memory than a query may have");
	}
	/* What squall asks for itself has none. */
	db_free(db);
	((struct database *)*state)->db = NULL;
	db = read_database_of(*state, "CREATE TABLE u (a)");
	assert_int_equal(
	    read_int(db, "SELECT length(hex(zeroblob(8000000)))"), 16000000);
	end_reading(db);
}

/* Not even the last one of all, after which SQLite is asked for no row. */
static void
a_value_that_there_is_no_memory_for_is_not_empty(void **state)
{
	struct database *d = *state;
	struct db *db;
	struct query q;

	run_sql(d->file,
	    "PRAGMA encoding = 'UTF-16';"
	    "CREATE TABLE u(a); INSERT INTO u VALUES (hex(zeroblob(50000)))");
	db = open_guarded(d, GUARD_VISITOR);
	assert_int_equal(db_begin(db), DB_OK);
	assert_true(guard_open(&q, db, LIT("SELECT a FROM u")));
	assert_true(query_next(&q));
	heap_begin(0, INT64_MAX);
	assert_int_equal(query_text(&q, 0).len, 0);
	guard_close(&q);
	assert_int_equal(db_end(db), DB_REJECTED);
	assert_string_equal(
	    db_message(db), "it needs more memory than a query may have");
}

static void
an_operators_query_is_not_bounded_so(void **state)
{
	struct db *db = open_guarded(*state, GUARD_OPERATOR);

	assert_int_equal(
	    run(db, "SELECT length(hex(zeroblob(8000000)))"), DB_OK);
	assert_int_equal(run(db, "SELECT json_patch('{}', '{}')"), DB_OK);
	assert_int_equal(run(db, "DELETE FROM t"), DB_REJECTED);
}

static void
time_has_a_bound(void **state)
{
	struct database *d = *state;
	struct db *db = open_guarded(d, GUARD_VISITOR);

	db_free(db);
	d->db = db = guard_new("test", d->file, 50, GUARD_VISITOR);
	assert_int_equal(run(db,
			     "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL "
			     "SELECT x + 1 FROM c) SELECT count(*) FROM c"),
	    DB_TIMEOUT);
	assert_int_equal(run(db, "SELECT 1"), DB_OK);
}

/* Squall's own statements, with a visitor's text in them. */
static void
a_whole_page_can_be_held(void **state)
{
	struct database *d = *state;
	struct db *db = open_guarded(d, GUARD_VISITOR);
	struct query q;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(db_begin(db), DB_OK);
		assert_int_equal(read_int(db, "SELECT 1"), 1);
		guard_hold(db);
		assert_int_equal(read_int(db, "SELECT count(*) FROM r, t"), 2);
		assert_int_equal(
		    read_int(
			db, "SELECT count(*) FROM pragma_table_xinfo('t')"),
		    1);
		query_open(&q, db, "SELECT load_extension('x')");
		assert_false(query_next(&q));
		query_close(&q);
		guard_let_go(db);
		guard_let_go(db);
		assert_int_equal(db_end(db), DB_REJECTED);
		assert_string_equal(db_message(db),
		    "not authorized to use function: load_extension");
	}
	/* All of them together have the memory of one. */
	assert_int_equal(db_begin(db), DB_OK);
	guard_hold(db);
	read_int(db, "SELECT length(hex(zeroblob(800000)))");
	guard_let_go(db);
	assert_int_equal(db_end(db), DB_REJECTED);
	assert_int_equal(db_begin(db), DB_OK);
	assert_int_equal(
	    read_int(db, "SELECT length(hex(zeroblob(800000)))"), 1600000);
	assert_int_equal(db_end(db), DB_OK);
}

/* Whether there are rows where there can be none. */
static bool
breaks_out(
    sqlite3 *db, const char *begin, const char *condition, const char *end)
{
	struct buf sql = {0};
	sqlite3_stmt *stmt;
	bool rows;

	buf_printf(&sql, "%s(%s)%s", begin, condition, end);
	if (sqlite3_prepare_v2(db, buf_cstr(&sql), -1, &stmt, NULL) !=
	    SQLITE_OK)
		stmt = NULL;
	rows = stmt != NULL && sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	buf_release(&sql);
	return rows;
}

/*
 * Whatever is made of these pieces: what sqltext lets pass is still one
 * condition to SQLite, or nothing.
 */
static void
conditions_have_no_way_out(void **state)
{
	static const char *const pieces[] = {"", "1)", "(1", " OR ", "(", ")",
	    "'", "''", "\"", "`", "[", "]", "--", "/*", "*/", ";", ":a(", "$a",
	    "?", "\n", "x'"};
	enum { N = COUNT_OF(pieces) };
	unsigned passed = 0;
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (unsigned i = 0; i < N * N * N * N; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s%s%s%s",
		    pieces[i / (N * N * N)], pieces[i / (N * N) % N],
		    pieces[i / N % N], pieces[i % N]);
		if (sqltext_no_condition(str_of(text)) != NULL)
			continue;
		passed++;
		if (breaks_out(db, "SELECT 1 WHERE 0 AND ", text, "") ||
		    breaks_out(db, "SELECT 1 WHERE ", text, " AND 0"))
			fail_msg("%s", text);
	}
	assert_true(passed > 1000);
	sqlite3_close(db);
}

static void
what_takes_much_memory_looks_at_the_clock(void **state)
{
	(void)state;
	heap_begin(GUARD_HEAP, 0);
	assert_null(sqlite3_malloc(1 << 20));
	assert_int_equal(heap_end(), HEAP_LATE);
}

/* Once it compares, the time is over; counts how often it does so then. */
static int
probe(void *context, int n, const void *a, int m, const void *b)
{
	struct db *db = context;
	int order = memcmp(a, b, (size_t)(n < m ? n : m));

	db->deadline_us = 0;
	n_compared++;
	return order != 0 ? order : n - m;
}

static void
sorting_is_not_one_step(void **state)
{
	struct db *db = open_guarded(*state, GUARD_VISITOR);
	struct query q;

	db_begin(db);
	assert_int_equal(sqlite3_create_collation(
			     db->conn.handle, "probe", SQLITE_UTF8, db, probe),
	    SQLITE_OK);
	n_compared = 0;
	assert_true(guard_open(&q, db,
	    str_of("WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL "
		   "SELECT x + 1 FROM c LIMIT 300000) SELECT "
		   "(x * 7919 % 300007) || '' AS y FROM c "
		   "ORDER BY y COLLATE probe")));
	while (query_next(&q))
		;
	guard_close(&q);
	assert_int_equal(db_end(db), DB_TIMEOUT);
	/* All of them would be more than four million. */
	assert_in_range(n_compared, 1, 500000);
}

/* More rows than one step takes are sorted all the same, within the heap. */
static void
sorts_of_many_steps_are_right(void **state)
{
	struct db *db = open_guarded(*state, GUARD_VISITOR);
	struct query q;
	int64_t n = 0;

	db_begin(db);
	assert_true(guard_open(&q, db,
	    str_of("WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL "
		   "SELECT x + 1 FROM c LIMIT 100000) SELECT "
		   "x * 7919 % 100003 AS y, printf('%050d', x) FROM c "
		   "ORDER BY y")));
	for (int64_t before = 0; query_next(&q); n++) {
		assert_true(query_int(&q, 0) > before);
		before = query_int(&q, 0);
	}
	guard_close(&q);
	assert_int_equal(db_end(db), DB_OK);
	assert_int_equal(n, 100000);
	assert_int_equal(
	    run(db,
		"WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL "
		"SELECT x + 1 FROM c LIMIT 1000) SELECT max(y) FROM "
		"(SELECT randomblob(200000) AS y FROM c "
		"ORDER BY 1 LIMIT -1 OFFSET 1)"),
	    DB_REJECTED);
	assert_string_equal(
	    db_message(db), "it needs more memory than a query may have");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DATABASE_TEST(what_is_refused_says_why),
	    DATABASE_TEST(what_reads_is_allowed),
	    DATABASE_TEST(lines_of_faults),
	    DATABASE_TEST(parameters_and_columns),
	    DATABASE_TEST(memory_has_a_bound_that_ends),
	    DATABASE_TEST(a_value_that_there_is_no_memory_for_is_not_empty),
	    DATABASE_TEST(an_operators_query_is_not_bounded_so),
	    DATABASE_TEST(time_has_a_bound),
	    cmocka_unit_test(what_takes_much_memory_looks_at_the_clock),
	    DATABASE_TEST(sorting_is_not_one_step),
	    DATABASE_TEST(sorts_of_many_steps_are_right),
	    DATABASE_TEST(a_whole_page_can_be_held),
	    cmocka_unit_test(conditions_have_no_way_out),
	};

	if (!heap_install())
		return 1;
	return RUN("guard", tests);
}
