#ifndef SQUALL_MEMCACHED_H
#define SQUALL_MEMCACHED_H

#include "app/cache/store.h"

/*
 * A store of one or more Memcached servers (protocol.txt of its sources).
 * `address` is what follows "memcached:": "//HOST:PORT[/?WEIGHT][,...]" (port
 * 11211 where none is given, an IPv6 address in brackets) or "/path.sock".  As
 * store_open.
 */
bool
memcached_store_open(struct store **, const char *address, struct buf *why);

#endif
