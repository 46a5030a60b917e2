#ifndef SQUALL_HANDLERS_STORED_PAGE_H
#define SQUALL_HANDLERS_STORED_PAGE_H

#include "app/http/route.h"
#include "app/text/buf.h"

/* "/{database}/{query}": the rows of one of the operator's queries. */
handler stored_page;

/*
 * The route of a stored query, which has its file's parameters and its hash in
 * its name, and so in the keys of its pages.  False without memory.  To be
 * released in any case.
 */
bool stored_page_route(
    struct route *, const char *database, const struct stored_query *);
void stored_page_route_release(struct route *);

/* The list of a database's queries; nothing if there are none. */
void
stored_page_list_html(struct buf *, const struct request *, const struct db *);

/* The same as an array. */
void
stored_page_list_json(struct buf *, const struct request *, const struct db *);

#endif
