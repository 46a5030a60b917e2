/*
 * Forks workers, watches them, replaces those that die.  It knows nothing of
 * what they do.
 */
#include "app/pool.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/clock.h"
#include "app/log.h"

enum {
	HEALTHY_MS = 5000, /* a worker that lived longer did not fail at once */
	BACKOFF_FIRST_MS = 100, /* doubled with each failure in a row */
	BACKOFF_LAST_MS = 10000,
};

struct slot {
	pid_t pid; /* 0: it has none at the moment */
	int64_t started_us;
	int64_t start_us; /* when to start the next one */
	int64_t backoff_ms;
};

struct pool {
	size_t n;
	int (*work)(void *arg, size_t slot);
	void *arg;
	bool stopping;
	struct slot *slots;
	sigset_t signals;
};

static void
start_worker(struct pool *p, struct slot *s)
{
	pid_t master = getpid();

	s->started_us = clock_mono_us();
	log_flush();
	s->pid = fork();
	if (s->pid < 0) {
		log_error("master", "fork: %s", strerror(errno));
		s->pid = 0;
		s->start_us = s->started_us + BACKOFF_LAST_MS * 1000;
		return;
	}
	if (s->pid > 0) {
		log_debug("master", "worker %d started", (int)s->pid);
		return;
	}
	/* A worker without a master finishes what it has, and ends. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != master)
		raise(SIGTERM);
	exit(p->work(p->arg, (size_t)(s - p->slots)));
}

static void
log_death(pid_t pid, int status, bool stopping)
{
	if (WIFSIGNALED(status))
		log_error("master", "worker %d was killed by signal %d (%s)",
		    (int)pid, WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) != 0 || !stopping)
		log_error("master", "worker %d ended with status %d", (int)pid,
		    WEXITSTATUS(status));
}

static void
bury(struct pool *p, pid_t pid, int status)
{
	int64_t now = clock_mono_us();
	struct slot *s = p->slots;

	while (s < p->slots + p->n && s->pid != pid)
		s++;
	if (s == p->slots + p->n)
		return;
	s->pid = 0;
	log_death(pid, status, p->stopping);
	if (now - s->started_us >= HEALTHY_MS * 1000)
		s->backoff_ms = 0;
	s->start_us = now + s->backoff_ms * 1000;
	s->backoff_ms =
	    s->backoff_ms == 0 ? BACKOFF_FIRST_MS : s->backoff_ms * 2;
	if (s->backoff_ms > BACKOFF_LAST_MS)
		s->backoff_ms = BACKOFF_LAST_MS;
}

static size_t
alive(const struct pool *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->slots[i].pid != 0;
	return n;
}

/* Starts the workers that are due; returns how long until the next is. */
static int64_t
start_due(struct pool *p)
{
	int64_t wait_us = INT64_MAX;

	if (p->stopping)
		return wait_us;
	for (size_t i = 0; i < p->n; i++) {
		struct slot *s = &p->slots[i];
		int64_t left = s->start_us - clock_mono_us();

		if (s->pid == 0 && left <= 0)
			start_worker(p, s);
		if (s->pid == 0 && s->start_us - clock_mono_us() < wait_us)
			wait_us = s->start_us - clock_mono_us();
	}
	return wait_us < 0 ? 0 : wait_us;
}

static void
stop_workers(struct pool *p, int signal_number)
{
	if (!p->stopping)
		log_info("master", "%s: finishing", strsignal(signal_number));
	p->stopping = true;
	for (size_t i = 0; i < p->n; i++) {
		if (p->slots[i].pid != 0)
			kill(p->slots[i].pid, SIGTERM);
	}
}

static void
wait_for_signal(struct pool *p, int64_t wait_us)
{
	struct timespec ts = {
	    .tv_sec = (time_t)(wait_us / 1000000),
	    .tv_nsec = (long)(wait_us % 1000000) * 1000,
	};
	int signal_number, status;
	pid_t pid;

	signal_number = wait_us == INT64_MAX
	    ? sigwaitinfo(&p->signals, NULL)
	    : sigtimedwait(&p->signals, NULL, &ts);
	if (signal_number == SIGTERM || signal_number == SIGINT)
		stop_workers(p, signal_number);
	/* One SIGCHLD may stand for several children. */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		bury(p, pid, status);
}

int
pool_run(size_t n, int (*work)(void *arg, size_t slot), void *arg)
{
	struct pool p = {.n = n, .work = work, .arg = arg};

	p.slots = calloc(n, sizeof(*p.slots));
	if (p.slots == NULL) {
		log_error("master", "out of memory");
		return 1;
	}
	sigemptyset(&p.signals);
	sigaddset(&p.signals, SIGTERM);
	sigaddset(&p.signals, SIGINT);
	sigaddset(&p.signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &p.signals, NULL);
	while (!p.stopping || alive(&p) > 0)
		wait_for_signal(&p, start_due(&p));
	log_info("master", "stopped");
	free(p.slots);
	return 0;
}
