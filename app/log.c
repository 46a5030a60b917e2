/*
 * The log: events as they happen, access lines in batches.  The level and the
 * batch are the program's only mutable globals beside the signal flags.
 */
#include "app/log.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "app/buf.h"
#include "app/clock.h"

enum { BATCH_MAX = 16 << 10 };

static enum log_level level = LOG_WARN;
static bool access_wanted;
static struct buf batch;

void
log_setup(enum log_level wanted, bool access)
{
	level = wanted;
	access_wanted = access;
}

bool
log_wants(enum log_level l)
{
	return l <= level;
}

bool
log_wants_access(void)
{
	return access_wanted;
}

static void
write_all(const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDERR_FILENO, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* nobody to tell */
		p += n;
		len -= (size_t)n;
	}
}

static void
add_time(struct buf *b)
{
	int64_t now = clock_wall_ms();
	time_t seconds = (time_t)(now / 1000);
	struct tm tm;
	char text[32];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_printf(b, "%s.%03dZ ", text, (int)(now % 1000));
}

/* Ends the line that starts at `from`; keeps it one line. */
static void
end_line(struct buf *b, size_t from)
{
	if (b->failed)
		return;
	for (size_t i = from; i < b->len; i++) {
		unsigned char c = (unsigned char)b->data[i];

		if (c < 0x20 || c == 0x7f)
			b->data[i] = '?';
	}
	buf_char(b, '\n');
}

static void __attribute__((format(printf, 4, 0))) event(enum log_level l,
    const char *word, const char *where, const char *fmt, va_list ap)
{
	struct buf line = {0};

	if (!log_wants(l))
		return;
	add_time(&line);
	buf_printf(&line, "%s %s[%d]: ", word, where, (int)getpid());
	buf_vprintf(&line, fmt, ap);
	end_line(&line, 0);
	write_all(buf_cstr(&line), line.len);
	buf_release(&line);
}

void
log_error(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	event(LOG_ERROR, "error", where, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	event(LOG_WARN, "warn", where, fmt, ap);
	va_end(ap);
}

void
log_info(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	event(LOG_INFO, "info", where, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	event(LOG_DEBUG, "debug", where, fmt, ap);
	va_end(ap);
}

void
log_access(const char *fmt, ...)
{
	size_t from = batch.len;
	va_list ap;

	if (!access_wanted)
		return;
	add_time(&batch);
	buf_lit(&batch, "access ");
	va_start(ap, fmt);
	buf_vprintf(&batch, fmt, ap);
	va_end(ap);
	end_line(&batch, from);
	if (batch.len > BATCH_MAX || batch.failed)
		log_flush();
}

void
log_flush(void)
{
	if (batch.len == 0)
		return;
	write_all(batch.data, batch.len);
	buf_reset(&batch);
}
