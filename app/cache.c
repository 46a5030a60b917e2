/*
 * Pages in a store: short keys, entries, and keeping away from a store that
 * does not answer.  Called by the renderers.
 */
#include "app/cache.h"

#include <stdlib.h>

#include "app/clock.h"
#include "app/entry.h"
#include "app/log.h"
#include "app/store.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* How long a store that failed is not asked. */
enum { REST_US = 1000000 };

/* Sets squall's keys apart from what others keep in the same store. */
#define KEY_PREFIX "squall:"

struct cache {
	struct store *store;
	bool resting;
	int64_t rests_until_us;
	struct buf key, entry; /* reused from call to call */
};

bool
cache_open(struct cache **cache, const char *url, struct buf *why)
{
	struct cache *c = calloc(1, sizeof(*c));

	*cache = NULL;
	if (c == NULL) {
		buf_lit(why, "out of memory");
		return false;
	}
	if (!store_open(&c->store, url, why)) {
		free(c);
		return false;
	}
	*cache = c;
	return true;
}

void
cache_close(struct cache *c)
{
	if (c == NULL)
		return;
	store_close(c->store);
	buf_release(&c->key);
	buf_release(&c->entry);
	free(c);
}

const char *
cache_name(const struct cache *c)
{
	return c->store == NULL ? NULL : c->store->class->name;
}

static bool
may_ask(const struct cache *c)
{
	return c->store != NULL &&
	    (!c->resting || clock_mono_us() >= c->rests_until_us);
}

static void
note(struct cache *c, enum store_result result)
{
	const char *name = c->store->class->name;

	if (result == STORE_DOWN) {
		if (!c->resting)
			log_warn("cache", "%s: %s; going on without it", name,
			    c->store->class->error(c->store));
		c->resting = true;
		c->rests_until_us = clock_mono_us() + REST_US;
	} else if (c->resting) {
		log_info("cache", "%s answers again", name);
		c->resting = false;
	}
}

/* The store's key: the page's own where it fits, else a hash of it. */
static bool
make_key(struct cache *c, struct str key, struct str *out)
{
	buf_reset(&c->key);
	buf_lit(&c->key, KEY_PREFIX);
	if (c->key.len + key.len <= STORE_KEY_MAX) {
		buf_add(&c->key, key.s, key.len);
	} else {
		XXH128_hash_t h = XXH3_128bits(key.s, key.len);

		buf_printf(&c->key, "#%016llx%016llx",
		    (unsigned long long)h.high64, (unsigned long long)h.low64);
	}
	*out = (struct str){c->key.data, c->key.len};
	return !c->key.failed;
}

struct page *
cache_get(struct cache *c, struct str key, uint64_t version, int64_t now_ms)
{
	enum store_result result;
	struct str short_key;
	struct page *page;

	buf_reset(&c->entry);
	if (!may_ask(c) || !make_key(c, key, &short_key))
		return NULL;
	result = c->store->class->get(c->store, short_key, &c->entry);
	note(c, result);
	if (result != STORE_OK)
		return NULL;
	page = entry_decode((struct str){c->entry.data, c->entry.len}, key);
	if (page != NULL &&
	    (page->version != version || page->expires_ms <= now_ms)) {
		page_unref(page);
		page = NULL;
	}
	return page;
}

bool
cache_put(
    struct cache *c, struct str key, const struct page *page, int64_t now_ms)
{
	int64_t ttl_s = (page->expires_ms - now_ms + 999) / 1000;
	enum store_result result;
	struct str short_key;

	if (ttl_s <= 0 || !may_ask(c) || !make_key(c, key, &short_key))
		return false;
	buf_reset(&c->entry);
	entry_encode(page, key, &c->entry);
	if (c->entry.failed)
		return false;
	result = c->store->class->set(c->store, short_key,
	    (struct str){c->entry.data, c->entry.len}, ttl_s);
	note(c, result);
	if (result == STORE_REFUSED)
		log_debug("cache", "%s refuses %zu bytes: %s",
		    c->store->class->name, c->entry.len,
		    c->store->class->error(c->store));
	return result == STORE_OK;
}
