#ifndef SQUALL_COLUMNS_H
#define SQUALL_COLUMNS_H

#include "app/http/route.h"

/*
 * "/{database}/{table}/-/columns": what each column is, which indexes begin
 * with it, and how its numbers are spread.
 */
handler columns_page;

#endif
