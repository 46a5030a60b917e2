#ifndef SQUALL_TABLE_EXTRAS_H
#define SQUALL_TABLE_EXTRAS_H

#include "handlers/table/table_view.h"

/* 200, or page_error's status if _extra asks for what there is not. */
int table_extras_check(const struct table_view *, struct page *);

/* Adds the members that _extra asks for. */
void table_extras(struct table_view *, struct buf *);

#endif
