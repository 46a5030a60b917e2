#ifndef SQUALL_RENDERER_H
#define SQUALL_RENDERER_H

#include "app/render/job.h"
#include "app/render/site.h"

/*
 * A renderer makes pages that are not in memory: out of the store, or by the
 * route's handler.  It has its own database connections and store handle.
 */
struct renderer;

/* NULL, with a line in the log: out of memory, or an impossible --cache. */
struct renderer *renderer_new(const struct site *);

/* NULL is harmless. */
void renderer_free(struct renderer *);

/*
 * Makes the job's page and notes its outcome; no page: out of memory.  If the
 * job is `held`, another worker is just making the page: to be called again in
 * RENDERER_AGAIN_US.
 */
enum { RENDERER_AGAIN_US = 10000 };

void renderer_make(struct renderer *, struct job *);

/* No job has come for a while: gives back memory kept for the next ones. */
void renderer_rest(struct renderer *);

#endif
