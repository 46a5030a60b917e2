#ifndef SQUALL_INSPECT_H
#define SQUALL_INSPECT_H

#include "db/published.h"

/*
 * What the configuration says of a database, held against its schema: warns,
 * in the log, of tables and columns that are not there.  Between db_begin and
 * db_end.
 */
void inspect_metadata(struct db *);

#endif
