#ifndef SQUALL_TABLE_WHERE_H
#define SQUALL_TABLE_WHERE_H

#include "db/schema/table.h"
#include "handlers/page/reader.h"

/*
 * Conditions in SQL that visitors write themselves (_where), where the
 * configuration lets them query the database.  A page that has one is made by
 * a connection of guard_new, and held to what a visitor's own statement may do.
 */

/* True if an argument is a condition. */
bool table_where_is(const struct argument *);

/*
 * The same as reader_database, but for a request with conditions by such a
 * connection.
 */
int table_where_reader(
    const struct request *, struct catalog *, struct page *, reader *read);

/*
 * Checks the conditions on their own, each with the table, and from then on
 * holds the connection to its bounds until table_where_end.  200, or
 * page_error's status.
 */
int table_where_begin(
    const struct request *, struct db *, const struct table *, struct page *);

/* Harmless without table_where_begin. */
void table_where_end(struct db *);

#endif
