#ifndef SQUALL_TABLE_SEARCH_H
#define SQUALL_TABLE_SEARCH_H

#include "app/http/page.h"
#include "app/http/request.h"
#include "db/rows/search.h"

/*
 * The search of a table's page: _search, _search_COLUMN and what goes with
 * them.
 */
struct table_search {
	struct search_index index; /* version is 0 if it can't be searched */
	struct search search;
	bool raw; /* unless the page says something else */
	/* The argument that each term came from; ARGUMENT_NONE: _search. */
	size_t arguments[SEARCH_TERMS];
};

/* True for a parameter _search_COLUMN. */
bool table_search_takes(struct str name);

/*
 * Reads the request's words, and adds them to the table's filters, which the
 * search must outlive.  Returns 200, or page_error's status; to be released in
 * any case.
 */
int table_search_read(struct table_search *, const struct request *,
    struct db *, struct filters *, struct page *);
void table_search_release(struct table_search *);

#endif
