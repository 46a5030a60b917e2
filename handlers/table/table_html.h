#ifndef SQUALL_TABLE_HTML_H
#define SQUALL_TABLE_HTML_H

#include "handlers/table/table_view.h"

/* Writes the page for people; a status as a handler's. */
int table_html(struct table_view *, struct page *);

#endif
