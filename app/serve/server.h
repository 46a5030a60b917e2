#ifndef SQUALL_SERVER_H
#define SQUALL_SERVER_H

#include "app/render/pages.h"
#include "app/render/site.h"
#include "app/serve/conn.h"

/*
 * A worker's connections and the requests on them: the fast half of a
 * request's path.  One thread's, the event loop's, which it never keeps
 * waiting: it is told of events, and says when it wants to be called again.
 */
struct server {
	const struct site *site;
	struct pages *pages;
	struct conns conns;
	int epoll_fd; /* the loop's, in which connections stand as themselves */
	const int *listeners; /* that are open: for the status page */
	size_t n_listeners;
	size_t max_conns; /* more are not to be accepted */
	size_t yields;    /* how many connections make way, after a reply */
	bool draining;    /* a connection is closed when it has been answered */
	bool again;       /* some connections are to be served again */
	uint64_t served;  /* requests */
	uint64_t next_id;
	struct buf key; /* of the request in hand */
	struct buf why;
};

/*
 * Starts the renderers; the fields above it are to be set.  False, with a line
 * in the log, if it can't be.  To be stopped in any case.
 */
bool server_start(struct server *);
void server_stop(struct server *);

/* A new connection, which it takes over. */
void server_accept(struct server *, int fd);

/*
 * To be called when the events of a turn are known: what they tell of has
 * arrived by then.
 */
void server_begin_turn(struct server *);

/* Something has happened on one of its connections. */
void server_event(struct server *, struct conn *, uint32_t events);

/* The renderers have finished something: pages_fd says so. */
void server_collect(struct server *);

/* To be called when all events of a turn have been told. */
void server_end_turn(struct server *);

/*
 * To be called every now and then, `ms` milliseconds apart: gives up on what
 * has taken too long, and notices databases that were replaced.  Where it is
 * crowded, connections that nothing comes on are closed, and all others after
 * their next reply: who waits to be accepted gets a turn.
 */
void server_tick(struct server *, int64_t ms, bool crowded);

/* Does a client have a part of its reply only? */
bool server_is_writing(const struct server *);

/*
 * From now on a connection is closed once it has been answered.  If it is not
 * patient, those that wait for a request in vain are closed at once.
 */
void server_drain(struct server *, bool patient);

#endif
