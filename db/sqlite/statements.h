#ifndef SQUALL_STATEMENTS_H
#define SQUALL_STATEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/text/str.h"

/*
 * Compiled statements of a connection that are not in use: most pages are made
 * by those that made the page before, and compiling takes longer than running
 * them.  They must be cleared when the schema changes and before the connection
 * is closed.
 */
enum {
	STATEMENTS_KEPT = 24,
	STATEMENTS_SQL_MAX = 4096, /* longer ones are not kept */
};

struct statement {
	struct sqlite3_stmt *stmt; /* NULL: there is none */
	uint64_t hash;             /* of its text */
	uint64_t used;             /* greater: later */
	bool time_dependent;       /* it calls random(), datetime(), ... */
};

struct statements {
	struct statement kept[STATEMENTS_KEPT];
	uint64_t turn;
};

/*
 * Takes out one with this text; false if there is none, and `out` has just the
 * hash then, to be kept with what is compiled for it.
 */
bool
statements_take(struct statements *, struct str sql, struct statement *out);

/* Takes a statement over, for the next one who needs it. */
void statements_keep(struct statements *, struct statement *);

void statements_clear(struct statements *);

#endif
