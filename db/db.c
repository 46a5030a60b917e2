/*
 * Opening a SQLite file for reading, and keeping its queries within limits.
 * The file may be locked, replaced, damaged or gone at any time: that is a
 * status, with words for whoever asked.
 */
#include "db/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "app/clock.h"
#include "app/log.h"
#include "db/internal.h"

enum {
	PROGRESS_STEPS = 1000,    /* virtual machine steps between looks */
	GUARD_STEPS = 100,        /* each of which a visitor may make long */
	MAX_VALUE = 32 << 20,     /* bytes of one value or row */
	MAX_HEAP_CACHE_KB = 2000, /* page cache of a connection */
};

static const struct {
	int code;
	enum db_status status;
	const char *message;
} failures[] = {
    {SQLITE_BUSY, DB_LOCKED, "it is locked by another process"},
    {SQLITE_LOCKED, DB_LOCKED, "it is locked by another process"},
    {SQLITE_PROTOCOL, DB_LOCKED, "it is locked by another process"},
    {SQLITE_CANTOPEN, DB_MISSING, "it can't be opened"},
    {SQLITE_PERM, DB_MISSING, "it may not be read"},
    {SQLITE_AUTH, DB_MISSING, "it may not be read"},
    {SQLITE_READONLY, DB_MISSING,
	"it has changes that only a process with write permission can recover"},
    {SQLITE_IOERR, DB_CORRUPT, "reading it failed"},
    {SQLITE_CORRUPT, DB_CORRUPT, "it is damaged"},
    {SQLITE_FORMAT, DB_INVALID, "it is not a SQLite database"},
    {SQLITE_NOTADB, DB_INVALID, "it is not a SQLite database"},
    {SQLITE_INTERRUPT, DB_TIMEOUT, "the query was over its time limit"},
    {SQLITE_NOMEM, DB_NO_MEMORY, "out of memory"},
    {SQLITE_TOOBIG, DB_FAILED, "a value in it is too large to show"},
};

void
db_set_failure(struct db *db, enum db_status status, const char *message)
{
	if (db->status != DB_OK)
		return;
	db->status = status;
	snprintf(db->message, sizeof(db->message), "%s", message);
}

void
db_fail(struct db *db, int code)
{
	enum db_status status = DB_FAILED;
	const char *message = "the query failed";

	if ((code & 0xff) == SQLITE_INTERRUPT && db->budget_over)
		return;
	if (((code & 0xff) == SQLITE_ERROR || (code & 0xff) == SQLITE_TOOBIG) &&
	    db->budget_deadline_us != 0) {
		if (!db->budget_over)
			snprintf(db->refusal, sizeof(db->refusal), "%s",
			    sqlite3_errmsg(db->handle));
		db->budget_over = true;
		return;
	}
	if (db->status != DB_OK || (db->guarding && guard_fail(db, code)))
		return;
	for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
		if (failures[i].code == (code & 0xff)) {
			status = failures[i].status;
			message = failures[i].message;
			break;
		}
	}
	db_set_failure(db, status, message);
	if (db->file_bad)
		return; /* the log knows */
	log_error("db", "%s: %s (%s, code %d)", db->file, message,
	    db->handle == NULL ? sqlite3_errstr(code)
			       : sqlite3_errmsg(db->handle),
	    code);
}

bool
db_over_time(struct db *db)
{
	int64_t now = clock_mono_us();

	if (now >= db->deadline_us)
		return true;
	if (db->budget_deadline_us != 0 && now >= db->budget_deadline_us)
		db->budget_over = true;
	return db->budget_over;
}

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
	int64_t left_us = db->deadline_us - clock_mono_us();
	int ms = tries < 5 ? 1 : 5;

	if (left_us <= 0)
		return 0;
	sqlite3_sleep(ms);
	return 1;
}

/* There is nothing to open; the log hears of it once. */
static void
fail_file(struct db *db, enum db_status status, const char *message)
{
	db_set_failure(db, status, message);
	if (!db->file_bad)
		log_error("db", "%s: %s", db->file, message);
	db->file_bad = true;
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
		db->work.time_dependent = true;
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

static void
close_handle(struct db *db)
{
	sqlite3_finalize(db->begin);
	sqlite3_finalize(db->end);
	sqlite3_close_v2(db->handle);
	db->begin = db->end = NULL;
	db->handle = NULL;
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
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
	};
	char pragmas[128];

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		sqlite3_limit(handle, limits[i].limit, limits[i].value);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		sqlite3_db_config(
		    handle, options[i].option, options[i].value, NULL);
	snprintf(pragmas, sizeof(pragmas),
	    "PRAGMA query_only=1; PRAGMA cell_size_check=1;"
	    "PRAGMA cache_size=-%d",
	    MAX_HEAP_CACHE_KB);
	return sqlite3_exec(handle, pragmas, NULL, NULL, NULL);
}

/*
 * The connection must have read something to know of the WAL.  This reads
 * nothing but the header.
 */
static int
start_version(struct db *db)
{
	int rc =
	    sqlite3_exec(db->handle, "PRAGMA user_version", NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		version_init(&db->version, db->handle, db->file, db->log);
	return rc;
}

/* Opens the file by its name, or by a URI. */
static int
open_named(struct db *db, const char *name, int more_flags)
{
	int rc;

	rc = sqlite3_open_v2(name, &db->handle,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		more_flags,
	    NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_progress_handler(db->handle,
	    db->guard == GUARD_VISITOR ? GUARD_STEPS : PROGRESS_STEPS, progress,
	    db);
	sqlite3_busy_handler(db->handle, wait_for_lock, db);
	sqlite3_set_authorizer(db->handle, authorize, db);
	if (log_wants(LOG_DEBUG))
		sqlite3_trace_v2(db->handle, SQLITE_TRACE_STMT, trace, db);
	rc = set_limits(db->handle);
	if (rc == SQLITE_OK && db->guard != GUARD_NONE)
		rc = guard_prepare(db);
	if (rc == SQLITE_OK)
		rc = start_version(db);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v3(db->handle, "BEGIN", -1,
		    SQLITE_PREPARE_PERSISTENT, &db->begin, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v3(db->handle, "COMMIT", -1,
		    SQLITE_PREPARE_PERSISTENT, &db->end, NULL);
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
 * looks at nothing but the file; is_unchanged looks for it.
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
	db->immutable = true;
	db->changed = st->st_mtim;
	db->size = st->st_size;
	return rc;
}

static bool
is_unchanged(const struct db *db, const struct stat *st)
{
	return !db->immutable ||
	    (st->st_mtim.tv_sec == db->changed.tv_sec &&
		st->st_mtim.tv_nsec == db->changed.tv_nsec &&
		st->st_size == db->size && !has_log(db));
}

static int
open_handle(struct db *db, const struct stat *st)
{
	int rc = open_named(db, db->file, 0);

	db->immutable = false;
	if ((rc == SQLITE_READONLY_DIRECTORY ||
		(rc & 0xff) == SQLITE_CANTOPEN) &&
	    !has_log(db)) {
		close_handle(db);
		/* Of other modes, a journal that is left over counts. */
		if (open_immutable(db, st) == SQLITE_OK &&
		    db->version.without_index)
			return SQLITE_OK;
	}
	return rc;
}

/* Is it the file that is no good?  Or is it locked, say, and may yet be read?
 */
static bool
is_bad_file(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_FORMAT:
	case SQLITE_NOTADB:
		return true;
	default:
		return false;
	}
}

/*
 * Opens the file that stands at the path now.  If it is no good, and another
 * one was open, that one goes on being read: a bad file in its place must not
 * take a site down.
 */
static void
reopen(struct db *db, const struct stat *st)
{
	struct db old = *db;
	int rc;

	db->handle = NULL;
	db->begin = db->end = NULL;
	/* SQLite would take an empty file for a database without tables. */
	rc = st->st_size == 0 ? SQLITE_NOTADB : open_handle(db, st);
	if (rc == SQLITE_OK) {
		close_handle(&old);
		db->device = st->st_dev;
		db->inode = st->st_ino;
		db->file_bad = false;
		return;
	}
	if (old.handle == NULL || !is_bad_file(rc)) {
		db_fail(db, rc);
	} else if (!db->file_bad) {
		log_error("db",
		    "%s: replaced by a file that can't be read "
		    "(%s); going on with the old one",
		    db->file,
		    db->handle == NULL ? sqlite3_errstr(rc)
				       : sqlite3_errmsg(db->handle));
	}
	db->file_bad = true;
	close_handle(db);
	db->handle = old.handle;
	db->begin = old.begin;
	db->end = old.end;
	db->version = old.version;
	db->immutable = old.immutable;
	db->changed = old.changed;
	db->size = old.size;
}

/* Looks at the file, without opening it: that would drop SQLite's locks. */
static void
check_file(struct db *db)
{
	struct stat st;
	bool same;

	if (stat(db->file, &st) < 0) {
		fail_file(db, DB_MISSING,
		    errno == ENOENT ? "there is no such file"
				    : "it can't be opened");
		close_handle(db);
		return;
	}
	same = st.st_dev == db->device && st.st_ino == db->inode &&
	    is_unchanged(db, &st);
	if (!S_ISREG(st.st_mode))
		fail_file(db, DB_INVALID, "it is not a file");
	else if (st.st_size == 0 && (db->handle == NULL || same))
		fail_file(db, DB_INVALID, "it is empty");
	else if (db->handle == NULL || !same)
		reopen(db, &st);
	else
		db->file_bad = false; /* what was open is back at the path */
	if (db->status != DB_OK)
		close_handle(db);
}

struct db *
db_new(const char *name, const char *file, int64_t time_limit_ms)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL)
		return NULL;
	db->name = strdup(name);
	db->file = strdup(file);
	if (asprintf(&db->log, "%s-wal", file) < 0)
		db->log = NULL;
	db->time_limit_us = time_limit_ms * 1000;
	if (db->name == NULL || db->file == NULL || db->log == NULL) {
		db_free(db);
		return NULL;
	}
	return db;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	close_handle(db);
	profile_free(db->profile);
	buf_release(&db->advice);
	free(db->name);
	free(db->file);
	free(db->log);
	free(db);
}

void
db_publish(struct db *db, const struct published *published)
{
	db->published = published;
}

const char *
db_name(const struct db *db)
{
	return db->name;
}

const char *
db_file(const struct db *db)
{
	return db->file;
}

int64_t
db_time_limit_ms(const struct db *db)
{
	return db->time_limit_us / 1000;
}

const char *
db_message(const struct db *db)
{
	return db->message;
}

struct db_work
db_take_work(struct db *db)
{
	struct db_work work = db->work;

	db->work = (struct db_work){0};
	if (db->profile != NULL)
		work.slowest = profile_take(db->profile);
	return work;
}

bool
db_profile(struct db *db)
{
	if (db->profile == NULL)
		db->profile = calloc(1, sizeof(*db->profile));
	return db->profile != NULL;
}

static void
run(struct db *db, sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);

	if (rc != SQLITE_DONE)
		db_fail(db, rc);
	sqlite3_reset(stmt);
}

enum db_status
db_begin(struct db *db)
{
	return db_begin_within(db, db->time_limit_us);
}

enum db_status
db_begin_within(struct db *db, int64_t limit_us)
{
	int64_t since_us = clock_mono_us();

	db->status = DB_OK;
	db->message[0] = '\0';
	buf_reset(&db->advice);
	db->budget_deadline_us = 0;
	db->budget_over = false;
	db->deadline_us = since_us + limit_us;
	check_file(db);
	if (db->status == DB_OK)
		run(db, db->begin);
	db->in_snapshot = db->status == DB_OK;
	/* The snapshot opens with the first read: do it, and see the file. */
	if (db->in_snapshot) {
		int rc = sqlite3_exec(db->handle,
		    "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL);

		if (rc != SQLITE_OK)
			db_fail(db, rc);
	}
	db->work.us += clock_mono_us() - since_us;
	return db->status;
}

void
db_limit(struct db *db, int64_t ms)
{
	int64_t deadline_us = clock_mono_us() + ms * 1000;

	if (deadline_us < db->deadline_us)
		db->deadline_us = deadline_us;
}

enum db_status
db_end(struct db *db)
{
	struct stat st;

	/* An immutable file may change all the same: then nothing fits. */
	if (db->in_snapshot && db->immutable &&
	    (stat(db->file, &st) < 0 || !is_unchanged(db, &st)))
		db_set_failure(db, DB_LOCKED, "it has just been changed");
	if (db->in_snapshot) {
		/* Ending is short, and must not be interrupted. */
		db->deadline_us = INT64_MAX;
		if (!sqlite3_get_autocommit(db->handle))
			run(db, db->end);
		db->in_snapshot = false;
	}
	/* Whatever is wrong with the file, the next reader looks anew. */
	if (db->status == DB_CORRUPT || db->status == DB_INVALID ||
	    db->status == DB_MISSING)
		close_handle(db);
	return db->status;
}

bool
db_has_collation(
    struct db *db, const char *table, const char *column, struct str collation)
{
	const char *own = NULL;

	return sqlite3_table_column_metadata(db->handle, "main", table, column,
		   NULL, &own, NULL, NULL, NULL) == SQLITE_OK &&
	    own != NULL && strlen(own) == collation.len &&
	    strncasecmp(own, collation.s, collation.len) == 0;
}

int64_t
db_size(struct db *db)
{
	sqlite3_stmt *stmt = NULL;
	int64_t size = 0;

	if (db->status != DB_OK)
		return 0;
	if (sqlite3_prepare_v2(db->handle,
		"SELECT page_count * page_size "
		"FROM pragma_page_count, pragma_page_size",
		-1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		size = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return size;
}

void
db_budget_begin(struct db *db, int64_t ms)
{
	db->budget_over = false;
	db->refusal[0] = '\0';
	db->budget_deadline_us = clock_mono_us() + ms * 1000;
}

bool
db_budget_end(struct db *db)
{
	bool over = db->budget_over;

	db->budget_over = false;
	db->budget_deadline_us = 0;
	return over;
}

struct buf *
db_advice(struct db *db)
{
	return &db->advice;
}

int64_t
db_time_left_ms(const struct db *db)
{
	return (db->deadline_us - clock_mono_us()) / 1000;
}

const char *
db_refusal(const struct db *db)
{
	return db->refusal;
}

void
db_refresh(struct db *db)
{
	db->status = DB_OK;
	db->deadline_us = clock_mono_us() + db->time_limit_us;
	check_file(db);
}

bool
db_version(struct db *db, uint64_t *version)
{
	if (db->handle == NULL)
		return false;
	if (version_read(&db->version, version))
		return true;
	/*
	 * Another file may stand at the path.  Reading from the old one now,
	 * SQLite would open the new one's log with it, and when it closes that,
	 * all locks that this process has there are gone.
	 */
	db_refresh(db);
	if (db->handle == NULL)
		return false;
	if (version_read(&db->version, version))
		return true;
	/* The journal mode may have changed: look again, once. */
	return start_version(db) == SQLITE_OK &&
	    version_read(&db->version, version);
}
