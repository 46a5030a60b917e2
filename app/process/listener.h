#ifndef SQUALL_LISTENER_H
#define SQUALL_LISTENER_H

#include "app/config/config.h"
#include "app/process/identity.h"

/*
 * The listening sockets of a process: close-on-exec and non-blocking.
 */
struct listeners {
	int fds[CONFIG_LISTEN_MAX];
	/* The values of --listen; NULL: squall was started with the socket. */
	char *addresses[CONFIG_LISTEN_MAX];
	size_t n;
};

/* Owner and mode of a unix socket that squall makes; -1: the default. */
struct listener_access {
	struct identity owner;
	mode_t mode;
};

/*
 * Opens one for each address: "unix:/path.sock" (a file that nobody listens on
 * any more is replaced), "HOST:PORT" or "[IPv6]:PORT".  False with `why`; to be
 * closed in any case.
 */
bool listeners_open(struct listeners *, char *const addresses[], size_t n,
    const struct listener_access *, struct buf *why);

/*
 * Takes the sockets that squall was started with, if there are any: systemd's
 * (sd_listen_fds(3)), or descriptor 0 if it listens (FastCGI specification
 * 1.0, section 2.2).
 */
void listeners_inherit(struct listeners *);

/*
 * Takes a socket that an earlier program of this process has opened; the
 * address is copied.  False if it does not listen, or without memory.
 */
bool listeners_adopt(struct listeners *, int fd, const char *address);

/* Closes them, and removes the socket files that it has made. */
void listeners_close(struct listeners *);

/* Frees what it takes only: the sockets stay as they are. */
void listeners_forget(struct listeners *);

/* True if the address has the right form; else `why` says what is expected. */
bool listener_check(const char *address, struct buf *why);

/* "0660" and the like: what chmod(1) takes; `why` says what is expected. */
bool listener_parse_mode(const char *text, mode_t *mode, struct buf *why);

#endif
