#ifndef SQUALL_INSPECT_H
#define SQUALL_INSPECT_H

#include "db/sqlite/published.h"

/*
 * What the configuration says of a database, held against its schema: warns,
 * in the log, of tables and columns that are not there.  Between db_begin and
 * db_end.
 */
void inspect_metadata(struct db *);

/*
 * The stored queries of a database, which another connection (of guard_new)
 * compiles: false if one is wrong or has a table's name, and the log says which
 * and where.  Not between db_begin and db_end of `guarded`.
 */
bool inspect_queries(struct db *, struct db *guarded);

/*
 * Warns of folders in that of the stored queries that are called as none of
 * the databases: a misspelt name is no error.
 */
void
inspect_folders(const char *pages, const struct published *databases, size_t n);

#endif
