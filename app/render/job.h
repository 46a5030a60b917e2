#ifndef SQUALL_JOB_H
#define SQUALL_JOB_H

#include <sys/queue.h>

#include "app/http/page.h"
#include "app/http/request.h"
#include "app/http/route.h"
#include "app/watch/outcome.h"

/*
 * A page that is being made, and the connections that wait for it.  The event
 * loop makes a job for a miss; later requests for the same key join it.  While
 * a renderer has the job, `page`, `outcome`, `held` and the times are its
 * alone.
 */
struct conn;

struct job {
	struct request *request; /* the first one for the page */
	struct buf key;
	uint64_t version; /* of the data when it was begun */
	bool version_known;
	TAILQ_HEAD(waiting, conn) waiting; /* the event loop's list */
	struct page *page;                 /* the result; NULL: out of memory */
	struct outcome outcome;
	bool held;              /* another worker makes the page: look again */
	int64_t held_since_us;  /* 0: it has not been held yet */
	int64_t retry_us;       /* when to look again */
	int64_t begun_us;       /* when it was made */
	int64_t queued_us;      /* when it came into the renderers' queue */
	int64_t queue_us;       /* how long it waited there */
	TAILQ_ENTRY(job) place; /* in a queue */
	LIST_ENTRY(job) beside; /* in a bucket of the table below */
	uint64_t hash;
};

TAILQ_HEAD(job_queue, job);

/*
 * A new job, which takes a reference to the request and what `key` owns; NULL:
 * out of memory.
 */
struct job *job_new(struct request *, struct buf *key);
void job_free(struct job *);

/* The jobs under way, by key; one thread's. */
enum { JOBS_BUCKETS = 1024 };

struct jobs {
	LIST_HEAD(jobs_bucket, job) buckets[JOBS_BUCKETS];
	size_t n;
};

struct job *jobs_find(const struct jobs *, struct str key);
void jobs_add(struct jobs *, struct job *);
void jobs_remove(struct jobs *, struct job *);

#endif
