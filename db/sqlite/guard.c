/*
 * The bounds of SQL that is not squall's own: the things it may do, and how
 * much of them.  Called by the pages that take SQL, and by db.c for its
 * connections.
 */
#include "db/sqlite/guard.h"

#include <strings.h>

#include "app/watch/clock.h"
#include "db/sqlite/heap.h"
#include "db/sqlite/internal.h"

/* Limits of a visitor's statement (limits.html), while it is open. */
static const struct {
	int limit, value;
} limits[GUARD_LIMITS] = {
    {SQLITE_LIMIT_LENGTH, GUARD_VALUE},
    {SQLITE_LIMIT_SQL_LENGTH, 64 << 10},
    {SQLITE_LIMIT_EXPR_DEPTH, 100},
    {SQLITE_LIMIT_COMPOUND_SELECT, 50},
    {SQLITE_LIMIT_VDBE_OP, 50000},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
};

static bool
is_among(const char *name, const char *const *list)
{
	while (*list != NULL && strcasecmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

/* Pragmas that tell of the schema.  No paths, and nothing that can be set. */
static bool
allows_pragma(const char *name, const char *argument)
{
	static const char *const with_argument[] = {"table_info", "table_xinfo",
	    "table_list", "index_list", "index_info", "index_xinfo",
	    "foreign_key_list", NULL};
	static const char *const alone[] = {"collation_list", "compile_options",
	    "data_version", "encoding", "freelist_count", "function_list",
	    "module_list", "page_count", "page_size", "pragma_list",
	    "schema_version", "user_version", NULL};

	return is_among(name, with_argument) ||
	    (argument == NULL && is_among(name, alone));
}

/* None that reaches beyond the database, or takes a visitor too much time. */
static bool
allows_function(enum guard guard, const char *name)
{
	static const char *const denied[] = {"load_extension", "readfile",
	    "writefile", "lsdir", "edit", "zipfile", "fts3_tokenizer",
	    "sqlite_log", NULL};
	static const char *const slow[] = {"json_patch", NULL};

	return !is_among(name, denied) &&
	    (guard != GUARD_VISITOR || !is_among(name, slow));
}

/* The file's pages as they lie there, with what has been deleted. */
static bool
allows_table(const char *name)
{
	static const char *const denied[] = {"sqlite_dbpage", "dbstat",
	    "sqlite_stmt", "bytecode", "tables_used", "fsdir", NULL};

	return !is_among(name, denied);
}

int
guard_authorize(
    struct db *db, int action, const char *first, const char *second)
{
	bool ok = false;

	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		ok = true;
		break;
	case SQLITE_READ:
		ok = allows_table(first);
		break;
	case SQLITE_PRAGMA:
		ok = allows_pragma(first, second);
		break;
	case SQLITE_FUNCTION:
		db->varies |= db_function_varies(second);
		ok = allows_function(db->guard, second) &&
		    (db->guard != GUARD_VISITOR ||
			++db->functions <= GUARD_FUNCTIONS_MAX);
		break;
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		/* Virtual tables prepare theirs when first used. */
		ok = db->warming;
		break;
	default:
		break;
	}
	return ok ? SQLITE_OK : SQLITE_DENY;
}

int
guard_prepare(struct db *db)
{
	if (db->guard != GUARD_VISITOR)
		return SQLITE_OK;
	/* Sorts and joins keep their rows within the heap's bounds: scratch.h.
	 */
	return sqlite3_exec(
	    db->conn.handle, "PRAGMA temp_store=FILE", NULL, NULL, NULL);
}

struct db *
guard_new(
    const char *name, const char *file, int64_t time_limit_ms, enum guard guard)
{
	struct db *db = db_new(name, file, time_limit_ms);

	if (db != NULL)
		db->guard = guard;
	return db;
}

/* A failure that comes of memory which was refused, whatever it is called. */
static bool
fail_for_memory(struct db *db)
{
	enum heap_end heap =
	    db->guard == GUARD_VISITOR ? heap_state() : HEAP_OK;

	if (heap == HEAP_LATE)
		db_set_failure(
		    db, DB_TIMEOUT, "the query was over its time limit");
	else if (heap == HEAP_OVER)
		db_set_failure(db, DB_REJECTED,
		    "it needs more memory than a query may have");
	return heap != HEAP_OK;
}

bool
guard_fail(struct db *db, int code)
{
	switch (code & 0xff) {
	case SQLITE_INTERRUPT:
		db_set_failure(
		    db, DB_TIMEOUT, "the query was over its time limit");
		return true;
	case SQLITE_ERROR:
	case SQLITE_TOOBIG:
	case SQLITE_AUTH:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_READONLY:
	case SQLITE_RANGE:
		db_set_failure(db, DB_REJECTED, db_words(db));
		return true;
	default:
		return fail_for_memory(db);
	}
}

/* Tightens the limits, or sets them back. */
static void
swap_limits(struct db *db, int values[GUARD_LIMITS])
{
	for (size_t i = 0; i < GUARD_LIMITS; i++)
		values[i] =
		    sqlite3_limit(db->conn.handle, limits[i].limit, values[i]);
}

static void
begin(struct db *db)
{
	db->guarding = true;
	if (db->guard != GUARD_VISITOR)
		return;
	for (size_t i = 0; i < GUARD_LIMITS; i++)
		db->limits[i] = limits[i].value;
	swap_limits(db, db->limits);
	heap_begin(GUARD_HEAP, db->deadline_us);
}

static void
end(struct db *db)
{
	if (!db->guarding)
		return;
	db->guarding = false;
	if (db->guard != GUARD_VISITOR)
		return;
	heap_end();
	if (db->conn.handle != NULL)
		swap_limits(db, db->limits);
}

static int
compile(struct db *db, struct str sql, sqlite3_stmt **stmt, const char **rest)
{
	db->functions = 0;
	db->varies = false;
	return sqlite3_prepare_v3(
	    db->conn.handle, sql.s, (int)sql.len, 0, stmt, rest);
}

int
guard_compile(
    struct db *db, struct str sql, sqlite3_stmt **stmt, const char **rest)
{
	int rc = compile(db, sql, stmt, rest);

	if (rc != SQLITE_ERROR && rc != SQLITE_AUTH)
		return rc;
	/* A virtual table may have wanted to prepare its statements. */
	db->warming = true;
	compile(db, sql, stmt, rest);
	db->warming = false;
	sqlite3_finalize(*stmt);
	*stmt = NULL;
	return compile(db, sql, stmt, rest);
}

void
guard_hold(struct db *db)
{
	begin(db);
}

void
guard_let_go(struct db *db)
{
	end(db);
}

/* Is there nothing but blanks and comments?  SQLite knows best. */
static bool
is_blank(struct db *db, struct str sql)
{
	sqlite3_stmt *stmt = NULL;
	bool blank;

	while (sql.len > 0) {
		const char *rest = NULL;

		blank = sqlite3_prepare_v3(db->conn.handle, sql.s, (int)sql.len,
			    0, &stmt, &rest) == SQLITE_OK &&
		    stmt == NULL;
		sqlite3_finalize(stmt);
		if (!blank || rest == NULL || rest <= sql.s)
			return blank;
		sql.len -= (size_t)(rest - sql.s);
		sql.s = rest;
	}
	return true;
}

void
guard_reject(struct query *q, const char *why)
{
	db_set_failure(q->db, DB_REJECTED, why);
}

/* The same for one that has not been handed out. */
static void
reject(struct query *q, const char *why)
{
	sqlite3_finalize(q->statement.stmt);
	q->statement.stmt = NULL;
	guard_reject(q, why);
}

/* Rejects text that compiles, but is no query or more than one. */
static void
check(struct query *q, struct str rest)
{
	if (q->statement.stmt == NULL)
		reject(q, "there is no statement");
	else if (!is_blank(q->db, rest))
		reject(q, "only one statement is possible at a time");
	else if (!sqlite3_stmt_readonly(q->statement.stmt) ||
	    sqlite3_column_count(q->statement.stmt) == 0)
		reject(q, "only a statement that gives rows is possible");
}

bool
guard_open(struct query *q, struct db *db, struct str sql)
{
	int64_t since_us = clock_mono_us();
	const char *rest = NULL;
	int rc;

	*q = (struct query){.db = db};
	if (db->status != DB_OK)
		return false;
	if (memchr(sql.s, '\0', sql.len) != NULL) {
		reject(q, "there is a zero byte in it");
		return false;
	}
	begin(db);
	db->work.queries++;
	rc = guard_compile(db, sql, &q->statement.stmt, &rest);
	db->fault_at =
	    rc == SQLITE_OK ? -1 : sqlite3_error_offset(db->conn.handle);
	if (rc != SQLITE_OK && db->functions > GUARD_FUNCTIONS_MAX &&
	    db->guard == GUARD_VISITOR)
		reject(q, "it uses too many functions");
	else if (rc != SQLITE_OK)
		db_fail(db, rc);
	else
		check(q, (struct str){rest, sql.len - (size_t)(rest - sql.s)});
	q->us = clock_mono_us() - since_us;
	db->work.us += q->us;
	db->work.time_dependent |= db->varies;
	if (q->statement.stmt == NULL)
		end(db);
	return q->statement.stmt != NULL;
}

int
guard_fault_line(const struct db *db, struct str sql)
{
	int line = 1;

	if (db->fault_at < 0 || (size_t)db->fault_at > sql.len)
		return 0;
	for (int i = 0; i < db->fault_at; i++)
		line += sql.s[i] == '\n';
	return line;
}

size_t
guard_parameters(const struct query *q)
{
	return (size_t)sqlite3_bind_parameter_count(q->statement.stmt);
}

const char *
guard_parameter(const struct query *q, size_t i)
{
	const char *name =
	    sqlite3_bind_parameter_name(q->statement.stmt, (int)i + 1);

	return name == NULL || *name == '?' ? NULL : name + 1;
}

size_t
guard_columns(const struct query *q)
{
	return (size_t)sqlite3_column_count(q->statement.stmt);
}

struct str
guard_column(const struct query *q, size_t i)
{
	const char *name = sqlite3_column_name(q->statement.stmt, (int)i);

	if (name == NULL)
		db_fail(q->db, SQLITE_NOMEM);
	return str_of(name == NULL ? "" : name);
}

bool
guard_is_time_dependent(const struct query *q)
{
	return q->db->varies;
}

void
guard_close(struct query *q)
{
	struct db *db = q->db;

	query_close(q);
	end(db);
}
