#ifndef SQUALL_PAGES_H
#define SQUALL_PAGES_H

#include "app/render/job.h"
#include "app/render/site.h"

/*
 * The pages of a worker: those in its memory, and those that are being made by
 * its renderers.  The event loop's alone, and it never waits.
 */
struct pages;

/* Its databases, as the event loop sees them: for versions only. */
struct catalog *pages_catalog(struct pages *);

/* Starts the renderers.  NULL, with a line in the log, if it can't be. */
struct pages *pages_new(const struct site *);

/* Waits for what the renderers have in hand.  NULL is harmless. */
void pages_free(struct pages *);

/*
 * Becomes readable, once more each time (edge), where there are finished jobs
 * to collect.  Nobody reads it.
 */
int pages_fd(const struct pages *);

/* The page that memory has under a key, and the data's version now. */
struct lookup {
	struct page *page; /* memory's reference; NULL: nothing */
	bool fresh;        /* it is up to date */
	bool behind;       /* it is not, but the settings allow it */
	bool version_known;
	uint64_t version;
};

/*
 * A version that was read counts until the turn ends.  So a turn begins when
 * the loop has been told what has arrived, and before a request is looked up
 * that may have come later: a commit that was done before a request was sent
 * is always seen.
 */
void pages_new_turn(struct pages *);

/* `now_ms` is the steady clock's. */
struct lookup pages_look_up(
    struct pages *, const struct request *, struct str key, int64_t now_ms);

/*
 * The page's plain body, as a page of its own; a new reference, or NULL
 * without memory.
 */
struct page *pages_inflated(struct pages *, const struct page *);

/*
 * The job under way for the key, if what it makes will do: the data has not
 * changed since it was begun.  Else NULL.
 */
struct job *
pages_under_way(struct pages *, const struct lookup *, struct str key);

/*
 * A new job for the request's page, which takes over what `key` owns; NULL: out
 * of memory.  It is to be submitted; false: the queue is full, and the job
 * counts as finished and has no page.
 */
struct job *pages_start(
    struct pages *, struct request *, const struct lookup *, struct buf *key);
bool pages_submit(struct pages *, struct job *);

/* Drops a job that no client waits for, unless a renderer has begun it. */
void pages_abandon(struct pages *, struct job *);

/*
 * A job that will have waited too long for a renderer in `soon_ms`, treated as
 * finished without a page; NULL: there is none.
 */
struct job *pages_overdue(struct pages *, int64_t soon_ms);

/* The next finished job, first finished first; NULL: none is left. */
struct job *pages_collect(struct pages *);

/*
 * Ends a finished job: keeps its page, and returns what to answer with, which
 * may be an older page that stands in for an error; a new reference, or NULL:
 * out of memory.  The job is the caller's from now on.
 */
struct page *pages_finish(struct pages *, struct job *);

/*
 * Lets the jobs that wait for another worker's rendering look again, when it
 * is time.  Returns the milliseconds until it is time again; -1: none waits.
 */
int pages_retry(struct pages *);

/* Is a renderer at one page for longer than `ms`?  Nothing can stop it. */
bool pages_stuck(const struct pages *, int64_t ms);

#endif
