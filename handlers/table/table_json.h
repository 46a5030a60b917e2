#ifndef SQUALL_TABLE_JSON_H
#define SQUALL_TABLE_JSON_H

#include "handlers/table/table_view.h"

/* Writes the rows as JSON; a status as a handler's. */
int table_json(struct table_view *, struct page *);

#endif
