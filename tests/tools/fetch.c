/*
 * An HTTP client that is there in no time: what the tests ask for through a web
 * server, where it does not matter who asks.  (curl takes 15 ms of CPU time to
 * start; its options are for the tests that need them.)
 *
 *	fetch [-I] [-H FIELD]... [-m SECONDS] URL HEADERS BODY
 *	fetch -l N [-H FIELD]... [-m SECONDS]
 *
 * asks for one URL, GET or with -I HEAD; writes the head and the body, each as
 *it came and without its transfer coding, to two files; and prints the status,
 *a checksum of the body, and its length.  -l asks for a list, N at a time over
 * as many connections: standard input has an address a line, a file for the
 * body, a tab and the URL, and what is printed of each, as it comes, is
 *
 *	STATUS SECONDS FILE URL CONTENT-TYPE CACHE-STATUS
 *
 * with tabs between them.  It fails if a reply does not come whole within
 * SECONDS (300), or is no HTTP/1.1; of a list, the status is 000 then.  The URL
 * goes out as it stands.
 */
#include <sys/socket.h>
#include <sys/types.h>

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum {
	FIELDS_MAX = 16,
	THREADS_MAX = 1000,
	HEAD_MAX = 65536,
	URL_MAX = 1 << 20,
	STACK_SIZE = 256 * 1024,
};

/* Where it is going, as the URL has it, and the way there. */
struct url {
	char host[64];
	struct sockaddr_storage address;
	socklen_t address_len;
	const char *path;
};

struct conn {
	int fd; /* -1: none */
	bool used;
	char host[64]; /* where it leads to */
	size_t at, n;  /* what is read, and not used */
	char buf[HEAD_MAX];
};

struct reply {
	int status;
	size_t head_len; /* 0: nothing has come */
	uint64_t sum, len;
	char head[HEAD_MAX];
};

static const char *method = "GET";
static const char *fields[FIELDS_MAX];
static size_t n_fields;
static unsigned limit_s = 300;
static pthread_mutex_t lines = PTHREAD_MUTEX_INITIALIZER;
static bool failed;

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* http://ADDRESS:PORT/PATH; localhost is 127.0.0.1. */
static bool
parse_url(struct url *u, const char *text)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&u->address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&u->address;
	char name[64], *colon;
	size_t len;
	uint16_t port = 80;

	if (strncmp(text, "http://", 7) != 0 || strpbrk(text, " \t\r\n#"))
		return false;
	text += 7;
	len = strcspn(text, "/");
	if (text[len] == '\0' || len >= sizeof(u->host))
		return false;
	memcpy(u->host, text, len);
	u->host[len] = '\0';
	u->path = text + len;

	memcpy(name, u->host, len + 1);
	colon = strrchr(name, ':');
	if (colon != NULL && strchr(colon, ']') == NULL) {
		port = (uint16_t)strtoul(colon + 1, NULL, 10);
		*colon = '\0';
	}
	memset(&u->address, 0, sizeof(u->address));
	if (name[0] == '[' && name[strlen(name) - 1] == ']') {
		name[strlen(name) - 1] = '\0';
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		u->address_len = sizeof(*v6);
		return inet_pton(AF_INET6, name + 1, &v6->sin6_addr) == 1;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	u->address_len = sizeof(*v4);
	return inet_pton(AF_INET,
		   strcmp(name, "localhost") == 0 ? "127.0.0.1" : name,
		   &v4->sin_addr) == 1;
}

static void
hang_up(struct conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static bool
dial(struct conn *c, const struct url *u)
{
	if (c->fd >= 0 && strcmp(c->host, u->host) == 0) {
		c->used = true;
		return true;
	}
	hang_up(c);
	c->used = false;
	c->at = c->n = 0;
	memcpy(c->host, u->host, sizeof(c->host));
	c->fd = socket(u->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return false;
	(void)setsockopt(
	    c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	return connect(c->fd, (const struct sockaddr *)&u->address,
		   u->address_len) == 0;
}

/* More bytes, behind those that there are; none is the end. */
static bool
fill(struct conn *c)
{
	ssize_t n;

	if (c->at > 0) {
		memmove(c->buf, c->buf + c->at, c->n - c->at);
		c->n -= c->at;
		c->at = 0;
	}
	if (c->n == sizeof(c->buf))
		return false;
	do
		n = read(c->fd, c->buf + c->n, sizeof(c->buf) - c->n);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	c->n += (size_t)n;
	return true;
}

static bool
send_all(int fd, const char *p, size_t len)
{
	ssize_t n;

	for (; len > 0; p += n, len -= (size_t)n) {
		n = send(fd, p, len, MSG_NOSIGNAL);
		if (n < 0)
			return false;
	}
	return true;
}

/* One of the client's own header fields, unless a -H says another. */
static void
put_field(FILE *f, const char *name, const char *value)
{
	size_t i, len = strlen(name);

	for (i = 0; i < n_fields; i++)
		if (strncasecmp(fields[i], name, len) == 0 &&
		    fields[i][len] == ':')
			return;
	fprintf(f, "%s: %s\r\n", name, value);
}

static bool
send_request(int fd, const struct url *u)
{
	char *text = NULL;
	size_t len = 0, i;
	FILE *f = open_memstream(&text, &len);
	bool ok;

	if (f == NULL)
		return false;
	fprintf(f, "%s %s HTTP/1.1\r\n", method, u->path);
	put_field(f, "Host", u->host);
	put_field(f, "User-Agent", "fetch");
	put_field(f, "Accept", "*/*");
	for (i = 0; i < n_fields; i++)
		fprintf(f, "%s\r\n", fields[i]);
	fputs("\r\n", f);
	ok = fclose(f) == 0 && send_all(fd, text, len);
	free(text);
	return ok;
}

/* The value of a header field, or NULL; its length in *len. */
static const char *
field(const struct reply *r, const char *name, size_t *len)
{
	size_t name_len = strlen(name);
	const char *line = r->head, *end;

	for (; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
		if (strncasecmp(line, name, name_len) != 0 ||
		    line[name_len] != ':')
			continue;
		line += name_len + 1;
		line += strspn(line, " \t");
		*len = (size_t)(end - line);
		return line;
	}
	*len = 0;
	return NULL;
}

static bool
field_is(const struct reply *r, const char *name, const char *value)
{
	size_t len;
	const char *got = field(r, name, &len);

	return got != NULL && len == strlen(value) &&
	    strncasecmp(got, value, len) == 0;
}

/* The final head: those of 1xx come before it. */
static bool
read_head(struct conn *c, struct reply *r)
{
	const char *end;

	do {
		for (;;) {
			end =
			    memmem(c->buf + c->at, c->n - c->at, "\r\n\r\n", 4);
			if (end != NULL)
				break;
			if (!fill(c))
				return false;
		}
		r->head_len = (size_t)(end + 4 - (c->buf + c->at));
		if (r->head_len >= sizeof(r->head))
			return false;
		memcpy(r->head, c->buf + c->at, r->head_len);
		r->head[r->head_len] = '\0';
		c->at += r->head_len;
		if (strlen(r->head) != r->head_len ||
		    sscanf(r->head, "HTTP/1.1 %3d", &r->status) != 1)
			return false;
	} while (r->status / 100 == 1);
	return true;
}

/* What is there of the body, at most len bytes, goes to the file. */
static bool
pass_on(struct conn *c, struct reply *r, int to, uint64_t len)
{
	size_t n = c->n - c->at, i;
	const char *p = c->buf + c->at;

	if (n > len)
		n = (size_t)len;
	/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
	for (i = 0; i < n; i++)
		r->sum = (r->sum ^ (unsigned char)p[i]) * 0x100000001b3;
	r->len += n;
	c->at += n;
	for (i = 0; to >= 0 && i < n;) {
		ssize_t written = write(to, p + i, n - i);

		if (written < 0)
			return false;
		i += (size_t)written;
	}
	return true;
}

static bool
read_sized(struct conn *c, struct reply *r, int to, uint64_t len)
{
	uint64_t end = r->len + len;

	while (r->len < end) {
		if (c->at == c->n && !fill(c))
			return false;
		if (!pass_on(c, r, to, end - r->len))
			return false;
	}
	return true;
}

/* A line, without its end, which the caller has no use for later. */
static char *
read_line(struct conn *c)
{
	char *line, *end;

	while ((end = memmem(c->buf + c->at, c->n - c->at, "\r\n", 2)) == NULL)
		if (!fill(c))
			return NULL;
	line = c->buf + c->at;
	*end = '\0';
	c->at += (size_t)(end + 2 - line);
	return line;
}

/* RFC 9112, section 7.1. */
static bool
read_chunked(struct conn *c, struct reply *r, int to)
{
	char *line, *end;
	uint64_t len;

	for (;;) {
		line = read_line(c);
		if (line == NULL)
			return false;
		len = strtoull(line, &end, 16);
		if (end == line || (*end != '\0' && *end != ';'))
			return false;
		if (len == 0)
			break;
		if (!read_sized(c, r, to, len))
			return false;
		line = read_line(c);
		if (line == NULL || *line != '\0')
			return false;
	}
	do
		line = read_line(c);
	while (line != NULL && *line != '\0');
	return line != NULL;
}

/* RFC 9112, section 6.3. */
static bool
read_body(struct conn *c, struct reply *r, int to)
{
	size_t len;
	const char *length;

	if (method[0] == 'H' || r->status == 204 || r->status == 304)
		return true;
	if (field_is(r, "Transfer-Encoding", "chunked"))
		return read_chunked(c, r, to);
	length = field(r, "Content-Length", &len);
	if (length != NULL)
		return read_sized(c, r, to, strtoull(length, NULL, 10));
	do
		if (!pass_on(c, r, to, UINT64_MAX))
			return false;
	while (fill(c));
	hang_up(c);
	return true;
}

/* One request; again if the server was about to close the connection. */
static bool
ask(struct conn *c, struct reply *r, const struct url *u, int to)
{
	do {
		r->status = 0;
		r->head_len = 0;
		r->len = 0;
		r->sum = 0xcbf29ce484222325;
		if (dial(c, u) && send_request(c->fd, u) && read_head(c, r)) {
			if (!read_body(c, r, to))
				break;
			if (field_is(r, "Connection", "close"))
				hang_up(c);
			return true;
		}
		hang_up(c);
	} while (c->used && r->head_len == 0);
	hang_up(c);
	return false;
}

static int
open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

/* The value of a header field, or - if there is none. */
static void
print_field(const struct reply *r, const char *name)
{
	size_t len;
	const char *value = field(r, name, &len);

	printf("\t%.*s", value != NULL ? (int)len : 1,
	    value != NULL ? value : "-");
}

static void
fetch_line(struct conn *c, struct reply *r, char *line)
{
	char *text = strchr(line, '\t');
	int64_t since_us = now_us();
	struct url u;
	int to = -1;
	bool ok;

	if (text == NULL)
		errx(2, "no tab in: %s", line);
	*text++ = '\0';
	if (strcmp(line, "-") != 0)
		to = open_file(line);
	ok = parse_url(&u, text) && ask(c, r, &u, to);
	if (to >= 0)
		close(to);
	if (!ok)
		r->head[0] = '\0';
	pthread_mutex_lock(&lines);
	failed |= !ok;
	printf("%03d\t%.6f\t%016" PRIx64 "\t%s\t%s", ok ? r->status : 0,
	    (double)(now_us() - since_us) / 1e6, r->sum, line, text);
	print_field(r, "Content-Type");
	print_field(r, "Cache-Status");
	putchar('\n');
	pthread_mutex_unlock(&lines);
}

static void *
fetch_lines(void *unused)
{
	struct conn *c = malloc(sizeof(*c));
	struct reply *r = malloc(sizeof(*r));
	char *line = malloc(URL_MAX);

	if (c == NULL || r == NULL || line == NULL)
		err(1, "malloc");
	c->fd = -1;
	for (;;) {
		pthread_mutex_lock(&lines);
		if (fgets(line, URL_MAX, stdin) == NULL)
			break;
		pthread_mutex_unlock(&lines);
		line[strcspn(line, "\n")] = '\0';
		fetch_line(c, r, line);
	}
	pthread_mutex_unlock(&lines);
	hang_up(c);
	free(line);
	free(r);
	free(c);
	return unused;
}

static int
fetch_list(unsigned long n)
{
	static pthread_t threads[THREADS_MAX];
	pthread_attr_t attr;
	unsigned long i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	for (i = 0; i < n; i++)
		if (pthread_create(&threads[i], &attr, fetch_lines, NULL) != 0)
			errx(1, "no thread");
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	if (fflush(stdout) != 0)
		err(1, "standard output");
	return failed ? 1 : 0;
}

static int
fetch_one(const char *text, const char *head_path, const char *body_path)
{
	static struct conn c = {.fd = -1};
	static struct reply r;
	struct url u;
	int to;

	if (!parse_url(&u, text))
		errx(2, "no URL: %s", text);
	to = open_file(body_path);
	errno = 0;
	if (!ask(&c, &r, &u, to)) {
		if (errno != 0)
			warn("%s", text);
		else
			warnx("%s: no whole reply", text);
		return 1;
	}
	close(to);
	to = open_file(head_path);
	if (write(to, r.head, r.head_len) != (ssize_t)r.head_len)
		err(1, "%s", head_path);
	printf("%03d %016" PRIx64 " %" PRIu64 "\n", r.status, r.sum, r.len);
	return 0;
}

int
main(int argc, char *argv[])
{
	unsigned long at_once = 0;
	int option;

	while ((option = getopt(argc, argv, "IH:l:m:")) != -1) {
		switch (option) {
		case 'I':
			method = "HEAD";
			break;
		case 'H':
			if (n_fields == FIELDS_MAX)
				errx(2, "too many header fields");
			fields[n_fields++] = optarg;
			break;
		case 'l':
			at_once = strtoul(optarg, NULL, 10);
			if (at_once == 0 || at_once > THREADS_MAX)
				errx(2, "-l: from 1 to %d", THREADS_MAX);
			break;
		case 'm':
			limit_s = (unsigned)strtoul(optarg, NULL, 10);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != (at_once > 0 ? 0 : 3))
		errx(2,
		    "usage: fetch [-I] [-H FIELD]... [-m SECONDS] URL "
		    "HEADERS BODY | -l N ...");
	alarm(limit_s);
	return at_once > 0
	    ? fetch_list(at_once)
	    : fetch_one(argv[optind], argv[optind + 1], argv[optind + 2]);
}
