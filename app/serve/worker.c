/*
 * A worker process: its event loop, which accepts connections and tells a
 * server (server.c) of their events, and its dealings with the master.  It
 * waits for nothing but events.
 */
#include "app/serve/worker.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include "app/process/link.h"
#include "app/process/resident.h"
#include "app/render/descriptors.h"
#include "app/serve/server.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"

enum {
	EVENTS = 64,
	TICK_MS = 500,      /* between two looks at deadlines */
	PATIENT_MS = 60000, /* web servers keep idle connections as long */
	STUCK_MARGIN_MS = 10000,
	JITTER = 10,          /* workers that start together end apart */
	KEPT_BYTES = 2 << 20, /* of a thread's free memory, while it is busy */
	MAPPED_BYTES = 1 << 20, /* from here on a mapping of its own */
	COMPLAIN_MS = 60000,    /* between two complaints */
};

/* A worker goes through these in order. */
enum stage {
	SERVING,
	PATIENT, /* accepts nothing; each connection gets one more reply */
	LEAVING, /* closes idle connections as well */
};

struct worker {
	const struct site *site;
	struct server *server;
	const int *listeners; /* events point to them, open or not */
	size_t n_listeners;
	int epoll_fd;
	int signal_fd;
	int link;
	enum stage stage;
	int64_t patient_until_us;
	size_t max_conns;
	bool accepting;
	bool full;             /* no descriptors for more connections */
	int64_t complain_us;   /* when to complain again */
	uint64_t max_requests; /* 0: without a limit */
	int64_t last_tick_us;
};

static void
stop_accepting(struct worker *w)
{
	w->accepting = false;
	/* Errors don't matter: some may not be watched. */
	for (size_t i = 0; i < w->n_listeners; i++)
		epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, w->listeners[i], NULL);
}

/* New connections wait in the kernel meanwhile. */
static void
pause_accepting(struct worker *w, const char *why)
{
	int64_t now = clock_mono_us();

	stop_accepting(w);
	if (now < w->complain_us)
		return;
	w->complain_us = now + COMPLAIN_MS * 1000;
	log_error("worker", "accept: %s, with %zu connections; pausing", why,
	    server_connections(w->server));
}

/* Accepts on all listeners or, if that fails, on none until the next tick. */
static void
start_accepting(struct worker *w)
{
	if (w->accepting)
		return;
	w->accepting = true;
	for (size_t i = 0; w->accepting && i < w->n_listeners; i++) {
		struct epoll_event e = {
		    .events = EPOLLIN | EPOLLEXCLUSIVE,
		    .data.ptr = (void *)&w->listeners[i],
		};

		if (epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->listeners[i], &e) <
		    0)
			pause_accepting(w, strerror(errno));
	}
}

/* Goes on accepting when there are descriptors again. */
static void
accept_again(struct worker *w)
{
	if (!w->full || w->stage != SERVING ||
	    server_connections(w->server) >= w->max_conns)
		return;
	w->full = false;
	start_accepting(w);
}

/* Accepts one connection a turn, so that workers share a burst. */
static void
accept_conn(struct worker *w, int listener)
{
	int fd;

	if (!w->accepting) /* an earlier event of this turn has paused it */
		return;
	w->full = server_connections(w->server) >= w->max_conns;
	if (w->full) {
		pause_accepting(w, "as many as there are descriptors for");
		return;
	}
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		server_accept(w->server, fd);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
	    errno == ENOMEM)
		pause_accepting(w, strerror(errno)); /* until the next tick */
}

/* Has the worker lived long enough? */
static bool
is_spent(const struct worker *w)
{
	size_t max_rss = w->site->max_rss;

	return (w->max_requests != 0 &&
		   server_served(w->server) >= w->max_requests) ||
	    (max_rss != 0 && (size_t)resident_bytes(getpid()) >= max_rss);
}

/*
 * Tells the master that the worker lives, and whether to replace it.  A worker
 * that is leaving, and waits for nothing but a stuck renderer, is silent: so
 * the master ends it.
 */
static void
report_to_master(struct worker *w)
{
	int64_t limit_ms = w->site->time_limit_ms + STUCK_MARGIN_MS;
	bool stuck = server_is_stuck(w->server, limit_ms);

	if (!stuck || w->stage == SERVING || server_is_writing(w->server))
		link_say(w->link, LINK_ALIVE);
	if (w->stage != SERVING)
		return;
	if (stuck) {
		log_error(
		    "worker", "a renderer is stuck: asking to be replaced");
		link_say(w->link, LINK_REPLACE);
	} else if (is_spent(w)) {
		link_say(w->link, LINK_REPLACE);
	}
}

/* The master's stay open; when it has gone, another program may listen. */
static void
close_listeners(struct worker *w)
{
	if (w->link < 0) /* there is no master: they are the caller's */
		return;
	for (size_t i = 0; i < w->n_listeners; i++)
		close(w->listeners[i]);
}

/*
 * Accepts nothing more.  A patient worker closes connections only after a
 * reply, so that none closes while the web server is just sending on it.
 */
static void
drain_worker(struct worker *w, enum stage stage)
{
	if (stage <= w->stage)
		return;
	w->stage = stage;
	w->patient_until_us = clock_mono_us() + PATIENT_MS * 1000;
	stats_drain(w->site->slot);
	stop_accepting(w);
	if (stage == LEAVING)
		close_listeners(w);
	server_drain(w->server, stage == PATIENT);
}

static void
tick(struct worker *w)
{
	int64_t now = clock_mono_us();

	if (now - w->last_tick_us < TICK_MS * 1000)
		return;
	w->last_tick_us = now;
	server_collect(w->server); /* an event may have failed */
	server_tick(w->server, TICK_MS, w->full);
	report_to_master(w);
	if (w->stage == SERVING && !w->full)
		start_accepting(w);
	if (w->stage == PATIENT && now >= w->patient_until_us)
		drain_worker(w, LEAVING);
}

static void
read_signals(struct worker *w)
{
	struct signalfd_siginfo info;

	while (read(w->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGUSR1)
			log_reopen();
		else if (info.ssi_signo == SIGUSR2)
			log_warn(
			    "worker", "SIGUSR2 is for a squall with workers");
		else if (info.ssi_signo == SIGHUP && w->link >= 0)
			drain_worker(w, PATIENT);
		else
			drain_worker(w, LEAVING);
	}
}

static bool
is_listener(const struct worker *w, const void *p)
{
	for (size_t i = 0; i < w->n_listeners; i++) {
		if (p == &w->listeners[i])
			return true;
	}
	return false;
}

static void
handle_event(struct worker *w, const struct epoll_event *e)
{
	void *p = e->data.ptr;

	if (p == &w->signal_fd)
		read_signals(w);
	else if (p == w->server)
		server_collect(w->server);
	else if (is_listener(w, p))
		accept_conn(w, *(const int *)p);
	else
		server_event(w->server, p, e->events);
}

/* Has it drained?  The renderers must rest as well, to be joined. */
static bool
is_done(const struct worker *w)
{
	return w->stage != SERVING && server_connections(w->server) == 0 &&
	    !server_is_stuck(w->server, 0);
}

static void
run_loop(struct worker *w)
{
	struct epoll_event events[EVENTS];

	while (!is_done(w)) {
		int n;

		log_flush();
		n = epoll_wait(w->epoll_fd, events, EVENTS,
		    server_wait_ms(w->server, TICK_MS));
		server_begin_turn(w->server);
		for (int i = 0; i < n; i++)
			handle_event(w, &events[i]);
		server_end_turn(w->server);
		accept_again(w);
		tick(w);
	}
	log_flush();
}

/*
 * Keeps free memory for the next page, in place of giving it to the kernel
 * after each.  Renderers with nothing to do give all of it back.
 */
static void
keep_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
#endif
}

static bool
start(struct worker *w)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = &w->signal_fd};
	sigset_t signals;

	keep_memory();
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	if (w->link < 0) /* or it is the master's */
		sigaddset(&signals, SIGUSR2);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	w->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->signal_fd < 0 || w->epoll_fd < 0 ||
	    epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, w->signal_fd, &e) < 0) {
		log_error("worker", "it can't start: %s", strerror(errno));
		return false;
	}
	w->server =
	    server_new(w->site, w->epoll_fd, w->listeners, w->n_listeners);
	w->max_conns = descriptors_for_connections(w->site);
	return w->server != NULL;
}

/* A little less than the limit, by a different part in each process. */
static uint64_t
jittered(uint64_t limit)
{
	return limit - (uint64_t)getpid() % (limit / JITTER + 1);
}

int
worker_run(const struct site *site, const int *listeners, size_t n, int link)
{
	struct worker w = {
	    .site = site,
	    .listeners = listeners,
	    .n_listeners = n,
	    .epoll_fd = -1,
	    .signal_fd = -1,
	    .link = link,
	    .max_requests = jittered(site->max_requests),
	};
	bool started = start(&w);

	if (started) {
		start_accepting(&w);
		link_say(link, LINK_READY);
		run_loop(&w);
	}
	server_free(w.server);
	if (w.epoll_fd >= 0)
		close(w.epoll_fd);
	if (w.signal_fd >= 0)
		close(w.signal_fd);
	return started ? 0 : 1;
}
