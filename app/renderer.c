/*
 * The slow half of a request's path: store → handler → SQLite → page → store.
 * renderer_make is all of it; the rest of the file is the threads around it.
 */
#include "app/renderer.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/cache.h"
#include "app/clock.h"
#include "app/encode.h"
#include "app/log.h"
#include "handlers/error.h"

enum { NOT_FOUND_TTL_S = 10 };

struct renderer {
	const struct site *site;
	struct catalog *catalog;
	struct cache *cache;
	struct encoder *encoder;
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
	r->encoder = encoder_new();
	if (r->catalog == NULL || r->encoder == NULL ||
	    !cache_open(&r->cache, site->cache, &why)) {
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

/* How long a page of this route may be kept, from its status; 0: not at all. */
static int64_t
ttl_of(const struct renderer *r, const struct route *route,
    const struct page *page)
{
	int64_t ttl_s =
	    route->ttl_s == TTL_DEFAULT ? r->site->ttl_s : route->ttl_s;

	if (page->transient || route->ttl_s == TTL_NEVER)
		return 0;
	if (page->status == 200)
		return ttl_s;
	if (page->status == 404)
		return ttl_s < NOT_FOUND_TTL_S ? ttl_s : NOT_FOUND_TTL_S;
	return 0;
}

static struct page *
render(struct renderer *r, const struct job *job)
{
	struct page *page = page_new();

	if (page == NULL)
		return NULL;
	page->status = job->route->handler(&job->request, r->catalog, page);
	if (page->body.failed) {
		log_error("renderer",
		    "%" PRIx64 ": %.*s: the page is larger "
		    "than %zu MiB, or there is no memory",
		    job->request.id, (int)job->request.uri.len,
		    job->request.uri.s, BUF_MAX >> 20);
		page_error(page, 503, "This page is too large to be shown.");
	}
	if (page->status >= 500)
		log_warn("renderer", "%" PRIx64 ": %.*s: %d: %s",
		    job->request.id, (int)job->request.uri.len,
		    job->request.uri.s, page->status, buf_cstr(&page->body));
	if (page->status != 200)
		error_page(&job->request, page);
	buf_trim(&page->body);
	encode_page(r->encoder, page);
	return page;
}

/* The version of what the job's page is made from, and whether it is known. */
static bool
version_of(struct renderer *r, const struct job *job, uint64_t *version)
{
	return catalog_version(
	    r->catalog, job->route->scope, job->request.segments[0], version);
}

/*
 * Dates a page that was rendered, from `version` on, and keeps it.  The
 * version was read before, so it can only be too old; where it has moved
 * meanwhile the page is sent, and not kept.
 */
static void
keep(struct renderer *r, struct job *job, struct page *page, bool known,
    uint64_t version)
{
	int64_t ttl_s = ttl_of(r, job->route, page);
	uint64_t after;

	if (ttl_s == 0 || !known || !version_of(r, job, &after) ||
	    after != version)
		return;
	page->version = version;
	page->expires_ms = page->made_ms + ttl_s * 1000;
	job->outcome.stored = cache_put(r->cache,
	    (struct str){job->key.data, job->key.len}, page, page->made_ms);
}

void
renderer_make(struct renderer *r, struct job *job)
{
	struct str key = {job->key.data, job->key.len};
	int64_t now = clock_wall_ms();
	struct page *page = NULL;
	uint64_t version;
	bool known;

	catalog_refresh(
	    r->catalog, job->route->scope, job->request.segments[0]);
	known = version_of(r, job, &version);
	if (known)
		page = cache_get(r->cache, key, version, now);
	if (page != NULL) {
		job->outcome = (struct outcome){
		    .kind = OUTCOME_STORE, .store = cache_name(r->cache)};
	} else {
		job->outcome.kind = OUTCOME_MISS;
		page = render(r, job);
		if (page == NULL)
			return;
		page->made_ms = now;
		keep(r, job, page, known, version);
	}
	page->checked_ms = now;
	page->browser_cache = job->route->browser_cache;
	job->page = page;
}

struct list {
	struct job *first, **end;
};

struct thread {
	struct renderers *group;
	struct renderer *renderer;
	pthread_t id;
};

struct renderers {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct list todo, done; /* under the lock */
	bool stopping;
	int event_fd;
	size_t n_threads;
	struct thread threads[];
};

static void
append(struct list *l, struct job *job)
{
	job->queue_next = NULL;
	*l->end = job;
	l->end = &job->queue_next;
}

static struct job *
take_first(struct list *l)
{
	struct job *job = l->first;

	if (job == NULL)
		return NULL;
	l->first = job->queue_next;
	if (l->first == NULL)
		l->end = &l->first;
	return job;
}

/* Tells the event loop, if it has not been told yet. */
static void
finish(struct renderers *g, struct job *job)
{
	static const uint64_t one = 1;
	bool first;

	pthread_mutex_lock(&g->lock);
	first = g->done.first == NULL;
	append(&g->done, job);
	pthread_mutex_unlock(&g->lock);
	if (first && write(g->event_fd, &one, sizeof(one)) < 0)
		log_error("renderer", "eventfd: %s", strerror(errno));
}

static void *
thread_main(void *arg)
{
	struct thread *t = arg;
	struct renderers *g = t->group;

	for (;;) {
		struct job *job;

		pthread_mutex_lock(&g->lock);
		while ((job = take_first(&g->todo)) == NULL && !g->stopping)
			pthread_cond_wait(&g->work, &g->lock);
		pthread_mutex_unlock(&g->lock);
		if (job == NULL)
			return NULL;
		renderer_make(t->renderer, job);
		finish(g, job);
	}
}

/* Threads take no signals: those are the event loop's. */
static bool
start_thread(struct renderers *g, const struct site *site)
{
	struct thread *t = &g->threads[g->n_threads];
	sigset_t all, before;
	int rc;

	t->group = g;
	t->renderer = renderer_new(site);
	if (t->renderer == NULL)
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&t->id, NULL, thread_main, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0) {
		log_error(
		    "renderer", "a thread can't be started: %s", strerror(rc));
		renderer_free(t->renderer);
		return false;
	}
	g->n_threads++;
	return true;
}

struct renderers *
renderers_start(const struct site *site)
{
	struct renderers *g =
	    calloc(1, sizeof(*g) + site->threads * sizeof(g->threads[0]));

	if (g == NULL) {
		log_error("renderer", "out of memory");
		return NULL;
	}
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->work, NULL);
	g->todo.end = &g->todo.first;
	g->done.end = &g->done.first;
	g->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (g->event_fd < 0) {
		log_error("renderer", "eventfd: %s", strerror(errno));
		renderers_stop(g);
		return NULL;
	}
	for (size_t i = 0; i < site->threads; i++) {
		if (!start_thread(g, site)) {
			renderers_stop(g);
			return NULL;
		}
	}
	return g;
}

int
renderers_fd(const struct renderers *g)
{
	return g->event_fd;
}

void
renderers_submit(struct renderers *g, struct job *job)
{
	pthread_mutex_lock(&g->lock);
	append(&g->todo, job);
	pthread_cond_signal(&g->work);
	pthread_mutex_unlock(&g->lock);
}

struct job *
renderers_collect(struct renderers *g)
{
	struct job *jobs;
	uint64_t count;

	/* Reset first: what finishes from here on is told anew. */
	if (read(g->event_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		log_error("renderer", "eventfd: %s", strerror(errno));
	pthread_mutex_lock(&g->lock);
	jobs = g->done.first;
	g->done.first = NULL;
	g->done.end = &g->done.first;
	pthread_mutex_unlock(&g->lock);
	return jobs;
}

void
renderers_stop(struct renderers *g)
{
	struct job *job;

	pthread_mutex_lock(&g->lock);
	g->stopping = true;
	pthread_cond_broadcast(&g->work);
	pthread_mutex_unlock(&g->lock);
	for (size_t i = 0; i < g->n_threads; i++) {
		pthread_join(g->threads[i].id, NULL);
		renderer_free(g->threads[i].renderer);
	}
	while ((job = take_first(&g->done)) != NULL)
		job_free(job);
	if (g->event_fd >= 0)
		close(g->event_fd);
	pthread_cond_destroy(&g->work);
	pthread_mutex_destroy(&g->lock);
	free(g);
}
