/*
 * Asking for pages, and judging the replies.
 */
#include "tests/tools/fresh-check/readers.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tools/fresh-check/reply.h"
#include "tests/tools/fresh-check/writers.h"

enum {
	BUF_SIZE = 65536,
	EVENTS = 64,
	REST_US = 10000, /* before the next try, after what was no answer */
	PROGRESS_US = 100000,
	WRONG_SHOWN = 20,
};

enum form { PLAIN, GZIP, CONDITIONAL, N_FORMS };
static const char *const form_names[] = {"plain", "gzip", "conditional"};

static const struct {
	const char *path; /* below that of the database */
	int key;          /* of the row it shows; 0: it shows all */
} pages[] = {
    {"/t.json", 0},
    {"/t", 0},
    {"/t/1.json", 1},
    {"/t/3.json", 3},
    {"/t/6.json", 6},
    {"/t/2", 2},
};
enum { N_PAGES = sizeof(pages) / sizeof(*pages) };

/* The last reply for a page: what a conditional request refers to. */
struct known {
	char tag[80];
	int64_t number;
};

struct conn {
	int fd;          /* -1: not connected */
	int64_t rest_us; /* until when it asks for nothing; 0: it has asked */
	int page;
	enum form form;
	int64_t due;   /* the number that the reply must show at least */
	int64_t known; /* that of the tag that was sent */
	size_t len;
	char buf[BUF_SIZE];
};

struct readers {
	const struct readers_options *options;
	struct board *board;
	struct tally *tally;
	int epoll_fd;
	unsigned seed;
	struct conn *conns;
	struct known known[N_PAGES];
	struct libdeflate_decompressor *inflater;
	char plain[BUF_SIZE];
};

static void
hang_up(struct conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* Nobody has answered: not wrong, but nothing to go on asking at once. */
static void
no_answer(struct readers *r, struct conn *c)
{
	r->tally->unanswered++;
	c->rest_us = board_clock_us() + REST_US;
}

static void
broken(struct readers *r, struct conn *c)
{
	hang_up(c);
	no_answer(r, c);
}

static bool
dial(struct readers *r, struct conn *c)
{
	static const int one = 1;
	struct sockaddr_in to = {
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)r->options->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		err(2, "socket");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, c->fd, &e) == 0;
}

/* Sends a request for any page in any form. */
static void
ask(struct readers *r, struct conn *c)
{
	const struct known *known;
	char field[128] = "", request[512];
	int len;

	c->page = rand_r(&r->seed) % N_PAGES;
	c->form = (enum form)(rand_r(&r->seed) % N_FORMS);
	c->len = 0;
	c->rest_us = 0;
	if (c->fd < 0 && !dial(r, c)) {
		broken(r, c);
		return;
	}
	known = &r->known[c->page];
	c->known = known->number;
	if (c->form == GZIP)
		snprintf(field, sizeof(field), "Accept-Encoding: gzip\r\n");
	if (c->form == CONDITIONAL)
		snprintf(
		    field, sizeof(field), "If-None-Match: %s\r\n", known->tag);
	len = snprintf(request, sizeof(request),
	    "GET /%s%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
	    r->options->database, pages[c->page].path, field);
	c->due = board_due(r->board);
	if (send(c->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
		broken(r, c);
}

static void wrong(struct readers *, const struct conn *, const struct reply *,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
wrong(struct readers *r, const struct conn *c, const struct reply *reply,
    const char *fmt, ...)
{
	va_list args;

	if (r->tally->wrong++ >= WRONG_SHOWN)
		return;
	fprintf(stderr, "wrong: %s (%s): ", pages[c->page].path,
	    form_names[c->form]);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "; status %d, Cache-Status: %s\n", reply->status,
	    reply->cache);
}

/*
 * Finds the next mark, `fresh:KEY:NUMBER;`, from *s on; moves it behind that.
 */
static bool
next_mark(const char **s, const char *end, int *key, int64_t *number)
{
	static const char start[] = "fresh:";
	const char *at =
	    memmem(*s, (size_t)(end - *s), start, sizeof(start) - 1);
	char text[40];

	if (at == NULL)
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)(end - at), at);
	if (sscanf(text, "fresh:%d:%" SCNd64 ";", key, number) != 2)
		return false;
	*s = at + sizeof(start) - 1;
	return true;
}

/* The number that a body shows; false, and counted as wrong, if it is amiss. */
static bool
read_number(struct readers *r, const struct conn *c, const struct reply *reply,
    const char *body, size_t len, int64_t *number)
{
	const char *end = body + len;
	int rows = 0, key, wanted = pages[c->page].key;
	int64_t n;

	for (; next_mark(&body, end, &key, &n); rows++) {
		if (key != (wanted == 0 ? rows + 1 : wanted)) {
			wrong(r, c, reply, "the row of key %d", key);
			return false;
		}
		if (rows > 0 && n != *number) {
			wrong(r, c, reply, "rows with %" PRId64 " and %" PRId64,
			    *number, n);
			return false;
		}
		*number = n;
	}
	if (rows != (wanted == 0 ? ROWS : 1)) {
		wrong(r, c, reply, "%d rows", rows);
		return false;
	}
	return true;
}

static bool
read_body(struct readers *r, const struct conn *c, const struct reply *reply,
    int64_t *number)
{
	size_t len;

	if (!reply->gzip)
		return read_number(
		    r, c, reply, reply->body, reply->body_len, number);
	if (libdeflate_gzip_decompress(r->inflater, reply->body,
		reply->body_len, r->plain, sizeof(r->plain),
		&len) != LIBDEFLATE_SUCCESS) {
		wrong(r, c, reply, "no sound gzip");
		return false;
	}
	return read_number(r, c, reply, r->plain, len, number);
}

static void
count_source(struct tally *t, const char *cache)
{
	if (strstr(cache, "detail=memory") != NULL)
		t->memory++;
	else if (strstr(cache, "detail=memcached") != NULL)
		t->memcached++;
	else if (strstr(cache, "detail=redis") != NULL)
		t->redis++;
	else if (strstr(cache, "collapsed") != NULL)
		t->collapsed++;
	else
		t->rendered++;
}

/* An answer: is it right? */
static void
judge(struct readers *r, const struct conn *c, const struct reply *reply)
{
	struct known *known = &r->known[c->page];
	int64_t number = c->known, most = r->board->attempted;
	bool modified = reply->status != 304;

	if (reply->status != 200 && (modified || c->form != CONDITIONAL)) {
		wrong(r, c, reply, "no such status was to be expected");
		return;
	}
	if (modified && !read_body(r, c, reply, &number))
		return;
	if (number < c->due || number > most) {
		wrong(r, c, reply,
		    "%" PRId64 " in place of %" PRId64 " to %" PRId64, number,
		    c->due, most);
		return;
	}
	if (!modified) {
		r->tally->not_modified++;
		return;
	}
	r->tally->reads++;
	count_source(r->tally, reply->cache);
	memcpy(known->tag, reply->tag, sizeof(known->tag));
	known->number = number;
}

/* More of a reply has come; when it is whole, the next request goes out. */
static void
receive(struct readers *r, struct conn *c)
{
	struct reply reply;
	ssize_t n =
	    recv(c->fd, c->buf + c->len, sizeof(c->buf) - c->len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		broken(r, c);
		return;
	}
	c->len += (size_t)n;
	switch (reply_parse(&reply, c->buf, c->len)) {
	case REPLY_MORE:
		return;
	case REPLY_BAD:
		broken(r, c);
		return;
	case REPLY_WHOLE:
		break;
	}
	if (reply.close)
		hang_up(c);
	if (reply.status >= 500) {
		no_answer(r, c);
		return;
	}
	judge(r, c, &reply);
	ask(r, c);
}

/* Those that have rested ask again. */
static void
ask_again(struct readers *r, int64_t now)
{
	for (size_t i = 0; i < r->options->connections; i++) {
		struct conn *c = &r->conns[i];

		if (c->rest_us != 0 && now >= c->rest_us)
			ask(r, c);
	}
}

/* For who watches the run, and wants to know when something has happened. */
static void
print_progress(const struct readers *r)
{
	printf("so far: reads %" PRIu64 ", ", r->tally->reads);
	board_print(r->board);
	printf("\n");
	fflush(stdout);
}

static bool
is_enough(const struct readers *r, int64_t us)
{
	const struct readers_options *o = r->options;

	return (o->reads > 0 && r->tally->reads >= o->reads) ||
	    (o->time_us > 0 && us >= o->time_us);
}

/* True when there is enough, false at the limit. */
static bool
loop(struct readers *r)
{
	int64_t start = board_clock_us(), told = start;

	for (;;) {
		struct epoll_event events[EVENTS];
		int n = epoll_wait(r->epoll_fd, events, EVENTS, REST_US / 1000);
		int64_t now = board_clock_us();

		for (int i = 0; i < n; i++)
			receive(r, events[i].data.ptr);
		ask_again(r, now);
		if (now - told >= PROGRESS_US) {
			print_progress(r);
			told = now;
		}
		r->tally->us = now - start;
		if (is_enough(r, now - start))
			return true;
		if (now - start >= r->options->limit_us)
			return false;
	}
}

bool
readers_run(
    const struct readers_options *o, struct board *board, struct tally *tally)
{
	struct readers *r = calloc(1, sizeof(*r));
	bool enough;

	if (r == NULL)
		err(2, NULL);
	r->options = o;
	r->board = board;
	r->tally = tally;
	r->seed = o->seed;
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r->conns = calloc(o->connections, sizeof(*r->conns));
	r->inflater = libdeflate_alloc_decompressor();
	if (r->epoll_fd < 0 || r->conns == NULL || r->inflater == NULL)
		err(2, NULL);
	for (size_t i = 0; i < o->connections; i++)
		r->conns[i] = (struct conn){.fd = -1, .rest_us = 1};
	enough = loop(r);
	for (size_t i = 0; i < o->connections; i++)
		hang_up(&r->conns[i]);
	close(r->epoll_fd);
	libdeflate_free_decompressor(r->inflater);
	free(r->conns);
	free(r);
	return enough;
}
