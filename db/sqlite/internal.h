#ifndef SQUALL_DB_INTERNAL_H
#define SQUALL_DB_INTERNAL_H

#include <sqlite3.h>

#include "db/sqlite/connection.h"
#include "db/sqlite/deadline.h"
#include "db/sqlite/guard.h"
#include "db/sqlite/openings.h"
#include "db/sqlite/profile.h"
#include "db/sqlite/published.h"

enum { GUARD_LIMITS = 7 };

/*
 * A database, as db/sqlite shares it: the connection, and its sticky error.
 */
struct db {
	char *name, *file, *log;           /* `log` may not exist */
	const struct published *published; /* NULL: nothing is said of it */
	struct connection conn;            /* to the open file */
	void *schema; /* what has been read of it: see schema_cache.h */
	void (*free_schema)(void *);
	struct opening opening; /* among its thread's */
	int64_t looked_us;      /* when it was compared with the path */
	bool in_snapshot;
	bool file_bad; /* what stands at the path is no good; the log knows */

	int64_t time_limit_us;      /* of a page */
	int64_t lock_limit_us;      /* for which a lock is waited for */
	int64_t deadline_us;        /* of the queries that run now */
	int64_t lock_deadline_us;   /* of waiting for locks, likewise */
	int64_t budget_deadline_us; /* 0: there is no budget */
	struct deadline interrupt;  /* at the earlier of the two */
	size_t unlooked; /* what functions did since they saw the clock */
	bool budget_over;
	bool budget_is_inner; /* it began between two rows of a statement */
	char refusal[256];    /* SQLite's words for what ended the budget */

	struct buf advice;
	enum db_status status; /* the first failure since db_begin */
	char message[256];
	struct db_work work;
	struct profile *profile; /* NULL: nobody wants to know */
	bool preparing;          /* a query, and not what a pragma looks into */
	const char *unknown_collation; /* the last step compared by it */

	enum guard guard; /* of the connection */
	bool guarding;    /* a statement that is not squall's is open */
	bool warming;     /* and compiled only to see what it makes SQLite do */
	int limits[GUARD_LIMITS]; /* of SQLite, as they were before */
	unsigned functions;       /* calls in its text */
	int fault_at;             /* the byte that is wrong; -1: not known */
	bool varies;              /* the last compiled is time-dependent */
};

/* db_begin with another time limit. */
enum db_status db_begin_within(struct db *, int64_t limit_us);

/* Notes a failure of SQLite's: status, words, log line. */
void db_fail(struct db *, int code);

/* SQLite's message for its last failure. */
const char *db_words(const struct db *);

/* Notes a failure by its status, if it is the first; logs nothing. */
void db_set_failure(struct db *, enum db_status, const char *message);

/* True if a function's result depends on more than the database. */
bool db_function_varies(const char *name);

/* guard.c prepares a connection that is opened, answers SQLite's authorizer,
 * and judges a failure: true if it is the statement's fault, and noted.
 */
int guard_prepare(struct db *);
int
guard_authorize(struct db *, int action, const char *first, const char *second);
bool guard_fail(struct db *, int code);

/* sqlite3_prepare of a statement that is guarded; sets functions and varies. */
int
guard_compile(struct db *, struct str sql, sqlite3_stmt **, const char **rest);

#endif
