/*
 * Descriptors and syslog, for log.c alone.  It knows nothing of what the lines
 * say.  (syslog.h has the names of squall's levels for its own.)
 */
#include "app/sink.h"

#include <sys/stat.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum { SYSLOG = -1 };

/* A pipe or terminal is opened as well, and never waited for. */
static int
open_file(const char *path)
{
	return open(path,
	    O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
	    0640);
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
	if (s->path != NULL)
		close(s->fd);
	s->path = NULL;
	s->fd = STDERR_FILENO;
	atomic_store(&s->lost, 0);
}

bool
sink_open(struct sink *s, const char *target, struct buf *why)
{
	int fd = STDERR_FILENO;
	bool is_file = false;

	if (target != NULL && strcmp(target, "syslog") == 0) {
		openlog("squall", LOG_PID | LOG_NDELAY, LOG_DAEMON);
		fd = SYSLOG;
	} else if (target != NULL && strcmp(target, "stderr") != 0) {
		fd = open_file(target);
		is_file = true;
		if (fd < 0) {
			buf_printf(why, "%s: %s", target, strerror(errno));
			return false;
		}
	}
	sink_close(s);
	s->fd = fd;
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

bool
sink_is_syslog(const struct sink *s)
{
	return s->fd == SYSLOG;
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
		ssize_t n = writev(fd, v, 2);

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
	/* What was lost may have left half a line there. */
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

static void
write_syslog(enum sink_level level, const char *p, size_t len)
{
	static const int priorities[] = {
	    [SINK_ERROR] = LOG_ERR,
	    [SINK_WARN] = LOG_WARNING,
	    [SINK_INFO] = LOG_INFO,
	    [SINK_DEBUG] = LOG_DEBUG,
	};

	while (len > 0) {
		const char *end = memchr(p, '\n', len);
		size_t n = end == NULL ? len : (size_t)(end - p);

		syslog(LOG_DAEMON | priorities[level], "%.*s", (int)n, p);
		n += end != NULL;
		p += n;
		len -= n;
	}
}

bool
sink_write(struct sink *s, enum sink_level level, const char *p, size_t len)
{
	if (s->fd != SYSLOG)
		return write_fd(s, p, len);
	write_syslog(level, p, len);
	return true;
}

uint64_t
sink_take_lost(struct sink *s)
{
	return atomic_exchange(&s->lost, 0);
}
