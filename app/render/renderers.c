/*
 * The threads around the renderers, and the lists by which jobs come and go.
 */
#include "app/render/renderers.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/render/renderer.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"
#include "db/sqlite/deadline.h"

enum { REST_AFTER_S = 2 }; /* without a job */

struct thread {
	struct renderers *group;
	struct renderer *renderer;
	pthread_t id;
	_Atomic int64_t since_us; /* when its job was begun; 0: it has none */
};

struct renderers {
	struct stats_slot *stats;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job_queue todo, done; /* under the lock */
	size_t n_todo, max_todo;
	bool stopping;
	int event_fd;
	size_t n_threads;
	struct thread threads[];
};

/* With the lock held, as dequeue_first. */
static void
dequeue(struct renderers *g, struct job *job)
{
	TAILQ_REMOVE(&g->todo, job, place);
	stats_set(g->stats, LEVEL_QUEUED, --g->n_todo);
}

static struct job *
dequeue_first(struct renderers *g)
{
	struct job *job = TAILQ_FIRST(&g->todo);

	if (job != NULL)
		dequeue(g, job);
	return job;
}

/* Hands the job to the event loop, and wakes that for the first one. */
static void
hand_back(struct renderers *g, struct job *job)
{
	static const uint64_t one = 1;
	bool first;
	ssize_t n;

	pthread_mutex_lock(&g->lock);
	first = TAILQ_EMPTY(&g->done);
	TAILQ_INSERT_TAIL(&g->done, job, place);
	pthread_mutex_unlock(&g->lock);
	if (!first)
		return;
	do {
		n = write(g->event_fd, &one, sizeof(one));
	} while (n < 0 && errno == EINTR);
	if (n < 0) /* the job is collected at the next tick */
		log_error("renderer", "eventfd: %s", strerror(errno));
}

/*
 * The next job; NULL: the renderers are stopping, and the queue is empty.  A
 * warm renderer comes to rest where no job comes for a while.
 */
static struct job *
next_job(struct thread *t, bool warm)
{
	struct renderers *g = t->group;
	struct timespec until;
	struct job *job;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += REST_AFTER_S;
	pthread_mutex_lock(&g->lock);
	while ((job = dequeue_first(g)) == NULL && !g->stopping) {
		if (!warm) {
			pthread_cond_wait(&g->work, &g->lock);
		} else if (pthread_cond_timedwait(&g->work, &g->lock, &until) ==
			ETIMEDOUT &&
		    TAILQ_EMPTY(&g->todo)) {
			pthread_mutex_unlock(&g->lock);
			renderer_rest(t->renderer);
			pthread_mutex_lock(&g->lock);
			warm = false;
		}
	}
	pthread_mutex_unlock(&g->lock);
	return job;
}

static void *
thread_main(void *arg)
{
	struct thread *t = arg;
	struct renderers *g = t->group;
	struct job *job;

	/* Where processors are few, the event loop goes first. */
	sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0});
	for (bool warm = false; (job = next_job(t, warm)) != NULL;
	     warm = true) {
		atomic_store_explicit(
		    &t->since_us, clock_mono_us(), memory_order_relaxed);
		stats_move(g->stats, LEVEL_BUSY, 1);
		renderer_make(t->renderer, job);
		stats_move(g->stats, LEVEL_BUSY, -1);
		atomic_store_explicit(&t->since_us, 0, memory_order_relaxed);
		hand_back(g, job);
	}
	return NULL;
}

/* Signals are the event loop's: threads block all of them. */
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
	pthread_condattr_t clock;

	if (g == NULL) {
		log_error("renderer", "out of memory");
		return NULL;
	}
	g->stats = site->slot;
	pthread_mutex_init(&g->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&g->work, &clock);
	pthread_condattr_destroy(&clock);
	g->max_todo = site->queue;
	TAILQ_INIT(&g->todo);
	TAILQ_INIT(&g->done);
	g->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (g->event_fd < 0) {
		log_error("renderer", "eventfd: %s", strerror(errno));
		renderers_stop(g);
		return NULL;
	}
	if (!deadlines_start())
		log_error("renderer", "a thread can't be started: %s",
		    strerror(errno));
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

bool
renderers_submit(struct renderers *g, struct job *job)
{
	bool room;

	pthread_mutex_lock(&g->lock);
	room = g->n_todo < g->max_todo;
	if (room) {
		job->queued_us = clock_mono_us();
		TAILQ_INSERT_TAIL(&g->todo, job, place);
		stats_set(g->stats, LEVEL_QUEUED, ++g->n_todo);
	}
	pthread_mutex_unlock(&g->lock);
	/* Only now, so that the renderer that wakes finds the lock free. */
	if (room)
		pthread_cond_signal(&g->work);
	return room;
}

bool
renderers_take_back(struct renderers *g, struct job *job)
{
	struct job *found;

	pthread_mutex_lock(&g->lock);
	TAILQ_FOREACH(found, &g->todo, place) {
		if (found == job) {
			dequeue(g, job);
			break;
		}
	}
	pthread_mutex_unlock(&g->lock);
	return found != NULL;
}

struct job *
renderers_overdue(struct renderers *g, int64_t ms)
{
	int64_t before_us = clock_mono_us() - ms * 1000;
	struct job *job;

	pthread_mutex_lock(&g->lock);
	job = TAILQ_FIRST(&g->todo);
	if (job != NULL && job->queued_us < before_us)
		dequeue(g, job);
	else
		job = NULL;
	pthread_mutex_unlock(&g->lock);
	return job;
}

struct job *
renderers_collect(struct renderers *g)
{
	struct job *job;

	pthread_mutex_lock(&g->lock);
	job = TAILQ_FIRST(&g->done);
	if (job != NULL)
		TAILQ_REMOVE(&g->done, job, place);
	pthread_mutex_unlock(&g->lock);
	return job;
}

int64_t
renderers_busy_us(const struct renderers *g)
{
	int64_t now = clock_mono_us(), longest = 0;

	for (size_t i = 0; i < g->n_threads; i++) {
		int64_t since = atomic_load_explicit(
		    &g->threads[i].since_us, memory_order_relaxed);

		if (since != 0 && now - since > longest)
			longest = now - since;
	}
	return longest;
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
	deadlines_stop();
	while ((job = renderers_collect(g)) != NULL)
		job_free(job);
	if (g->event_fd >= 0)
		close(g->event_fd);
	pthread_cond_destroy(&g->work);
	pthread_mutex_destroy(&g->lock);
	free(g);
}
