#ifndef SQUALL_REFERRERS_H
#define SQUALL_REFERRERS_H

#include "db/schema/table.h"

/*
 * The foreign keys of other tables, and of the table itself, that refer to its
 * rows.  The names are the connection's, until db_end.
 */
struct referrer {
	const char *table;
	size_t n; /* columns */
	struct {
		const char *column; /* there */
		size_t to; /* what it refers to: a column of this table */
	} columns[SCHEMA_KEY_MAX];
};

/*
 * Finds them, by the tables' names.  `*list` is the caller's, to be freed with
 * free.  What refers to columns that are not there is left out.
 */
size_t
referrers_find(struct db *, const struct table *, struct referrer **list);

/*
 * True if rows of `other`, the table of the referrer's name, are found by these
 * columns without a scan.
 */
bool referrer_is_indexed(
    struct db *, const struct referrer *, const struct table *other);

#endif
