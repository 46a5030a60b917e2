#ifndef SQUALL_TESTS_FUZZ_DATABASE_H
#define SQUALL_TESTS_FUZZ_DATABASE_H

/*
 * A small database for a fuzz target, made once: written with SQLite, read with
 * squall.  Its folder goes when the program ends as it should, or with the
 * folder of the run.
 */
#include <sqlite3.h>
#include <unistd.h>

#include "app/watch/log.h"
#include "db/sqlite/guard.h"
#include "tests/fuzz/fuzz.h"

enum { DATABASE_LIMIT_MS = 3600 * 1000 }; /* libFuzzer has a time limit */

static char database_folder[80], database_file[96];

static inline void
database_remove(void)
{
	unlink(database_file);
	rmdir(database_folder);
}

static inline void
database_write(const char *sql)
{
	char *error = NULL;
	sqlite3 *handle;

	CHECK(sqlite3_open(database_file, &handle) == SQLITE_OK);
	sqlite3_exec(handle, sql, NULL, NULL, &error);
	if (error != NULL)
		fprintf(stderr, "%s\n", error);
	CHECK(error == NULL);
	CHECK(sqlite3_close(handle) == SQLITE_OK);
}

/* Makes the file. */
static inline void
database_make(const char *sql)
{
	const char *parent = getenv("TMPDIR");

	snprintf(database_folder, sizeof(database_folder),
	    "%.50s/squall-fuzz.XXXXXX",
	    parent == NULL || strlen(parent) > 50 ? "/tmp" : parent);
	CHECK(mkdtemp(database_folder) != NULL);
	snprintf(database_file, sizeof(database_file), "%s/test.db",
	    database_folder);
	CHECK(atexit(database_remove) == 0);
	database_write(sql);
	log_setup(LOG_NONE, ACCESS_OFF);
}

/* The database of these statements, opened as guard_new does it. */
static inline struct db *
database_of(const char *sql, enum guard guard)
{
	struct db *db;

	database_make(sql);
	db = guard_new("test", database_file, DATABASE_LIMIT_MS, guard);
	CHECK(db != NULL);
	return db;
}

#endif
