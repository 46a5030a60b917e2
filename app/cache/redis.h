#ifndef SQUALL_REDIS_H
#define SQUALL_REDIS_H

#include "app/cache/store.h"

/*
 * A store in a Redis server, through hiredis.  `address` is what follows
 * "redis:": "//[USER@]HOST[:PORT][/DB]" (port 6379 and database 0 where none
 * is given, an IPv6 address in brackets) or "/path.sock[?db=DB]".  `password`
 * may be NULL.  As store_open.
 */
bool redis_store_open(struct store **, const char *address,
    const char *password, struct buf *why);

#endif
