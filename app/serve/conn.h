#ifndef SQUALL_CONN_H
#define SQUALL_CONN_H

#include <sys/queue.h>

#include "app/http/page.h"
#include "app/render/job.h"
#include "app/serve/fcgi_reply.h"

/*
 * A connection from the web server, and the request on it.  It is the event
 * loop's alone.
 */
enum conn_state {
	CONN_READING,   /* idle, or part of a request has arrived */
	CONN_WAITING,   /* for a job */
	CONN_WRITING,   /* part of the reply is sent */
	CONN_LINGERING, /* reads on, so that the reply is not lost */
	CONN_DEAD,      /* closed; freed at the end of the turn */
};

struct conn {
	int fd;
	enum conn_state state;
	bool again; /* to be served again at the end of this turn */
	struct request *request; /* NULL: none has begun */
	struct fcgi_reader reader;
	struct fcgi_call call;
	struct page *page; /* being sent */
	struct buf head;
	struct page *plain; /* the same inflated; NULL: it is sent as it is */
	struct fcgi_reply reply;
	size_t sent;     /* bytes of a stream's body, before this part */
	struct job *job; /* NULL: it waits for none */
	TAILQ_ENTRY(conn) place; /* in the job's waiting list */
	LIST_ENTRY(conn) beside; /* in one of the lists below */
	int64_t since_us;        /* when the whole request had arrived */
	int64_t deadline_us;     /* when to give up on it; 0: never */
};

/*
 * Most connections are idle most of the time.  So each has a request and its
 * buffers only while it reads and answers one, and passes them on then.
 */
struct conn_buffers {
	struct request *request;
	struct buf params, head;
};

struct conns {
	LIST_HEAD(conns_list, conn) open, dead;
	size_t n; /* open ones */
	struct conn_buffers spare;
};

/* Takes the descriptor over; NULL: out of memory, and it does not. */
struct conn *conn_open(struct conns *, int fd);

/*
 * Closes a connection.  Events may still name it, so it is freed only by
 * conns_bury.
 */
void conn_close(struct conns *, struct conn *);
void conns_bury(struct conns *);

/* Frees what connections share; to be called when the last one is closed. */
void conns_release(struct conns *);

/*
 * Before a request is read, and when it has been answered.  A request that
 * others still refer to is not passed on.  False: out of memory.
 */
bool conn_take_buffers(struct conns *, struct conn *)
    __attribute__((warn_unused_result));
void conn_pass_buffers(struct conns *, struct conn *);

/* Sets the state, which may last for `ms` milliseconds; 0: without a limit. */
void conn_wait(struct conn *, enum conn_state, int64_t ms);

/* Gives the reply's pages back. */
void conn_finish_reply(struct conn *);

/* Waiting for a job: join at the end, leave at any time. */
void conn_join_job(struct conn *, struct job *);
void conn_leave_job(struct conn *);

#endif
