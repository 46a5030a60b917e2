/*
 * Load for squall itself, without a web server in between: clients that ask
 * over FastCGI, each as soon as it has had its reply, and a count of what
 * became of every request.  Integration tests use it where a web server would
 * hide a failure by trying again.  One thread; nothing of squall's in it.
 *
 *	fcgi-load PATH CLIENTS SECONDS keep|close URI...
 *
 * PATH is squall's unix socket; `keep` asks again on the same connection.  It
 * ends when the time is over, which SIGTERM ends too, and what was asked is
 * answered, or when nobody listens any more, and prints the numbers, `NAME
 * VALUE`, a line each.  For SECONDS may stand 1000x: so many requests; for URI
 * @FILE, which has one a line.
 *
 *	answered	requests whose reply came whole
 *	failed		of these, such as had another status than 200
 *	refused		connections that were not to be had, or ended unused
 *	unread		requests that squall has not read: a unix socket that
 *			is closed with bytes unread, or before it was accepted,
 *			resets its peer (unix_release_sock, net/unix)
 *	broken		requests that it has read, whose reply is cut or missing
 *	p50_us, p99_us, max_us	what the replies took
 *	longest_us	between two replies, whosever
 */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fastcgi.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	EVENTS = 64,
	TIMES_MAX = 1 << 22,
	LONGEST_S = 3600,  /* for a number of requests */
	GRACE_MS = 300000, /* for the last replies */
};

static const char wanted_start[] = "Status: 200 ";

struct client {
	int fd; /* -1: it has no connection, and wants none */
	int64_t since_us;
	bool asked; /* its reply has not come whole */
	bool begun; /* some of it has */
	unsigned char head[FCGI_HEADER_LEN];
	size_t n_head, left; /* of the record: what is there, what is not */
	char start[sizeof(wanted_start) - 1];
	size_t n_start;
};

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static bool keep;
static char **uris;
static size_t n_uris, next_uri;
static int epoll_fd;
static size_t n_open;
static int64_t end_us, last_us, longest_us;
static unsigned long most = ULONG_MAX, asked; /* requests */
static unsigned long answered, failed, refused, unread, broken;
static uint32_t *times;
static volatile sig_atomic_t told_to_end;

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static unsigned char *
put_head(unsigned char *p, int type, size_t len)
{
	const FCGI_Header head = {
	    .version = FCGI_VERSION_1,
	    .type = (unsigned char)type,
	    .requestIdB0 = 1,
	    .contentLengthB1 = (unsigned char)(len >> 8),
	    .contentLengthB0 = (unsigned char)len,
	};

	memcpy(p, &head, sizeof(head));
	return p + sizeof(head);
}

static unsigned char *
put_text(unsigned char *p, const void *text, size_t len)
{
	memcpy(p, text, len);
	return p + len;
}

/* Lengths under 128: a byte each. */
static unsigned char *
put_pair(unsigned char *p, const char *name, const char *value, size_t len)
{
	*p++ = (unsigned char)strlen(name);
	*p++ = (unsigned char)len;
	p = put_text(p, name, strlen(name));
	return put_text(p, value, len);
}

/* What else nginx's fastcgi_params has, and a client's header fields. */
static const struct {
	const char *name, *value;
} others[] = {
    {"CONTENT_TYPE", ""},
    {"CONTENT_LENGTH", ""},
    {"DOCUMENT_URI", "/"},
    {"DOCUMENT_ROOT", "/usr/share/nginx/html"},
    {"REQUEST_SCHEME", "http"},
    {"GATEWAY_INTERFACE", "CGI/1.1"},
    {"SERVER_SOFTWARE", "nginx/1.22.1"},
    {"REMOTE_ADDR", "192.0.2.1"},
    {"REMOTE_PORT", "50000"},
    {"REMOTE_USER", ""},
    {"SERVER_ADDR", "192.0.2.2"},
    {"SERVER_PORT", "80"},
    {"SERVER_NAME", "localhost"},
    {"REDIRECT_STATUS", "200"},
    {"HTTP_HOST", "localhost"},
    {"HTTP_ACCEPT", "*/*"},
};

static size_t
write_request(unsigned char *to, const char *uri)
{
	size_t path = strcspn(uri, "?");
	const char *query = uri[path] == '\0' ? "" : uri + path + 1;
	FCGI_BeginRequestBody begin = {
	    .roleB0 = FCGI_RESPONDER, .flags = keep ? FCGI_KEEP_CONN : 0};
	unsigned char *p = put_head(to, FCGI_BEGIN_REQUEST, sizeof(begin));
	unsigned char *params;

	p = put_text(p, &begin, sizeof(begin));
	params = p;
	p += FCGI_HEADER_LEN;
	p = put_pair(p, "REQUEST_METHOD", "GET", 3);
	p = put_pair(p, "SERVER_PROTOCOL", "HTTP/1.1", 8);
	p = put_pair(p, "HTTP_ACCEPT_ENCODING", "gzip", 4);
	p = put_pair(p, "REQUEST_URI", uri, strlen(uri));
	p = put_pair(p, "SCRIPT_NAME", "", 0);
	p = put_pair(p, "PATH_INFO", uri, path);
	p = put_pair(p, "QUERY_STRING", query, strlen(query));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		p = put_pair(p, others[i].name, others[i].value,
		    strlen(others[i].value));
	put_head(params, FCGI_PARAMS, (size_t)(p - params) - FCGI_HEADER_LEN);
	p = put_head(p, FCGI_PARAMS, 0);
	p = put_head(p, FCGI_STDIN, 0);
	return (size_t)(p - to);
}

static void
hang_up(struct client *c)
{
	close(c->fd);
	c->fd = -1;
	n_open--;
}

/* False: nobody takes it. */
static bool
dial(struct client *c)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};

	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		err(1, "socket");
	if (connect(c->fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(c->fd);
		c->fd = -1;
		return false;
	}
	n_open++;
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e) < 0)
		err(1, "epoll");
	return true;
}

static void
on_term(int signal)
{
	(void)signal;
	told_to_end = 1;
}

static bool
is_over(int64_t now)
{
	return told_to_end || now >= end_us || asked >= most;
}

/* False: the connection is none any more. */
static bool
send_request(struct client *c)
{
	unsigned char request[1024];
	size_t len = write_request(request, uris[next_uri++ % n_uris]);

	c->asked = send(c->fd, request, len, MSG_NOSIGNAL) == (ssize_t)len;
	asked += c->asked;
	return c->asked;
}

/* The next request, if there is time for one: on a new connection if need be.
 */
static void
ask(struct client *c)
{
	c->asked = c->begun = false;
	c->n_head = c->left = c->n_start = 0;
	c->since_us = now_us();
	if (c->fd >= 0 && (!keep || is_over(c->since_us)))
		hang_up(c);
	if (is_over(c->since_us))
		return;
	if (c->fd >= 0) {
		if (send_request(c))
			return;
		/* It was closed, idle, just before. */
		refused++;
		hang_up(c);
	}
	if (dial(c)) {
		if (send_request(c))
			return;
		hang_up(c);
	}
	refused++;
}

static void
note_reply(struct client *c)
{
	int64_t now = now_us();

	if (answered < TIMES_MAX)
		times[answered] = (uint32_t)(now - c->since_us);
	answered++;
	failed += c->n_start < sizeof(c->start) ||
	    memcmp(c->start, wanted_start, sizeof(c->start)) != 0;
	if (last_us != 0 && now - last_us > longest_us)
		longest_us = now - last_us;
	last_us = now;
}

/* What has come of a record's content.  */
static void
take_content(struct client *c, const unsigned char *p, size_t n)
{
	size_t room = sizeof(c->start) - c->n_start;

	if (c->head[1] != FCGI_STDOUT)
		return;
	if (n > room)
		n = room;
	memcpy(c->start + c->n_start, p, n);
	c->n_start += n;
}

/* Bytes of a reply; true: that was its end. */
static bool
take(struct client *c, const unsigned char *p, size_t n)
{
	while (n > 0) {
		size_t part;

		if (c->n_head < FCGI_HEADER_LEN) {
			c->head[c->n_head++] = *p++;
			n--;
			if (c->n_head == FCGI_HEADER_LEN)
				c->left =
				    (size_t)(c->head[4] << 8 | c->head[5]) +
				    c->head[6];
			continue;
		}
		part = n < c->left ? n : c->left;
		take_content(c, p, part);
		p += part;
		n -= part;
		c->left -= part;
		if (c->left > 0)
			break;
		if (c->head[1] == FCGI_END_REQUEST)
			return true;
		c->n_head = 0;
	}
	return false;
}

/* The connection ended, which it should not have done if a reply was due. */
static void
note_end(struct client *c, bool reset)
{
	if (c->begun || (c->asked && !reset))
		broken++;
	else if (c->asked)
		unread++;
	hang_up(c);
	ask(c);
}

static void
on_event(struct client *c)
{
	static unsigned char bytes[1 << 16];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		note_end(c, n < 0);
		return;
	}
	c->begun = true;
	if (take(c, bytes, (size_t)n)) {
		note_reply(c);
		ask(c);
	}
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
print_times(void)
{
	size_t n = answered < TIMES_MAX ? answered : TIMES_MAX;

	qsort(times, n, sizeof(*times), by_size);
	printf("p50_us %u\np99_us %u\nmax_us %u\nlongest_us %lld\n",
	    n == 0 ? 0 : times[n / 2], n == 0 ? 0 : times[n * 99 / 100],
	    n == 0 ? 0 : times[n - 1], (long long)longest_us);
}

static void
run(struct client *clients, size_t n)
{
	struct epoll_event events[EVENTS];

	for (size_t i = 0; i < n; i++)
		ask(&clients[i]);
	while (n_open > 0 && now_us() < end_us + GRACE_MS * 1000) {
		int ready = epoll_wait(epoll_fd, events, EVENTS, 1000);

		for (int i = 0; i < ready; i++)
			on_event(events[i].data.ptr);
	}
	broken += n_open; /* too late is not at all */
}

/* The lines of a file, which stays in memory. */
static char **
read_lines(const char *path, size_t *n)
{
	FILE *f = fopen(path, "r");
	char **lines = NULL, *line = NULL;
	size_t size = 0, room = 0;
	ssize_t len;

	if (f == NULL)
		err(1, "%s", path);
	for (*n = 0; (len = getline(&line, &size, f)) > 0; ++*n) {
		line[len - 1] = '\0';
		if (*n == room) {
			room = room == 0 ? 1024 : 2 * room;
			lines = realloc(lines, room * sizeof(*lines));
		}
		if (lines == NULL || (lines[*n] = strdup(line)) == NULL)
			err(1, "%s", path);
	}
	free(line);
	fclose(f);
	return lines;
}

static void
usage(void)
{
	fputs("usage: fcgi-load PATH CLIENTS SECONDS keep|close URI...\n",
	    stderr);
	exit(2);
}

int
main(int argc, char *argv[])
{
	struct client *clients;
	double seconds;
	char *rest;
	size_t n;

	if (argc < 6 || strlen(argv[1]) >= sizeof(address.sun_path))
		usage();
	memcpy(address.sun_path, argv[1], strlen(argv[1]));
	n = strtoul(argv[2], NULL, 10);
	keep = strcmp(argv[4], "keep") == 0;
	uris = argv + 5;
	n_uris = (size_t)argc - 5;
	if (*uris[0] == '@')
		uris = read_lines(uris[0] + 1, &n_uris);
	if (n_uris == 0)
		usage();
	for (size_t i = 0; i < n_uris; i++) {
		if (strlen(uris[i]) > 127)
			usage();
	}
	clients = calloc(n, sizeof(*clients));
	times = calloc(TIMES_MAX, sizeof(*times));
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (clients == NULL || times == NULL || epoll_fd < 0)
		err(1, "start");
	for (size_t i = 0; i < n; i++)
		clients[i].fd = -1;
	seconds = strtod(argv[3], &rest);
	if (*rest == 'x') {
		most = (unsigned long)seconds;
		seconds = LONGEST_S;
	}
	end_us = now_us() + (int64_t)(seconds * 1e6);
	signal(SIGTERM, on_term);
	run(clients, n);
	printf("answered %lu\nfailed %lu\nrefused %lu\nunread %lu\n"
	       "broken %lu\n",
	    answered, failed, refused, unread, broken);
	print_times();
	free(clients);
	free(times);
	return 0;
}
