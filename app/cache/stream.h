#ifndef SQUALL_STREAM_H
#define SQUALL_STREAM_H

#include <sys/uio.h>

#include <stdint.h>

#include "app/text/address.h"
#include "app/text/buf.h"

/*
 * A client's connection to a server, for protocols of lines and counted bytes.
 * Every call has a deadline (clock_mono_us), which holds for all it does,
 * however slowly the server drips.  After a failure the connection is closed.
 */
struct stream {
	int fd; /* -1: not connected */
	struct buf in;
	size_t used; /* bytes of `in` that were handed out */
};

enum stream_result {
	STREAM_OK,
	STREAM_BROKEN, /* closed, refused, or more than is allowed */
	STREAM_LATE,
};

/*
 * Waits until a descriptor is ready for poll's `events`; STREAM_BROKEN, with
 * errno, if it can't be waited for.
 */
enum stream_result stream_wait(int fd, short events, int64_t deadline_us);

/*
 * To a unix socket, or where `path` is NULL, by TCP.  A reply is to begin
 * within `reply_ms` of being read, whatever the call's deadline says.
 */
enum stream_result stream_open(struct stream *, const char *path,
    const struct address *, int reply_ms, int64_t deadline_us);

/* Harmless for one that is closed.  Frees the memory. */
void stream_close(struct stream *);

/* Writes all of it; changes the vectors. */
enum stream_result
stream_write(struct stream *, struct iovec *, int n, int64_t deadline_us);

/*
 * The next line, without its "\r\n"; of `max` bytes at most.  Like that of
 * stream_read, the text lives until stream_forget.
 */
enum stream_result
stream_line(struct stream *, size_t max, struct str *line, int64_t deadline_us);

/* The next `len` bytes. */
enum stream_result stream_read(
    struct stream *, size_t len, struct str *bytes, int64_t deadline_us);

/* Before a request: forgets what was read.  False: there was more. */
bool stream_forget(struct stream *);

#endif
