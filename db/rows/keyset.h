#ifndef SQUALL_KEYSET_H
#define SQUALL_KEYSET_H

#include "db/schema/table.h"
#include "db/sqlite/query.h"

/*
 * Keyset paging: the rows after a given one in a total order, found by index
 * and not by counting, so that the last page costs what the first does.
 *
 * The order is a list of terms, ending with the key so that no two rows are
 * equal.  What comes after a row is the concatenation of ranges, each of which
 * an index can answer: first the rows that equal it in all terms but the last
 * and follow it in that, then those that equal it in one term less, and so on.
 * NULLs sort first, as everywhere in SQLite, and last where the order is
 * descending; such a term has a range more or less.
 */
enum { KEYSET_TERMS = SCHEMA_KEY_MAX + 2 };

struct keyset_term {
	size_t column; /* index of the table's columns; n_columns: the rowid */
	bool descending;
};

/* With n == 0 there is no total order (a view): rows are counted off. */
struct keyset {
	const struct table *table;
	struct keyset_term terms[KEYSET_TERMS];
	size_t n;
	/* A view's order need not be total: it is not used for paging. */
	struct keyset_term sort;
	bool sorted;
};

struct keyset_value {
	enum value_type type;
	bool far; /* too long for a token: it stands in the row with this key */
	int64_t number;
	double real;
	struct str text; /* points into the position's memory */
};

/* Where a page begins: after a row, or at the start. */
struct keyset_position {
	bool given;
	int64_t offset; /* without a total order */
	struct keyset_value values[KEYSET_TERMS];
	struct buf memory;
};

/* The order by a column (n_columns: by the key alone), then by the key. */
void keyset_init(
    struct keyset *, const struct table *, size_t sort_column, bool descending);

/*
 * Reads a token that keyset_token wrote for this order; false if it is not
 * one.  The position is to be released in any case.
 */
bool
keyset_parse(const struct keyset *, struct str token, struct keyset_position *);
void keyset_position_release(struct keyset_position *);

/*
 * Writes the token for the rows after the query's current row, whose first
 * columns are the table's, followed by the rowid where the order uses it.
 * The token survives in a query string with url_arg.
 */
void
keyset_token(const struct keyset *, const struct query *, struct buf *token);

/* The same for a view, of which `offset` rows have been seen. */
void keyset_offset_token(int64_t offset, struct buf *token);

/*
 * True if the position can be found: a value that was too long for the token
 * stands in its row, which may be gone by now.
 */
bool keyset_exists(
    struct db *, const struct keyset *, const struct keyset_position *);

/* How many ranges follow the position: at least one. */
size_t keyset_ranges(const struct keyset *, const struct keyset_position *);

/*
 * Adds "... ORDER BY ..." for one range of the table, which goes by "r": what
 * belongs to it, if that is a condition, behind `glue`, " WHERE " or " AND ".
 * keyset_bind binds its values from parameter `i` on; returns the number of the
 * next free parameter.
 */
void keyset_sql(const struct keyset *, const struct keyset_position *,
    size_t range, const char *glue, struct buf *sql);
int keyset_bind(const struct keyset *, const struct keyset_position *,
    size_t range, struct query *, int i);

/*
 * Adds the name of a column, or of the rowid, of the table, which goes by its
 * own name in the statement, or by `alias`.  Always qualified: in ORDER BY, a
 * mere name would be that of a result first.
 */
void keyset_column(const struct table *, size_t column, struct buf *sql);
void keyset_column_as(
    const struct table *, size_t column, char alias, struct buf *sql);

/*
 * The name of a result of a SELECT about the table, outside of it, with a
 * number.  In its conditions SQLite takes a word in double quotes for such a
 * name rather than for a text, so it is none that visitors would write.
 */
#define KEYSET_RESULT "\"squall:%zu\""

#endif
