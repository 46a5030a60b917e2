/*
 * Statements and their rows: the rest of squall's window on SQLite.
 */
#include "db/sqlite/query.h"

#include "app/watch/clock.h"
#include "db/sqlite/internal.h"
#include "db/sqlite/timing.h"

/* Compiles a statement and notes if its result depends on time or chance. */
static int
compile(struct query *q, struct str sql)
{
	struct db *db = q->db;
	int rc;

	if (db->guarding) {
		rc = guard_compile(db, sql, &q->statement.stmt, NULL);
	} else {
		db->varies = false;
		db->preparing = true;
		rc =
		    sqlite3_prepare_v3(db->conn.handle, sql.s, (int)sql.len + 1,
			SQLITE_PREPARE_PERSISTENT, &q->statement.stmt, NULL);
		db->preparing = false;
	}
	q->statement.time_dependent = db->varies;
	return rc;
}

static void
open_query(struct query *q, struct db *db, struct str sql)
{
	int64_t since_us = clock_mono_us();
	int rc = SQLITE_OK;

	/* A statement that a visitor had a part in is not kept for others. */
	*q = (struct query){.db = db, .keeps = !db->guarding};
	if (db->status != DB_OK || db->budget_over)
		return;
	/* A page of many short queries would never see the other check. */
	if (db_over_time(db)) {
		db_fail(db, SQLITE_INTERRUPT);
		return;
	}
	db->work.queries++;
	if (!q->keeps ||
	    !statements_take(&db->conn.statements, sql, &q->statement))
		rc = compile(q, sql);
	db->work.time_dependent |= q->statement.time_dependent;
	q->us = clock_mono_us() - since_us;
	db->work.us += q->us;
	if (rc != SQLITE_OK)
		db_fail(db, rc);
}

void
query_open(struct query *q, struct db *db, const char *sql)
{
	open_query(q, db, str_of(sql));
}

void
query_open_buf(struct query *q, struct db *db, const struct buf *sql)
{
	if (sql->failed) {
		*q = (struct query){.db = db};
		db_fail(db, SQLITE_NOMEM);
		return;
	}
	open_query(q, db, (struct str){buf_cstr(sql), sql->len});
}

static void
bound(struct query *q, int rc)
{
	if (rc != SQLITE_OK)
		db_fail(q->db, rc);
}

void
query_bind_int(struct query *q, int i, int64_t value)
{
	if (q->statement.stmt != NULL)
		bound(q, sqlite3_bind_int64(q->statement.stmt, i, value));
}

void
query_bind_real(struct query *q, int i, double value)
{
	if (q->statement.stmt != NULL)
		bound(q, sqlite3_bind_double(q->statement.stmt, i, value));
}

void
query_bind_text(struct query *q, int i, struct str s)
{
	if (q->statement.stmt != NULL)
		bound(q,
		    sqlite3_bind_text64(q->statement.stmt, i,
			s.s == NULL ? "" : s.s, s.len, SQLITE_STATIC,
			SQLITE_UTF8));
}

void
query_bind_blob(struct query *q, int i, struct str s)
{
	if (q->statement.stmt == NULL)
		return;
	if (s.len == 0)
		bound(q, sqlite3_bind_zeroblob(q->statement.stmt, i, 0));
	else
		bound(q,
		    sqlite3_bind_blob64(
			q->statement.stmt, i, s.s, s.len, SQLITE_STATIC));
}

bool
query_next(struct query *q)
{
	int64_t since_us, us;
	int rc;

	if (q->statement.stmt == NULL || q->db->status != DB_OK)
		return false;
	since_us = clock_mono_us();
	q->db->unknown_collation = NULL;
	rc = sqlite3_step(q->statement.stmt);
	if (q->db->unknown_collation != NULL)
		rc = SQLITE_ERROR_MISSING_COLLSEQ;
	us = clock_mono_us() - since_us;
	q->us += us;
	q->db->work.us += us;
	if (rc == SQLITE_ROW) {
		q->rows++;
		return true;
	}
	if (rc != SQLITE_DONE)
		db_fail(q->db, rc);
	return false;
}

enum value_type
query_type(const struct query *q, int column)
{
	switch (sqlite3_column_type(q->statement.stmt, column)) {
	case SQLITE_INTEGER:
		return VALUE_INT;
	case SQLITE_FLOAT:
		return VALUE_REAL;
	case SQLITE_TEXT:
		return VALUE_TEXT;
	case SQLITE_BLOB:
		return VALUE_BLOB;
	default:
		return VALUE_NULL;
	}
}

int64_t
query_int(const struct query *q, int column)
{
	return sqlite3_column_int64(q->statement.stmt, column);
}

double
query_real(const struct query *q, int column)
{
	return sqlite3_column_double(q->statement.stmt, column);
}

/* SQLite returns NULL too if it had no memory to convert the value. */
static void
check_memory(const struct query *q)
{
	if (sqlite3_errcode(q->db->conn.handle) == SQLITE_NOMEM)
		db_fail(q->db, SQLITE_NOMEM);
}

struct str
query_text(const struct query *q, int column)
{
	const unsigned char *s = sqlite3_column_text(q->statement.stmt, column);
	int len = sqlite3_column_bytes(q->statement.stmt, column);

	if (s == NULL) {
		check_memory(q);
		return (struct str){"", 0};
	}
	return (struct str){(const char *)s, (size_t)len};
}

struct str
query_blob(const struct query *q, int column)
{
	const void *s = sqlite3_column_blob(q->statement.stmt, column);
	int len = sqlite3_column_bytes(q->statement.stmt, column);

	if (s == NULL)
		check_memory(q);
	return (struct str){s == NULL ? "" : s, (size_t)len};
}

bool
query_is_null(const struct query *q, int column)
{
	return query_type(q, column) == VALUE_NULL;
}

void
query_close(struct query *q)
{
	if (q->statement.stmt != NULL && q->db->profile != NULL)
		profile_add(q->db->profile, q->db,
		    sqlite3_sql(q->statement.stmt), q->us, q->rows);
	if (q->statement.stmt != NULL && q->keeps)
		statements_keep(&q->db->conn.statements, &q->statement);
	sqlite3_finalize(q->statement.stmt);
	q->statement.stmt = NULL;
}
