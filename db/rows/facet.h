#ifndef SQUALL_FACET_H
#define SQUALL_FACET_H

#include "db/rows/filter.h"

/*
 * Facets: the commonest values of a column among the rows that pass the
 * filters, each with the number of rows that have it.  Texts of more than
 * FACET_VALUE_MAX bytes, as the file has them, are left out, and labels end
 * there: a facet's value is for a link's address, which is no longer.
 */
enum { FACET_VALUE_MAX = 16 << 10 };

enum facet_kind {
	FACET_COLUMN, /* the values themselves; neither NULL nor bytes */
	FACET_ARRAY,  /* what the JSON arrays in it hold */
	FACET_DATE,   /* the days that date() makes of them */
};

/* Where a string stands in the facet's memory. */
struct facet_str {
	size_t at, len;
};

struct facet_value {
	enum value_type type; /* VALUE_INT, _REAL or _TEXT */
	struct facet_str text, label;
	bool has_label; /* of the row that the value refers to */
	int64_t count;
};

struct facet {
	enum facet_kind kind;
	size_t column;
	struct facet_value *values; /* the commonest first */
	size_t n;
	bool truncated; /* there are more values */
	struct buf memory;
};

/*
 * Reads an entry of a table's `facets`: a column's name, with "array:" or
 * "date:" before it for facets of that kind.  False: there is no such column.
 */
bool facet_parse(
    const struct table *, const char *entry, enum facet_kind *, size_t *column);

/*
 * Reads at most `size` values, for at most `limit_ms`, and half of what is left
 * of the page's time.  False, and nothing read, if that was not enough.  To be
 * released in any case.
 */
bool facet_read(struct facet *, struct db *, const struct filters *,
    enum facet_kind, size_t column, size_t size, int64_t limit_ms);
void facet_release(struct facet *);

/* A value as text, as filters take it, and its label or again the text. */
struct str facet_text(const struct facet *, const struct facet_value *);
struct str facet_label(const struct facet *, const struct facet_value *);

enum { FACET_SIZE = 30 }; /* values of a facet, unless it says more */

#endif
