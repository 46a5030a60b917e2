/*
 * The threads around the renderers, and the lists by which jobs come and go.
 */
#include "app/renderers.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/log.h"
#include "app/renderer.h"

struct list {
	struct job *first, **end;
};

struct thread {
	struct renderers *group;
	struct renderer *renderer;
	pthread_t id;
};

struct renderers {
	struct stats_slot *stats;
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

	/* Long work: where processors are few, the event loop goes first. */
	sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
	for (;;) {
		struct job *job;

		pthread_mutex_lock(&g->lock);
		while ((job = take_first(&g->todo)) == NULL && !g->stopping)
			pthread_cond_wait(&g->work, &g->lock);
		pthread_mutex_unlock(&g->lock);
		if (job == NULL)
			return NULL;
		stats_move(g->stats, LEVEL_QUEUED, -1);
		stats_move(g->stats, LEVEL_BUSY, 1);
		renderer_make(t->renderer, job);
		stats_move(g->stats, LEVEL_BUSY, -1);
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
	g->stats = site->slot;
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
	stats_move(g->stats, LEVEL_QUEUED, 1);
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
