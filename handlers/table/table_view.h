#ifndef SQUALL_TABLE_VIEW_H
#define SQUALL_TABLE_VIEW_H

#include "app/http/page.h"
#include "app/http/request.h"
#include "db/rows/filter.h"
#include "db/rows/rows.h"
#include "db/rows/through.h"
#include "db/sqlite/published.h"
#include "handlers/map/geojson.h"
#include "handlers/page/cell.h"
#include "handlers/table/table_search.h"

/*
 * The part of a table that a page shows: rows, columns, order, and the row that
 * it has come to.  table.c reads it from the request, and each format writes
 * it.
 */
enum { STREAM_ROWS = 1000 }; /* of a part of a stream */

/* A column that is shown. */
struct shown {
	size_t column;  /* of the table; n_columns: its rowid */
	unsigned style; /* enum cell_style */
};

struct table_view {
	const struct request *req;
	struct db *db;
	struct table table;
	const struct table_metadata *metadata; /* what is said of it */
	struct filters filters;
	/* The argument that each came from; ARGUMENT_NONE: from _search. */
	size_t arguments[FILTERS_MAX];
	struct through through;
	struct table_search search;
	size_t sort; /* the column, or n_columns */
	bool descending;
	int64_t size; /* of the page, in rows */
	struct shown *shown;
	size_t n_shown;
	struct keyset keyset;
	struct keyset_position position;
	struct rows rows;
	int64_t n;       /* rows so far */
	struct buf next; /* the token of the next page; see table_view_next */
};

/*
 * Reads the request.  Returns 200, or page_error's status; to be released in
 * any case.
 */
int table_view_init(
    struct table_view *, const struct request *, struct db *, struct page *);
void table_view_release(struct table_view *);

/*
 * Steps to the page's next row, whose values `rows.query` has.  After the last
 * one `next` has the next page's token; it is empty if there is no such page.
 */
bool table_view_next(struct table_view *);

/* Stops at the row that table_view_next came to: `next` has what follows it. */
void table_view_stop(struct table_view *);

/* True if the configuration lets rows be sorted by the column. */
bool table_view_may_sort(const struct table_view *, size_t column);

/*
 * Adds the address of this page: in a format, and without some parameters, as
 * params_write has it.  Returns the mark that a further parameter begins with.
 */
char table_view_url(const struct table_view *, enum format, uint64_t without,
    size_t without_argument, struct buf *);

/* The address of the next page, once `next` has its token. */
void table_view_next_url(const struct table_view *, struct buf *);

/* Makes the error page of a table whose rows have no place on the globe. */
int table_view_nowhere(const struct table_view *, struct page *);

/*
 * Adds, for an attribute, the address of the table with these filters, or of
 * what stands behind it: `rest` is "", or "/-/map" and the like.
 */
void table_view_link(const struct table_view *, const char *rest, struct buf *);

/* Adds "where … sorted by … descending", as far as it applies. */
void table_view_describe(const struct table_view *, struct buf *);

#endif
