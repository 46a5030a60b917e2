#ifndef SQUALL_SINK_H
#define SQUALL_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/text/buf.h"

/*
 * Where log lines go: standard error, a file, or syslog (facility daemon, tag
 * squall).  Lines that can't be written at once are lost, and counted: whoever
 * logs never waits for a disk with room, or for a reader.
 *
 * Several threads and, after a fork, several processes may write to one.
 */
enum sink_level { SINK_ERROR, SINK_WARN, SINK_INFO, SINK_DEBUG };

struct sink {
	const char *path; /* of its file; NULL: it has none */
	int fd;
	bool is_syslog;        /* fd is a socket for datagrams */
	_Atomic uint64_t lost; /* lines since it last worked */
};

/* A sink before it is opened: standard error. */
#define SINK_STDERR                                                            \
	{                                                                      \
		.fd = 2                                                        \
	}

/*
 * Opens it for `target`: an absolute path, "syslog", or NULL or "stderr".  A
 * file is made with mode 0640 and appended to; the sink keeps the pointer to
 * its path.  On failure `why` says what is wrong, and the sink is as before.
 */
bool sink_open(struct sink *, const char *target, struct buf *why)
    __attribute__((warn_unused_result));

/* Back to standard error. */
void sink_close(struct sink *);

/*
 * Opens the file that stands at the path now, after a rotation; nothing to do
 * for the others.  False with errno: the old one goes on being written to.
 */
bool sink_reopen(struct sink *) __attribute__((warn_unused_result));

/* Its name for people: a path, "syslog" or "stderr". */
const char *sink_name(const struct sink *);

/*
 * Makes standard error, if it is a pipe or a terminal, a description of this
 * process's own that never blocks; who else writes there notices nothing.  No
 * more than tried: without it, a line is written only where there is room.
 */
void sink_own_stderr(void);

/*
 * Writes whole lines: to a file all of them at once, to a pipe as many as
 * don't mix with those of others, to syslog one by one.  False with errno: some
 * are lost, with EAGAIN since whoever reads them has not kept up.
 */
bool sink_write(struct sink *, enum sink_level, const char *lines, size_t len);

/* How many lines were lost since it was last asked. */
uint64_t sink_take_lost(struct sink *);

#endif
