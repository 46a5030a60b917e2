#ifndef SQUALL_FACETS_HTML_H
#define SQUALL_FACETS_HTML_H

#include "handlers/table/table_view.h"

/* Lists of values, with links to the rows that have them. */
void facets_html(const struct table_view *, struct buf *);

/* A line of links to the page with one more facet; nothing for none. */
void facets_html_suggestions(const struct table_view *, struct buf *);

#endif
