/*
 * Keeps compiled statements, the ones used last.
 */
#include "db/sqlite/statements.h"

#include <sqlite3.h>
#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

bool
statements_take(struct statements *s, struct str sql, struct statement *out)
{
	*out = (struct statement){.hash = XXH3_64bits(sql.s, sql.len)};
	for (size_t i = 0; i < STATEMENTS_KEPT; i++) {
		struct statement *kept = &s->kept[i];

		if (kept->stmt != NULL && kept->hash == out->hash &&
		    str_is(sql, sqlite3_sql(kept->stmt))) {
			*out = *kept;
			kept->stmt = NULL;
			return true;
		}
	}
	return false;
}

/* An empty place, or that of the one not used for longest. */
static struct statement *
place(struct statements *s)
{
	struct statement *oldest = &s->kept[0];

	for (size_t i = 0; i < STATEMENTS_KEPT; i++) {
		if (s->kept[i].stmt == NULL)
			return &s->kept[i];
		if (s->kept[i].used < oldest->used)
			oldest = &s->kept[i];
	}
	sqlite3_finalize(oldest->stmt);
	return oldest;
}

void
statements_keep(struct statements *s, struct statement *statement)
{
	struct sqlite3_stmt *stmt = statement->stmt;

	/* It would hold its snapshot, and point to values that are gone. */
	if (sqlite3_reset(stmt) == SQLITE_OK &&
	    strlen(sqlite3_sql(stmt)) <= STATEMENTS_SQL_MAX) {
		sqlite3_clear_bindings(stmt);
		statement->used = ++s->turn;
		*place(s) = *statement;
	} else {
		sqlite3_finalize(stmt);
	}
	statement->stmt = NULL;
}

void
statements_clear(struct statements *s)
{
	for (size_t i = 0; i < STATEMENTS_KEPT; i++)
		sqlite3_finalize(s->kept[i].stmt);
	*s = (struct statements){0};
}
