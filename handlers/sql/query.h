#ifndef SQUALL_HANDLERS_QUERY_H
#define SQUALL_HANDLERS_QUERY_H

#include "app/http/route.h"
#include "handlers/sql/result.h"

/* "/{database}/-/query?sql=": a visitor's SQL, where the configuration says so.
 */
handler query_page;

/* Its parameters: indexes of request.values, after those of all results. */
enum { QUERY_SQL = RESULT_PARAMS, QUERY_PARAMS };

extern const struct params query_params;

/* The form with an empty statement, for the database's page. */
void query_form(struct buf *, const struct request *, struct str database);

#endif
