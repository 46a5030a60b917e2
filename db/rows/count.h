#ifndef SQUALL_COUNT_H
#define SQUALL_COUNT_H

#include "db/rows/filter.h"

/* How many rows there are, as far as that is cheap to tell. */
struct count {
	int64_t n; /* -1: it took too long to tell */
	bool more; /* there are more than that */
};

enum {
	COUNT_MAX = 10000,    /* rows are counted up to here */
	COUNT_BUDGET_MS = 50, /* and for this long */
};

/*
 * Counts the rows that pass the filters, up to COUNT_MAX.  All rows of a table
 * may be counted to the last one: where triggers keep their number (in the
 * table _counts, as sqlite-utils makes it), where the file is small, or where
 * the statistics of ANALYZE promise that it will not take long.
 */
struct count count_rows(struct db *, const struct filters *, int64_t budget_ms);

/*
 * Counts the rows that pass, up to `max`, for at most `budget_ms`.  More than
 * `max` comes back as max + 1, and -1 where it took too long.
 */
int64_t count_up_to(
    const struct filters *, struct db *, int64_t max, int64_t budget_ms);

#endif
