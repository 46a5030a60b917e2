#ifndef SQUALL_REFERRERS_H
#define SQUALL_REFERRERS_H

#include "db/schema.h"

/*
 * The foreign keys of other tables, and of the table itself, that refer to its
 * rows.
 */
struct referrer {
	char *table;
	size_t n; /* columns */
	struct {
		char *column; /* there */
		size_t to;    /* what it refers to: a column of this table */
	} columns[SCHEMA_KEY_MAX];
	bool indexed; /* rows are found by these columns without a scan */
};

/*
 * Finds them, by the tables' names.  `*list` is the caller's, to be freed with
 * referrers_free.  What refers to columns that are not there is left out.
 */
size_t
referrers_find(struct db *, const struct table *, struct referrer **list);
void referrers_free(struct referrer *, size_t n);

#endif
