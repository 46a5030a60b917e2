#ifndef SQUALL_INDEXES_H
#define SQUALL_INDEXES_H

#include "db/schema/table.h"

/*
 * True if SQLite finds rows by values of these columns, and sorts by one
 * column, without a scan: by the rowid or by an index that begins with the
 * columns.
 */
bool indexes_have(
    struct db *, const struct table *, const size_t *columns, size_t n);

/*
 * Adds the statement that would make such an index of a column.  Adds nothing
 * where there can be none: of a view, or a virtual table.
 */
void indexes_advise(const struct table *, size_t column, struct buf *);

#endif
