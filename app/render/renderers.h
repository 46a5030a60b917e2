#ifndef SQUALL_RENDERERS_H
#define SQUALL_RENDERERS_H

#include "app/render/job.h"
#include "app/render/site.h"

/*
 * A group of renderers, each in a thread of its own, fed by one event loop.
 */
struct renderers;

/* NULL, with a line in the log, if they can't start. */
struct renderers *renderers_start(const struct site *);

/*
 * Becomes readable anew (edge) when there are finished jobs to collect.  Nobody
 * reads it.
 */
int renderers_fd(const struct renderers *);

/* Hands a job over.  False: the queue is full, and the job is still yours. */
bool renderers_submit(struct renderers *, struct job *)
    __attribute__((warn_unused_result));

/* Takes a job back; false: a renderer has it, and it will be collected. */
bool renderers_take_back(struct renderers *, struct job *)
    __attribute__((warn_unused_result));

/* Takes back the first job, if it has waited for over `ms`; or NULL. */
struct job *renderers_overdue(struct renderers *, int64_t ms);

/* The next finished job, first finished first; NULL: none is left. */
struct job *renderers_collect(struct renderers *);

/* The longest time that a renderer has been at its present job. */
int64_t renderers_busy_us(const struct renderers *);

/* Waits for the threads, which empty the queue, and frees everything. */
void renderers_stop(struct renderers *);

#endif
