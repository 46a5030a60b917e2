/*
 * The log: events as they happen, access lines in batches.  Levels, sinks and
 * the batch are mutable globals, which no other module of app/ may have.
 */
#include "app/watch/log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/watch/clock.h"
#include "app/watch/sink.h"

enum { BATCH_MAX = 16 << 10 };

static enum log_level level = LOG_WARN;
static enum access_format format = ACCESS_OFF;
static struct sink events = SINK_STDERR, accesses = SINK_STDERR;
static struct buf batch;
static size_t line_start; /* in the batch */

static const struct {
	const char *word;
	enum sink_level sink;
} levels[] = {
    [LOG_ERROR] = {"error", SINK_ERROR},
    [LOG_WARN] = {"warn", SINK_WARN},
    [LOG_INFO] = {"info", SINK_INFO},
    [LOG_DEBUG] = {"debug", SINK_DEBUG},
};

void
log_setup(enum log_level wanted, enum access_format access)
{
	level = wanted;
	format = access;
}

bool
log_wants(enum log_level l)
{
	return l <= level;
}

enum access_format
log_access_format(void)
{
	return format;
}

bool
log_wants_client(void)
{
	return format == ACCESS_COMBINED || format == ACCESS_JSON;
}

bool
log_open(const char *events_to, const char *accesses_to, struct buf *why)
{
	return sink_open(&events, events_to, why) &&
	    sink_open(&accesses, accesses_to, why);
}

void
log_own_stderr(void)
{
	sink_own_stderr();
}

void
log_take_stderr(void)
{
	if (events.path != NULL)
		dup2(events.fd, STDERR_FILENO);
}

static void
reopen(struct sink *s)
{
	if (!sink_reopen(s))
		log_error("log", "%s: %s; the old file goes on", s->path,
		    strerror(errno));
}

void
log_reopen(void)
{
	log_flush(); /* what has happened belongs in the old file */
	reopen(&events);
	reopen(&accesses);
}

void
log_time(struct buf *b)
{
	int64_t now = clock_wall_ms();
	time_t seconds = (time_t)(now / 1000);
	struct tm tm;
	char text[32];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_printf(b, "%s.%03dZ", text, (int)(now % 1000));
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

static void
begin_line(struct buf *line, enum log_level l, const char *where)
{
	log_time(line);
	buf_printf(line, " %s %s[%d]: ", levels[l].word, where, (int)getpid());
}

/* Where the log itself can't say so. */
static void
complain(int error)
{
	static struct sink last_resort = SINK_STDERR;
	struct buf line = {0};

	begin_line(&line, LOG_ERROR, "log");
	buf_printf(&line, "%s: %s; lines are lost", sink_name(&events),
	    strerror(error));
	end_line(&line, 0);
	if (!line.failed)
		sink_write(&last_resort, SINK_ERROR, line.data, line.len);
	buf_release(&line);
}

static void
say_lost(struct sink *s)
{
	uint64_t n = sink_take_lost(s);

	if (n > 0) /* no other thread has said so */
		log_warn("log", "%s: %" PRIu64 " lines were lost",
		    s == &events ? "events" : "access log", n);
}

/* Writes whole lines; what becomes of the access log is an event. */
static void
put(struct sink *s, enum sink_level l, const char *lines, size_t len)
{
	bool had_lost = s->lost > 0;

	if (!sink_write(s, l, lines, len)) {
		if (!had_lost && s != &events)
			log_error("log", "access log: %s; lines are lost",
			    strerror(errno));
		else if (!had_lost && s->fd != STDERR_FILENO)
			complain(errno);
	} else if (had_lost) {
		say_lost(s);
	}
}

/* Syslog has time, level and process of its own. */
static void __attribute__((format(printf, 3, 0)))
event(enum log_level l, const char *where, const char *fmt, va_list ap)
{
	struct buf line = {0};

	if (!log_wants(l))
		return;
	if (events.is_syslog) {
		buf_printf(&line, "%s: ", where);
	} else {
		begin_line(&line, l, where);
	}
	buf_vprintf(&line, fmt, ap);
	end_line(&line, 0);
	if (!line.failed)
		put(&events, levels[l].sink, line.data, line.len);
	buf_release(&line);
}

void
log_error(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	event(LOG_ERROR, where, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	event(LOG_WARN, where, fmt, ap);
	va_end(ap);
}

void
log_info(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	event(LOG_INFO, where, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	event(LOG_DEBUG, where, fmt, ap);
	va_end(ap);
}

struct buf *
log_access_begin(void)
{
	line_start = batch.len;
	return &batch;
}

void
log_access_end(void)
{
	end_line(&batch, line_start);
	if (batch.failed) {
		batch.len = line_start;
		batch.failed = false;
	}
	if (batch.len > BATCH_MAX)
		log_flush();
}

void
log_flush(void)
{
	if (batch.len == 0)
		return;
	put(&accesses, SINK_INFO, batch.data, batch.len);
	buf_reset(&batch);
}

void
log_close(void)
{
	log_flush();
	say_lost(&accesses);
	sink_close(&events);
	sink_close(&accesses);
}
