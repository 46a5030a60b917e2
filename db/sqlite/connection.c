/*
 * Opening a SQLite file, and what SQLite asks of squall while it reads.
 */
#include "db/sqlite/connection.h"

#include <stdio.h>
#include <strings.h>

#include "app/watch/clock.h"
#include "app/watch/log.h"
#include "db/sqlite/collation.h"
#include "db/sqlite/functions.h"
#include "db/sqlite/internal.h"
#include "db/sqlite/scratch.h"
#include "db/sqlite/timing.h"

enum {
	PROGRESS_STEPS = 1000,    /* virtual machine steps between looks */
	GUARD_STEPS = 100,        /* each of which a visitor may make long */
	MAX_VALUE = 32 << 20,     /* bytes of one value or row */
	MAX_HEAP_CACHE_KB = 2000, /* page cache of a connection */
	VISITORS_CACHE_KB = 500,  /* what SQLite sorts in one step as well */
};

/* SQLite calls it every PROGRESS_STEPS steps; true interrupts the query. */
static int
progress(void *db)
{
	return db_over_time(db);
}

/* SQLite calls it while the file is locked; true tries again. */
static int
wait_for_lock(void *arg, int tries)
{
	struct db *db = arg;
	int64_t left_us = db->lock_deadline_us - clock_mono_us();
	int ms = tries < 5 ? 1 : 5;

	if (left_us <= 0)
		return 0;
	sqlite3_sleep(ms);
	return 1;
}

bool
db_function_varies(const char *name)
{
	static const char *const functions[] = {"random", "randomblob", "date",
	    "time", "datetime", "julianday", "unixepoch", "strftime",
	    "timediff", "current_date", "current_time", "current_timestamp",
	    "changes", "total_changes", "last_insert_rowid"};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		if (strcasecmp(name, functions[i]) == 0)
			return true;
	}
	return false;
}

/*
 * SQLite calls it for what a statement uses when it compiles it: functions
 * whose result is not made from the database alone are noted.  A pragma that
 * lists tables compiles every view, used or not: that counts for nothing.
 */
static int
authorize(void *arg, int action, const char *first, const char *second,
    const char *database, const char *trigger)
{
	struct db *db = arg;

	(void)database;
	(void)trigger;
	if (db->guarding)
		return guard_authorize(db, action, first, second);
	if (action == SQLITE_FUNCTION && db->preparing &&
	    db_function_varies(second))
		db->varies = true;
	return SQLITE_OK;
}

/* SQLite calls it for each statement that it runs, a trigger's as well. */
static int
trace(unsigned type, void *arg, void *stmt, void *sql)
{
	const struct db *db = arg;

	(void)type;
	(void)stmt;
	log_debug("db", "%s: %s", db->name, (const char *)sql);
	return 0;
}

void
connection_close(struct connection *c)
{
	statements_clear(&c->statements);
	sqlite3_finalize(c->begin);
	sqlite3_finalize(c->end);
	sqlite3_finalize(c->schema_version);
	sqlite3_close_v2(c->handle);
	*c = (struct connection){0};
}

void
connection_rest(struct connection *c)
{
	struct version_source version = c->version;

	connection_close(c);
	version_rest(&version);
	c->version = version;
}

size_t
connection_files(const struct connection *c)
{
	if (c->handle == NULL)
		return 0;
	return c->version.wal_index != NULL ? OPENINGS_FILES : 1;
}

static int
set_limits(sqlite3 *handle)
{
	static const struct {
		int limit, value;
	} limits[] = {
	    {SQLITE_LIMIT_LENGTH, MAX_VALUE},
	    {SQLITE_LIMIT_ATTACHED, 0},
	    {SQLITE_LIMIT_WORKER_THREADS, 0},
	};
	static const struct {
		int option, value;
	} options[] = {
	    /*
	     * Views may use what tables of the file are published with, as
	     * FTS5.  What reaches out of it, SQLite lets no view do.
	     */
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1},
	    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
	};
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		sqlite3_limit(handle, limits[i].limit, limits[i].value);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		sqlite3_db_config(
		    handle, options[i].option, options[i].value, NULL);
	return sqlite3_exec(handle,
	    "PRAGMA query_only=1; PRAGMA cell_size_check=1", NULL, NULL, NULL);
}

int
connection_read_schema(struct connection *c)
{
	char sql[80];

	/* Else the cache would be as large as the file asks for. */
	snprintf(sql, sizeof(sql),
	    "PRAGMA cache_size=-%d; SELECT 1 FROM sqlite_schema LIMIT 1",
	    c->cache_kb);
	return sqlite3_exec(c->handle, sql, NULL, NULL, NULL);
}

int
connection_start_version(struct db *db)
{
	struct connection *c = &db->conn;
	int rc =
	    sqlite3_exec(c->handle, "PRAGMA user_version", NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		version_init(&c->version, c->handle, db->file, db->log);
	return rc;
}

/* The statements that frame each page. */
static int
prepare(struct connection *c)
{
	const struct {
		const char *sql;
		sqlite3_stmt **stmt;
	} statements[] = {
	    {"BEGIN", &c->begin},
	    {"COMMIT", &c->end},
	    {"PRAGMA schema_version", &c->schema_version},
	};
	int rc = SQLITE_OK;

	for (size_t i = 0;
	     rc == SQLITE_OK && i < sizeof(statements) / sizeof(*statements);
	     i++)
		rc = sqlite3_prepare_v3(c->handle, statements[i].sql, -1,
		    SQLITE_PREPARE_PERSISTENT, statements[i].stmt, NULL);
	return rc;
}

/* Opens the file by its name, or by a URI. */
static int
open_named(struct db *db, const char *name, int more_flags)
{
	struct connection *c = &db->conn;
	int rc;

	c->cache_kb =
	    db->guard == GUARD_VISITOR ? VISITORS_CACHE_KB : MAX_HEAP_CACHE_KB;
	rc = sqlite3_open_v2(name, &c->handle,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		more_flags,
	    db->guard == GUARD_VISITOR ? scratch_vfs() : NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_progress_handler(c->handle,
	    db->guard == GUARD_VISITOR ? GUARD_STEPS : PROGRESS_STEPS, progress,
	    db);
	sqlite3_busy_handler(c->handle, wait_for_lock, db);
	sqlite3_set_authorizer(c->handle, authorize, db);
	if (log_wants(LOG_DEBUG))
		sqlite3_trace_v2(c->handle, SQLITE_TRACE_STMT, trace, db);
	rc = collations_promise(db);
	if (rc == SQLITE_OK)
		rc = functions_install(db);
	if (rc == SQLITE_OK)
		rc = set_limits(c->handle);
	if (rc == SQLITE_OK && db->guard != GUARD_NONE)
		rc = guard_prepare(db);
	if (rc == SQLITE_OK)
		rc = connection_start_version(db);
	if (rc == SQLITE_OK)
		rc = prepare(c);
	return rc;
}

/* Has the log something that the file has not? */
static bool
has_log(const struct db *db)
{
	struct stat st;

	return stat(db->log, &st) == 0 && st.st_size > 0;
}

/*
 * A WAL database without a log, where squall may not make one (in a folder
 * that is not its own, or on a medium that can't be written to) can be read as
 * what it is at the moment: immutable (uri.html, section 3.3).  SQLite then
 * looks at nothing but the file; connection_is_unchanged looks for it.
 */
static int
open_immutable(struct db *db, const struct stat *st)
{
	struct buf uri = {0};
	int rc = SQLITE_NOMEM;

	buf_lit(&uri, "file:");
	for (const char *p = db->file; *p != '\0'; p++) {
		if (*p == '%' || *p == '?' || *p == '#')
			buf_printf(&uri, "%%%02X", (unsigned char)*p);
		else
			buf_char(&uri, *p);
	}
	buf_lit(&uri, "?immutable=1");
	if (!uri.failed)
		rc = open_named(db, buf_cstr(&uri), SQLITE_OPEN_URI);
	buf_release(&uri);
	db->conn.immutable = true;
	db->conn.changed = st->st_mtim;
	db->conn.size = st->st_size;
	return rc;
}

bool
connection_is_unchanged(const struct db *db, const struct stat *st)
{
	const struct connection *c = &db->conn;

	return !c->immutable ||
	    (st->st_mtim.tv_sec == c->changed.tv_sec &&
		st->st_mtim.tv_nsec == c->changed.tv_nsec &&
		st->st_size == c->size && !has_log(db));
}

int
connection_open(struct db *db, const struct stat *st)
{
	int rc = open_named(db, db->file, 0);

	if ((rc == SQLITE_READONLY_DIRECTORY ||
		(rc & 0xff) == SQLITE_CANTOPEN) &&
	    !has_log(db)) {
		connection_close(&db->conn);
		/* In other modes a journal that is left over counts. */
		if (open_immutable(db, st) == SQLITE_OK &&
		    db->conn.version.without_index)
			rc = SQLITE_OK;
	}
	db->conn.device = st->st_dev;
	db->conn.inode = st->st_ino;
	return rc;
}
