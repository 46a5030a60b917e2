#ifndef SQUALL_ROW_LINKS_H
#define SQUALL_ROW_LINKS_H

#include "app/http/request.h"
#include "db/rows/rows.h"

/*
 * Links to the rows that refer to a row: for each foreign key the address of
 * the table with a filter for them, and their number where an index makes
 * counting cheap.  `rows` has the row.
 */
void row_links_html(
    struct buf *, const struct request *, struct db *, const struct rows *);

/* The same as Datasette's foreign_key_tables; foreign keys of one column. */
void row_links_json(
    struct buf *, const struct request *, struct db *, const struct rows *);

#endif
