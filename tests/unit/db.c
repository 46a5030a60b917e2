/*
 * db/sqlite/db.c: files that are missing, locked, damaged, slow or replaced.
 */
#include "db/sqlite/db.h"

#include <fcntl.h>
#include <pthread.h>

#include "app/watch/clock.h"
#include "tests/unit/database.h"

enum { SHORT_MS = 60 }; /* a time limit that is waited for */

#define FOREVER                                                                \
	"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "     \
	"SELECT max(x) FROM c"

static void
write_file(const char *file, const char *bytes, size_t len)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static char *
read_file(const char *file, size_t *len)
{
	FILE *f = fopen(file, "r");
	char *bytes = malloc(1 << 20);

	assert_non_null(f);
	assert_non_null(bytes);
	*len = fread(bytes, 1, 1 << 20, f);
	assert_true(*len < 1 << 20);
	fclose(f);
	return bytes;
}

/* Writes over a file from `at` on; its inode and size stay. */
static void
write_over(const char *file, size_t at, const char *bytes, size_t len)
{
	int fd = open(file, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, (off_t)at), len);
	close(fd);
}

static struct db *
open_db(struct database *d, int64_t limit_ms)
{
	d->db = db_new("test", d->file, limit_ms);
	assert_non_null(d->db);
	return d->db;
}

/* That reading fails so, both ways, and the words name no path. */
static void
assert_unreadable(
    struct database *d, enum db_status status, const char *message)
{
	struct query q;

	assert_int_equal(db_begin(d->db), status);
	query_open(&q, d->db, "SELECT 1");
	assert_false(query_next(&q));
	query_close(&q);
	assert_int_equal(db_size(d->db), 0);
	assert_int_equal(db_end(d->db), status);
	assert_string_equal(db_message(d->db), message);
}

static void
assert_readable(struct database *d, int64_t want)
{
	assert_int_equal(db_begin(d->db), DB_OK);
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), want);
	end_reading(d->db);
	assert_string_equal(db_message(d->db), "");
}

static void
a_database_is_read(void **state)
{
	struct database *d = *state;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (7)");
	open_db(d, LIMIT_MS);
	assert_string_equal(db_name(d->db), "test");
	assert_string_equal(db_file(d->db), d->file);
	assert_readable(d, 7);
	assert_readable(d, 7);
}

static void
freeing_is_possible_at_any_time(void **state)
{
	struct database *d = *state;

	db_free(NULL);
	db_free(open_db(d, LIMIT_MS));
	run_sql(d->file, "CREATE TABLE t(x)");
	open_db(d, LIMIT_MS);
	assert_int_equal(db_begin(d->db), DB_OK);
	/* And the fixture frees it in the middle of a snapshot. */
}

static void
statements_are_counted(void **state)
{
	struct database *d = *state;
	struct db_work work;

	read_database_of(d, "CREATE TABLE t(x)");
	assert_int_equal(db_take_work(d->db).queries, 0);
	read_int(d->db, "SELECT 1");
	read_int(d->db, "SELECT 2");
	end_reading(d->db);
	work = db_take_work(d->db);
	assert_int_equal(work.queries, 2);
	assert_true(work.us > 0);
	assert_false(work.time_dependent);
	work = db_take_work(d->db);
	assert_int_equal(work.queries, 0);
	assert_int_equal(work.us, 0);
}

/* A statement that calls one is found, by whatever way it comes there. */
static void
functions_of_the_time_are_found(void **state)
{
	static const struct {
		const char *sql;
		bool found;
	} cases[] = {
	    {"SELECT x FROM t", false},
	    {"SELECT abs(x) + length(x) FROM t", false},
	    {"SELECT random() & 1 FROM t", true},
	    {"SELECT length(RandomBlob(3)) FROM t", true},
	    {"SELECT x FROM t WHERE datetime('now') > ''", true},
	    {"SELECT CURRENT_TIMESTAMP > '' FROM t", true},
	    {"SELECT strftime('%Y', 'now') > 0 FROM t", true},
	    {"SELECT x FROM t ORDER BY random()", true},
	    {"SELECT x FROM v", true},
	    {"SELECT x FROM (SELECT x FROM v LIMIT 1)", true},
	    {"SELECT x FROM w", false},
	    {"SELECT count(*) FROM pragma_table_list", false},
	    {"SELECT 'random()' || x > '' FROM t", false},
	};
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(x); INSERT INTO t VALUES (1);"
	    "CREATE VIEW v AS SELECT x FROM t WHERE date('now') > '';"
	    "CREATE VIEW w AS SELECT x FROM t");
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		read_int(d->db, cases[i].sql);
		if (db_take_work(d->db).time_dependent != cases[i].found)
			fail_msg("%s", cases[i].sql);
	}
	end_reading(d->db);
}

static void
the_size_is_the_files(void **state)
{
	struct database *d = *state;
	struct stat st;

	read_database_of(d,
	    "CREATE TABLE t(x); WITH RECURSIVE c(i) AS "
	    "(SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 100) "
	    "INSERT INTO t SELECT zeroblob(1000) FROM c");
	assert_int_equal(stat(d->file, &st), 0);
	assert_true(st.st_size > 100000);
	assert_int_equal(db_size(d->db), st.st_size);
	end_reading(d->db);
}

static void
a_missing_file(void **state)
{
	struct database *d = *state;

	open_db(d, LIMIT_MS);
	assert_unreadable(d, DB_MISSING, "there is no such file");
	/* And it must not have been created. */
	assert_int_equal(access(d->file, F_OK), -1);
	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	assert_readable(d, 1);
}

static void
a_file_that_is_removed_while_open(void **state)
{
	struct database *d = *state;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	open_db(d, LIMIT_MS);
	assert_readable(d, 1);
	unlink(d->file);
	assert_unreadable(d, DB_MISSING, "there is no such file");
	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (2)");
	assert_readable(d, 2);
}

static void
an_empty_file(void **state)
{
	struct database *d = *state;

	write_file(d->file, "", 0);
	open_db(d, LIMIT_MS);
	assert_unreadable(d, DB_INVALID, "it is empty");
}

static void
a_file_that_is_emptied_while_open(void **state)
{
	struct database *d = *state;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	open_db(d, LIMIT_MS);
	assert_readable(d, 1);
	write_file(d->file, "", 0);
	assert_unreadable(d, DB_INVALID, "it is empty");
	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (2)");
	assert_readable(d, 2);
}

static void
a_file_that_is_no_database(void **state)
{
	struct database *d = *state;
	char text[5000];

	memset(text, 'x', sizeof(text));
	write_file(d->file, text, sizeof(text));
	open_db(d, LIMIT_MS);
	assert_unreadable(d, DB_INVALID, "it is not a SQLite database");
	write_file(d->file, "<html>", 6);
	assert_unreadable(d, DB_INVALID, "it is not a SQLite database");
	assert_unreadable(d, DB_INVALID, "it is not a SQLite database");
}

static void
a_directory(void **state)
{
	struct database *d = *state;

	assert_int_equal(mkdir(d->file, 0700), 0);
	open_db(d, LIMIT_MS);
	assert_unreadable(d, DB_INVALID, "it is not a file");
	rmdir(d->file);
}

/* Opening one would wait for somebody to write. */
static void
a_fifo(void **state)
{
	struct database *d = *state;

	assert_int_equal(mkfifo(d->file, 0600), 0);
	open_db(d, LIMIT_MS);
	assert_unreadable(d, DB_INVALID, "it is not a file");
}

/* A connection that has the database locked. */
static sqlite3 *
lock(const char *file)
{
	sqlite3 *handle;

	assert_int_equal(sqlite3_open(file, &handle), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(handle, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
	    SQLITE_OK);
	return handle;
}

static void
unlock(sqlite3 *handle)
{
	assert_int_equal(
	    sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(handle), SQLITE_OK);
}

static void
a_locked_database_is_waited_for_within_the_limit(void **state)
{
	struct database *d = *state;
	sqlite3 *other;
	int64_t began, took_ms;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (3)");
	open_db(d, SHORT_MS);
	other = lock(d->file);
	began = clock_mono_us();
	assert_unreadable(d, DB_LOCKED, "it is locked by another process");
	took_ms = (clock_mono_us() - began) / 1000;
	assert_true(took_ms >= SHORT_MS);
	assert_true(took_ms < SHORT_MS + 3000);
	unlock(other);
	assert_readable(d, 3);
}

static void
a_database_that_is_locked_while_open(void **state)
{
	struct database *d = *state;
	sqlite3 *other;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (4)");
	open_db(d, SHORT_MS);
	assert_readable(d, 4);
	other = lock(d->file);
	assert_unreadable(d, DB_LOCKED, "it is locked by another process");
	assert_unreadable(d, DB_LOCKED, "it is locked by another process");
	unlock(other);
	assert_readable(d, 4);
}

static void *
unlock_soon(void *handle)
{
	usleep(20000); /* so that there is something to wait for */
	unlock(handle);
	return NULL;
}

static void
a_lock_that_ends_in_time_is_no_failure(void **state)
{
	struct database *d = *state;
	pthread_t thread;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (5)");
	open_db(d, LIMIT_MS);
	assert_int_equal(
	    pthread_create(&thread, NULL, unlock_soon, lock(d->file)), 0);
	assert_readable(d, 5);
	pthread_join(thread, NULL);
}

static void
a_query_over_the_time_limit(void **state)
{
	struct database *d = *state;
	int64_t began = clock_mono_us(), took_ms;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (6)");
	open_db(d, SHORT_MS);
	assert_int_equal(db_begin(d->db), DB_OK);
	assert_int_equal(read_int(d->db, FOREVER), -1);
	took_ms = (clock_mono_us() - began) / 1000;
	assert_true(took_ms >= SHORT_MS);
	assert_true(took_ms < SHORT_MS + 3000);
	assert_int_equal(db_end(d->db), DB_TIMEOUT);
	assert_string_equal(
	    db_message(d->db), "the query was over its time limit");
	/* The next one has all of its time again. */
	assert_readable(d, 6);
}

static void
the_time_limit_is_for_all_queries_together(void **state)
{
	struct database *d = *state;
	int n = 0;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	open_db(d, 5 * SHORT_MS);
	assert_readable(d, 1); /* opening is not what takes the time */
	assert_int_equal(db_begin(d->db), DB_OK);
	/* Each of them is short. */
	while (read_int(d->db,
		   "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL "
		   "SELECT x + 1 FROM c WHERE x < 500) "
		   "SELECT max(x) FROM c") == 500)
		n++;
	assert_true(n > 0);
	assert_int_equal(db_end(d->db), DB_TIMEOUT);
}

static void
a_failure_is_sticky(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	assert_int_equal(read_int(d->db, "SELECT x FROM nosuch"), -1);
	db_take_work(d->db);
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), -1);
	assert_int_equal(db_take_work(d->db).queries, 0);
	assert_int_equal(db_size(d->db), 0);
	assert_int_equal(db_end(d->db), DB_FAILED);
	assert_string_equal(db_message(d->db), "the query failed");
	assert_readable(d, 1);
}

static void
a_query_that_is_open_has_no_more_rows_after_a_failure(void **state)
{
	struct database *d = *state;
	struct query q;

	read_database_of(
	    d, "CREATE TABLE t(x); INSERT INTO t VALUES (1), (2), (3)");
	query_open(&q, d->db, "SELECT x FROM t");
	assert_true(query_next(&q));
	read_int(d->db, "SELECT x FROM nosuch");
	assert_false(query_next(&q));
	query_close(&q);
	assert_int_equal(db_end(d->db), DB_FAILED);
}

static void
a_value_that_is_too_large(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	assert_int_equal(
	    read_int(d->db, "SELECT length(zeroblob(40000000) || x) FROM t"),
	    -1);
	assert_int_equal(db_end(d->db), DB_FAILED);
	assert_string_equal(
	    db_message(d->db), "a value in it is too large to show");
}

static void
a_limit_can_be_lowered_only(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	db_limit(d->db, 20);
	db_limit(d->db, LIMIT_MS);
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), 1);
	assert_int_equal(read_int(d->db, FOREVER), -1);
	assert_int_equal(db_end(d->db), DB_TIMEOUT);
	/* It was for that time only. */
	assert_int_equal(db_begin(d->db), DB_OK);
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), 1);
	end_reading(d->db);
}

static void
a_budget_that_runs_out_is_no_failure(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	db_budget_begin(d->db, 20);
	assert_int_equal(read_int(d->db, FOREVER), -1);
	/* It is over for every query until its end. */
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), -1);
	assert_true(db_budget_end(d->db));
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), 1);
	end_reading(d->db);
}

static void
a_budget_that_is_enough(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	db_budget_begin(d->db, LIMIT_MS);
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), 1);
	assert_false(db_budget_end(d->db));
	end_reading(d->db);
}

static void
budgets_follow_each_other(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	for (int i = 0; i < 3; i++) {
		db_budget_begin(d->db, 5);
		assert_int_equal(read_int(d->db, FOREVER), -1);
		assert_true(db_budget_end(d->db));
		db_budget_begin(d->db, LIMIT_MS);
		assert_int_equal(read_int(d->db, "SELECT x FROM t"), 1);
		assert_false(db_budget_end(d->db));
	}
	end_reading(d->db);
}

static void
a_budget_does_not_lengthen_the_time_limit(void **state)
{
	struct database *d = *state;

	run_sql(d->file, "CREATE TABLE t(x)");
	open_db(d, SHORT_MS);
	assert_int_equal(db_begin(d->db), DB_OK);
	db_budget_begin(d->db, LIMIT_MS);
	assert_int_equal(read_int(d->db, FOREVER), -1);
	assert_false(db_budget_end(d->db));
	assert_int_equal(db_end(d->db), DB_TIMEOUT);
}

static void
what_does_not_compile_within_a_budget_is_no_failure(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(x)");
	db_budget_begin(d->db, LIMIT_MS);
	assert_int_equal(read_int(d->db, "SELECT x FROM nosuch"), -1);
	/* Queries stop having rows, as when the time is over. */
	assert_int_equal(read_int(d->db, "SELECT 1"), -1);
	assert_true(db_budget_end(d->db));
	assert_int_equal(read_int(d->db, "SELECT 1"), 1);
	end_reading(d->db);
}

static void
values_too_large_within_a_budget_are_no_failure(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	db_budget_begin(d->db, LIMIT_MS);
	read_int(d->db, "SELECT length(zeroblob(40000000) || x) FROM t");
	assert_true(db_budget_end(d->db));
	assert_int_equal(db_end(d->db), DB_OK);
}

/* The version after a look at the file. */
static uint64_t
version_now(struct db *db)
{
	uint64_t version;

	db_refresh(db);
	assert_true(db_version(db, &version));
	return version;
}

static void
a_file_that_is_replaced_by_rename_is_noticed(void **state)
{
	struct database *d = *state;
	char other[96];
	uint64_t was, version;

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	open_db(d, LIMIT_MS);
	assert_readable(d, 1);
	was = version_now(d->db);
	for (int i = 2; i < 5; i++) {
		char sql[64];

		snprintf(sql, sizeof(sql),
		    "CREATE TABLE t(x); INSERT INTO t VALUES (%d)", i);
		run_sql(other, sql);
		assert_int_equal(rename(other, d->file), 0);
		version = version_now(d->db);
		assert_true(version != was);
		was = version;
		assert_readable(d, i);
	}
}

static void
a_snapshot_outlives_a_rename(void **state)
{
	struct database *d = *state;
	char other[96];

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	run_sql(other, "CREATE TABLE t(x); INSERT INTO t VALUES (2)");
	read_database_of(d, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	assert_int_equal(rename(other, d->file), 0);
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), 1);
	end_reading(d->db);
	assert_readable(d, 2);
}

static void
a_version_needs_an_open_file(void **state)
{
	struct database *d = *state;
	uint64_t version;

	open_db(d, LIMIT_MS);
	assert_false(db_version(d->db, &version));
	db_refresh(d->db);
	assert_false(db_version(d->db, &version));
	run_sql(d->file, "CREATE TABLE t(x)");
	assert_false(db_version(d->db, &version));
	db_refresh(d->db);
	assert_true(db_version(d->db, &version));
	unlink(d->file);
	assert_false(db_version(d->db, &version));
}

static void
a_version_is_of_the_contents(void **state)
{
	struct database *d = *state;
	uint64_t was;

	run_sql(d->file, "CREATE TABLE t(x)");
	open_db(d, LIMIT_MS);
	was = version_now(d->db);
	assert_true(version_now(d->db) == was);
	run_sql(d->file, "INSERT INTO t VALUES (1)");
	assert_true(version_now(d->db) != was);
	assert_readable(d, 1);
}

/*
 * It may become WAL under an open handle, and can't be anything else as long
 * as one is open.
 */
static void
a_version_follows_the_journal_mode(void **state)
{
	struct database *d = *state;
	uint64_t was;

	run_sql(d->file, "CREATE TABLE t(x)");
	open_db(d, LIMIT_MS);
	was = version_now(d->db);
	run_sql(d->file, "PRAGMA journal_mode=WAL; INSERT INTO t VALUES (1)");
	assert_true(version_now(d->db) != was);
	assert_readable(d, 1);
	was = version_now(d->db);
	assert_true(version_now(d->db) == was);
	run_sql(d->file, "UPDATE t SET x = 2");
	assert_true(version_now(d->db) != was);
	assert_readable(d, 2);
}

static void
a_bad_file_in_its_place_leaves_the_old_one(void **state)
{
	struct database *d = *state;
	uint64_t version;
	char other[96];
	char text[5000];

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	open_db(d, LIMIT_MS);
	assert_readable(d, 1);
	memset(text, 'x', sizeof(text));
	write_file(other, text, sizeof(text));
	assert_int_equal(rename(other, d->file), 0);
	assert_readable(d, 1);
	/* What it shows may not be kept: it is not what stands there. */
	assert_false(db_version(d->db, &version));
	write_file(other, "", 0);
	assert_int_equal(rename(other, d->file), 0);
	assert_readable(d, 1);
	run_sql(other, "CREATE TABLE t(x); INSERT INTO t VALUES (2)");
	assert_int_equal(rename(other, d->file), 0);
	assert_readable(d, 2);
	assert_true(db_version(d->db, &version));
}

/* Garbage in place: the same file, the same size. */
static void
check_damage(struct database *d, size_t at, size_t len)
{
	size_t size;
	char *good = read_file(d->file, &size);
	char *garbage = malloc(len);
	enum db_status status;

	assert_non_null(garbage);
	assert_true(at + len <= size);
	memset(garbage, 0xa5, len);
	write_over(d->file, at, garbage, len);
	db_begin(d->db);
	read_int(d->db, "SELECT sum(length(y)) FROM t");
	status = db_end(d->db);
	assert_true(status == DB_CORRUPT || status == DB_INVALID);
	assert_int_not_equal(*db_message(d->db), '\0');
	write_over(d->file, 0, good, size);
	assert_readable(d, 8);
	free(garbage);
	free(good);
}

static const char *const large =
    "CREATE TABLE t(x, y); INSERT INTO t VALUES (8, 'first');"
    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c "
    "LIMIT 100) INSERT INTO t SELECT i, hex(zeroblob(500)) FROM c";

static void
garbage_over_the_whole_file(void **state)
{
	struct database *d = *state;
	struct stat st;

	run_sql(d->file, large);
	assert_int_equal(stat(d->file, &st), 0);
	open_db(d, LIMIT_MS);
	check_damage(d, 0, (size_t)st.st_size);
	check_damage(d, 0, (size_t)st.st_size);
}

static void
garbage_over_the_whole_file_while_open(void **state)
{
	struct database *d = *state;
	struct stat st;

	run_sql(d->file, large);
	assert_int_equal(stat(d->file, &st), 0);
	open_db(d, LIMIT_MS);
	assert_readable(d, 8);
	check_damage(d, 0, (size_t)st.st_size);
}

static void
garbage_over_the_header(void **state)
{
	struct database *d = *state;

	run_sql(d->file, large);
	open_db(d, LIMIT_MS);
	check_damage(d, 0, 100);
}

static void
garbage_over_the_schema(void **state)
{
	struct database *d = *state;

	run_sql(d->file, large);
	open_db(d, LIMIT_MS);
	check_damage(d, 100, 3900);
}

static void
garbage_over_the_rows(void **state)
{
	struct database *d = *state;

	run_sql(d->file, large);
	open_db(d, LIMIT_MS);
	check_damage(d, 5 * 4096, 4 * 4096);
	assert_string_equal(db_message(d->db), "");
}

static void
a_file_that_is_cut_off(void **state)
{
	struct database *d = *state;
	enum db_status status;
	struct stat st;

	run_sql(d->file, large);
	assert_int_equal(stat(d->file, &st), 0);
	assert_int_equal(truncate(d->file, st.st_size / 2), 0);
	open_db(d, LIMIT_MS);
	db_begin(d->db);
	read_int(d->db, "SELECT sum(length(y)) FROM t");
	status = db_end(d->db);
	assert_int_equal(status, DB_CORRUPT);
	assert_string_equal(db_message(d->db), "it is damaged");
}

/* A copy of a database in the middle of somebody's transaction. */
static void
a_journal_that_waits_for_recovery(void **state)
{
	struct database *d = *state;
	char other[96], journal[128], copy[128];
	size_t size, journal_size;
	char *bytes, *journal_bytes;
	sqlite3 *handle;

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	snprintf(journal, sizeof(journal), "%s-journal", other);
	snprintf(copy, sizeof(copy), "%s-journal", d->file);
	run_sql(other, large);
	assert_int_equal(sqlite3_open(other, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(handle,
			     "PRAGMA cache_size=5; BEGIN;"
			     "UPDATE t SET y = hex(randomblob(500))",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_db_cacheflush(handle);
	bytes = read_file(other, &size);
	journal_bytes = read_file(journal, &journal_size);
	assert_true(journal_size > 4096);
	write_file(d->file, bytes, size);
	write_file(copy, journal_bytes, journal_size);
	sqlite3_close(handle);

	open_db(d, LIMIT_MS);
	assert_unreadable(d, DB_MISSING,
	    "it has changes that only a process with write permission can "
	    "recover");
	/* Who may write recovers it. */
	run_sql(d->file, "SELECT count(*) FROM t");
	assert_readable(d, 8);
	free(bytes);
	free(journal_bytes);
}

static void
writing_fails(void **state)
{
	static const char *const statements[] = {"INSERT INTO t VALUES (2)",
	    "UPDATE t SET x = 2", "DELETE FROM t", "DROP TABLE t",
	    "CREATE TABLE u(x)", "CREATE INDEX i ON t(x)", "VACUUM",
	    "PRAGMA user_version = 7", "ALTER TABLE t RENAME TO u",
	    "CREATE TEMP TABLE u(x)"};
	struct database *d = *state;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	open_db(d, LIMIT_MS);
	for (size_t i = 0; i < COUNT_OF(statements); i++) {
		assert_int_equal(db_begin(d->db), DB_OK);
		read_int(d->db, statements[i]);
		if (db_end(d->db) == DB_OK)
			print_error("%s: no failure\n", statements[i]);
		assert_int_not_equal(*db_message(d->db), '\0');
		assert_readable(d, 1);
	}
}

static void
other_files_are_out_of_reach(void **state)
{
	struct database *d = *state;
	char other[96], sql[128];

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	snprintf(sql, sizeof(sql), "ATTACH '%s' AS other", other);
	run_sql(other, "CREATE TABLE secret(x)");
	read_database_of(d, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	read_int(d->db, sql);
	assert_int_equal(db_end(d->db), DB_FAILED);
	assert_int_equal(db_begin(d->db), DB_OK);
	read_int(d->db, "SELECT load_extension('libc.so.6')");
	assert_int_equal(db_end(d->db), DB_FAILED);
	assert_readable(d, 1);
}

static void
a_snapshot_does_not_see_what_is_committed_later(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "PRAGMA journal_mode=WAL; CREATE TABLE t(x);"
	    "INSERT INTO t VALUES (1)");
	/* Nothing has been read yet but by db_begin. */
	run_sql(d->file, "UPDATE t SET x = 2");
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), 1);
	run_sql(d->file, "UPDATE t SET x = 3");
	assert_int_equal(read_int(d->db, "SELECT x FROM t"), 1);
	end_reading(d->db);
	assert_readable(d, 3);
}

static void
a_reader_that_is_done_holds_no_lock(void **state)
{
	struct database *d = *state;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	open_db(d, LIMIT_MS);
	assert_readable(d, 1);
	unlock(lock(d->file)); /* which fails at once if somebody reads */
	assert_int_equal(db_begin(d->db), DB_OK);
	read_int(d->db, "SELECT x FROM nosuch");
	assert_int_equal(db_end(d->db), DB_FAILED);
	unlock(lock(d->file));
}

static void
a_schema_that_changes_between_snapshots(void **state)
{
	struct database *d = *state;

	run_sql(d->file, "CREATE TABLE t(x); INSERT INTO t VALUES (1)");
	open_db(d, LIMIT_MS);
	assert_readable(d, 1);
	run_sql(d->file,
	    "DROP TABLE t; CREATE TABLE t(y, x);"
	    "INSERT INTO t VALUES ('a', 2)");
	assert_readable(d, 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(a_database_is_read),
	    DATABASE_TEST(freeing_is_possible_at_any_time),
	    DATABASE_TEST(statements_are_counted),
	    DATABASE_TEST(functions_of_the_time_are_found),
	    DATABASE_TEST(the_size_is_the_files),
	    DATABASE_TEST(a_missing_file),
	    DATABASE_TEST(a_file_that_is_removed_while_open),
	    DATABASE_TEST(an_empty_file),
	    DATABASE_TEST(a_file_that_is_emptied_while_open),
	    DATABASE_TEST(a_file_that_is_no_database),
	    DATABASE_TEST(a_directory),
	    DATABASE_TEST(a_fifo),
	    DATABASE_TEST(a_locked_database_is_waited_for_within_the_limit),
	    DATABASE_TEST(a_database_that_is_locked_while_open),
	    DATABASE_TEST(a_lock_that_ends_in_time_is_no_failure),
	    DATABASE_TEST(a_query_over_the_time_limit),
	    DATABASE_TEST(the_time_limit_is_for_all_queries_together),
	    DATABASE_TEST(a_failure_is_sticky),
	    DATABASE_TEST(
		a_query_that_is_open_has_no_more_rows_after_a_failure),
	    DATABASE_TEST(a_value_that_is_too_large),
	    DATABASE_TEST(a_limit_can_be_lowered_only),
	    DATABASE_TEST(a_budget_that_runs_out_is_no_failure),
	    DATABASE_TEST(a_budget_that_is_enough),
	    DATABASE_TEST(budgets_follow_each_other),
	    DATABASE_TEST(a_budget_does_not_lengthen_the_time_limit),
	    DATABASE_TEST(what_does_not_compile_within_a_budget_is_no_failure),
	    DATABASE_TEST(values_too_large_within_a_budget_are_no_failure),
	    DATABASE_TEST(a_file_that_is_replaced_by_rename_is_noticed),
	    DATABASE_TEST(a_snapshot_outlives_a_rename),
	    DATABASE_TEST(a_version_needs_an_open_file),
	    DATABASE_TEST(a_version_is_of_the_contents),
	    DATABASE_TEST(a_version_follows_the_journal_mode),
	    DATABASE_TEST(a_bad_file_in_its_place_leaves_the_old_one),
	    DATABASE_TEST(garbage_over_the_whole_file),
	    DATABASE_TEST(garbage_over_the_whole_file_while_open),
	    DATABASE_TEST(garbage_over_the_header),
	    DATABASE_TEST(garbage_over_the_schema),
	    DATABASE_TEST(garbage_over_the_rows),
	    DATABASE_TEST(a_file_that_is_cut_off),
	    DATABASE_TEST(a_journal_that_waits_for_recovery),
	    DATABASE_TEST(writing_fails),
	    DATABASE_TEST(other_files_are_out_of_reach),
	    DATABASE_TEST(a_snapshot_does_not_see_what_is_committed_later),
	    DATABASE_TEST(a_reader_that_is_done_holds_no_lock),
	    DATABASE_TEST(a_schema_that_changes_between_snapshots),
	};

	return RUN("db", tests);
}
