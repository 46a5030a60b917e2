#ifndef SQUALL_GUARD_H
#define SQUALL_GUARD_H

#include "db/sqlite/query.h"

/*
 * Statements that squall has not written itself: of visitors, and of the
 * operator's files.  They run on a connection of their own, which reads only
 * and may use just what is on its lists.  A visitor's is bounded in its time
 * and memory whatever it does; an operator's as squall's own are.
 */
enum guard { GUARD_NONE, GUARD_OPERATOR, GUARD_VISITOR };

enum {
	GUARD_HEAP = 64 << 20,     /* bytes that a visitor's may allocate */
	GUARD_VALUE = 1 << 20,     /* bytes of one value in it */
	GUARD_FUNCTIONS_MAX = 200, /* calls in its text */
};

/* Like db_new, for guard_open alone. */
struct db *guard_new(
    const char *name, const char *file, int64_t time_limit_ms, enum guard);

/*
 * Compiles the one statement that `sql` holds, between db_begin and db_end.
 * False if it is not one, is not allowed or is wrong: db_end will say
 * DB_REJECTED, and db_message why.  So it does when reading its rows with
 * query_next fails by the statement's fault.
 */
bool guard_open(struct query *, struct db *, struct str sql);

/*
 * From now until guard_let_go, all statements of the connection are held to
 * what guard_open's may do, those of squall around a visitor's text: to the
 * lists, and all together to the bounds.  Their failures may be his fault, too.
 * Between db_begin and db_end, and not while one of guard_open is open.
 */
void guard_hold(struct db *);

/* Harmless without guard_hold. */
void guard_let_go(struct db *);

/* The line of `sql` that guard_open found wrong, from 1; 0: it can't be told.
 */
int guard_fault_line(const struct db *, struct str sql);

/* Has it fail by its own fault, as guard_open does; to be closed all the same.
 */
void guard_reject(struct query *, const char *why);

/* The number of its parameters, and their names, without ':', '@' or '$'. */
size_t guard_parameters(const struct query *);

/* NULL for one without a name ("?"). */
const char *guard_parameter(const struct query *, size_t i);

size_t guard_columns(const struct query *);
struct str guard_column(const struct query *, size_t i);

/* True if its result depends on time or chance. */
bool guard_is_time_dependent(const struct query *);

void guard_close(struct query *);

#endif
