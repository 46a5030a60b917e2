/*
 * Jobs, and the table in which the event loop finds the one for a key.
 */
#include "app/render/job.h"

#include <stdlib.h>

#include "app/watch/clock.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

struct job *
job_new(struct request *req, struct buf *key)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return NULL;
	job->key = *key;
	*key = (struct buf){0};
	job->request = request_ref(req);
	job->begun_us = clock_mono_us();
	TAILQ_INIT(&job->waiting);
	return job;
}

void
job_free(struct job *job)
{
	if (job == NULL)
		return;
	request_unref(job->request);
	buf_release(&job->key);
	page_unref(job->page);
	free(job);
}

static uint64_t
hash_of(struct str key)
{
	return XXH3_64bits(key.s, key.len);
}

struct job *
jobs_find(const struct jobs *jobs, struct str key)
{
	uint64_t hash = hash_of(key);
	struct job *job;

	LIST_FOREACH(job, &jobs->buckets[hash % JOBS_BUCKETS], beside) {
		if (job->hash == hash && str_eq(key, str_of_buf(&job->key)))
			break;
	}
	return job;
}

void
jobs_add(struct jobs *jobs, struct job *job)
{
	job->hash = hash_of(str_of_buf(&job->key));
	LIST_INSERT_HEAD(&jobs->buckets[job->hash % JOBS_BUCKETS], job, beside);
	jobs->n++;
}

void
jobs_remove(struct jobs *jobs, struct job *job)
{
	LIST_REMOVE(job, beside);
	jobs->n--;
}
