#ifndef SQUALL_INSPECT_H
#define SQUALL_INSPECT_H

#include "db/sqlite/published.h"

/*
 * Compares the description of a database with its schema: warns, in the log, of
 * tables and columns that are not there.  Called between db_begin and db_end.
 */
void inspect_metadata(struct db *);

/*
 * The stored queries of a database, which another connection (of guard_new)
 * compiles: false if one is wrong or has a table's name, and the log says which
 * and where.  Not between db_begin and db_end of `guarded`.
 */
bool inspect_queries(struct db *, struct db *guarded);

/*
 * Warns of each folder under --pages that no database is named like: probably a
 * misspelt name, which is no error.
 */
void
inspect_folders(const char *pages, const struct published *databases, size_t n);

#endif
