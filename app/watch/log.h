#ifndef SQUALL_LOG_H
#define SQUALL_LOG_H

#include <stdbool.h>

#include "app/text/buf.h"

enum log_level { LOG_NONE, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum access_format {
	ACCESS_OFF,
	ACCESS_ON,       /* squall's own */
	ACCESS_COMBINED, /* NCSA's */
	ACCESS_JSON,
};

/* Sets the level and the access log's format.  Before, the level is "warn". */
void log_setup(enum log_level, enum access_format);
bool log_wants(enum log_level);
enum access_format log_access_format(void);

/* Do access lines tell who the client is? */
bool log_wants_client(void);

/*
 * Where events and access lines go from now on: a path, "syslog", or NULL or
 * "stderr" (see sink.h).  The strings must live until log_close.  On failure
 * `why` says what can't be opened, and that goes where it went before.
 */
bool log_open(const char *events, const char *access, struct buf *why)
    __attribute__((warn_unused_result));

/* Back to standard error; says how much of the access log was lost. */
void log_close(void);

/*
 * Opens files that have been renamed anew, under their names: to be called in
 * each process.  One that can't be opened is an event, and goes on being
 * written to under its new name.
 */
void log_reopen(void);

/*
 * To be called before others are served: from now on standard error is waited
 * for no more than a file is (see sink.h).
 */
void log_own_stderr(void);

/*
 * Points standard error at the file of events, if there is one, so that it has
 * the messages of a program that is executed now as well.
 */
void log_take_stderr(void);

/*
 * One event, one line: time (UTC), level, where and what.  Control characters
 * of the message are shown as '?', so that a line stays one.  Lines of several
 * threads and processes do not mix.
 *
 * Lines that can't be written at once, as to a pipe whose reader stalls, are
 * lost; how many is an event as soon as it works again.  That lines of the
 * access log are lost is an event as well; that events are, each process says
 * once, on standard error.
 */
void log_error(const char *where, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void log_warn(const char *where, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void log_info(const char *where, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void log_debug(const char *where, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Access lines are gathered and written together: call log_flush when there is
 * nothing else to do.  One thread only.  A line is what is added to the buffer
 * between _begin and _end; without memory it is lost.
 */
struct buf *log_access_begin(void);
void log_access_end(void);
void log_flush(void);

/* The time as RFC 3339 has it, in UTC with milliseconds. */
void log_time(struct buf *);

#endif
