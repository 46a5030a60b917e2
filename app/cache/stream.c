/*
 * Sockets that are waited for in one place, but for the first bytes of a reply:
 * the read itself waits for those, which spares two calls where there are
 * seldom more.
 */
#include "app/cache/stream.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "app/watch/clock.h"

enum { READ_MIN = 16384 }; /* room for what arrives */

void
stream_close(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	buf_release(&s->in);
	s->used = 0;
}

static enum stream_result
failed(struct stream *s, enum stream_result result)
{
	int saved = errno;

	stream_close(s);
	errno = saved;
	return result;
}

enum stream_result
stream_wait(int fd, short events, int64_t deadline_us)
{
	struct pollfd p = {.fd = fd, .events = events};

	for (;;) {
		int64_t left_us = deadline_us - clock_mono_us();
		int n;

		if (left_us <= 0)
			return STREAM_LATE;
		n = poll(&p, 1, (int)((left_us + 999) / 1000));
		if (n > 0)
			return STREAM_OK;
		if (n < 0 && errno != EINTR)
			return STREAM_BROKEN;
	}
}

static enum stream_result
wait_for(struct stream *s, short events, int64_t deadline_us)
{
	enum stream_result result = stream_wait(s->fd, events, deadline_us);

	return result == STREAM_OK ? result : failed(s, result);
}

static enum stream_result
connect_to(struct stream *s, const struct sockaddr *to, socklen_t len,
    int64_t deadline_us)
{
	enum stream_result result;
	int error = 0;
	socklen_t size = sizeof(error);

	s->fd = socket(
	    to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return STREAM_BROKEN;
	if (connect(s->fd, to, len) == 0)
		return STREAM_OK;
	/* A unix socket whose backlog is full says EAGAIN: as good as down. */
	if (errno != EINPROGRESS)
		return failed(s, STREAM_BROKEN);
	result = wait_for(s, POLLOUT, deadline_us);
	if (result != STREAM_OK)
		return result;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ||
	    error != 0) {
		errno = error;
		return failed(s, STREAM_BROKEN);
	}
	return STREAM_OK;
}

static enum stream_result
open_tcp(struct stream *s, const struct address *a, int64_t deadline_us)
{
	struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV,
	};
	enum stream_result result = STREAM_BROKEN;
	struct addrinfo *list;
	char port[16];
	int on = 1;

	snprintf(port, sizeof(port), "%u", a->port);
	if (getaddrinfo(a->host, port, &hints, &list) != 0) {
		errno = EHOSTUNREACH;
		return STREAM_BROKEN;
	}
	for (struct addrinfo *i = list; i != NULL; i = i->ai_next) {
		result = connect_to(s, i->ai_addr, i->ai_addrlen, deadline_us);
		if (result != STREAM_BROKEN)
			break;
	}
	freeaddrinfo(list);
	if (result == STREAM_OK)
		setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return result;
}

static enum stream_result
open_unix(struct stream *s, const char *path, int64_t deadline_us)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(un.sun_path)) {
		errno = ENAMETOOLONG;
		return STREAM_BROKEN;
	}
	memcpy(un.sun_path, path, strlen(path));
	return connect_to(s, (struct sockaddr *)&un, sizeof(un), deadline_us);
}

enum stream_result
stream_open(struct stream *s, const char *path, const struct address *a,
    int reply_ms, int64_t deadline_us)
{
	struct timeval limit = {
	    .tv_sec = reply_ms / 1000,
	    .tv_usec = reply_ms % 1000 * 1000,
	};
	enum stream_result result;

	*s = (struct stream){.fd = -1};
	result = path == NULL ? open_tcp(s, a, deadline_us)
			      : open_unix(s, path, deadline_us);
	if (result == STREAM_OK &&
	    (fcntl(s->fd, F_SETFL, 0) < 0 ||
		setsockopt(
		    s->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0))
		return failed(s, STREAM_BROKEN);
	return result;
}

/* Leaves out the first `sent` bytes. */
static void
advance(struct iovec **v, int *n, size_t sent)
{
	while (*n > 0 && sent >= (*v)->iov_len) {
		sent -= (*v)->iov_len;
		(*v)++;
		(*n)--;
	}
	if (*n > 0) {
		(*v)->iov_base = (char *)(*v)->iov_base + sent;
		(*v)->iov_len -= sent;
	}
}

enum stream_result
stream_write(struct stream *s, struct iovec *v, int n, int64_t deadline_us)
{
	while (n > 0) {
		struct msghdr m = {.msg_iov = v, .msg_iovlen = (size_t)n};
		ssize_t sent = sendmsg(s->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
		enum stream_result result;

		if (sent >= 0) {
			advance(&v, &n, (size_t)sent);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return failed(s, STREAM_BROKEN);
		result = wait_for(s, POLLOUT, deadline_us);
		if (result != STREAM_OK)
			return result;
	}
	return STREAM_OK;
}

/* Reads until `in` has `need` bytes that were not handed out. */
static enum stream_result
fill(struct stream *s, size_t need, int64_t deadline_us)
{
	while (s->in.len - s->used < need) {
		size_t missing = need - (s->in.len - s->used);
		bool begun = s->in.len > 0;
		enum stream_result result;
		ssize_t n;

		buf_reserve(&s->in, missing > READ_MIN ? missing : READ_MIN);
		if (s->in.failed) {
			errno = ENOMEM;
			return failed(s, STREAM_BROKEN);
		}
		n = recv(s->fd, s->in.data + s->in.len,
		    s->in.cap - s->in.len - 1, begun ? MSG_DONTWAIT : 0);
		if (n > 0) {
			s->in.len += (size_t)n;
			/* A sender of single bytes must not outlast it. */
			if (clock_mono_us() >= deadline_us &&
			    s->in.len - s->used < need)
				return failed(s, STREAM_LATE);
			continue;
		}
		if (n == 0) {
			errno = ECONNRESET;
			return failed(s, STREAM_BROKEN);
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return failed(s, STREAM_BROKEN);
		result = wait_for(s, POLLIN, deadline_us);
		if (result != STREAM_OK)
			return result;
	}
	return STREAM_OK;
}

enum stream_result
stream_line(struct stream *s, size_t max, struct str *line, int64_t deadline_us)
{
	for (;;) {
		const char *from = s->in.data + s->used;
		size_t len = s->in.len - s->used;
		const char *end =
		    len == 0 ? NULL : memmem(from, len, "\r\n", 2);
		enum stream_result result;

		if (end != NULL && (size_t)(end - from) <= max) {
			*line = (struct str){from, (size_t)(end - from)};
			s->used += line->len + 2;
			return STREAM_OK;
		}
		if (end != NULL || len > max + 2) {
			errno = EPROTO;
			return failed(s, STREAM_BROKEN);
		}
		result = fill(s, len + 1, deadline_us);
		if (result != STREAM_OK)
			return result;
	}
}

enum stream_result
stream_read(
    struct stream *s, size_t len, struct str *bytes, int64_t deadline_us)
{
	enum stream_result result = fill(s, len, deadline_us);

	if (result != STREAM_OK)
		return result;
	*bytes = (struct str){s->in.data + s->used, len};
	s->used += len;
	return STREAM_OK;
}

bool
stream_forget(struct stream *s)
{
	bool all = s->used == s->in.len;

	buf_reset(&s->in);
	s->used = 0;
	return all;
}
