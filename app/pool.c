/*
 * Forks workers, watches them, replaces those that die, hang, want it or serve
 * what was configured before.  `reconcile` decides; the rest tells it what has
 * happened.
 */
#include "app/pool.h"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/clock.h"
#include "app/link.h"
#include "app/log.h"
#include "app/notify.h"

enum {
	REPLACE_MS = 20,        /* pause after one that served has died */
	BACKOFF_FIRST_MS = 100, /* after one that did not: then doubled */
	BACKOFF_LAST_MS = 10000,
	START_MS = 30000,   /* to become ready */
	SILENCE_MS = 10000, /* after which a worker is taken for hung */
	RETIRE_MS = 90000,  /* to finish when replaced */
	STOP_MS = 30000,    /* to finish when all ends */
};

enum child_state {
	CHILD_STARTING,
	CHILD_SERVING,
	CHILD_RETIRING, /* it was told to finish */
};

struct child {
	struct child *next;
	pid_t pid;
	size_t number; /* its place */
	int link;      /* to read from; -1: it has been closed */
	enum child_state state;
	unsigned generation; /* of its service */
	bool unwanted;       /* it asked to be replaced */
	int64_t deadline_us; /* when it is to be killed */
};

struct pool {
	const struct pool_ops *ops;
	void *service;
	void *previous; /* while a reload is under way: to go back to */
	unsigned generation, previous_generation;
	struct child *children;
	bool stopping, reload_wanted;
	int64_t start_us; /* no worker is started before */
	int64_t backoff_ms;
	int64_t watchdog_us; /* how often to tell the service manager */
	int64_t watchdog_due_us;
	int signal_fd;
	struct pollfd *fds; /* room for the signals and each worker's link */
};

static _Noreturn void
become_worker(struct pool *p, pid_t master, size_t number, int link)
{
	const struct pool_place place = {
	    .number = number,
	    .link = link,
	    .on_trial = p->previous != NULL,
	};
	struct child *c;

	/* A worker without a master finishes what it has, and ends. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != master)
		raise(SIGTERM);
	close(p->signal_fd);
	for (c = p->children; c != NULL; c = c->next) {
		if (c->link >= 0)
			close(c->link);
	}
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

/* Waiting for the workers takes no memory that would not be there. */
static bool
make_room(struct pool *p)
{
	size_t n = 2; /* the signals, and one more */
	struct pollfd *fds;

	for (const struct child *c = p->children; c != NULL; c = c->next)
		n++;
	fds = realloc(p->fds, n * sizeof(*fds));
	if (fds == NULL)
		return false;
	p->fds = fds;
	return true;
}

/* The first place that no child has, retiring ones included. */
static bool
find_place(const struct pool *p, size_t *number)
{
	bool taken[POOL_PLACES] = {0};

	for (const struct child *c = p->children; c != NULL; c = c->next)
		taken[c->number] = true;
	for (*number = 0; *number < POOL_PLACES; ++*number) {
		if (!taken[*number])
			return true;
	}
	errno = EAGAIN;
	return false;
}

static void
start_worker(struct pool *p)
{
	struct child *c = calloc(1, sizeof(*c));
	pid_t master = getpid();
	int link[2] = {-1, -1};

	if (c == NULL || !make_room(p) || !find_place(p, &c->number) ||
	    pipe2(link, O_CLOEXEC | O_NONBLOCK) < 0)
		goto fail;
	log_flush();
	c->pid = fork();
	if (c->pid < 0)
		goto fail;
	if (c->pid == 0) {
		size_t number = c->number;

		free(c); /* it is in no list */
		close(link[0]);
		become_worker(p, master, number, link[1]);
	}
	close(link[1]);
	log_debug("master", "worker %d started", (int)c->pid);
	c->link = link[0];
	c->generation = p->generation;
	c->deadline_us = clock_mono_us() + START_MS * 1000;
	c->next = p->children;
	p->children = c;
	return;
fail:
	log_error("master", "a worker can't be started: %s", strerror(errno));
	if (link[0] >= 0) {
		close(link[0]);
		close(link[1]);
	}
	free(c);
	p->backoff_ms = BACKOFF_LAST_MS;
	back_off(p);
}

static void
retire(struct child *c, int signal_number, int64_t ms)
{
	kill(c->pid, signal_number);
	c->state = CHILD_RETIRING;
	c->deadline_us = clock_mono_us() + ms * 1000;
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

	for (struct child *c = p->children; c != NULL; c = c->next) {
		if (c->state == CHILD_RETIRING)
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
	/* Those of the failed one are the old ones now. */
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
	for (struct child *c = p->children; c != NULL; c = c->next) {
		if (c->generation > p->generation)
			p->generation = c->generation;
	}
	p->generation++;
	p->start_us = 0;
	p->backoff_ms = 0;
}

/* Brings the workers nearer to what they should be. */
static void
reconcile(struct pool *p)
{
	size_t wanted;
	struct census n;

	if (p->stopping)
		return;
	if (p->reload_wanted && p->previous == NULL)
		begin_reload(p);
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
		retire(n.old, SIGHUP, RETIRE_MS);
		n = count(p);
	}
	if (p->previous != NULL && n.old == NULL && n.serving >= wanted)
		finish_reload(p);
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
bury(struct pool *p, struct child **at, int status)
{
	struct child *c = *at;
	bool failed = c->state != CHILD_RETIRING && !p->stopping;

	log_death(c, status, p->stopping);
	if (failed && p->previous != NULL && is_current(p, c) &&
	    c->state == CHILD_STARTING)
		call_off_reload(p);
	else if (failed && c->state == CHILD_STARTING)
		back_off(p);
	else if (failed)
		p->start_us = clock_mono_us() + REPLACE_MS * 1000;
	*at = c->next;
	if (c->link >= 0)
		close(c->link);
	free(c);
}

static void
reap(struct pool *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child **at = &p->children;

		while (*at != NULL && (*at)->pid != pid)
			at = &(*at)->next;
		if (*at != NULL)
			bury(p, at, status);
	}
}

static void
heard(struct pool *p, struct child *c, char word)
{
	if (c->state == CHILD_RETIRING)
		return; /* its deadline stands */
	c->deadline_us = clock_mono_us() + SILENCE_MS * 1000;
	switch (word) {
	case LINK_READY:
		c->state = CHILD_SERVING;
		p->backoff_ms = 0;
		if (p->previous == NULL)
			notify("READY=1");
		break;
	case LINK_REPLACE:
		c->unwanted = true;
		break;
	default:
		break;
	}
}

static void
listen_to(struct pool *p, struct child *c)
{
	char words[64];
	ssize_t n;

	while ((n = read(c->link, words, sizeof(words))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			heard(p, c, words[i]);
	}
	if (n == 0) { /* it ends, or has closed everything */
		close(c->link);
		c->link = -1;
	}
}

static void
stop_workers(struct pool *p, int signal_number)
{
	if (!p->stopping) {
		log_info("master", "%s: finishing", strsignal(signal_number));
		notify("STOPPING=1");
	}
	for (struct child *c = p->children; c != NULL; c = c->next) {
		if (p->stopping)
			kill(c->pid, SIGTERM);
		else
			retire(c, SIGTERM, STOP_MS);
	}
	p->stopping = true;
}

static void
reopen_logs(struct pool *p)
{
	log_reopen();
	for (struct child *c = p->children; c != NULL; c = c->next)
		kill(c->pid, SIGUSR1);
}

static void
read_signals(struct pool *p)
{
	struct signalfd_siginfo info;

	while (read(p->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		int number = (int)info.ssi_signo;

		if (number == SIGTERM || number == SIGINT)
			stop_workers(p, number);
		else if (number == SIGHUP && !p->stopping)
			p->reload_wanted = true;
		else if (number == SIGUSR1)
			reopen_logs(p);
	}
	reap(p);
}

/* Kills who has not become ready, is silent, or takes too long to finish. */
static void
kill_overdue(struct pool *p)
{
	int64_t now = clock_mono_us();

	for (struct child *c = p->children; c != NULL; c = c->next) {
		if (now < c->deadline_us)
			continue;
		log_error("master", "worker %d %s; killing it", (int)c->pid,
		    c->state == CHILD_STARTING       ? "does not become ready"
			: c->state == CHILD_RETIRING ? "does not finish"
						     : "hangs");
		kill(c->pid, SIGKILL);
		c->deadline_us = INT64_MAX;
	}
}

/* Microseconds until something is due. */
static int64_t
next_due(const struct pool *p)
{
	int64_t now = clock_mono_us(), due = INT64_MAX;

	if (!p->stopping && p->start_us > now)
		due = p->start_us;
	if (p->watchdog_us > 0 && p->watchdog_due_us < due)
		due = p->watchdog_due_us;
	for (const struct child *c = p->children; c != NULL; c = c->next) {
		if (c->deadline_us < due)
			due = c->deadline_us;
	}
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
	int64_t wait_us = next_due(p);
	nfds_t n = 0;

	p->fds[n++] = (struct pollfd){.fd = p->signal_fd, .events = POLLIN};
	for (const struct child *c = p->children; c != NULL; c = c->next)
		p->fds[n++] = (struct pollfd){.fd = c->link, .events = POLLIN};
	poll(p->fds, n, wait_us < 0 ? -1 : (int)((wait_us + 999) / 1000));
	n = 1;
	for (struct child *c = p->children; c != NULL; c = c->next) {
		if (p->fds[n++].revents != 0)
			listen_to(p, c);
	}
	read_signals(p);
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
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	p->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (p->signal_fd >= 0 && make_room(p))
		return true;
	log_error("master", "signals can't be read: %s", strerror(errno));
	return false;
}

int
pool_run(const struct pool_ops *ops, void *service)
{
	struct pool p = {
	    .ops = ops,
	    .service = service,
	    .watchdog_us = notify_watchdog_us(),
	};
	bool ok = watch_signals(&p);

	while (ok && (!p.stopping || p.children != NULL)) {
		reconcile(&p);
		keep_watchdog(&p);
		turn(&p);
		kill_overdue(&p);
	}
	log_info("master", "stopped");
	if (p.previous != NULL)
		ops->discard(p.previous);
	ops->discard(p.service);
	if (p.signal_fd >= 0)
		close(p.signal_fd);
	free(p.fds);
	return ok ? 0 : 1;
}
