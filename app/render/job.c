/*
 * Jobs, and the table in which the event loop finds the one under way.
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
	return job;
}

void
job_free(struct job *job)
{
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
	struct job *job = jobs->buckets[hash % JOBS_BUCKETS];

	while (job != NULL &&
	    (job->hash != hash || !str_eq(key, str_of_buf(&job->key))))
		job = job->chain;
	return job;
}

void
jobs_add(struct jobs *jobs, struct job *job)
{
	struct job **bucket;

	job->hash = hash_of(str_of_buf(&job->key));
	bucket = &jobs->buckets[job->hash % JOBS_BUCKETS];
	job->chain = *bucket;
	*bucket = job;
	jobs->n++;
}

void
jobs_remove(struct jobs *jobs, struct job *job)
{
	struct job **at = &jobs->buckets[job->hash % JOBS_BUCKETS];

	while (*at != job)
		at = &(*at)->chain;
	*at = job->chain;
	jobs->n--;
}
