#ifndef SQUALL_SERVER_H
#define SQUALL_SERVER_H

#include "app/render/site.h"

/*
 * A worker's connections and the requests on them: the fast half of a
 * request's path.  It belongs to one thread, the event loop's, and never keeps
 * it waiting: the loop tells it of events, and asks how long to wait for them.
 */
struct conn;
struct server;

/*
 * Starts the renderers.  The server watches its connections in the loop's
 * `epoll_fd`, and shows the listening sockets, which stay the caller's, on the
 * status page.  NULL, with a line in the log, if it can't start.
 */
struct server *
server_new(const struct site *, int epoll_fd, const int *listeners, size_t n);

/* NULL is harmless. */
void server_free(struct server *);

/* A new connection, which the server takes over. */
void server_accept(struct server *, int fd);

size_t server_connections(const struct server *);

/* The number of requests that have been read. */
uint64_t server_served(const struct server *);

/*
 * A turn of the loop begins when its events are known: what they tell of has
 * arrived by then.  An event of the server itself is for server_collect, since
 * renderers have finished something; others are a connection's.
 */
void server_begin_turn(struct server *);
void server_collect(struct server *);
void server_event(struct server *, struct conn *, uint32_t events);
void server_end_turn(struct server *);

/* For how many milliseconds the loop may wait for events: at most `most`. */
int server_wait_ms(struct server *, int most);

/*
 * To be called every `ms` milliseconds: gives up on what has taken too long.
 * Where it is crowded, idle connections are closed at once and all others after
 * their next reply, to make room for those that wait to be accepted.
 */
void server_tick(struct server *, int64_t ms, bool crowded);

/* Does a client wait for the rest of its reply? */
bool server_is_writing(const struct server *);

/* Is a renderer at one page for longer than `ms`?  Nothing can stop it. */
bool server_is_stuck(const struct server *, int64_t ms);

/*
 * From now on a connection is closed once it has been answered.  If the server
 * is not patient, idle connections are closed at once, and the listening
 * sockets are no longer shown.
 */
void server_drain(struct server *, bool patient);

#endif
