#ifndef SQUALL_ROW_H
#define SQUALL_ROW_H

#include "app/http/route.h"

/* "/{database}/{table}/{key}": one row, whole. */
handler row_page;

/* Its parameters: indexes of request.values, and the rows of row_params. */
enum { ROW_EXTRA, ROW_PARAMS };

extern const struct params row_params;

#endif
