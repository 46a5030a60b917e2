#ifndef SQUALL_ROWS_H
#define SQUALL_ROWS_H

#include "db/rows/filter.h"
#include "db/rows/keyset.h"

/*
 * Rows of a table, with what their foreign keys refer to.
 *
 * The query's columns are, in this order: the table's; its rowid, where it
 * has no key of its own; and for each reference the key of the row that it
 * refers to (NULL where there is none) and that row's label.
 */
enum { ROWS_REFERENCES = 32 };

struct reference {
	size_t column;    /* the column of the table that shows it */
	char *table;      /* the table that it refers to */
	char *to;         /* the column there; NULL: out of memory */
	char *label_name; /* the column that has its label, or NULL */
	int key;          /* the first column of the query that has its key */
	int n_key;
	enum affinity affinity[SCHEMA_KEY_MAX]; /* of the key's columns */
	int label; /* the column of the query that has its label, or -1 */
};

struct rows {
	struct db *db;
	const struct table *table;
	struct reference references[ROWS_REFERENCES];
	size_t n_references;
	bool has_rowid; /* the column after the table's is its rowid */
	struct query query;
	struct buf columns; /* the SELECT list, and the same outside */
	struct buf outer;
	struct buf joins;
	struct buf memory; /* the values that rows_find bound */
	/* For a page of rows: */
	const struct filters *filters; /* NULL: all rows */
	const struct keyset *keyset;
	const struct keyset_position *position;
	size_t range;
	int64_t seen, limit;
	int64_t skipped; /* of the range: they were seen when it was cut */
	bool cut;        /* the range, to what may be enough of it */
	bool open;
};

/* Looks the references up.  The table must outlive the rows. */
void rows_init(struct rows *, struct db *, const struct table *);
void rows_release(struct rows *);

/* At most `limit` rows that pass the filters (NULL: all do) from a position. */
void rows_page(struct rows *, const struct filters *, const struct keyset *,
    const struct keyset_position *, int64_t limit);

/*
 * The row with a key, given as its segment of a URL: the components in
 * tilde-encoding, separated by commas, or the rowid.  Reads it as rows_next
 * does; false if there is none.
 */
bool rows_find(struct rows *, struct str encoded_key);

/* Steps to the next row, whose values rows->query has. */
bool rows_next(struct rows *);

/* The reference that a column shows, or NULL. */
const struct reference *rows_reference(const struct rows *, size_t column);

/*
 * Adds the key of the current row, or of the one that it refers to, as
 * rows_find takes it.  False, and nothing added, where a key can't be written:
 * a view's row, or a key with NULL in it.
 */
bool rows_key(const struct rows *, struct buf *);
bool
rows_reference_key(const struct rows *, const struct reference *, struct buf *);

#endif
