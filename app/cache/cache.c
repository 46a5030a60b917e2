/*
 * Pages and leases in a store: short keys, entries, and keeping away from a
 * server that does not answer.  Called by the renderers.
 */
#include "app/cache/cache.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/cache/breaker.h"
#include "app/cache/build.h"
#include "app/cache/entry.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	/* How long a length that was refused is not tried again. */
	TOO_LARGE_US = 60 * 1000000,
	/* How far the clocks of hosts may differ. */
	CLOCKS_DIFFER_MS = 10 * 1000,
	/* How long a lease tells that its page has been stored. */
	DONE_MS = 1000,
	/* Refusals so far apart are two, and each is told. */
	REFUSALS_APART_US = 60 * 1000000,
	/* A refusal's text may end in keys: this much of it is its reason. */
	REASON_LEN = 25,
};

/* Sets squall's keys apart from what others keep in the same store. */
#define PAGE_PREFIX  "squall:"
#define LEASE_PREFIX "squall-lease:"

static const char lease_taken[] = "1", lease_done[] = "2";

/* One server of the store: its breaker, and its last refusal. */
struct server {
	struct breaker breaker;
	int64_t refused_us; /* the last time; 0: never */
	char reason[REASON_LEN + 1];
};

struct cache {
	struct store *store;
	struct stats_slot *stats;
	uint64_t build;
	struct server servers[STORE_SHARDS_MAX];
	size_t too_large; /* entries of so many bytes are refused; 0: none */
	int64_t too_large_until_us;
	struct buf key, entry; /* reused from call to call */
};

bool
cache_open(struct cache **cache, const struct store_config *config,
    struct stats_slot *stats, struct buf *why)
{
	struct cache *c = calloc(1, sizeof(*c));

	*cache = NULL;
	if (c == NULL) {
		buf_lit(why, "out of memory");
		return false;
	}
	if (!store_open(&c->store, config, why)) {
		free(c);
		return false;
	}
	c->stats = stats;
	c->build = build_number();
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

/* Counts breakers that open and close, for the status page. */
static void
count_breaker(struct cache *c, enum breaker_change change)
{
	if (change == BREAKER_OPENED) {
		stats_work(c->stats, WORK_BREAKER_OPENED, 1);
		stats_move(c->stats, LEVEL_BREAKERS_OPEN, 1);
	} else if (change == BREAKER_CLOSED) {
		stats_move(c->stats, LEVEL_BREAKERS_OPEN, -1);
	}
}

/* Counts a refusal, and tells the log when there is a new reason for it. */
static void
note_refusal(struct cache *c, struct server *server)
{
	const char *why = c->store->class->error(c->store);
	int64_t now_us = clock_mono_us();
	bool known = server->refused_us != 0 &&
	    now_us - server->refused_us < REFUSALS_APART_US &&
	    strncmp(server->reason, why, REASON_LEN) == 0;

	stats_work(c->stats, WORK_STORE_REFUSED, 1);
	server->refused_us = now_us;
	if (known)
		return;
	snprintf(server->reason, sizeof(server->reason), "%s", why);
	log_warn("cache", "%s refuses what it is asked: %s",
	    c->store->class->name, why);
}

/* The server did not answer, or not as one that is to be asked again. */
static void
note_failure(struct cache *c, struct server *server, bool write,
    enum store_result result)
{
	const struct store_class *class = c->store->class;
	enum breaker_change change = breaker_failed(
	    &server->breaker, write, result != STORE_DOWN, clock_mono_us());

	stats_work(c->stats,
	    result == STORE_LATE ? WORK_STORE_TIMEOUTS : WORK_STORE_ERRORS, 1);
	count_breaker(c, change);
	if (change == BREAKER_OPENED)
		log_warn("cache", "%s: %s; going on without it", class->name,
		    class->error(c->store));
}

enum { READ = false, WRITE = true };

/* Tells the breaker and the counters; the log when it makes a difference. */
static void
note(struct cache *c, struct server *server, bool write,
    enum store_result result)
{
	enum breaker_change change;

	if (result == STORE_DOWN || result == STORE_UNFIT ||
	    result == STORE_LATE) {
		note_failure(c, server, write, result);
		return;
	}
	if (result == STORE_REFUSED)
		note_refusal(c, server);
	change = breaker_answered(&server->breaker, write);
	count_breaker(c, change);
	if (change == BREAKER_CLOSED)
		log_info("cache", "%s answers again", c->store->class->name);
}

/* A key in the store, and the server that has it. */
struct place {
	struct str key;
	struct server *server;
};

/* False if that server is not to be asked now, or without memory. */
static bool
reach(struct cache *c, struct place *p)
{
	p->key = str_of_buf(&c->key);
	p->server = &c->servers[c->store->class->shard(c->store, p->key)];
	return !c->key.failed &&
	    breaker_allows(&p->server->breaker, clock_mono_us());
}

static void
add_hash(struct buf *b, struct str key, uint64_t seed)
{
	XXH128_hash_t h = XXH3_128bits_withSeed(key.s, key.len, seed);

	buf_printf(b, "%016llx%016llx", (unsigned long long)h.high64,
	    (unsigned long long)h.low64);
}

/* Where a page is: under its own key where that fits, else under a hash. */
static bool
reach_page(struct cache *c, struct str key, struct place *p)
{
	if (c->store == NULL)
		return false;
	buf_reset(&c->key);
	buf_lit(&c->key, PAGE_PREFIX);
	if (c->key.len + key.len <= STORE_KEY_MAX) {
		buf_add(&c->key, key.s, key.len);
	} else {
		buf_char(&c->key, '#');
		add_hash(&c->key, key, 0);
	}
	return reach(c, p);
}

/* A page's label in the store: of which version it is, and by which program. */
static uint64_t
label_of(const struct cache *c, uint64_t version)
{
	return version ^ c->build;
}

/* A lease is for one label: who renders an older one is in nobody's way. */
static bool
reach_lease(struct cache *c, struct str key, uint64_t version, struct place *p)
{
	if (c->store == NULL)
		return false;
	buf_reset(&c->key);
	buf_lit(&c->key, LEASE_PREFIX);
	add_hash(&c->key, key, label_of(c, version));
	return reach(c, p);
}

/*
 * A connection may have been closed since it was used last, as by a restart of
 * the server: that deserves a second try.
 */
static enum store_result
get(struct cache *c, const struct place *p, struct str *value)
{
	enum store_result result =
	    c->store->class->get(c->store, p->key, value);

	if (result == STORE_DOWN && p->server->breaker.failures == 0)
		result = c->store->class->get(c->store, p->key, value);
	note(c, p->server, READ, result);
	return result;
}

/* Made in the future: the clock was set back, and who knows how long ago. */
static bool
has_expired(const struct page *page, int64_t now_ms)
{
	return page->expires_ms <= now_ms ||
	    page->made_ms > now_ms + CLOCKS_DIFFER_MS;
}

struct page *
cache_get(struct cache *c, struct str key, uint64_t version, int64_t now_ms,
    enum cache_miss *why)
{
	uint64_t wanted = label_of(c, version), label;
	struct place place;
	struct str entry;
	struct page *page;

	*why = CACHE_NOTHING;
	if (!reach_page(c, key, &place))
		return NULL;
	stats_work(c->stats, WORK_STORE_GETS, 1);
	if (get(c, &place, &entry) != STORE_OK)
		return NULL;
	page = entry_decode(entry, key, &label);
	if (page == NULL) {
		/* Another key's, perhaps: then the next would be one as well.
		 */
		c->store->class->drop(c->store);
	} else if (label != wanted || has_expired(page, now_ms)) {
		*why = label != wanted ? CACHE_OUTDATED : CACHE_EXPIRED;
		page_unref(page);
		page = NULL;
	} else {
		page->version = version;
		stats_work(c->stats, WORK_STORE_HITS, 1);
	}
	return page;
}

/* Remembers the length that was too much, and says so once. */
static void
note_too_large(struct cache *c)
{
	stats_work(c->stats, WORK_STORE_TOO_LARGE, 1);
	if (c->too_large == 0)
		log_info("cache",
		    "%s takes no pages of %zu bytes: they stay in memory",
		    c->store->class->name, c->entry.len);
	c->too_large = c->entry.len;
	c->too_large_until_us = clock_mono_us() + TOO_LARGE_US;
}

static bool
is_too_large(struct cache *c)
{
	if (c->too_large == 0 || c->entry.len < c->too_large)
		return false;
	if (clock_mono_us() < c->too_large_until_us)
		return true;
	c->too_large = 0; /* it may be another server by now */
	return false;
}

bool
cache_put(
    struct cache *c, struct str key, const struct page *page, int64_t now_ms)
{
	int64_t ttl_ms = page->expires_ms - now_ms;
	enum store_result result;
	struct place place;

	if (ttl_ms <= 0 || !reach_page(c, key, &place))
		return false;
	buf_reset(&c->entry);
	entry_encode(page, label_of(c, page->version), key, &c->entry);
	if (c->entry.failed)
		return false;
	if (is_too_large(c)) {
		stats_work(c->stats, WORK_STORE_TOO_LARGE, 1);
		return false;
	}
	result = c->store->class->set(
	    c->store, place.key, str_of_buf(&c->entry), ttl_ms);
	note(c, place.server, WRITE, result);
	if (result == STORE_OK)
		stats_work(c->stats, WORK_STORE_SETS, 1);
	else if (result == STORE_TOO_LARGE)
		note_too_large(c);
	return result == STORE_OK;
}

enum lease
cache_lease(struct cache *c, struct str key, uint64_t version, int64_t lease_ms)
{
	enum store_result result;
	struct place place;
	struct str value;

	if (!reach_lease(c, key, version, &place))
		return LEASE_OURS;
	result = c->store->class->add(
	    c->store, place.key, str_of(lease_taken), lease_ms);
	note(c, place.server, WRITE, result);
	if (result != STORE_EXISTS)
		return LEASE_OURS;
	result = get(c, &place, &value);
	if (result == STORE_OK && str_is(value, lease_done))
		return LEASE_DONE;
	/* Or it has just ended: the next look will tell. */
	if (result == STORE_MISS ||
	    (result == STORE_OK && str_is(value, lease_taken)))
		return LEASE_TAKEN;
	if (result == STORE_OK) /* nothing that squall has written */
		c->store->class->drop(c->store);
	return LEASE_OURS;
}

void
cache_release(struct cache *c, struct str key, uint64_t version, bool stored)
{
	enum store_result result;
	struct place place;

	if (!reach_lease(c, key, version, &place))
		return;
	/*
	 * A client that missed just before the page was stored asks for the
	 * lease now: it must not get it.
	 */
	if (stored)
		result = c->store->class->set(
		    c->store, place.key, str_of(lease_done), DONE_MS);
	else
		result = c->store->class->remove(c->store, place.key);
	note(c, place.server, WRITE, result);
}
