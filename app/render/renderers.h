#ifndef SQUALL_RENDERERS_H
#define SQUALL_RENDERERS_H

#include "app/render/job.h"
#include "app/render/site.h"

/*
 * A group of renderers, each in a thread of its own, fed by one event loop.
 */
struct renderers;

/* NULL, with a line in the log, if it can't be. */
struct renderers *renderers_start(const struct site *);

/*
 * Becomes readable, once more each time (edge), where there are finished jobs
 * to collect.  Nobody reads it.
 */
int renderers_fd(const struct renderers *);

/* Hands a job over; false if as many are waiting as may: it is still yours. */
bool renderers_submit(struct renderers *, struct job *);

/*
 * Takes a job back that no renderer has begun; false if one has.  Then it will
 * be collected.
 */
bool renderers_take_back(struct renderers *, struct job *);

/* The job that waits for longest if that is over `ms`, taken back; or NULL. */
struct job *renderers_overdue(struct renderers *, int64_t ms);

/* The next finished job, first finished first; NULL: none is left. */
struct job *renderers_collect(struct renderers *);

/* For how many microseconds one of them has been at the same job at most. */
int64_t renderers_busy_us(const struct renderers *);

/* Waits for the threads, which finish the job in hand; frees everything. */
void renderers_stop(struct renderers *);

#endif
