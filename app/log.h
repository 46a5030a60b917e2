#ifndef SQUALL_LOG_H
#define SQUALL_LOG_H

#include <stdbool.h>

enum log_level { LOG_NONE, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* What to write from now on.  Before it, warnings and errors are written. */
void log_setup(enum log_level, bool access);
bool log_wants(enum log_level);
bool log_wants_access(void);

/*
 * One event, one line on standard error: time (UTC), level, where and what.
 * Control characters of the message are shown as '?', so that a line stays
 * one.  Lines of several threads and processes do not mix.
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
 * One line about a request.  Access lines are gathered and written together:
 * call log_flush when there is nothing else to do.  One thread only.
 */
void log_access(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_flush(void);

#endif
