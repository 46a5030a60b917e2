#ifndef SQUALL_FCGI_H
#define SQUALL_FCGI_H

#include <stdint.h>

#include "app/request.h"

/*
 * FastCGI (specification 1.0) on connections that somebody else owns and
 * waits for.  Nothing here blocks: a request is read only when all of it has
 * arrived, and a reply is written as far as the socket takes it.
 */

/* What a reply has to know of its request. */
struct fcgi_call {
	uint16_t id;
	bool keep;   /* the web server wants to keep the connection */
	bool linger; /* it may still be sending: read on before closing */
};

enum fcgi_result {
	FCGI_DONE,
	FCGI_AGAIN, /* the rest has not arrived, or does not fit yet */
	FCGI_IDLE,  /* nothing has arrived */
	FCGI_GONE,  /* the connection is to be closed */
	FCGI_LOST,  /* its descriptor is closed already */
};

/* Prepares libfcgi.  Once, before signal handlers are installed. */
bool fcgi_init(void);

/*
 * Reads a request.  With FCGI_DONE, `*status` is what request_parse returned
 * with `prefix` and `why`, and the request's body has been read and dropped.
 */
enum fcgi_result fcgi_read(int fd, const char *prefix, struct request *,
    struct fcgi_call *, int *status, struct buf *why);

/*
 * Looks, without reading, whether the web server has given up on the request
 * in hand: hung up, or sent FCGI_ABORT_REQUEST.
 */
bool fcgi_gave_up(int fd);

/* A reply on its way.  Head and body must live until it is sent. */
struct fcgi_reply {
	struct fcgi_call call;
	struct str head, body;
	size_t sent; /* bytes of the records, so far */
};

/* Writes what the socket takes; to be called again after FCGI_AGAIN. */
enum fcgi_result fcgi_write(int fd, struct fcgi_reply *);

#endif
