#ifndef SQUALL_TABLE_CSV_H
#define SQUALL_TABLE_CSV_H

#include "handlers/table/table_view.h"

/* Writes the rows as CSV; a status as a handler's. */
int table_csv(struct table_view *, struct page *);

#endif
