/*
 * The slow half of a request's path: store → handler → SQLite → page → store.
 * renderer_make is all of it.  Called by the threads of renderers.c, and by the
 * process itself in CGI.
 */
#include "app/render/renderer.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>

#include "app/cache/cache.h"
#include "app/render/encoder.h"
#include "app/render/slow.h"
#include "app/text/alloc.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	NOT_FOUND_TTL_S = 10,
	/* A lease lasts a little longer than rendering may take. */
	LEASE_MARGIN_MS = 1000,
	JITTER = 10, /* a page may end early by this part of its time */
};

struct renderer {
	const struct site *site;
	struct catalog *catalog;
	struct cache *cache;
	struct encoder *encoder;
	struct db_work work; /* for the page in hand */
};

struct renderer *
renderer_new(const struct site *site)
{
	struct renderer *r = calloc(1, sizeof(*r));
	struct buf why = {0};

	if (r == NULL) {
		log_error("renderer", "out of memory");
		return NULL;
	}
	r->site = site;
	r->catalog = catalog_new(
	    site->databases, site->n_databases, site->time_limit_ms);
	if (r->catalog != NULL)
		catalog_bound_files(r->catalog, site->files);
	r->encoder = encoder_new();
	if (r->catalog == NULL || r->encoder == NULL ||
	    (site->slow_ms > 0 && !catalog_profile(r->catalog)) ||
	    !cache_open(&r->cache, &site->store, site->slot, &why)) {
		log_error("renderer", "%s",
		    why.len == 0 ? "out of memory" : buf_cstr(&why));
		renderer_free(r);
		r = NULL;
	}
	buf_release(&why);
	return r;
}

void
renderer_free(struct renderer *r)
{
	if (r == NULL)
		return;
	catalog_free(r->catalog);
	cache_close(r->cache);
	encoder_free(r->encoder);
	free(r);
}

void
renderer_rest(struct renderer *r)
{
	catalog_rest(r->catalog);
#ifdef __GLIBC__
	malloc_trim(0); /* also where it is free between other memory */
#endif
}

/* The expiry that is set for the page's database; 0: none. */
static int64_t
database_ttl(const struct site *site, const struct job *job)
{
	struct str name = route_database(job->request);

	if (job->request->route->scope != SCOPE_DATABASE)
		return 0;
	for (size_t i = 0; i < site->n_databases; i++) {
		if (str_is(name, site->databases[i].name))
			return site->databases[i].ttl_s;
	}
	return 0;
}

/* The expiry of a page that lacks nothing. */
static int64_t
usual_ttl(
    const struct site *site, const struct job *job, const struct page *page)
{
	int64_t ttl_s = job->request->route->ttl_s, own_s;

	if (ttl_s != TTL_DEFAULT)
		return ttl_s;
	own_s = database_ttl(site, job);
	/* It changes without a commit: not for longer than its route says. */
	if (own_s > 0 && (own_s < site->ttl_s || !page->time_dependent))
		return own_s;
	return site->ttl_s;
}

/* The expiry of this page; 0: it may not be kept. */
static int64_t
ttl_of(const struct site *site, const struct job *job, const struct page *page)
{
	int64_t ttl_s = usual_ttl(site, job, page);

	if (page->transient || job->request->uncached || ttl_s == TTL_NEVER)
		return 0;
	/* A slow moment must not show for much longer than it lasts. */
	if (page->cut_short && ttl_s > PAGE_CUT_SHORT_S)
		ttl_s = PAGE_CUT_SHORT_S;
	if (page->status == 200)
		return ttl_s;
	if (page->status == 404)
		return ttl_s < NOT_FOUND_TTL_S ? ttl_s : NOT_FOUND_TTL_S;
	return 0;
}

/* After a little less than `ttl_s`: pages made together end apart. */
static int64_t
expiry_of(const struct job *job, const struct page *page, int64_t ttl_s)
{
	int64_t ttl_ms = ttl_s * 1000;
	uint64_t chance = XXH3_64bits_withSeed(
	    job->key.data, job->key.len, (uint64_t)page->made_ms);

	return page->made_ms + ttl_ms -
	    (int64_t)(chance % (uint64_t)(ttl_ms / JITTER));
}

/* Makes an error of a page for which memory has failed. */
static void
refuse_page(
    const struct job *job, struct page *page, enum alloc_failure failure)
{
	bool large = failure == ALLOC_TOO_LARGE;

	log_error("renderer", "%" PRIx64 ": %.*s: %s", job->request->id,
	    (int)job->request->uri.len, job->request->uri.s,
	    large ? "the page is too large" : "out of memory");
	alloc_begin();
	page->whole = false;
	page->transient = true;
	buf_reset(&page->header);
	buf_lit(&page->header, "Retry-After: 5\r\n");
	page_error(page, 503,
	    large ? "This page is too large to be shown."
		  : "There is not enough memory for this page at the moment.");
}

static struct page *
render_page(struct renderer *r, struct job *job)
{
	int64_t since_us = clock_mono_us();
	struct page *page;

	alloc_begin();
	page = page_new();
	if (page == NULL)
		return NULL;
	catalog_take_work(r->catalog); /* of the page before */
	page->status =
	    job->request->route->handler(job->request, r->catalog, page);
	r->work = catalog_take_work(r->catalog);
	page->time_dependent = r->work.time_dependent;
	page->cut_short = r->work.cut_short;
	if (alloc_failure() != ALLOC_OK)
		refuse_page(job, page, alloc_failure());
	if (page->status >= 500)
		log_warn("renderer", "%" PRIx64 ": %.*s: %d: %s",
		    job->request->id, (int)job->request->uri.len,
		    job->request->uri.s, page->status, buf_cstr(&page->body));
	if (page->status != 200 && !page->whole)
		r->site->routes->error(job->request, page);
	page = page_checked(page);
	if (page == NULL)
		return NULL;
	buf_trim(&page->body);
	if (!job->request->uncached)
		encoder_page(r->encoder, page);
	stats_work(r->site->slot, WORK_RENDERS, 1);
	stats_work(r->site->slot, WORK_STATEMENTS, r->work.queries);
	stats_work(r->site->slot, WORK_DB_US, (uint64_t)r->work.us);
	job->outcome.queries = r->work.queries;
	job->outcome.db_us = r->work.us;
	job->outcome.render_us = clock_mono_us() - since_us;
	return page;
}

/* The version of the databases that the page is made from; false: unknown. */
static bool
page_version(struct renderer *r, const struct job *job, uint64_t *version)
{
	return catalog_version(r->catalog, job->request->route->scope,
	    route_database(job->request), version);
}

/*
 * The same, of the files that stand in the databases' places now.  While this
 * thread sees the event loop's version, that has looked already.
 */
static bool
current_page_version(
    struct renderer *r, const struct job *job, uint64_t *version)
{
	if (job->version_known && page_version(r, job, version) &&
	    *version == job->version)
		return true;
	catalog_refresh(r->catalog, job->request->route->scope,
	    route_database(job->request));
	return page_version(r, job, version);
}

/*
 * Dates a page that was rendered from `version` on, and keeps it; true if the
 * store has it.  The version was read before rendering, so it can only be too
 * old; if it has moved meanwhile, the page is sent but not kept.
 */
static bool
keep_page(
    struct renderer *r, struct job *job, struct page *page, uint64_t version)
{
	int64_t ttl_s = ttl_of(r->site, job, page);
	uint64_t after;

	if (ttl_s == 0 || !page_version(r, job, &after) || after != version)
		return false;
	page->version = version;
	page->expires_ms = expiry_of(job, page, ttl_s);
	return cache_put(r->cache, str_of_buf(&job->key), page, page->made_ms);
}

/* A page may take so long to render before others try as well. */
static int64_t
lease_ms(const struct renderer *r)
{
	int64_t ms = r->site->time_limit_ms + LEASE_MARGIN_MS;

	return ms < r->site->queue_wait_ms ? ms : r->site->queue_wait_ms;
}

/* Has the job waited long enough for another worker's rendering? */
static bool
has_waited(const struct renderer *r, const struct job *job)
{
	return job->held_since_us != 0 &&
	    clock_mono_us() - job->held_since_us >= lease_ms(r) * 1000;
}

/*
 * Looks for the page in the store.  NULL: it is to be rendered here or, with
 * `job->held`, another worker is just rendering it.
 */
static struct page *
fetch_page(
    struct renderer *r, struct job *job, uint64_t version, int64_t now_ms)
{
	struct str key = {job->key.data, job->key.len};
	enum cache_miss why;
	struct page *page = cache_get(r->cache, key, version, now_ms, &why);

	if (page == NULL && why != CACHE_NOTHING) {
		job->outcome.stale = true;
		job->outcome.expired = why == CACHE_EXPIRED;
		job->outcome.version = version;
	}
	if (page != NULL || has_waited(r, job))
		return page;
	switch (cache_lease(r->cache, key, version, lease_ms(r))) {
	case LEASE_OURS:
		return NULL;
	case LEASE_DONE: /* most likely between the two questions */
		return cache_get(r->cache, key, version, now_ms, &why);
	case LEASE_TAKEN:
		break;
	}
	job->held = true;
	if (job->held_since_us == 0)
		job->held_since_us = clock_mono_us();
	return NULL;
}

/* Notes what the site says of every page, rendered or found. */
static void
finish_page(const struct renderer *r, const struct job *job, struct page *page,
    int64_t now_ms, int64_t steady_ms)
{
	page->checked_ms = steady_ms;
	page->ends_ms = steady_ms + (page->expires_ms - now_ms);
	page->browser_cache = job->request->route->browser_cache;
	page->fresh_s = r->site->fresh_s;
	page->stale_if_error_s = r->site->stale_if_error_s;
}

void
renderer_make(struct renderer *r, struct job *job)
{
	int64_t now_ms = clock_wall_ms(), since_us = clock_mono_us();
	struct page *page = NULL;
	uint64_t version;
	bool known, kept = !job->request->uncached;

	job->held = false;
	if (job->queued_us != 0)
		job->queue_us += since_us - job->queued_us;
	r->work = (struct db_work){0};
	known = current_page_version(r, job, &version);
	if (known && kept)
		page = fetch_page(r, job, version, now_ms);
	job->outcome.store_us += clock_mono_us() - since_us;
	if (job->held)
		return;
	if (page != NULL) {
		job->outcome.kind =
		    job->held_since_us != 0 ? OUTCOME_COLLAPSED : OUTCOME_STORE;
		job->outcome.store = cache_name(r->cache);
	} else {
		job->outcome.kind = kept ? OUTCOME_MISS : OUTCOME_BYPASS;
		page = render_page(r, job);
		if (page != NULL) {
			page->made_ms = now_ms;
			job->outcome.stored =
			    known && keep_page(r, job, page, version);
		}
		if (known && kept)
			cache_release(r->cache, str_of_buf(&job->key), version,
			    job->outcome.stored);
	}
	if (page != NULL)
		finish_page(r, job, page, now_ms, since_us / 1000);
	job->page = page;
	if (r->site->slow_ms > 0)
		slow_log(job, &r->work, r->site->slow_ms);
}
