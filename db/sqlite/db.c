/*
 * Opening a SQLite file for reading, and keeping its queries within limits.
 * The file may be locked, replaced, damaged or gone at any time: that is a
 * status, with words for whoever asked.
 */
#include "db/sqlite/db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "app/text/alloc.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"
#include "db/sqlite/collation.h"
#include "db/sqlite/internal.h"
#include "db/sqlite/query.h"
#include "db/sqlite/timing.h"

/* A version counts as that of the file at the path for so long. */
enum { LOOK_MS = 500 };

static const struct failure {
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
    {SQLITE_ERROR_MISSING_COLLSEQ, DB_FAILED,
	"it takes comparing by a collation that SQLite does not know"},
    {SQLITE_OK, DB_FAILED, "the query failed"}, /* any other code */
};

void
db_set_failure(struct db *db, enum db_status status, const char *message)
{
	if (db->status != DB_OK)
		return;
	db->status = status;
	snprintf(db->message, sizeof(db->message), "%s", message);
}

const char *
db_words(const struct db *db)
{
	return db->unknown_collation != NULL ? "no such collation sequence"
					     : sqlite3_errmsg(db->conn.handle);
}

/* Within a budget some failures end only that. */
static bool
ends_budget(struct db *db, int code)
{
	switch (code & 0xff) {
	case SQLITE_INTERRUPT:
		db_over_time(db); /* deadline.c knows no budgets */
		return db->budget_over;
	case SQLITE_ERROR:
	case SQLITE_TOOBIG:
		if (db->budget_deadline_us == 0)
			return false;
		if (!db->budget_over)
			snprintf(db->refusal, sizeof(db->refusal), "%s",
			    db_words(db));
		return db->budget_over = true;
	default:
		return false;
	}
}

void
db_fail(struct db *db, int code)
{
	const struct failure *f = failures;

	if (ends_budget(db, code) || db->status != DB_OK ||
	    (db->guarding && guard_fail(db, code)))
		return;
	while (
	    f->code != SQLITE_OK && f->code != code && f->code != (code & 0xff))
		f++;
	db_set_failure(db, f->status, f->message);
	if (db->file_bad)
		return; /* the log knows */
	log_error("db", "%s: %s (%s, code %d)", db->file, f->message,
	    db->conn.handle == NULL ? sqlite3_errstr(code) : db_words(db),
	    code);
}

void
db_no_memory(struct db *db)
{
	alloc_note(ALLOC_NO_MEMORY);
	if (db->status != DB_OK)
		return;
	db_set_failure(db, DB_NO_MEMORY, "out of memory");
	log_error("db", "%s: out of memory", db->file);
}

static int
read_schema(struct db *db)
{
	struct db_clock clock;
	int rc;

	db_schema_begin(db, &clock);
	rc = connection_read_schema(&db->conn);
	db_schema_end(db, &clock);
	return rc;
}

/* Fails since there is nothing to open; logs that once. */
static void
fail_file(struct db *db, enum db_status status, const char *message)
{
	db_set_failure(db, status, message);
	if (!db->file_bad)
		log_error("db", "%s: %s", db->file, message);
	db->file_bad = true;
}

/* False if the file may yet be read, because it is locked, say. */
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

static void
close_connection(struct db *db)
{
	openings_remove(db);
	connection_close(&db->conn);
}

static bool
lacks_descriptors(const struct db *db, int rc)
{
	int error;

	if ((rc & 0xff) != SQLITE_CANTOPEN || db->conn.handle == NULL)
		return false;
	error = sqlite3_system_errno(db->conn.handle);
	return error == EMFILE || error == ENFILE;
}

/* Opens the file into db->conn, which is empty; may close other files. */
static int
open_connection(struct db *db, const struct stat *st)
{
	int rc;

	openings_make_room(db);
	rc = connection_open(db, st);
	while (lacks_descriptors(db, rc) && openings_close_one(db)) {
		connection_close(&db->conn);
		rc = connection_open(db, st);
	}
	return rc;
}

/*
 * Opens the file that stands at the path now.  If it is no good, and another
 * one was open, that one goes on being read: a bad file in its place must not
 * take a site down.
 */
static void
reopen(struct db *db, const struct stat *st)
{
	struct connection old = db->conn;
	int rc;

	db->conn = (struct connection){0};
	/* SQLite would take an empty file for a database without tables. */
	rc = st->st_size == 0 ? SQLITE_NOTADB : open_connection(db, st);
	if (rc == SQLITE_OK && old.schema_known)
		rc = read_schema(db);
	if (rc == SQLITE_OK) {
		openings_remove(db);
		connection_close(&old);
		openings_add(db);
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
		    db->conn.handle == NULL ? sqlite3_errstr(rc)
					    : sqlite3_errmsg(db->conn.handle));
	}
	db->file_bad = true;
	connection_close(&db->conn);
	db->conn = old;
}

/* Looks at the file, without opening it: that would drop SQLite's locks. */
static void
check_file(struct db *db)
{
	struct stat st;
	bool same;

	db->looked_us = clock_mono_us();
	if (stat(db->file, &st) < 0) {
		fail_file(db, DB_MISSING,
		    errno == ENOENT ? "there is no such file"
				    : "it can't be opened");
		close_connection(db);
		return;
	}
	same = st.st_dev == db->conn.device && st.st_ino == db->conn.inode &&
	    connection_is_unchanged(db, &st);
	if (!S_ISREG(st.st_mode))
		fail_file(db, DB_INVALID, "it is not a file");
	else if (st.st_size == 0 && (db->conn.handle == NULL || same))
		fail_file(db, DB_INVALID, "it is empty");
	else if (db->conn.handle == NULL || !same)
		reopen(db, &st);
	else
		db->file_bad = false; /* what was open is back at the path */
	if (db->status != DB_OK)
		close_connection(db);
}

struct db *
db_new(const char *name, const char *file, int64_t time_limit_ms)
{
	struct db *db = alloc_array(1, sizeof(*db));

	if (db == NULL)
		return NULL;
	db->name = alloc_copy(name);
	db->file = alloc_copy(file);
	db->log = alloc_printf("%s-wal", file);
	db->time_limit_us = time_limit_ms * 1000;
	db->lock_limit_us = db->time_limit_us;
	if (db->name == NULL || db->file == NULL || db->log == NULL) {
		db_free(db);
		return NULL;
	}
	return db;
}

static void
forget_schema(struct db *db)
{
	if (db->schema != NULL)
		db->free_schema(db->schema);
	db->schema = NULL;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	deadline_leave(&db->interrupt);
	close_connection(db);
	forget_schema(db);
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

void
db_wait_for_locks(struct db *db, int64_t ms)
{
	db->lock_limit_us = ms * 1000;
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
		db->profile = alloc_array(1, sizeof(*db->profile));
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

/*
 * Forgets compiled statements and the read schema once that has changed: SQLite
 * itself would note too late which functions a view calls.
 */
static void
look_at_schema(struct db *db)
{
	struct connection *c = &db->conn;
	int rc = sqlite3_step(c->schema_version);
	int64_t version = sqlite3_column_int64(c->schema_version, 0);

	if (rc == SQLITE_ROW)
		rc = SQLITE_OK;
	sqlite3_reset(c->schema_version);
	if (rc == SQLITE_OK && c->schema_known && version == c->schema)
		return;
	statements_clear(&c->statements);
	forget_schema(db);
	if (rc == SQLITE_OK)
		rc = read_schema(db);
	c->schema = version;
	c->schema_known = rc == SQLITE_OK;
	if (rc != SQLITE_OK)
		db_fail(db, rc);
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
	db->lock_deadline_us = since_us +
	    (limit_us < db->lock_limit_us ? limit_us : db->lock_limit_us);
	check_file(db);
	openings_use(db);
	if (db->status == DB_OK)
		run(db, db->conn.begin);
	db->in_snapshot = db->status == DB_OK;
	/* The snapshot opens with the first read: do it, and see the file. */
	if (db->in_snapshot) {
		db_watch(db);
		look_at_schema(db);
	}
	db->work.us += clock_mono_us() - since_us;
	return db->status;
}

enum db_status
db_end(struct db *db)
{
	struct stat st;

	/* An immutable file may change all the same: then nothing fits. */
	if (db->in_snapshot && db->conn.immutable &&
	    (stat(db->file, &st) < 0 || !connection_is_unchanged(db, &st)))
		db_set_failure(db, DB_LOCKED, "it has just been changed");
	deadline_leave(&db->interrupt);
	if (db->in_snapshot) {
		/* Ending is short, and must not be interrupted. */
		db->deadline_us = INT64_MAX;
		if (!sqlite3_get_autocommit(db->conn.handle))
			run(db, db->conn.end);
		db->in_snapshot = false;
	}
	/* After a fault of the file the next reader opens it anew. */
	if (db->status == DB_CORRUPT || db->status == DB_INVALID ||
	    db->status == DB_MISSING)
		close_connection(db);
	return db->status;
}

/* A column's collation; NULL if the column is not a table's. */
static const char *
collation_of(struct db *db, const char *table, const char *column)
{
	const char *name = NULL;
	int rc = sqlite3_table_column_metadata(db->conn.handle, "main", table,
	    column, NULL, &name, NULL, NULL, NULL);

	/* Other failures are views' and the like, which have no collations. */
	if (rc == SQLITE_NOMEM)
		db_fail(db, rc);
	return rc == SQLITE_OK ? name : NULL;
}

bool
db_has_collation(
    struct db *db, const char *table, const char *column, struct str collation)
{
	const char *own = collation_of(db, table, column);

	return own != NULL && strlen(own) == collation.len &&
	    strncasecmp(own, collation.s, collation.len) == 0;
}

bool
db_has_odd_collation(struct db *db, const char *table, const char *column)
{
	const char *own = collation_of(db, table, column);

	return own != NULL && !collation_is_known(str_of(own));
}

int64_t
db_size(struct db *db)
{
	int64_t size = 0;
	struct query q;

	query_open(&q, db,
	    "SELECT page_count * page_size "
	    "FROM pragma_page_count, pragma_page_size");
	if (query_next(&q))
		size = query_int(&q, 0);
	query_close(&q);
	return size;
}

void
db_cut_short(struct db *db)
{
	db->work.cut_short = true;
}

bool
db_was_cut_short(const struct db *db)
{
	return db->work.cut_short;
}

struct buf *
db_advice(struct db *db)
{
	return &db->advice;
}

const char *
db_refusal(const struct db *db)
{
	return db->refusal;
}

void
db_rest(struct db *db)
{
	if (db->conn.handle != NULL)
		sqlite3_db_release_memory(db->conn.handle);
}

void
db_refresh(struct db *db)
{
	uint64_t version;

	if (db->opening.rests && version_read(&db->conn.version, &version))
		return; /* it is the same file as before */
	db->status = DB_OK;
	db->deadline_us = INT64_MAX;
	db->lock_deadline_us = clock_mono_us() + db->lock_limit_us;
	check_file(db);
}

/* The journal mode may have changed since the connection was opened. */
static bool
start_version(struct db *db)
{
	bool ok = connection_start_version(db) == SQLITE_OK;

	openings_remove(db);
	openings_add(db);
	return ok;
}

bool
db_version(struct db *db, uint64_t *version)
{
	if (db->opening.rests ||
	    clock_mono_us() - db->looked_us >= LOOK_MS * 1000)
		db_refresh(db);
	if (db->conn.handle == NULL && !db->opening.rests)
		return false;
	openings_use(db);
	if (version_read(&db->conn.version, version))
		return true;
	/*
	 * Another file may stand at the path.  Reading from the old one now,
	 * SQLite would open the new one's log with it, and when it closes that,
	 * all locks that this process has there are gone.
	 */
	db_refresh(db);
	if (db->conn.handle == NULL)
		return false;
	return version_read(&db->conn.version, version) ||
	    (start_version(db) && version_read(&db->conn.version, version));
}
