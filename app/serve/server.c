/*
 * The path of a request.  `serve` is all of it that needs no waiting: request →
 * route → key → memory → respond.  A page that is not in memory is the
 * renderers' job, and comes back in `deliver`.
 */
#include "app/serve/server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/render/pages.h"
#include "app/serve/access.h"
#include "app/serve/conn.h"
#include "app/serve/live.h"
#include "app/watch/clock.h"
#include "app/watch/log.h"

enum {
	READ_TIMEOUT_MS = 10000,  /* for the rest of a request */
	WRITE_TIMEOUT_MS = 30000, /* until a reader takes anything at all */
	LINGER_MS = 2000,
	DRAIN_READ_MS = 1000, /* for the rest of a request, when stopping */
	IDLE_MS = 1000,       /* a connection's, while others wait */
};

struct server {
	const struct site *site;
	struct pages *pages;
	struct conns conns;
	int epoll_fd;
	const int *listeners;
	size_t n_listeners;
	size_t yields;   /* connections to be closed after a reply */
	bool draining;   /* all are closed after a reply */
	bool again;      /* some connections are to be served again */
	uint64_t served; /* requests */
	uint64_t next_id;
	/* For the request in hand: its key, and why it is refused. */
	struct buf key, why;
};

static void
close_conn(struct server *s, struct conn *c)
{
	struct job *job = c->job;

	conn_close(&s->conns, c);
	stats_set(s->site->slot, LEVEL_CONNECTIONS, s->conns.n);
	/* No client waits for the page any more. */
	if (job != NULL && TAILQ_EMPTY(&job->waiting))
		pages_abandon(s->pages, job);
}

/* Closes a connection for lack of memory. */
static void
give_up(struct server *s, struct conn *c)
{
	log_error("server", "out of memory");
	close_conn(s, c);
}

/* Reads on after a reply that came early, until the web server hangs up. */
static void
linger(struct server *s, struct conn *c)
{
	char rest[16384];
	ssize_t n;

	while ((n = recv(c->fd, rest, sizeof(rest), MSG_DONTWAIT)) > 0)
		;
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_conn(s, c);
}

/* After a reply: the next request, or the end of the connection. */
static void
next_request(struct server *s, struct conn *c)
{
	bool more = fcgi_has_more(&c->reader);

	if (c->reply.call.linger) {
		shutdown(c->fd, SHUT_WR);
		conn_wait(c, CONN_LINGERING, LINGER_MS);
		linger(s, c);
		return;
	}
	if (!c->reply.call.keep || (s->draining && !more)) {
		close_conn(s, c);
		return;
	}
	if (s->yields > 0 && !more) {
		s->yields--;
		close_conn(s, c);
		return;
	}
	conn_wait(c, CONN_READING, 0);
	/* Later, or one request would stand on the other's stack. */
	c->again = more;
	s->again |= more;
}

/* False: no events would come, so the connection has been closed. */
static bool
watch(struct server *s, struct conn *c, uint32_t events, int op)
{
	struct epoll_event e = {
	    .events = events | EPOLLIN | EPOLLRDHUP | EPOLLET,
	    .data.ptr = c,
	};

	if (epoll_ctl(s->epoll_fd, op, c->fd, &e) == 0)
		return true;
	log_error("server", "epoll: %s", strerror(errno));
	close_conn(s, c);
	return false;
}

static void go_on(struct server *s, struct conn *c);

static void
send_reply(struct server *s, struct conn *c)
{
	bool was_writing = c->state == CONN_WRITING;

	switch (fcgi_reply_write(c->fd, &c->reply)) {
	case FCGI_DONE:
		if (was_writing && !watch(s, c, 0, EPOLL_CTL_MOD))
			break;
		if (c->reply.more) {
			go_on(s, c);
			break;
		}
		conn_finish_reply(c);
		conn_pass_buffers(&s->conns, c);
		next_request(s, c);
		break;
	case FCGI_AGAIN:
		conn_wait(c, CONN_WRITING, WRITE_TIMEOUT_MS);
		if (!was_writing)
			watch(s, c, EPOLLOUT, EPOLL_CTL_MOD);
		break;
	default:
		close_conn(s, c);
		break;
	}
}

/* Notes the reply in the counters and in the access log. */
static void
count_reply(const struct server *s, const struct conn *c,
    const struct outcome *o, int status, int64_t now_us)
{
	const struct route *route = c->request->route;
	struct stats_reply reply = {
	    .route =
		route == NULL ? 0 : (size_t)(route - s->site->routes->rows) + 1,
	    .outcome = o->kind,
	    .status = status,
	    .bytes = c->reply.head.len + c->sent,
	    .us = now_us - c->since_us,
	};

	stats_reply(s->site->slot, &reply);
	access_log(c->request, o, status, c->sent, reply.us);
}

/* Sends the page; the connection keeps a reference of its own. */
static void
respond(struct server *s, struct conn *c, struct page *page,
    const struct outcome *o)
{
	struct form form = respond_form(c->request, page, s->site->cors);
	struct str body = {page->body.data, page->body.len};
	int64_t now_us = clock_mono_us();
	bool ok = true, begun = c->request->resume.len > 0;

	/* Too late for another status: the reply ends early. */
	if (begun && page->status != 200) {
		count_reply(s, c, o, page->status, now_us);
		close_conn(s, c);
		return;
	}
	c->page = page_ref(page);
	buf_reset(&c->head);
	if (!begun)
		respond_head(&c->head, page, form, o, now_us / 1000);
	if (form.not_modified || c->request->method == METHOD_HEAD) {
		body.len = 0;
	} else if (form.inflate) {
		c->plain = pages_inflated(s->pages, page);
		ok = c->plain != NULL;
		if (ok)
			body = str_of_buf(&c->plain->body);
	}
	if (!ok || c->head.failed) {
		give_up(s, c);
		return;
	}
	c->reply = (struct fcgi_reply){
	    .call = c->call,
	    .more = page->next.len > 0 && c->request->method != METHOD_HEAD,
	    .head = {c->head.data, c->head.len},
	    .body = body,
	};
	c->sent = begun ? c->sent + body.len : body.len;
	if (!c->reply.more)
		count_reply(
		    s, c, o, form.not_modified ? 304 : page->status, now_us);
	send_reply(s, c);
}

/* Sends a page made for this request alone; NULL: out of memory. */
static void
answer_alone(struct server *s, struct conn *c, struct page *page)
{
	static const struct outcome bypass = {.kind = OUTCOME_BYPASS};

	if (page == NULL) {
		close_conn(s, c);
		return;
	}
	respond(s, c, page, &bypass);
	page_unref(page);
}

/* Sends a page about squall itself. */
static void
show_live(struct server *s, struct conn *c)
{
	const struct live live = {
	    .site = s->site,
	    .catalog = pages_catalog(s->pages),
	    .listeners = s->listeners,
	    .n_listeners = s->n_listeners,
	    .draining = s->draining,
	};

	answer_alone(s, c, live_page(&live, c->request));
}

/* Keeps a finished job's page, and sends it to all that wait for it. */
static void
deliver(struct server *s, struct job *job)
{
	struct page *page = pages_finish(s->pages, job);
	struct outcome outcome = job->outcome;
	struct conn *c;

	request_unref(job->request); /* so that its connection can reuse it */
	job->request = NULL;
	while ((c = TAILQ_FIRST(&job->waiting)) != NULL) {
		conn_leave_job(c);
		if (page == NULL) {
			close_conn(s, c);
			continue;
		}
		respond(s, c, page, &outcome);
		if (outcome.kind == OUTCOME_MISS)
			outcome.kind = OUTCOME_COLLAPSED;
	}
	page_unref(page);
	job_free(job);
}

void
server_collect(struct server *s)
{
	struct job *job;

	while ((job = pages_collect(s->pages)) != NULL)
		deliver(s, job);
}

/* Ends a job that no renderer has begun; an older page may stand in. */
static void
shed_job(struct server *s, struct job *job)
{
	buf_reset(&s->why);
	buf_lit(&s->why, "The server is busy. Please try again in a moment.");
	job->page = route_refusal(s->site->routes, job->request, 503, &s->why);
	job->outcome.kind = OUTCOME_BYPASS;
	deliver(s, job);
}

/* Joins the job for the page, or starts one. */
static void
await(struct server *s, struct conn *c, const struct lookup *l)
{
	struct job *under_way =
	    pages_under_way(s->pages, l, str_of_buf(&s->key));
	struct job *job = under_way;

	if (job == NULL)
		job = pages_start(s->pages, c->request, l, &s->key);
	if (job == NULL) {
		close_conn(s, c);
		return;
	}
	conn_join_job(c, job);
	conn_wait(c, CONN_WAITING, 0);
	if (under_way == NULL && !pages_submit(s->pages, job))
		shed_job(s, job);
}

/* Starts a job for a newer page, for later requests. */
static void
refresh(struct server *s, struct conn *c, const struct lookup *l)
{
	struct job *job;

	if (pages_under_way(s->pages, l, str_of_buf(&s->key)) != NULL)
		return;
	job = pages_start(s->pages, c->request, l, &s->key);
	if (job != NULL && !pages_submit(s->pages, job)) {
		page_unref(pages_finish(s->pages, job));
		job_free(job);
	}
}

/* Sends the page if it is in memory; else waits for it. */
static void
find_page(struct server *s, struct conn *c)
{
	static const struct outcome hit = {.kind = OUTCOME_MEMORY};
	static const struct outcome behind = {.kind = OUTCOME_BEHIND};
	struct lookup l;

	buf_reset(&s->key);
	route_key(c->request, &s->key);
	if (s->key.failed) { /* half a key would be another page's */
		give_up(s, c);
		return;
	}
	l = pages_look_up(
	    s->pages, c->request, str_of_buf(&s->key), c->since_us / 1000);
	if (l.behind)
		refresh(s, c, &l);
	if (l.fresh || l.behind)
		respond(s, c, l.page, l.fresh ? &hit : &behind);
	else
		await(s, c, &l);
}

/* A part of a stream has been sent: asks for the next. */
static void
go_on(struct server *s, struct conn *c)
{
	struct request *part = request_part(c->request, &c->page->next);

	conn_finish_reply(c);
	if (part == NULL) {
		give_up(s, c);
		return;
	}
	request_unref(c->request);
	c->request = part;
	find_page(s, c);
}

/* Reads a request, if one has arrived, and answers it as far as possible. */
static void
serve(struct server *s, struct conn *c)
{
	int status;

	assert(c->state == CONN_READING);
	if (!conn_take_buffers(&s->conns, c)) {
		give_up(s, c);
		return;
	}
	buf_reset(&s->why);
	switch (fcgi_read(c->fd, &c->reader, s->site->prefix, c->request,
	    &c->call, &status, &s->why)) {
	case FCGI_DONE:
		break;
	case FCGI_AGAIN:
		if (c->deadline_us == 0)
			conn_wait(c, CONN_READING, READ_TIMEOUT_MS);
		return;
	case FCGI_IDLE:
		conn_pass_buffers(&s->conns, c);
		return;
	case FCGI_GONE:
		close_conn(s, c);
		return;
	}
	c->since_us = clock_mono_us();
	c->request->id = s->next_id++;
	s->served++;
	if (status == 200)
		status = route_request(s->site->routes, c->request, &s->why);
	if (status != 200)
		answer_alone(s, c,
		    route_refusal(
			s->site->routes, c->request, status, &s->why));
	else if (c->request->route->live != NULL)
		show_live(s, c);
	else
		find_page(s, c);
}

/* The same for a request that may have come after this turn's events. */
static void
serve_late(struct server *s, struct conn *c)
{
	pages_new_turn(s->pages);
	serve(s, c);
}

void
server_begin_turn(struct server *s)
{
	pages_new_turn(s->pages);
}

void
server_event(struct server *s, struct conn *c, uint32_t events)
{
	/* An event comes once: note that there is something to read. */
	if ((events & EPOLLIN) != 0)
		c->reader.more = true;
	switch (c->state) {
	case CONN_READING:
		if ((events & EPOLLIN) != 0)
			serve(s, c);
		else
			serve_late(s, c);
		break;
	case CONN_WAITING:
		if ((events & (EPOLLHUP | EPOLLERR)) != 0 ||
		    fcgi_gave_up(c->fd, &c->reader))
			close_conn(s, c);
		break;
	case CONN_WRITING:
		send_reply(s, c);
		break;
	case CONN_LINGERING:
		linger(s, c);
		break;
	case CONN_DEAD:
		break;
	}
}

void
server_accept(struct server *s, int fd)
{
	struct conn *c = conn_open(&s->conns, fd);

	if (c == NULL) {
		log_error("server", "out of memory");
		close(fd);
		return;
	}
	stats_count(s->site->slot, COUNT_CONNECTIONS, 1);
	stats_set(s->site->slot, LEVEL_CONNECTIONS, s->conns.n);
	conn_wait(c, CONN_READING, READ_TIMEOUT_MS);
	if (watch(s, c, 0, EPOLL_CTL_ADD))
		serve_late(s, c);
}

size_t
server_connections(const struct server *s)
{
	return s->conns.n;
}

uint64_t
server_served(const struct server *s)
{
	return s->served;
}

/* Serves requests that came behind those answered in this turn. */
static void
serve_again(struct server *s)
{
	struct conn *c, *next;

	s->again = false;
	for (c = LIST_FIRST(&s->conns.open); c != NULL; c = next) {
		next = LIST_NEXT(c, beside);
		if (!c->again || c->state != CONN_READING)
			continue;
		c->again = false;
		serve_late(s, c);
	}
}

void
server_end_turn(struct server *s)
{
	if (s->again)
		serve_again(s);
	conns_bury(&s->conns);
}

int
server_wait_ms(struct server *s, int most)
{
	int retry_ms = pages_retry(s->pages);

	if (s->again)
		return 0;
	return retry_ms >= 0 && retry_ms < most ? retry_ms : most;
}

/* Has no request come for some time? */
static bool
is_idle(const struct conn *c, int64_t now)
{
	return c->state == CONN_READING && now - c->since_us > IDLE_MS * 1000;
}

void
server_tick(struct server *s, int64_t ms, bool crowded)
{
	int64_t now = clock_mono_us();
	struct conn *c, *next;
	struct job *job;

	for (c = LIST_FIRST(&s->conns.open); c != NULL; c = next) {
		next = LIST_NEXT(c, beside);
		if (c->deadline_us != 0 ? now >= c->deadline_us
					: crowded && is_idle(c, now))
			close_conn(s, c);
	}
	while ((job = pages_overdue(s->pages, ms)) != NULL)
		shed_job(s, job);
	s->yields = crowded ? s->conns.n : 0;
}

bool
server_is_writing(const struct server *s)
{
	const struct conn *c;

	LIST_FOREACH(c, &s->conns.open, beside) {
		if (c->state == CONN_WRITING)
			return true;
	}
	return false;
}

void
server_drain(struct server *s, bool patient)
{
	struct conn *c, *next;

	s->draining = true;
	if (!patient)
		s->n_listeners = 0;
	for (c = patient ? NULL : LIST_FIRST(&s->conns.open); c != NULL;
	     c = next) {
		next = LIST_NEXT(c, beside);
		if (c->state != CONN_READING)
			continue;
		serve_late(s, c);
		if (c->state != CONN_READING)
			continue;
		/* A new one may be about to send. */
		if (c->deadline_us == 0)
			close_conn(s, c);
		else
			conn_wait(c, CONN_READING, DRAIN_READ_MS);
	}
}

bool
server_is_stuck(const struct server *s, int64_t ms)
{
	return pages_stuck(s->pages, ms);
}

struct server *
server_new(
    const struct site *site, int epoll_fd, const int *listeners, size_t n)
{
	struct epoll_event e = {.events = EPOLLIN | EPOLLET};
	struct server *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		log_error("server", "out of memory");
		return NULL;
	}
	s->site = site;
	s->epoll_fd = epoll_fd;
	s->listeners = listeners;
	s->n_listeners = n;
	s->next_id = (uint64_t)getpid() << 32 | 1;
	s->pages = pages_new(site);
	e.data.ptr = s;
	if (s->pages != NULL &&
	    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, pages_fd(s->pages), &e) == 0)
		return s;
	if (s->pages != NULL)
		log_error("server", "epoll: %s", strerror(errno));
	server_free(s);
	return NULL;
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	conns_release(&s->conns);
	pages_free(s->pages);
	buf_release(&s->key);
	buf_release(&s->why);
	free(s);
}
