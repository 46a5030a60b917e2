#ifndef SQUALL_ERROR_H
#define SQUALL_ERROR_H

#include "app/http/page.h"
#include "app/http/request.h"
#include "db/sqlite/db.h"

/*
 * Renders an error: the page's status and the sentence in its body become an
 * HTML page or a JSON object, as the request's format has it.
 */
void error_page(const struct request *, struct page *);

/*
 * The page for a request that route_request or request_parse has refused with
 * this status and reason.  A new reference; NULL: out of memory.
 */
struct page *
error_refusal(const struct request *, int status, const struct buf *why);

/* What a database's failure is to the client; returns the HTTP status. */
int error_database(struct page *, struct db *, enum db_status);

#endif
