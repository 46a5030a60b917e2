#ifndef SQUALL_COLUMN_DETAILS_H
#define SQUALL_COLUMN_DETAILS_H

#include "db/schema/table.h"

/*
 * Adds an object of what SQLite tells of each column, hidden ones included, as
 * Datasette's extra column_details has it.
 */
void column_details(struct db *, const struct table *, struct buf *json);

/*
 * Adds an array of the names of the columns, or of the primary key's alone; the
 * rowid is the first where it is the key.
 */
void column_details_names(const struct table *, bool key, struct buf *json);

#endif
