#ifndef SQUALL_TABLE_MAP_H
#define SQUALL_TABLE_MAP_H

#include "handlers/table/table_view.h"

/* Writes the map of all rows; a status as a handler's. */
int table_map(struct table_view *, struct page *);

#endif
