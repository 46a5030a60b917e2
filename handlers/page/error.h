#ifndef SQUALL_ERROR_H
#define SQUALL_ERROR_H

#include "app/http/page.h"
#include "app/http/request.h"
#include "db/sqlite/db.h"

/* An HTML page, a JSON object or plain text: the error_handler of all routes.
 */
void error_page(const struct request *, struct page *);

/* Makes an error page of a database's failure; returns the HTTP status. */
int error_database(struct page *, struct db *, enum db_status);

#endif
