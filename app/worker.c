/*
 * The event loop: one thread that owns every connection, and the fast half of
 * a request's path.  `serve` is all of it: request → route → key → memory →
 * respond; what is not in memory goes to the renderers, and comes back in
 * `deliver`.  It never waits for anything but events.
 */
#include "app/worker.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/access.h"
#include "app/clock.h"
#include "app/conn.h"
#include "app/fcgi.h"
#include "app/link.h"
#include "app/log.h"
#include "app/pages.h"
#include "handlers/error.h"

enum {
	EVENTS = 64,
	TICK_MS = 500,            /* how often deadlines are looked at */
	READ_TIMEOUT_MS = 10000,  /* for the rest of a request */
	WRITE_TIMEOUT_MS = 30000, /* for a reader to take anything at all */
	LINGER_MS = 2000,
	DRAIN_READ_MS = 1000, /* for the rest of a request, when stopping */
	PATIENT_MS = 60000,   /* web servers keep idle connections as long */
	STUCK_MARGIN_MS = 10000,
	JITTER = 10, /* workers that start together don't end together */
};

struct worker {
	const struct site *site;
	int epoll_fd, signal_fd;
	const int *listeners;
	size_t n_listeners;
	int link;
	bool accepting, draining;
	int64_t
	    patient_until_us; /* idle connections are kept; 0: they aren't */
	uint64_t served, max_requests; /* 0: without a limit */
	struct pages *pages;
	struct conns conns;
	bool again;     /* some connections are to be served again */
	struct buf key; /* of the request in hand */
	struct buf why;
	uint64_t next_id;
	int64_t last_tick_us;
};

static void
close_conn(struct worker *w, struct conn *c)
{
	struct job *job = c->job;

	conn_close(&w->conns, c);
	/* What nobody waits for need not be made. */
	if (job != NULL && job->first == NULL)
		pages_abandon(w->pages, job);
}

/* What follows a reply that was too early, until the web server hangs up. */
static void
linger(struct worker *w, struct conn *c)
{
	char rest[16384];
	ssize_t n;

	while ((n = recv(c->fd, rest, sizeof(rest), MSG_DONTWAIT)) > 0)
		;
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_conn(w, c);
}

/* After a reply: the next request, or the end of the connection. */
static void
next_request(struct worker *w, struct conn *c)
{
	bool more = fcgi_has_more(&c->reader);

	if (c->reply.call.linger) {
		shutdown(c->fd, SHUT_WR);
		conn_wait(c, CONN_LINGERING, LINGER_MS);
		linger(w, c);
		return;
	}
	if (!c->reply.call.keep || (w->draining && !more)) {
		close_conn(w, c);
		return;
	}
	conn_wait(c, CONN_READING, 0);
	/* Not from here: one request would stand on the other's stack. */
	c->again = more;
	w->again |= more;
}

static void
watch(struct worker *w, struct conn *c, uint32_t events, int op)
{
	struct epoll_event e = {
	    .events = events | EPOLLIN | EPOLLRDHUP | EPOLLET,
	    .data.ptr = c,
	};

	if (epoll_ctl(w->epoll_fd, op, c->fd, &e) < 0)
		log_error("worker", "epoll: %s", strerror(errno));
}

static void go_on(struct worker *w, struct conn *c);

static void
send_reply(struct worker *w, struct conn *c)
{
	bool was_writing = c->state == CONN_WRITING;

	switch (fcgi_write(c->fd, &c->reply)) {
	case FCGI_DONE:
		if (was_writing)
			watch(w, c, 0, EPOLL_CTL_MOD);
		if (c->reply.more) {
			go_on(w, c);
			break;
		}
		conn_finish_reply(c);
		next_request(w, c);
		break;
	case FCGI_AGAIN:
		conn_wait(c, CONN_WRITING, WRITE_TIMEOUT_MS);
		if (!was_writing)
			watch(w, c, EPOLLOUT, EPOLL_CTL_MOD);
		break;
	default:
		close_conn(w, c);
		break;
	}
}

/* Sends the page, of which the connection takes a reference. */
static void
respond(struct worker *w, struct conn *c, struct page *page,
    const struct outcome *o)
{
	struct form form = respond_form(&c->request, page);
	struct str body = {page->body.data, page->body.len};
	bool ok = true, begun = c->request.resume.len > 0;

	/* Too late for another status: that the end is missing shows it. */
	if (begun && page->status != 200) {
		access_log(&c->request, o, page->status, c->sent,
		    clock_mono_us() - c->since_us);
		close_conn(w, c);
		return;
	}
	c->page = page_ref(page);
	buf_reset(&c->head);
	if (!begun)
		respond_head(&c->head, page, form, o, clock_wall_ms());
	if (form.not_modified || c->request.method == METHOD_HEAD) {
		body.len = 0;
	} else if (form.inflate) {
		c->plain = pages_inflated(w->pages, page);
		ok = c->plain != NULL;
		if (ok)
			body = str_of_buf(&c->plain->body);
	}
	if (!ok || c->head.failed) {
		log_error("worker", "out of memory");
		close_conn(w, c);
		return;
	}
	c->reply = (struct fcgi_reply){
	    .call = c->call,
	    .more = page->next.len > 0 && c->request.method != METHOD_HEAD,
	    .head = {c->head.data, c->head.len},
	    .body = body,
	};
	c->sent = begun ? c->sent + body.len : body.len;
	if (!c->reply.more)
		access_log(&c->request, o,
		    form.not_modified ? 304 : page->status, c->sent,
		    clock_mono_us() - c->since_us);
	send_reply(w, c);
}

/* Answers without a page of anybody's: `why` says what is wrong. */
static void
refuse(struct worker *w, struct conn *c, int status, const struct buf *why)
{
	static const struct outcome bypass = {.kind = OUTCOME_BYPASS};
	struct page *page = error_refusal(&c->request, status, why);

	if (page == NULL) {
		close_conn(w, c);
		return;
	}
	page->cors = w->site->cors;
	respond(w, c, page, &bypass);
	page_unref(page);
}

/* Keeps a finished job's page, and answers everyone who waits for it. */
static void
deliver(struct worker *w, struct job *job)
{
	struct page *page = pages_finish(w->pages, job);
	struct outcome outcome = job->outcome;
	struct conn *c;

	while ((c = job->first) != NULL) {
		conn_end_job(c);
		if (page == NULL) {
			close_conn(w, c);
			continue;
		}
		respond(w, c, page, &outcome);
		if (outcome.kind == OUTCOME_MISS)
			outcome.kind = OUTCOME_COLLAPSED;
	}
	page_unref(page);
	job_free(job);
}

/* Ends a job that no renderer will come to: an older page may stand in. */
static void
shed(struct worker *w, struct job *job)
{
	buf_reset(&w->why);
	buf_lit(&w->why, "The server is busy. Please try again in a moment.");
	job->page = error_refusal(&job->request, 503, &w->why);
	job->outcome.kind = OUTCOME_BYPASS;
	deliver(w, job);
}

/* Waits for the page: joins the job for it, or starts one. */
static void
await(struct worker *w, struct conn *c, const struct lookup *l)
{
	struct job *under_way =
	    pages_under_way(w->pages, l, str_of_buf(&w->key));
	struct job *job = under_way;

	if (job == NULL)
		job = pages_start(w->pages, l, &w->key);
	if (job == NULL) {
		close_conn(w, c);
		return;
	}
	conn_join_job(c, job);
	conn_wait(c, CONN_WAITING, 0);
	if (under_way == NULL && !pages_submit(w->pages, job))
		shed(w, job);
}

/* A part of a stream has been sent: has the next one made. */
static void
go_on(struct worker *w, struct conn *c)
{
	struct buf *resume = &c->request.resume;
	const struct route *route = c->request.route;
	struct lookup l;

	buf_reset(resume);
	buf_add(resume, c->page->next.data, c->page->next.len);
	conn_finish_reply(c);
	buf_reset(&w->key);
	route_key(&c->request, &w->key);
	if (resume->failed || w->key.failed) {
		log_error("worker", "out of memory");
		close_conn(w, c);
		return;
	}
	l = pages_look_up(w->pages, route, &c->request, str_of_buf(&w->key));
	await(w, c, &l);
}

/* Has the page made anew, for whoever comes next. */
static void
refresh(struct worker *w, struct conn *c, const struct lookup *l)
{
	struct job *job;

	if (pages_under_way(w->pages, l, str_of_buf(&w->key)) != NULL)
		return;
	job = pages_start(w->pages, l, &w->key);
	if (job == NULL)
		return;
	if (!request_copy(&job->request, &c->request) ||
	    !pages_submit(w->pages, job)) {
		page_unref(pages_finish(w->pages, job));
		job_free(job);
	}
}

/* The path of a request, as far as it needs no waiting. */
static void
serve(struct worker *w, struct conn *c)
{
	static const struct outcome hit = {.kind = OUTCOME_MEMORY};
	static const struct outcome behind = {.kind = OUTCOME_BEHIND};
	const struct route *route;
	struct lookup l;
	int status;

	buf_reset(&w->why);
	switch (fcgi_read(c->fd, &c->reader, w->site->prefix, &c->request,
	    &c->call, &status, &w->why)) {
	case FCGI_DONE:
		break;
	case FCGI_AGAIN:
		if (c->deadline_us == 0)
			conn_wait(c, CONN_READING, READ_TIMEOUT_MS);
		return;
	case FCGI_IDLE:
		return;
	case FCGI_GONE:
		close_conn(w, c);
		return;
	}
	c->since_us = clock_mono_us();
	c->request.id = w->next_id++;
	if (++w->served == w->max_requests)
		link_say(w->link, LINK_REPLACE);
	if (status == 200)
		status = route_request(
		    w->site->routes, &c->request, &route, &w->why);
	if (status != 200) {
		refuse(w, c, status, &w->why);
		return;
	}
	buf_reset(&w->key);
	route_key(&c->request, &w->key);
	if (w->key.failed) { /* half a key would be another page's */
		log_error("worker", "out of memory");
		close_conn(w, c);
		return;
	}
	l = pages_look_up(w->pages, route, &c->request, str_of_buf(&w->key));
	if (l.behind)
		refresh(w, c, &l);
	if (l.fresh || l.behind)
		respond(w, c, l.page, l.fresh ? &hit : &behind);
	else
		await(w, c, &l);
}

static void
collect(struct worker *w)
{
	struct job *job = pages_collect(w->pages);

	while (job != NULL) {
		struct job *next = job->queue_next;

		deliver(w, job);
		job = next;
	}
}

static void
conn_event(struct worker *w, struct conn *c, uint32_t events)
{
	/* An event comes once: what is not read now must not be forgotten. */
	if ((events & EPOLLIN) != 0)
		c->reader.more = true;
	switch (c->state) {
	case CONN_READING:
		serve(w, c);
		break;
	case CONN_WAITING:
		if ((events & (EPOLLHUP | EPOLLERR)) != 0 ||
		    fcgi_gave_up(c->fd))
			close_conn(w, c);
		break;
	case CONN_WRITING:
		send_reply(w, c);
		break;
	case CONN_LINGERING:
		linger(w, c);
		break;
	case CONN_DEAD:
		break;
	}
}

static void
set_accepting(struct worker *w, bool on)
{
	if (on == w->accepting)
		return;
	w->accepting = on;
	for (size_t i = 0; i < w->n_listeners; i++) {
		struct epoll_event e = {
		    .events = EPOLLIN | EPOLLEXCLUSIVE,
		    .data.ptr = (void *)&w->listeners[i],
		};

		if (epoll_ctl(w->epoll_fd, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
			w->listeners[i], &e) < 0)
			log_error("worker", "epoll: %s", strerror(errno));
	}
}

/* One connection a turn, so that workers share a burst. */
static void
accept_conn(struct worker *w, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct conn *c;

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM) {
			log_error(
			    "worker", "accept: %s; pausing", strerror(errno));
			set_accepting(w, false); /* until the next tick */
		}
		return;
	}
	c = conn_open(&w->conns, fd);
	if (c == NULL) {
		log_error("worker", "out of memory");
		close(fd);
		return;
	}
	conn_wait(c, CONN_READING, READ_TIMEOUT_MS);
	watch(w, c, 0, EPOLL_CTL_ADD);
	serve(w, c);
}

/* The bytes of memory that the process occupies; 0: not known. */
static size_t
resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*u %lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* Tells the master that it lives, and whether it has lived long enough. */
static void
report(struct worker *w)
{
	int64_t limit_ms = w->site->time_limit_ms + STUCK_MARGIN_MS;

	link_say(w->link, LINK_ALIVE);
	if (w->draining)
		return;
	if (pages_stuck(w->pages, limit_ms)) {
		log_error(
		    "worker", "a renderer is stuck: asking to be replaced");
		link_say(w->link, LINK_REPLACE);
	} else if ((w->max_requests != 0 && w->served >= w->max_requests) ||
	    (w->site->max_rss != 0 && resident_bytes() >= w->site->max_rss)) {
		link_say(w->link, LINK_REPLACE);
	}
}

/*
 * No new connections.  Those that wait for a request in vain are closed, or,
 * if it is patient, only after one more reply: the web server never finds one
 * closed that it is just sending on.
 */
static void
drain(struct worker *w, bool patient)
{
	struct conn *c, *next;

	if (w->draining && (patient || w->patient_until_us == 0))
		return;
	w->draining = true;
	w->patient_until_us = patient ? clock_mono_us() + PATIENT_MS * 1000 : 0;
	set_accepting(w, false);
	if (patient)
		return;
	for (c = w->conns.open; c != NULL; c = next) {
		next = c->next;
		if (c->state != CONN_READING)
			continue;
		serve(w, c);
		if (c->state != CONN_READING)
			continue;
		/* It has been idle, or is new and may be about to send. */
		if (c->deadline_us == 0)
			close_conn(w, c);
		else
			conn_wait(c, CONN_READING, DRAIN_READ_MS);
	}
}

/* Closes what has waited too long, and notices files that were replaced. */
static void
tick(struct worker *w)
{
	int64_t now = clock_mono_us();
	struct conn *c, *next;
	struct job *job;

	if (now - w->last_tick_us < TICK_MS * 1000)
		return;
	w->last_tick_us = now;
	for (c = w->conns.open; c != NULL; c = next) {
		next = c->next;
		if (c->deadline_us != 0 && now >= c->deadline_us)
			close_conn(w, c);
	}
	while ((job = pages_overdue(w->pages, TICK_MS)) != NULL)
		shed(w, job);
	pages_refresh(w->pages);
	report(w);
	if (!w->draining)
		set_accepting(w, true);
	else if (w->patient_until_us != 0 && now >= w->patient_until_us)
		drain(w, false);
}

static void
read_signals(struct worker *w)
{
	struct signalfd_siginfo info;

	while (read(w->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGUSR1)
			log_reopen();
		else
			drain(w, info.ssi_signo == SIGHUP && w->link >= 0);
	}
}

/* The requests that came behind those that were answered in this turn. */
static void
serve_again(struct worker *w)
{
	struct conn *c, *next;

	w->again = false;
	for (c = w->conns.open; c != NULL; c = next) {
		next = c->next;
		if (!c->again || c->state != CONN_READING)
			continue;
		c->again = false;
		serve(w, c);
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
loop(struct worker *w)
{
	struct epoll_event events[EVENTS];

	while (!w->draining || w->conns.n > 0) {
		int retry_ms = pages_retry(w->pages), n;

		log_flush();
		n = epoll_wait(w->epoll_fd, events, EVENTS,
		    w->again                                  ? 0
			: retry_ms >= 0 && retry_ms < TICK_MS ? retry_ms
							      : TICK_MS);
		for (int i = 0; i < n; i++) {
			void *p = events[i].data.ptr;

			if (p == &w->signal_fd)
				read_signals(w);
			else if (p == w->pages)
				collect(w);
			else if (is_listener(w, p))
				accept_conn(w, *(const int *)p);
			else
				conn_event(w, p, events[i].events);
		}
		if (w->again)
			serve_again(w);
		tick(w);
		conns_bury(&w->conns);
	}
	log_flush();
}

static bool
add_source(struct worker *w, int fd, void *name)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = name};

	return fd >= 0 && epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &e) == 0;
}

static bool
start(struct worker *w)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	w->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	w->pages = pages_new(w->site);
	if (w->pages == NULL)
		return false;
	if (w->epoll_fd < 0 || !add_source(w, w->signal_fd, &w->signal_fd) ||
	    !add_source(w, pages_fd(w->pages), w->pages)) {
		log_error("worker", "it can't start: %s", strerror(errno));
		return false;
	}
	return true;
}

/* A little less than the limit, differently for each process. */
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
	    .link = link,
	    .next_id = (uint64_t)getpid() << 32 | 1,
	    .signal_fd = -1,
	    .epoll_fd = -1,
	};
	bool started = start(&w);

	if (started) {
		w.max_requests = jittered(site->max_requests);
		set_accepting(&w, true);
		link_say(link, LINK_READY);
		loop(&w);
	}
	pages_free(w.pages);
	buf_release(&w.key);
	buf_release(&w.why);
	if (w.epoll_fd >= 0)
		close(w.epoll_fd);
	if (w.signal_fd >= 0)
		close(w.signal_fd);
	return started ? 0 : 1;
}
