/*
 * Descriptors and syslog, for log.c alone.  It knows nothing of what the lines
 * say.  (syslog.h has the names of squall's levels for its own.)
 *
 * No write may block, and O_NONBLOCK belongs to an open file description: that
 * of an inherited descriptor is shared with a shell, a supervisor or a web
 * server, so it is left as it is.
 */
#include "app/watch/sink.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { PIPE_SIZE = 1 << 20 }; /* for a reader that is late, but not stuck */

/* More than that may have been given to it by others.  No pipe, no effect. */
static void
widen(int fd)
{
	int size = fcntl(fd, F_GETPIPE_SZ);

	if (size >= 0 && size < PIPE_SIZE)
		fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
}

/*
 * A pipe or terminal is opened as well, and never waited for.  A FIFO that
 * nobody reads yet keeps what fits in until somebody does.
 */
static int
open_file(const char *path)
{
	static const int flags =
	    O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(path, O_WRONLY | flags, 0640);
	struct stat st;

	if (fd < 0 && errno == ENXIO && stat(path, &st) == 0 &&
	    S_ISFIFO(st.st_mode))
		fd = open(path, O_RDWR | flags, 0640);
	if (fd >= 0)
		widen(fd);
	return fd;
}

void
sink_own_stderr(void)
{
	struct stat st;
	int fd;

	if (fstat(STDERR_FILENO, &st) < 0 ||
	    !(S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)))
		return;
	widen(STDERR_FILENO);
	fd = open("/proc/self/fd/2", /* a new description: proc(5) */
	    O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return;
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* Other threads may be writing: the descriptor keeps its number. */
static bool
replace(struct sink *s, int fd)
{
	bool ok = dup3(fd, s->fd, O_CLOEXEC) >= 0;
	int error = errno;

	close(fd);
	errno = error;
	return ok;
}

void
sink_close(struct sink *s)
{
	if (s->path != NULL || s->is_syslog)
		close(s->fd);
	s->path = NULL;
	s->fd = STDERR_FILENO;
	s->is_syslog = false;
	atomic_store(&s->lost, 0);
}

bool
sink_open(struct sink *s, const char *target, struct buf *why)
{
	bool is_syslog = target != NULL && strcmp(target, "syslog") == 0;
	bool is_file =
	    target != NULL && !is_syslog && strcmp(target, "stderr") != 0;
	int fd = STDERR_FILENO;

	if (is_syslog)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	else if (is_file)
		fd = open_file(target);
	if (fd < 0) {
		buf_printf(why, "%s: %s", target, strerror(errno));
		return false;
	}
	sink_close(s);
	s->fd = fd;
	s->is_syslog = is_syslog;
	s->path = is_file ? target : NULL;
	return true;
}

bool
sink_reopen(struct sink *s)
{
	int fd;

	if (s->path == NULL)
		return true;
	fd = open_file(s->path);
	return fd >= 0 && replace(s, fd);
}

const char *
sink_name(const struct sink *s)
{
	return s->path != NULL ? s->path : s->is_syslog ? "syslog" : "stderr";
}

/*
 * Is there room for so many bytes behind a descriptor that blocks?  Others may
 * be writing to the pipe as well, so a quarter of it stays free for what they
 * write between this look and the write that follows.  Pages of a pipe may be
 * half empty: in bytes that is three eighths.
 */
static bool
has_room(int fd, size_t len)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int size = fcntl(fd, F_GETPIPE_SZ), used;

	if (poll(&p, 1, 0) != 1)
		return false;
	return size < 0 || ioctl(fd, FIONREAD, &used) < 0 ||
	    (size_t)used + len <= (size_t)size / 8 * 3;
}

/* writev(2) that never waits for a reader. */
static ssize_t
write_now(int fd, struct iovec v[2])
{
	struct stat st = {0};
	int flags = fcntl(fd, F_GETFL);

	if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode)) {
		struct msghdr message = {.msg_iov = v, .msg_iovlen = 2};

		return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	if (flags < 0 || (flags & O_NONBLOCK) != 0 || S_ISREG(st.st_mode) ||
	    has_room(fd, v[0].iov_len + v[1].iov_len))
		return writev(fd, v, 2);
	errno = EAGAIN;
	return -1;
}

/*
 * In one write, unless the system cuts it short; with `newline`, one goes
 * before, to end what was cut.  Returns how many bytes of `p` are written.
 */
static size_t
write_at_once(int fd, bool newline, const char *p, size_t len)
{
	size_t before = newline ? 1 : 0, done = 0;

	while (before + (len - done) > 0) {
		struct iovec v[] = {
		    {.iov_base = (char *)"\n", .iov_len = before},
		    {.iov_base = (char *)p + done, .iov_len = len - done},
		};
		ssize_t n = write_now(fd, v);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n - before;
		before = 0;
	}
	return done;
}

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/*
 * How much to write at once.  Files take any length in one piece, as they are
 * appended to; pipes only PIPE_BUF bytes (pipe(7)), so the lines that fit in.
 */
static size_t
piece(const char *p, size_t len, size_t most)
{
	const char *end;

	if (len <= most)
		return len;
	end = memrchr(p, '\n', most);
	if (end == NULL)
		end = memchr(p + most, '\n', len - most);
	return end == NULL ? len : (size_t)(end + 1 - p);
}

static uint64_t
count_lines(const char *p, size_t len)
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += p[i] == '\n';
	return n;
}

static bool
write_fd(struct sink *s, const char *p, size_t len)
{
	size_t most = len < PIPE_BUF || is_regular(s->fd) ? len : PIPE_BUF - 1;
	/* A lost line may have left its first half there. */
	bool newline = atomic_load(&s->lost) > 0;

	while (len > 0) {
		size_t n = piece(p, len, most);
		size_t done = write_at_once(s->fd, newline, p, n);

		if (done < n) {
			int error = errno;

			atomic_fetch_add(
			    &s->lost, count_lines(p + done, len - done));
			errno = error;
			return false;
		}
		newline = false;
		p += n;
		len -= n;
	}
	return true;
}

/*
 * Writes as syslog(3) does, in the form of RFC 3164, section 4.1, but without
 * waiting.  The socket is not connected: a syslogd that was restarted is found
 * by its name.
 */
static bool
send_line(int fd, int priority, const char *p, size_t len)
{
	static const struct sockaddr_un daemon = {AF_UNIX, _PATH_LOG};
	time_t now = time(NULL);
	struct tm tm;
	char when[32], head[80];
	struct iovec v[] = {
	    {.iov_base = head},
	    {.iov_base = (char *)p, .iov_len = len},
	};
	struct msghdr message = {
	    .msg_name = (void *)&daemon,
	    .msg_namelen = sizeof(daemon),
	    .msg_iov = v,
	    .msg_iovlen = 2,
	};

	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%b %e %H:%M:%S", &tm);
	v[0].iov_len = (size_t)snprintf(head, sizeof(head),
	    "<%d>%s squall[%d]: ", LOG_DAEMON | priority, when, (int)getpid());
	return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

static bool
write_syslog(struct sink *s, enum sink_level level, const char *p, size_t len)
{
	static const int priorities[] = {
	    [SINK_ERROR] = LOG_ERR,
	    [SINK_WARN] = LOG_WARNING,
	    [SINK_INFO] = LOG_INFO,
	    [SINK_DEBUG] = LOG_DEBUG,
	};
	int error = 0;

	while (len > 0) {
		const char *end = memchr(p, '\n', len);
		size_t n = end == NULL ? len : (size_t)(end - p);

		if (!send_line(s->fd, priorities[level], p, n)) {
			error = errno;
			atomic_fetch_add(&s->lost, 1);
		}
		n += end != NULL;
		p += n;
		len -= n;
	}
	errno = error;
	return error == 0;
}

bool
sink_write(struct sink *s, enum sink_level level, const char *p, size_t len)
{
	return s->is_syslog ? write_syslog(s, level, p, len)
			    : write_fd(s, p, len);
}

uint64_t
sink_take_lost(struct sink *s)
{
	return atomic_exchange(&s->lost, 0);
}
