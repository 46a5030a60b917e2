#ifndef SQUALL_CACHE_H
#define SQUALL_CACHE_H

#include "app/cache/store.h"
#include "app/http/page.h"
#include "app/text/str.h"
#include "app/watch/stats.h"

/*
 * The store tier as renderers see it: pages in a store, by key, and leases, by
 * which the workers of all hosts agree who renders a page.  Both are for pages
 * of a version, made by this program: another build's look different.  One
 * handle per thread.  It can only help: whatever is wrong with the store is a
 * miss and a lease granted, and a server that fails is left alone for a while.
 */
struct cache;

/*
 * Opens the store; what it does is counted in the slot, which must outlive it.
 * False for an address that can't be one, which `why` explains, or without
 * memory.
 */
bool cache_open(struct cache **, const struct store_config *,
    struct stats_slot *, struct buf *why);

/* NULL is harmless. */
void cache_close(struct cache *);

/* "memcached" or "redis"; NULL for a cache without a store. */
const char *cache_name(const struct cache *);

enum cache_miss { CACHE_NOTHING, CACHE_EXPIRED, CACHE_OUTDATED };

/*
 * A new page, if the store has one under this key of this version that has not
 * expired; else NULL, and `why` says what was wrong with the one it has.
 */
struct page *cache_get(struct cache *, struct str key, uint64_t version,
    int64_t now_ms, enum cache_miss *why);

/*
 * True if the store took the page.  A length that the store has just refused is
 * not sent again for a while.
 */
bool
cache_put(struct cache *, struct str key, const struct page *, int64_t now_ms);

enum lease {
	LEASE_OURS,  /* render it; then give the lease back */
	LEASE_TAKEN, /* somebody is rendering it: look again soon */
	LEASE_DONE,  /* somebody has rendered it, a moment ago */
};

/* Asks for the right to render a page of a version; it ends by itself. */
enum lease
cache_lease(struct cache *, struct str key, uint64_t version, int64_t lease_ms);

/* Gives a lease back; `stored`: the page is in the store by now. */
void
cache_release(struct cache *, struct str key, uint64_t version, bool stored);

#endif
