#ifndef SQUALL_TABLE_FACETS_H
#define SQUALL_TABLE_FACETS_H

#include "handlers/table/table_view.h"

/*
 * The facets of a table's page: the configured ones, those that _facet,
 * _facet_array and _facet_date ask for, and suggestions of others.
 */

/* 200, or page_error's status: a facet is asked for that there can't be. */
int table_facets_check(const struct table_view *, struct page *);

/* True if the page asks for a facet; and if it has any, a configured one as
 * well, which makes them part of its JSON. */
bool table_facets_asked(const struct table_view *);
bool table_facets_wanted(const struct table_view *);

/* Lists of values, with links to the rows that have them. */
void table_facets_html(const struct table_view *, struct buf *);

/* A line of links to the page with one more facet; nothing for none. */
void table_facets_suggestions(const struct table_view *, struct buf *);

/* The values of the extras of these names; `view` is a table_view. */
void table_facets_results(void *view, struct buf *);
void table_facets_sorted(void *view, struct buf *);
void table_facets_timed_out(void *view, struct buf *);
void table_facets_suggested(void *view, struct buf *);

#endif
