#ifndef SQUALL_TABLE_FACETS_H
#define SQUALL_TABLE_FACETS_H

#include "handlers/table_view.h"

/*
 * The facets of a table's page: those that _facet, _facet_array and _facet_date
 * ask for, and suggestions of others.
 */

/* 200, or page_error's status: a facet is asked for that there can't be. */
int table_facets_check(const struct table_view *, struct page *);

/* Whether the page asks for one, which makes them part of its JSON. */
bool table_facets_wanted(const struct table_view *);

/* Beside the rows: lists of values, and links to suggestions. */
void table_facets_html(const struct table_view *, struct buf *);

/* The values of the extras of these names. */
void table_facets_results(struct table_view *, struct buf *);
void table_facets_sorted(struct table_view *, struct buf *);
void table_facets_timed_out(struct table_view *, struct buf *);
void table_facets_suggested(struct table_view *, struct buf *);

#endif
