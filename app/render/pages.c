/*
 * The event loop's view of pages: memory, versions, and the jobs under way.  It
 * must not know connections and FastCGI.
 */
#include "app/render/pages.h"

#include <stdlib.h>

#include "app/cache/memory.h"
#include "app/render/encoder.h"
#include "app/render/renderer.h"
#include "app/render/renderers.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"

enum {
	/* Inflated bodies get an eighth of the memory, at least 1 MiB: */
	PLAIN_SHARE = 8,
	PLAIN_MIN = 1 << 20, /* inflating takes longer than all else */
	/* Databases that are opened before a page asks for them. */
	OPEN_FIRST = 64,
};

/* A version as it was read in this turn. */
struct seen {
	bool is_read, known;
	uint64_t version;
	char name[64]; /* of the database; empty: of all */
	size_t len;
};

struct pages {
	const struct site *site;
	struct renderers *renderers;
	struct memory *memory;
	struct memory *plain;    /* inflated bodies, by entity tag */
	struct catalog *catalog; /* for versions only: it never queries */
	struct seen seen_one, seen_all; /* of one database, and of all */
	struct jobs jobs;
	struct job_queue held; /* by the time to look again */
};

struct pages *
pages_new(const struct site *site)
{
	struct pages *p = calloc(1, sizeof(*p));
	size_t plain = site->memory_bytes / PLAIN_SHARE;
	size_t rest = site->memory_bytes - plain;

	if (p == NULL) {
		log_error("pages", "out of memory");
		return NULL;
	}
	p->site = site;
	TAILQ_INIT(&p->held);
	p->memory = memory_new(rest);
	p->plain = memory_new(plain < PLAIN_MIN ? PLAIN_MIN : plain);
	p->catalog = catalog_new(
	    site->databases, site->n_databases, site->time_limit_ms);
	p->renderers = renderers_start(site);
	if (p->renderers == NULL || p->memory == NULL || p->plain == NULL ||
	    p->catalog == NULL) {
		if (p->renderers != NULL)
			log_error("pages", "out of memory");
		pages_free(p);
		return NULL;
	}
	catalog_wait_for_locks(p->catalog, 0); /* the loop never waits */
	catalog_bound_files(p->catalog, site->files);
	catalog_open(p->catalog, OPEN_FIRST);
	return p;
}

void
pages_free(struct pages *p)
{
	struct job *job;

	if (p == NULL)
		return;
	if (p->renderers != NULL)
		renderers_stop(p->renderers);
	while ((job = TAILQ_FIRST(&p->held)) != NULL) {
		TAILQ_REMOVE(&p->held, job, place);
		job_free(job);
	}
	memory_free(p->memory);
	memory_free(p->plain);
	catalog_free(p->catalog);
	free(p);
}

struct catalog *
pages_catalog(struct pages *p)
{
	return p->catalog;
}

int
pages_fd(const struct pages *p)
{
	return renderers_fd(p->renderers);
}

/* The version that a page of this route is to show. */
static bool
version_now(struct pages *p, enum scope scope, struct str name, uint64_t *v)
{
	struct seen *seen = scope == SCOPE_ALL ? &p->seen_all : &p->seen_one;

	if (scope == SCOPE_NONE || name.len > sizeof(seen->name))
		return catalog_version(p->catalog, scope, name, v);
	if (scope == SCOPE_ALL)
		name = str_of("");
	if (!seen->is_read ||
	    !str_eq((struct str){seen->name, seen->len}, name)) {
		seen->known =
		    catalog_version(p->catalog, scope, name, &seen->version);
		memcpy(seen->name, name.s, name.len);
		seen->len = name.len;
		seen->is_read = true;
	}
	*v = seen->version;
	return seen->known;
}

void
pages_new_turn(struct pages *p)
{
	p->seen_one.is_read = p->seen_all.is_read = false;
}

struct lookup
pages_look_up(
    struct pages *p, const struct request *req, struct str key, int64_t now_ms)
{
	struct lookup l = {.page = memory_get(p->memory, key)};

	l.version_known =
	    version_now(p, req->route->scope, route_database(req), &l.version);
	if (l.page == NULL || now_ms >= l.page->ends_ms)
		return l;
	if (l.version_known && l.page->version == l.version) {
		l.page->checked_ms = now_ms;
		l.fresh = true;
	} else if (now_ms - l.page->checked_ms < p->site->fresh_s * 1000) {
		l.behind = true;
	}
	return l;
}

static void
count_memory(const struct pages *p)
{
	stats_set(p->site->slot, LEVEL_MEMORY_BYTES,
	    memory_bytes(p->memory) + memory_bytes(p->plain));
	stats_set(p->site->slot, LEVEL_MEMORY_PAGES,
	    memory_count(p->memory) + memory_count(p->plain));
}

/* Kept by what it is made of, so it can't be out of date. */
struct page *
pages_inflated(struct pages *p, const struct page *page)
{
	struct str tag = {page->tag, strlen(page->tag)};
	struct page *plain = memory_get(p->plain, tag);

	if (plain != NULL)
		return page_ref(plain);
	plain = page_new();
	if (plain == NULL || !encoder_decode(page, &plain->body)) {
		page_unref(plain);
		return NULL;
	}
	memory_put(p->plain, tag, plain);
	count_memory(p);
	return plain;
}

struct job *
pages_under_way(struct pages *p, const struct lookup *l, struct str key)
{
	struct job *job = jobs_find(&p->jobs, key);

	if (job == NULL || !job->version_known || !l->version_known ||
	    job->version != l->version)
		return NULL;
	return job;
}

struct job *
pages_start(struct pages *p, struct request *req, const struct lookup *l,
    struct buf *key)
{
	struct job *job = job_new(req, key);

	if (job == NULL) {
		log_error("pages", "out of memory");
		return NULL;
	}
	job->version = l->version;
	job->version_known = l->version_known;
	job->outcome.stale = l->page != NULL;
	job->outcome.expired = l->page != NULL && l->version_known &&
	    l->page->version == l->version;
	job->outcome.version = l->version_known ? l->version : 0;
	jobs_add(&p->jobs, job);
	return job;
}

bool
pages_submit(struct pages *p, struct job *job)
{
	return renderers_submit(p->renderers, job);
}

void
pages_abandon(struct pages *p, struct job *job)
{
	if (!renderers_take_back(p->renderers, job))
		return;
	jobs_remove(&p->jobs, job);
	job_free(job);
}

struct job *
pages_overdue(struct pages *p, int64_t soon_ms)
{
	return renderers_overdue(
	    p->renderers, p->site->queue_wait_ms - soon_ms);
}

static void
hold(struct pages *p, struct job *job)
{
	job->retry_us = clock_mono_us() + RENDERER_AGAIN_US;
	TAILQ_INSERT_TAIL(&p->held, job, place);
	stats_move(p->site->slot, LEVEL_HELD, 1);
}

struct job *
pages_collect(struct pages *p)
{
	struct job *job;

	while ((job = renderers_collect(p->renderers)) != NULL && job->held)
		hold(p, job);
	return job;
}

/* After an error: the page that was, if it is not too old to stand in. */
static struct page *
stand_in(struct pages *p, const struct job *job)
{
	struct page *page;

	if (job->page == NULL || job->page->status < 500)
		return NULL;
	page = memory_get(p->memory, str_of_buf(&job->key));
	if (page == NULL ||
	    clock_steady_ms() - page->checked_ms >=
		p->site->stale_if_error_s * 1000)
		return NULL;
	return page;
}

struct page *
pages_finish(struct pages *p, struct job *job)
{
	struct page *page = stand_in(p, job);

	jobs_remove(&p->jobs, job);
	if (page != NULL) {
		job->outcome.kind = OUTCOME_ERROR;
		return page_ref(page);
	}
	if (job->page == NULL)
		return NULL;
	if (job->page->expires_ms > 0 && p->site->memory_bytes > 0) {
		memory_put(p->memory, str_of_buf(&job->key), job->page);
		count_memory(p);
		job->outcome.stored = true;
	}
	return page_ref(job->page);
}

int
pages_retry(struct pages *p)
{
	struct job *job = TAILQ_FIRST(&p->held);
	int64_t now = job == NULL ? 0 : clock_mono_us();

	for (; job != NULL && job->retry_us <= now;
	     job = TAILQ_FIRST(&p->held)) {
		TAILQ_REMOVE(&p->held, job, place);
		stats_move(p->site->slot, LEVEL_HELD, -1);
		if (!renderers_submit(p->renderers, job)) {
			hold(p, job);
			break;
		}
	}
	return job == NULL ? -1 : (int)((job->retry_us - now + 999) / 1000);
}

bool
pages_stuck(const struct pages *p, int64_t ms)
{
	return renderers_busy_us(p->renderers) > ms * 1000;
}
