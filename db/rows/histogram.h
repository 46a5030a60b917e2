#ifndef SQUALL_DB_HISTOGRAM_H
#define SQUALL_DB_HISTOGRAM_H

#include "db/rows/filter.h"

/*
 * How the numbers of a column are spread, by a sample of rows.
 */
enum {
	HISTOGRAM_BINS = 20,
	HISTOGRAM_ROWS = 10000, /* of the sample, at most */
	HISTOGRAM_BUDGET_MS = 100,
};

struct histogram {
	double min, max;
	int64_t n;                      /* numbers */
	int64_t counts[HISTOGRAM_BINS]; /* of equal parts, from min to max */
	size_t bins;                    /* one, where min is max */
	bool sampled;                   /* there are more rows than that */
};

/*
 * Reads the numbers that a column of the table has in the rows that pass the
 * filters; other values are passed over.  Of a large table without filters, the
 * sample is from all over it; else it has the first rows.  False if there are
 * none, or reading took longer than `budget_ms`.
 */
bool histogram_read(struct histogram *, struct db *, const struct filters *,
    size_t column, int64_t budget_ms);

#endif
