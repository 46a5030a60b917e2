#ifndef SQUALL_THROUGH_H
#define SQUALL_THROUGH_H

#include "db/rows/filter.h"

/*
 * Filters through another table, Datasette's _through: the rows that are
 * referred to by rows of that table which have a value in a column, as
 * {"table":"links","column":"tag_id","value":"1"}.
 */
enum { THROUGH_MAX = 16 };

struct through {
	struct buf values[THROUGH_MAX];
	size_t n;
};

void through_release(struct through *);

/*
 * Adds the filter that the JSON describes.  The struct, which begins as zeroes,
 * must outlive the filters.  False, and a sentence for the client: it is no
 * such JSON, there are no such table and column, or too many filters.
 */
bool through_add(struct through *, struct db *, struct filters *,
    struct str json, struct buf *why);

#endif
