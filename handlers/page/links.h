#ifndef SQUALL_LINKS_H
#define SQUALL_LINKS_H

#include "app/http/request.h"
#include "app/text/buf.h"

/*
 * Addresses of pages, ready for an attribute in double quotes.  They begin with
 * the prefix that squall is mounted under; `path` is what follows it, encoded.
 */
void link_path(struct buf *, const struct request *, const char *path);
void link_home(struct buf *, const struct request *);
void link_database(struct buf *, const struct request *, struct str database);
void link_table(struct buf *, const struct request *, struct str database,
    struct str table);

/* `key` as rows_key writes it. */
void link_row(struct buf *, const struct request *, struct str database,
    struct str table, struct str key);

/*
 * The address of this page in a format.  Its query is the canonical one: what
 * else the client sent must not get into a page that others see.
 */
void link_format(struct buf *, const struct request *, enum format);

#endif
