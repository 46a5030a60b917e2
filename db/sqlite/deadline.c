/*
 * The thread that watches the time of all connections of a process.  Called by
 * db.c, and started by whoever starts the threads that render.
 */
#include "db/sqlite/deadline.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <time.h>

#include "app/watch/clock.h"

/*
 * An interrupt that comes between two statements is forgotten by SQLite when
 * the next one begins.
 */
enum { AGAIN_US = 10000 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t earlier; /* than `wakes_us` */
	struct deadline *first;
	int64_t wakes_us; /* when the thread looks next */
	bool runs, stops;
	pthread_t thread;
} watch = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Interrupts whoever is late; when there is something to do again. */
static int64_t
interrupt_late(int64_t now_us)
{
	int64_t next_us = INT64_MAX;

	for (struct deadline *d = watch.first; d != NULL; d = d->next) {
		if (d->at_us <= now_us) {
			sqlite3_interrupt(d->handle);
			d->at_us = now_us + AGAIN_US;
		}
		if (d->at_us < next_us)
			next_us = d->at_us;
	}
	return next_us;
}

static void *
thread_main(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&watch.lock);
	while (!watch.stops) {
		struct timespec at;

		watch.wakes_us = interrupt_late(clock_mono_us());
		if (watch.wakes_us == INT64_MAX) {
			pthread_cond_wait(&watch.earlier, &watch.lock);
			continue;
		}
		at.tv_sec = (time_t)(watch.wakes_us / 1000000);
		at.tv_nsec = (long)(watch.wakes_us % 1000000) * 1000;
		pthread_cond_timedwait(&watch.earlier, &watch.lock, &at);
	}
	pthread_mutex_unlock(&watch.lock);
	return NULL;
}

bool
deadlines_start(void)
{
	pthread_condattr_t clock;
	sigset_t all, before;
	int rc;

	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&watch.earlier, &clock);
	pthread_condattr_destroy(&clock);
	watch.stops = false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&watch.thread, NULL, thread_main, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	watch.runs = rc == 0;
	errno = rc;
	return watch.runs;
}

void
deadlines_stop(void)
{
	if (!watch.runs)
		return;
	pthread_mutex_lock(&watch.lock);
	watch.stops = true;
	pthread_mutex_unlock(&watch.lock);
	pthread_cond_signal(&watch.earlier);
	pthread_join(watch.thread, NULL);
	pthread_cond_destroy(&watch.earlier);
	watch.runs = false;
}

void
deadline_watch(struct deadline *d, sqlite3 *handle, int64_t at_us)
{
	bool earlier;

	pthread_mutex_lock(&watch.lock);
	if (d->handle == NULL) {
		d->at = &watch.first;
		d->next = watch.first;
		if (d->next != NULL)
			d->next->at = &d->next;
		watch.first = d;
	}
	d->handle = handle;
	d->at_us = at_us;
	earlier = watch.runs && at_us < watch.wakes_us;
	if (earlier)
		watch.wakes_us = at_us;
	pthread_mutex_unlock(&watch.lock);
	if (earlier)
		pthread_cond_signal(&watch.earlier);
}

void
deadline_leave(struct deadline *d)
{
	if (d->handle == NULL)
		return;
	pthread_mutex_lock(&watch.lock);
	*d->at = d->next;
	if (d->next != NULL)
		d->next->at = d->at;
	pthread_mutex_unlock(&watch.lock);
	d->handle = NULL;
}
