/*
 * app/process/backlog.c: how many connections wait on a listening socket.
 */
#include "app/process/backlog.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include "app/process/listener.h"
#include "tests/unit/util.h"

enum { BACKLOG = 5, CLIENTS = 20, PATIENCE_MS = 1000 };

/* What clients connect to. */
struct server {
	int fd;
	struct sockaddr_storage address;
	socklen_t len;
	int clients[CLIENTS];
	int64_t n; /* that the kernel has taken */
};

static void
listen_at(struct server *s, int family, const void *address, socklen_t len)
{
	s->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_true(s->fd >= 0);
	assert_int_equal(bind(s->fd, address, len), 0);
	assert_int_equal(listen(s->fd, BACKLOG), 0);
	s->len = sizeof(s->address);
	assert_int_equal(
	    getsockname(s->fd, (struct sockaddr *)&s->address, &s->len), 0);
}

/* The kernel chooses the name (unix(7), autobind). */
static void
listen_unix(struct server *s)
{
	const struct sockaddr_un any = {.sun_family = AF_UNIX};

	listen_at(s, AF_UNIX, &any, sizeof(any.sun_family));
}

static void
listen_tcp(struct server *s)
{
	const struct sockaddr_in any = {
	    .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	listen_at(s, AF_INET, &any, sizeof(any));
}

/* One more client, that does not wait.  False: there is no room for it. */
static bool
dial(struct server *s)
{
	int fd = socket(s->address.ss_family, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_true(s->n < CLIENTS);
	if (s->address.ss_family == AF_UNIX)
		assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO,
				     &(struct timeval){.tv_usec = 1000},
				     sizeof(struct timeval)),
		    0);
	if (connect(fd, (const struct sockaddr *)&s->address, s->len) < 0) {
		assert_int_equal(errno, EAGAIN);
		close(fd);
		return false;
	}
	s->clients[s->n++] = fd;
	return true;
}

static void
hang_up(struct server *s)
{
	while (s->n > 0)
		close(s->clients[--s->n]);
	close(s->fd);
}

/* What a busy kernel has put off (ksoftirqd) gets a moment. */
static void
assert_backlog(int fd, int64_t want_waiting, int64_t want_max)
{
	int64_t waiting, max;

	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		assert_true(backlog_read(fd, &waiting, &max));
		if (waiting == want_waiting)
			break;
		usleep(1000);
	}
	assert_int_equal(waiting, want_waiting);
	assert_int_equal(max, want_max);
}

/* One comes and one is taken, again and again. */
static void
follows(struct server *s)
{
	assert_backlog(s->fd, 0, BACKLOG);
	for (int i = 1; i <= BACKLOG; i++) {
		assert_true(dial(s));
		assert_backlog(s->fd, i, BACKLOG);
	}
	for (int i = BACKLOG - 1; i >= 0; i--) {
		close(accept(s->fd, NULL, NULL));
		assert_backlog(s->fd, i, BACKLOG);
	}
}

static void
of_a_unix_socket_it_is_seen(void **state)
{
	struct server s = {0};

	(void)state;
	listen_unix(&s);
	follows(&s);
	hang_up(&s);
}

static void
of_a_tcp_socket_it_is_seen(void **state)
{
	struct server s = {0};

	(void)state;
	listen_tcp(&s);
	follows(&s);
	hang_up(&s);
}

static void
a_full_one_is_one_over_its_limit(void **state)
{
	struct server s = {0};

	(void)state;
	listen_unix(&s);
	while (dial(&s))
		;
	assert_int_equal(s.n, BACKLOG + 1);
	assert_backlog(s.fd, BACKLOG + 1, BACKLOG);
	hang_up(&s);
}

/* Each socket's own, whatever else listens on the machine. */
static void
two_sockets_are_told_apart(void **state)
{
	struct server a = {0}, b = {0};

	(void)state;
	listen_unix(&a);
	listen_unix(&b);
	assert_true(dial(&a));
	assert_true(dial(&a));
	assert_true(dial(&b));
	assert_backlog(a.fd, 2, BACKLOG);
	assert_backlog(b.fd, 1, BACKLOG);
	hang_up(&a);
	hang_up(&b);
}

/* The kernel's limit holds as well (net.core.somaxconn). */
static void
squalls_own_sockets_have_one(void **state)
{
	static const struct listener_access access = {
	    .owner = {(uid_t)-1, (gid_t)-1},
	    .mode = 0600,
	};
	char address[80], *const addresses[] = {address};
	struct listeners l = {0};
	struct buf why = {0};
	int64_t waiting, max;

	(void)state;
	snprintf(address, sizeof(address), "unix:/tmp/squall-backlog-%d",
	    (int)getpid());
	assert_true(listeners_open(&l, addresses, 1, &access, &why));
	assert_true(backlog_read(l.fds[0], &waiting, &max));
	assert_int_equal(waiting, 0);
	assert_true(max >= 128);
	listeners_close(&l);
	buf_release(&why);
}

static void
what_does_not_listen_has_none(void **state)
{
	int64_t waiting = 7, max = 7;
	int fds[2];

	(void)state;
	assert_false(backlog_read(-1, &waiting, &max));
	assert_int_equal(waiting, -1);
	assert_int_equal(max, -1);
	assert_int_equal(pipe(fds), 0);
	assert_false(backlog_read(fds[0], &waiting, &max));
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_false(backlog_read(fds[0], &waiting, &max));
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_a_unix_socket_it_is_seen),
	    cmocka_unit_test(of_a_tcp_socket_it_is_seen),
	    cmocka_unit_test(a_full_one_is_one_over_its_limit),
	    cmocka_unit_test(two_sockets_are_told_apart),
	    cmocka_unit_test(squalls_own_sockets_have_one),
	    cmocka_unit_test(what_does_not_listen_has_none),
	};

	return RUN("backlog", tests);
}
