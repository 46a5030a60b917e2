#ifndef SQUALL_TESTS_DATABASE_H
#define SQUALL_TESTS_DATABASE_H

/*
 * A database in a folder of its own, for the tests of db/: written with SQLite,
 * read with squall.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <sqlite3.h>
#include <unistd.h>

#include "db/sqlite/query.h"
#include "tests/unit/util.h"

struct database {
	char folder[64];
	char file[80]; /* in it; does not exist yet */
	struct db *db;
};

enum { LIMIT_MS = 30000 }; /* nothing here is that slow, even in valgrind */

static inline int
database_set_up(void **state)
{
	struct database *d = calloc(1, sizeof(*d));
	const char *parent = getenv("TMPDIR");

	*state = d;
	if (d == NULL)
		return 1;
	snprintf(d->folder, sizeof(d->folder), "%.30s/squall-unit.XXXXXX",
	    parent == NULL || strlen(parent) > 30 ? "/tmp" : parent);
	if (mkdtemp(d->folder) == NULL)
		return 1;
	snprintf(d->file, sizeof(d->file), "%s/test.db", d->folder);
	return 0;
}

static inline int
database_tear_down(void **state)
{
	struct database *d = *state;
	DIR *folder = opendir(d->folder);
	struct dirent *entry;

	db_free(d->db);
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder != NULL)
		closedir(folder);
	rmdir(d->folder);
	free(d);
	return 0;
}

#define DATABASE_TEST(f)                                                       \
	cmocka_unit_test_setup_teardown(f, database_set_up, database_tear_down)

/* Runs statements on a file, which they may create. */
static inline void
run_sql(const char *file, const char *sql)
{
	char *error = NULL;
	sqlite3 *handle;

	assert_int_equal(sqlite3_open(file, &handle), SQLITE_OK);
	sqlite3_exec(handle, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
	sqlite3_exec(handle, sql, NULL, NULL, &error);
	if (error != NULL)
		print_error("%s: %s\n", sql, error);
	assert_null(error);
	assert_int_equal(sqlite3_close(handle), SQLITE_OK);
}

/* Makes the database of these statements, and begins to read it. */
static inline struct db *
read_database_of(struct database *d, const char *sql)
{
	run_sql(d->file, sql);
	d->db = db_new("test", d->file, LIMIT_MS);
	assert_non_null(d->db);
	assert_int_equal(db_begin(d->db), DB_OK);
	return d->db;
}

/* Ends reading; nothing must have gone wrong. */
static inline void
end_reading(struct db *db)
{
	enum db_status status = db_end(db);

	if (status != DB_OK)
		print_error("%s\n", db_message(db));
	assert_int_equal(status, DB_OK);
}

/* The first column of a query's first row; -1 if it has none. */
static inline int64_t
read_int(struct db *db, const char *sql)
{
	int64_t value = -1;
	struct query q;

	query_open(&q, db, sql);
	if (query_next(&q))
		value = query_int(&q, 0);
	query_close(&q);
	return value;
}

#endif
