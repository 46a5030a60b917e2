#ifndef SQUALL_TABLE_H
#define SQUALL_TABLE_H

#include "app/route.h"

/* "/{database}/{table}": a page of rows. */
handler table_page;

/* Its parameters: indexes of request.values. */
enum { TABLE_NEXT, TABLE_SIZE, TABLE_SORT, TABLE_SORT_DESC, TABLE_PARAMS };

extern const struct param table_params[TABLE_PARAMS];

#endif
