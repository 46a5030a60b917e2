#ifndef SQUALL_SEARCH_H
#define SQUALL_SEARCH_H

#include "db/rows/filter.h"

/*
 * Full-text search (fts3.html, fts5.html): the FTS table that knows the words
 * of a table, and what people type as a query that it understands.
 */
struct search_index {
	struct table table; /* the FTS table; its columns can be searched */
	int version;        /* 3, 4 or 5; 0: there is no index */
	/*
	 * The column of the searched table that is the FTS table's rowid;
	 * n_columns: its own rowid.
	 */
	size_t key;
};

/*
 * Finds the index of a table: the table itself if it is an FTS table, the one
 * that has it for its external content, or one without content that is called
 * NAME_fts and has columns of the table only.  False if there is none.  To be
 * released in any case.
 */
bool search_find(struct db *, const struct table *, struct search_index *);

/*
 * Takes a certain FTS table for the index, whose rowid is what the column
 * `key` has (s is NULL: what search_find would take): so a view can be
 * searched.  False if there are no such table and column.
 */
bool search_use(struct db *, const struct table *, struct str fts,
    struct str key, struct search_index *);

/*
 * The index that the configuration names, or else the one that search_find
 * finds.  False if there is none, or the configured one does not go with the
 * table.  To be released in any case.
 */
bool
search_configured(struct db *, const struct table *, struct search_index *);

void search_index_release(struct search_index *);

enum { SEARCH_TERMS = 16 };

/* A search for the rows that all of the terms match. */
struct search {
	const struct table *table;
	const struct search_index *index;
	struct search_term {
		size_t column;    /* of the index; n_columns: any of them */
		struct str words; /* as they were given */
		struct buf match; /* an FTS query */
	} terms[SEARCH_TERMS];
	size_t n;
};

/* The table and its index must outlive the search. */
void
search_init(struct search *, const struct table *, const struct search_index *);
void search_release(struct search *);

/*
 * Looks for words, in a column of the index or (n_columns) in all: each of
 * them, "several words" in quotes as they stand there, and word* for all that
 * begin so.  Nothing else means anything, unless `raw`: that is the query
 * language of FTS.  Without words, nothing is added.  The words must outlive
 * the search.  False: too many terms.
 */
bool search_add(struct search *, size_t column, struct str words, bool raw);

/*
 * True if the index takes the queries; if not, `why` gets what SQLite says.
 * Not to be called within a budget.
 */
bool search_check(struct db *, const struct search *, struct buf *why);

/*
 * Adds the terms to the filters of the table, whose rows then match them; the
 * search must outlive the filters.  False: there are too many filters.
 */
bool search_apply(const struct search *, struct filters *);

#endif
