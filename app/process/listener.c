/*
 * Where connections come from.  Called by main before any worker exists.
 */
#include "app/process/listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/process/backlog.h"
#include "app/text/address.h"

enum {
	BACKLOG = 4096,
	FIRST_SYSTEMD_FD = 3, /* SD_LISTEN_FDS_START */
};

static const char unix_prefix[] = "unix:";

static bool
is_unix(const char *address)
{
	return strncmp(address, unix_prefix, sizeof(unix_prefix) - 1) == 0;
}

static const char *
unix_path(const char *address)
{
	return address + sizeof(unix_prefix) - 1;
}

/* "HOST:PORT": here the port must be there. */
static bool
parse_tcp(const char *text, struct address *a)
{
	return address_parse(str_of(text), a) && a->port != 0;
}

bool
listener_check(const char *address, struct buf *why)
{
	struct sockaddr_un un;
	struct address a;

	if (is_unix(address)) {
		size_t len = strlen(unix_path(address));

		if (strchr(address, '\n') != NULL) {
			buf_lit(why,
			    "--listen: a path with a line break can't be "
			    "handed on");
			return false;
		}
		if (len > 0 && len < sizeof(un.sun_path))
			return true;
		buf_printf(why,
		    "--listen: a socket's path has 1 to %zu bytes, \"%s\" "
		    "has %zu",
		    sizeof(un.sun_path) - 1, unix_path(address), len);
		return false;
	}
	if (parse_tcp(address, &a))
		return true;
	buf_printf(why,
	    "--listen: expected unix:/path.sock, HOST:PORT or [IPv6]:PORT, "
	    "got \"%s\"",
	    address);
	return false;
}

static int
new_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Makes way for a new socket, unless somebody listens on the old one. */
static bool
clear_path(const struct sockaddr_un *un, struct buf *why)
{
	struct stat st;
	int fd;

	if (lstat(un->sun_path, &st) < 0)
		return true;
	if (!S_ISSOCK(st.st_mode)) {
		buf_printf(
		    why, "%s: there is a file that is no socket", un->sun_path);
		return false;
	}
	fd = new_socket(AF_UNIX);
	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)un, sizeof(*un)) < 0 &&
	    errno == ECONNREFUSED) {
		unlink(un->sun_path);
		close(fd);
		return true;
	}
	if (fd >= 0)
		close(fd);
	buf_printf(why, "%s: another process listens there", un->sun_path);
	return false;
}

static int
open_unix(
    const char *path, const struct listener_access *access, struct buf *why)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	const struct identity *owner = &access->owner;
	bool given = owner->uid != (uid_t)-1 || owner->gid != (gid_t)-1;
	bool bound = false;
	mode_t mask;
	int fd;

	memcpy(un.sun_path, path, strlen(path) + 1);
	if (!clear_path(&un, why))
		return -1;
	fd = new_socket(AF_UNIX);
	if (fd < 0)
		goto fail;
	mask = umask(0777 & ~access->mode);
	bound = bind(fd, (struct sockaddr *)&un, sizeof(un)) == 0;
	umask(mask);
	/* Nobody can connect before it listens. */
	if (bound && (!given || lchown(path, owner->uid, owner->gid) == 0) &&
	    listen(fd, BACKLOG) == 0)
		return fd;
fail:
	buf_printf(why, "%s: %s", path, strerror(errno));
	if (bound)
		unlink(path);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
open_tcp(const char *address, struct buf *why)
{
	struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *list;
	struct address a;
	char port[16];
	int fd = -1, on = 1, rc;

	if (!parse_tcp(address, &a))
		return -1;
	snprintf(port, sizeof(port), "%u", a.port);
	rc = getaddrinfo(a.host, port, &hints, &list);
	if (rc != 0) {
		buf_printf(why, "%s: %s", address, gai_strerror(rc));
		return -1;
	}
	fd = new_socket(list->ai_family);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    (list->ai_family == AF_INET6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) <
		    0) ||
	    bind(fd, list->ai_addr, list->ai_addrlen) < 0 ||
	    listen(fd, BACKLOG) < 0) {
		buf_printf(why, "%s: %s", address, strerror(errno));
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	return fd;
}

bool
listener_parse_mode(const char *text, mode_t *mode, struct buf *why)
{
	char *end;
	unsigned long n = strtoul(text, &end, 8);

	*mode = (mode_t)n;
	if (*text >= '0' && *text <= '7' && *end == '\0' && n <= 0777)
		return true;
	buf_printf(
	    why, "expected an octal number up to 0777, got \"%s\"", text);
	return false;
}

bool
listeners_open(struct listeners *l, char *const addresses[], size_t n,
    const struct listener_access *access, struct buf *why)
{
	for (size_t i = 0; i < n; i++) {
		const char *address = addresses[i];
		char *copy = strdup(address);
		int fd;

		if (copy == NULL) {
			buf_lit(why, "out of memory");
			return false;
		}
		fd = is_unix(address)
		    ? open_unix(unix_path(address), access, why)
		    : open_tcp(address, why);
		if (fd < 0) {
			free(copy);
			return false;
		}
		l->fds[l->n] = fd;
		l->addresses[l->n++] = copy;
	}
	return true;
}

void
listeners_close(struct listeners *l)
{
	for (size_t i = 0; i < l->n; i++) {
		close(l->fds[i]);
		if (l->addresses[i] != NULL && is_unix(l->addresses[i]))
			unlink(unix_path(l->addresses[i]));
	}
	listeners_forget(l);
}

void
listeners_forget(struct listeners *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->addresses[i]);
	l->n = 0;
}

bool
listeners_adopt(struct listeners *l, int fd, const char *address)
{
	char *copy = address == NULL ? NULL : strdup(address);

	if (l->n == CONFIG_LISTEN_MAX || !backlog_listens(fd) ||
	    (address != NULL && copy == NULL)) {
		free(copy);
		return false;
	}
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	l->fds[l->n] = fd;
	l->addresses[l->n++] = copy;
	return true;
}

void
listeners_inherit(struct listeners *l)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	if (pid != NULL && count != NULL &&
	    strtol(pid, NULL, 10) == (long)getpid()) {
		long end = FIRST_SYSTEMD_FD + strtol(count, NULL, 10);

		for (long fd = FIRST_SYSTEMD_FD; fd < end; fd++)
			listeners_adopt(l, (int)fd, NULL);
		unsetenv("LISTEN_PID");
		unsetenv("LISTEN_FDS");
		unsetenv("LISTEN_FDNAMES");
	}
	if (l->n == 0)
		listeners_adopt(l, STDIN_FILENO, NULL);
}
