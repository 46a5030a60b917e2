#ifndef SQUALL_SUGGEST_H
#define SQUALL_SUGGEST_H

#include "db/rows/facet.h"

/* A facet that may say something. */
struct facet_suggestion {
	enum facet_kind kind;
	size_t column;
};

enum { FACET_SUGGESTIONS_MAX = 64 }; /* for one page */

/*
 * Finds columns that are worth a facet, in the table's order.  Only the first
 * thousand rows that pass the filters are looked at.  There, a column has at
 * least two values but at most FACET_SIZE, and one of them twice; or its
 * values, or the first hundred of them, are JSON arrays, or have dates among
 * them.  Of the key there is none, and values that no facet has do not count.
 *
 * Reading these rows may take `limit_ms`, and half of what is left of the
 * page's time; there are no suggestions if that was not enough.  Returns how
 * many there are.
 */
size_t suggest_facets(struct db *, const struct filters *, int64_t limit_ms,
    struct facet_suggestion out[FACET_SUGGESTIONS_MAX]);

#endif
