#ifndef SQUALL_LISTENER_H
#define SQUALL_LISTENER_H

#include "app/buf.h"

/*
 * Listening sockets: close-on-exec and non-blocking.
 */

/*
 * Opens one for "unix:/path.sock" (mode 0660; a file that nobody listens on
 * any more is replaced), "HOST:PORT" or "[IPv6]:PORT".  The descriptor, or -1
 * with `why`.
 */
int listener_open(const char *address, struct buf *why);

/* Whether the address has the right form; `why` says what is expected. */
bool listener_check(const char *address, struct buf *why);

/* Removes the socket file of a unix address.  Others are left alone. */
void listener_remove(const char *address);

/*
 * The sockets that squall was started with: systemd's (sd_listen_fds(3)), or
 * descriptor 0 if it listens (FastCGI specification 1.0, section 2.2).
 * Returns how many there are, at most `max`.
 */
size_t listener_inherited(int *fds, size_t max);

#endif
