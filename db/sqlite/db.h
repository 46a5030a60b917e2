#ifndef SQUALL_DB_H
#define SQUALL_DB_H

#include <stdint.h>

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * One read-only connection to a SQLite database, of one thread.
 *
 * Reading happens between db_begin and db_end: one snapshot, one time limit,
 * and one sticky error.  After the first failure every query has no rows, so
 * callers read on and look at db_end's result once.
 */
struct db;

enum db_status {
	DB_OK,
	DB_MISSING, /* there is no such file, or it may not be read */
	DB_INVALID, /* it is empty, or no SQLite database */
	DB_CORRUPT, /* it was a database, and is damaged */
	DB_LOCKED,  /* another process kept it locked for too long */
	DB_TIMEOUT, /* the time limit is over */
	DB_NO_MEMORY,
	DB_REJECTED, /* a statement is no good: see guard.h */
	DB_FAILED,   /* anything else: a fault of squall's own */
};

/*
 * A handle for the database in `file`; nothing is opened yet.  `name` is what
 * it is published under.  NULL: out of memory.
 */
struct db *db_new(const char *name, const char *file, int64_t time_limit_ms);

/*
 * Locks are waited for until the time limit is over, or for `ms` if that is
 * less.
 */
void db_wait_for_locks(struct db *, int64_t ms);

/* NULL is harmless. */
void db_free(struct db *);

/* Sets what published.h returns; must live as long as the handle. */
struct published;
void db_publish(struct db *, const struct published *);

const char *db_name(const struct db *);
const char *db_file(const struct db *);
int64_t db_time_limit_ms(const struct db *);

/*
 * Opens the file if it is not open, or anew if another file has taken its
 * place, and starts a snapshot and the clock of the time limit.  Call db_end
 * whatever it returns.
 */
enum db_status db_begin(struct db *);

/* From now until db_end, queries may take `ms` at most; never more than before.
 */
void db_limit(struct db *, int64_t ms);

/* Ends the snapshot; the first failure since db_begin. */
enum db_status db_end(struct db *);

/*
 * Notes that the caller had no memory for what a query gave it: the failure is
 * sticky as SQLite's own are.  To be called wherever an allocation fails while
 * a page is read, so that the page is a 503 that nobody keeps.
 */
void db_no_memory(struct db *);

/* The last failure in words for people, without the file's path. */
const char *db_message(const struct db *);

/* A statement, and all of its runs for a page. */
struct db_statement {
	struct db *db;
	char *sql;
	int64_t us; /* compiling included */
	unsigned runs;
	uint64_t rows;
};

/* The costs of reading. */
struct db_work {
	unsigned queries; /* statements */
	int64_t us;       /* in SQLite, waiting for locks included */
	/* One of them called random(), datetime() or their like. */
	bool time_dependent;
	bool cut_short; /* see db_cut_short */
	/* After db_profile, and until the next query; NULL: there was none. */
	const struct db_statement *slowest;
};

/* The work since it was last asked for. */
struct db_work db_take_work(struct db *);

/* Gives back what memory its connection has kept for the next query. */
void db_rest(struct db *);

/*
 * Notes from now on which statements take how long, for db_take_work.  False:
 * out of memory.
 */
bool db_profile(struct db *) __attribute__((warn_unused_result));

/*
 * Adds SQLite's plan for a statement, in one line: steps with their parts in
 * parentheses.  Not to be called between db_begin and db_end; has a short time
 * limit of its own, and adds nothing if that is not enough.
 */
void db_plan(const struct db_statement *, struct buf *);

/*
 * True if a column is declared with this collation (datatype3.html, section 7),
 * or has it by default.
 */
bool db_has_collation(
    struct db *, const char *table, const char *column, struct str collation);

/* True if the column's collation is one that SQLite does not know. */
bool db_has_odd_collation(struct db *, const char *table, const char *column);

/* The size in bytes of the snapshot; 0 after a failure. */
int64_t db_size(struct db *);

/*
 * Between db_budget_begin and _end, queries are attempts: they have `ms`
 * milliseconds (or the rest of the time limit), and when these are over, or
 * SQLite can't compile one (as with a view of what is gone), queries stop
 * having rows.  _end says so with true; it is no failure.
 */
void db_budget_begin(struct db *, int64_t ms);
bool db_budget_end(struct db *);

/*
 * Notes that a page goes without something for which there is no time, as the
 * end of a budget does by itself; and whether one did since db_take_work.
 */
void db_cut_short(struct db *);
bool db_was_cut_short(const struct db *);

/*
 * Advice for people in case the queries take too long: one sentence, written by
 * the caller that makes the queries.  db_begin empties it.
 */
struct buf *db_advice(struct db *);

/* How much of the time limit is left, between db_begin and db_end. */
int64_t db_time_left_ms(const struct db *);

/*
 * SQLite's words for the query that it refused since db_budget_begin; "" if the
 * time was over.
 */
const char *db_refusal(const struct db *);

/*
 * Looks whether the file that is open still stands at its path, and opens what
 * stands there if not.  For versions outside of db_begin and db_end.
 */
void db_refresh(struct db *);

/*
 * The version of the file (see version.h), which is opened if it is not, and
 * compared with what stands at the path twice a second at most.  False if it
 * can't be told: what was read meanwhile may be shown, but not kept.
 */
bool db_version(struct db *, uint64_t *version);

#endif
