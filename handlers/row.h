#ifndef SQUALL_ROW_H
#define SQUALL_ROW_H

#include "app/route.h"

/* "/{database}/{table}/{key}": one row, whole. */
handler row_page;

#endif
