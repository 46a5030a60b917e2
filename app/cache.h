#ifndef SQUALL_CACHE_H
#define SQUALL_CACHE_H

#include "app/page.h"
#include "app/str.h"

/*
 * The store tier as renderers see it: pages in a store, by key.  One handle
 * per thread.  It can only help: whatever is wrong with the store is a miss,
 * and one that fails is left alone for a while.
 */
struct cache;

/*
 * Opens the store that `url` (the --cache option) names.  False for an address
 * that can't be one, which `why` explains, or without memory.
 */
bool cache_open(struct cache **, const char *url, struct buf *why);

/* NULL is harmless. */
void cache_close(struct cache *);

/* "memcached"; NULL for a cache without a store. */
const char *cache_name(const struct cache *);

/*
 * A new page, if the store has one under this key of this version that has not
 * expired; else NULL.
 */
struct page *
cache_get(struct cache *, struct str key, uint64_t version, int64_t now_ms);

/* Whether the store took the page. */
bool
cache_put(struct cache *, struct str key, const struct page *, int64_t now_ms);

#endif
