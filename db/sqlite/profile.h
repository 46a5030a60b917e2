#ifndef SQUALL_PROFILE_H
#define SQUALL_PROFILE_H

#include "db/sqlite/db.h"

/*
 * Which statements a page has spent its time with.  Of many different ones
 * those that take long are kept.
 */
enum { PROFILE_STATEMENTS = 16 };

struct profile {
	struct db_statement statements[PROFILE_STATEMENTS];
	size_t n;
	bool taken; /* by profile_take: what follows is another page's */
};

/* A run of a statement, whose text is copied. */
void profile_add(
    struct profile *, struct db *, const char *sql, int64_t us, uint64_t rows);

/*
 * The statement that took longest in all its runs since this was last asked;
 * NULL: there was none.  It lives until the next profile_add.
 */
const struct db_statement *profile_take(struct profile *);

/* NULL is harmless. */
void profile_free(struct profile *);

#endif
