#ifndef SQUALL_BACKLOG_H
#define SQUALL_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How many connections wait on a listening socket to be accepted, and how many
 * may: what the kernel says, in a few microseconds.  For TCP that is TCP_INFO,
 * for a unix socket sock_diag(7).  False, and both -1: it can't be told, as of
 * a socket that does not listen, or of a unix one that belongs to another
 * network namespace.
 *
 * The kernel lets one connection more than `max` wait.
 */
bool backlog_read(int fd, int64_t *waiting, int64_t *max);

/* True if it is a socket that listens. */
bool backlog_listens(int fd);

#endif
