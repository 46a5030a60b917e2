#ifndef SQUALL_RESULT_EXTRAS_H
#define SQUALL_RESULT_EXTRAS_H

#include "db/sqlite/guard.h"
#include "handlers/sql/result.h"

/* The extras of a statement's rows (see extras.h). */

/* 200, or page_error's status if something is asked for that there is not. */
int result_extras_check(const struct request *, struct page *);

/* The members that are asked for, each behind a comma. */
void
result_extras(const struct asked *, const struct query *, struct buf *json);

#endif
