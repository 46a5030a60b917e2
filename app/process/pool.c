/*
 * Keeps the workers that the service wants running, replaces those that die,
 * hang, want it or serve what was configured before, and has the program itself
 * replaced.  `reconcile` decides; the rest tells it what has happened.
 */
#include "app/process/pool.h"

#include <sys/signalfd.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/process/notify.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"

enum {
	REPLACE_MS = 20,        /* pause after one that served has died */
	BACKOFF_FIRST_MS = 100, /* after one that did not: then doubled */
	BACKOFF_LAST_MS = 10000,
	STOP_MS = 30000, /* to finish when all ends */
};

struct pool {
	const struct pool_ops *ops;
	void *service;
	void *previous; /* while a reload is under way: to go back to */
	unsigned generation, previous_generation;
	struct children children;
	/* The worker of a new program, while that is on trial: no other counts
	 * as one of its generation. */
	pid_t trial;
	bool taking_over; /* from the program before: its workers still go */
	bool stopping, reload_wanted, upgrade_wanted;
	int64_t start_us; /* no worker is started before */
	int64_t backoff_ms;
	int64_t watchdog_us; /* how often to tell the service manager */
	int64_t watchdog_due_us;
	int signal_fd;
};

static _Noreturn void
become_worker(struct pool *p, size_t number, int link)
{
	const struct pool_place place = {
	    .number = number,
	    .link = link,
	    .on_trial = p->previous != NULL,
	};

	close(p->signal_fd);
	exit(p->ops->work(p->ops->context, p->service, &place));
}

/* Failures in a row make the pauses longer; several at once count as one. */
static void
back_off(struct pool *p)
{
	int64_t now = clock_mono_us();

	if (now < p->start_us)
		return;
	p->start_us = now + p->backoff_ms * 1000;
	p->backoff_ms =
	    p->backoff_ms == 0 ? BACKOFF_FIRST_MS : p->backoff_ms * 2;
	if (p->backoff_ms > BACKOFF_LAST_MS)
		p->backoff_ms = BACKOFF_LAST_MS;
}

static void
start_worker(struct pool *p)
{
	size_t place;
	int link;

	switch (children_fork(&p->children, p->generation, &place, &link)) {
	case 0:
		become_worker(p, place, link);
	case 1:
		log_debug(
		    "master", "worker %d started", (int)p->children.first->pid);
		return;
	default:
		log_error(
		    "master", "a worker can't be started: %s", strerror(errno));
		p->backoff_ms = BACKOFF_LAST_MS;
		back_off(p);
	}
}

static bool
is_current(const struct pool *p, const struct child *c)
{
	return c->generation == p->generation && !c->unwanted;
}

/* How many there are of each kind, but for those that were told to finish. */
struct census {
	size_t starting, serving; /* of those that are as they should be */
	size_t all_serving;       /* of these and the old ones */
	struct child *old;        /* one that is to be replaced, or NULL */
};

static struct census
count(const struct pool *p)
{
	struct census n = {0};

	for (struct child *c = p->children.first; c != NULL; c = c->next) {
		if (c->state == CHILD_RETIRING || c->pid == p->trial)
			continue;
		n.all_serving += c->state == CHILD_SERVING;
		if (!is_current(p, c))
			n.old = c;
		else if (c->state == CHILD_STARTING)
			n.starting++;
		else
			n.serving++;
	}
	return n;
}

static void
finish_reload(struct pool *p)
{
	p->ops->discard(p->previous);
	p->previous = NULL;
	log_info("master", "reloaded");
	notify("READY=1");
}

static void
call_off_reload(struct pool *p)
{
	log_error("master",
	    "the reload is called off: a new worker failed; going on as "
	    "before");
	p->ops->discard(p->service);
	p->service = p->previous;
	p->previous = NULL;
	/* The failed generation's workers are the old ones now. */
	p->generation = p->previous_generation;
	p->start_us = 0;
	p->backoff_ms = 0;
	notify("READY=1");
}

static void
begin_reload(struct pool *p)
{
	void *service;

	p->reload_wanted = false;
	notify_reloading();
	service = p->ops->reload(p->ops->context, p->service);
	if (service == NULL) {
		log_error("master", "not reloaded; going on as before");
		notify("READY=1");
		return;
	}
	p->previous = p->service;
	p->previous_generation = p->generation;
	p->service = service;
	/* A number that none has: generations can be gone back to. */
	for (struct child *c = p->children.first; c != NULL; c = c->next) {
		if (c->generation > p->generation)
			p->generation = c->generation;
	}
	p->generation++;
	p->start_us = 0;
	p->backoff_ms = 0;
}

static void
call_off_upgrade(struct pool *p)
{
	log_error("master", "the new program failed; going on as before");
	p->trial = 0;
	notify("READY=1");
}

static void
begin_upgrade(struct pool *p)
{
	struct pool_place place = {.on_trial = true};

	p->upgrade_wanted = false;
	notify_reloading();
	switch (children_fork(
	    &p->children, p->generation, &place.number, &place.link)) {
	case 0:
		p->ops->execute_worker(p->ops->context, &place);
		exit(1);
	case 1:
		p->trial = p->children.first->pid;
		log_info("master", "trying the new program, as worker %d",
		    (int)p->trial);
		return;
	default:
		log_error(
		    "master", "a worker can't be started: %s", strerror(errno));
		call_off_upgrade(p);
	}
}

/* True if the new program's worker serves. */
static bool
has_passed(const struct pool *p)
{
	const struct child *c = p->children.first;

	while (c != NULL && c->pid != p->trial)
		c = c->next;
	return c != NULL && c->state == CHILD_SERVING;
}

static void
finish_upgrade(struct pool *p)
{
	log_flush();
	/* A reload that is wanted is one by that: all is read anew. */
	p->ops->execute_master(p->ops->context, &p->children);
	for (struct child *c = p->children.first; c != NULL; c = c->next)
		c->unwanted |= c->pid == p->trial;
	call_off_upgrade(p);
}

/* Brings the workers nearer to what they should be. */
static void
reconcile(struct pool *p)
{
	size_t wanted;
	struct census n;

	if (p->stopping)
		return;
	if (p->trial != 0 && has_passed(p))
		finish_upgrade(p);
	/* One after the other. */
	if (p->previous == NULL && p->trial == 0) {
		if (p->upgrade_wanted)
			begin_upgrade(p);
		else if (p->reload_wanted)
			begin_reload(p);
	}
	wanted = p->ops->workers(p->service);
	n = count(p);
	/* Where there are old ones, one new one at a time. */
	while (n.starting + n.serving < wanted &&
	    clock_mono_us() >= p->start_us &&
	    (n.old == NULL || n.starting == 0)) {
		start_worker(p);
		n = count(p);
	}
	while (n.old != NULL &&
	    (n.old->state == CHILD_STARTING || n.all_serving > wanted ||
		n.serving >= wanted)) {
		children_retire(n.old, SIGHUP, p->ops->drain_limit(p->service));
		n = count(p);
	}
	if (n.old != NULL || n.serving < wanted)
		return;
	if (p->previous != NULL)
		finish_reload(p);
	if (p->taking_over) {
		p->taking_over = false;
		log_info("master", "the new program has taken over");
	}
}

static void
log_death(const struct child *c, int status, bool stopping)
{
	if (WIFSIGNALED(status))
		log_error("master", "worker %d was killed by signal %d (%s)",
		    (int)c->pid, WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) != 0 ||
	    (!stopping && c->state != CHILD_RETIRING))
		log_error("master", "worker %d ended with status %d",
		    (int)c->pid, WEXITSTATUS(status));
}

/* A worker has ended: that may be as it should. */
static void
bury(struct pool *p, struct child *c, int status)
{
	bool failed = c->state != CHILD_RETIRING && !p->stopping;

	log_death(c, status, p->stopping);
	if (c->pid == p->trial && !p->stopping)
		call_off_upgrade(p);
	else if (failed && p->previous != NULL && is_current(p, c) &&
	    c->state == CHILD_STARTING)
		call_off_reload(p);
	else if (failed && c->state == CHILD_STARTING)
		back_off(p);
	else if (failed)
		p->start_us = clock_mono_us() + REPLACE_MS * 1000;
	children_free(c);
}

static void
stop_workers(struct pool *p, int signal_number)
{
	if (p->stopping) {
		children_signal(&p->children, SIGTERM);
		return;
	}
	p->stopping = true;
	log_info("master", "%s: finishing", strsignal(signal_number));
	notify("STOPPING=1");
	for (struct child *c = p->children.first; c != NULL; c = c->next)
		children_retire(c, SIGTERM, STOP_MS);
}

static void
read_signals(struct pool *p)
{
	struct signalfd_siginfo info;
	struct child *c;
	int status;

	while (read(p->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		int number = (int)info.ssi_signo;

		if (number == SIGTERM || number == SIGINT) {
			stop_workers(p, number);
		} else if (number == SIGHUP) {
			p->reload_wanted = true;
		} else if (number == SIGUSR2) {
			p->upgrade_wanted = true;
		} else if (number == SIGUSR1) {
			log_reopen();
			children_signal(&p->children, SIGUSR1);
		}
	}
	while ((c = children_reap(&p->children, &status)) != NULL)
		bury(p, c, status);
}

/* Microseconds until something is due; -1: nothing is. */
static int64_t
next_due(const struct pool *p)
{
	int64_t now = clock_mono_us(), due = children_due_us(&p->children);

	if (!p->stopping && p->start_us > now && p->start_us < due)
		due = p->start_us;
	if (p->watchdog_us > 0 && p->watchdog_due_us < due)
		due = p->watchdog_due_us;
	if (due == INT64_MAX)
		return -1;
	return due <= now ? 0 : due - now;
}

static void
keep_watchdog(struct pool *p)
{
	int64_t now = clock_mono_us();

	if (p->watchdog_us == 0 || now < p->watchdog_due_us)
		return;
	notify("WATCHDOG=1");
	p->watchdog_due_us = now + p->watchdog_us;
}

/* Waits until something happens or is due, and takes note of it. */
static void
turn(struct pool *p)
{
	if (children_wait(&p->children, p->signal_fd, next_due(p)) > 0) {
		p->backoff_ms = 0;
		if (p->previous == NULL && p->trial == 0)
			notify("READY=1");
	}
	read_signals(p);
	children_kill_overdue(&p->children);
}

static bool
watch_signals(struct pool *p)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGUSR2);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	p->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	return p->signal_fd >= 0;
}

static bool
start(struct pool *p, const struct child *inherited)
{
	bool ok = watch_signals(p) && children_init(&p->children, POOL_PLACES);

	/* Workers that were handed over are all old. */
	p->generation = 1;
	p->taking_over = inherited != NULL;
	for (; ok && inherited != NULL; inherited = inherited->next)
		ok = children_adopt(
		    &p->children, inherited, p->ops->drain_limit(p->service));
	if (ok)
		return true;
	log_error("master", "it can't be started: %s", strerror(errno));
	/* Their links are for another try. */
	for (struct child *c = p->children.first; c != NULL; c = c->next)
		c->link = -1;
	return false;
}

int
pool_run(
    const struct pool_ops *ops, void *service, const struct child *inherited)
{
	struct pool p = {
	    .ops = ops,
	    .service = service,
	    .watchdog_us = notify_watchdog_us(),
	};
	bool ok = start(&p, inherited);

	while (ok && (!p.stopping || p.children.first != NULL)) {
		reconcile(&p);
		keep_watchdog(&p);
		turn(&p);
	}
	log_info("master", "stopped");
	if (p.previous != NULL)
		ops->discard(p.previous);
	ops->discard(p.service);
	if (p.signal_fd >= 0)
		close(p.signal_fd);
	children_release(&p.children);
	return ok ? 0 : 1;
}
