#ifndef SQUALL_RENDERER_H
#define SQUALL_RENDERER_H

#include "app/job.h"
#include "app/site.h"

/*
 * A renderer makes pages that are not in memory: out of the store, or by the
 * route's handler.  It has its own database connections and store handle.
 */
struct renderer;

/* NULL, with a line in the log: out of memory, or an impossible --cache. */
struct renderer *renderer_new(const struct site *);

/* NULL is harmless. */
void renderer_free(struct renderer *);

/* Makes the job's page, and says how; no page: out of memory. */
void renderer_make(struct renderer *, struct job *);

/*
 * A group of renderers, each in a thread of its own, fed by one event loop.
 */
struct renderers;

/* NULL, with a line in the log, if it can't be. */
struct renderers *renderers_start(const struct site *);

/* Readable (level) while there are finished jobs to collect. */
int renderers_fd(const struct renderers *);

/* Hands a job over. */
void renderers_submit(struct renderers *, struct job *);

/* The finished jobs, linked by queue_next, first finished first; or NULL. */
struct job *renderers_collect(struct renderers *);

/* Waits for the threads, which finish the job in hand; frees everything. */
void renderers_stop(struct renderers *);

#endif
