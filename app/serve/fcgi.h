#ifndef SQUALL_FCGI_H
#define SQUALL_FCGI_H

#include <fastcgi.h>
#include <stdint.h>

#include "app/http/request.h"

/*
 * FastCGI (specification 1.0), the application's side, on the event loop's
 * connections.  Nothing here blocks: a request is taken apart as it arrives, in
 * whatever pieces.  For replies, see fcgi_reply.h.
 *
 * The layout of records is libfcgi's, but not the reader: that serves one
 * request at a time in each thread, and its reads block.  One web server that
 * sends half a request would stop all others, and a request larger than the
 * socket's buffer can't be waited for from outside.
 */

/* The header of a record with so many bytes of content, and no padding. */
static inline FCGI_Header
fcgi_header(unsigned type, uint16_t id, size_t content)
{
	return (FCGI_Header){
	    .version = FCGI_VERSION_1,
	    .type = (unsigned char)type,
	    .requestIdB1 = (unsigned char)(id >> 8),
	    .requestIdB0 = (unsigned char)id,
	    .contentLengthB1 = (unsigned char)(content >> 8),
	    .contentLengthB0 = (unsigned char)content,
	};
}

/* A reply's part of the request. */
struct fcgi_call {
	uint16_t id;
	bool keep;   /* the web server wants to keep the connection */
	bool linger; /* the web server is still sending: read on, then close */
};

/* A connection's incoming records; all zero at first. */
struct fcgi_reader {
	FCGI_Header header;
	size_t header_len;       /* bytes of it that have arrived */
	size_t content, padding; /* bytes of the record that have not */
	enum { READS_BEGIN, READS_PARAMS, READS_STDIN, READS_NO_MORE } state;
	struct fcgi_call call;
	struct buf body;   /* content of a record that is needed whole */
	struct buf params; /* the stream of parameters */
	size_t params_len; /* all of its bytes: over a bound they are dropped */
	size_t stdin_len;  /* bytes of the request's body, which are dropped */
	struct buf rest;   /* bytes that came after the request */
	bool more;         /* the socket may hold still more */
};

void fcgi_reader_release(struct fcgi_reader *);

enum fcgi_result {
	FCGI_DONE,
	FCGI_AGAIN, /* the rest has not arrived, or does not fit yet */
	FCGI_IDLE,  /* no request has begun */
	FCGI_GONE,  /* the connection is to be closed */
};

/*
 * Reads what has arrived.  FCGI_DONE: a request is whole; `*status` is
 * request_parse_vars's, with `prefix` and `why`, and `*call` is for the reply.
 */
enum fcgi_result fcgi_read(int fd, struct fcgi_reader *, const char *prefix,
    struct request *, struct fcgi_call *call, int *status, struct buf *why)
    __attribute__((warn_unused_result));

/* Has something arrived after the request, or may it have? */
bool fcgi_has_more(const struct fcgi_reader *);

/*
 * Has the web server given up on the request that was read last: hung up, or
 * sent FCGI_ABORT_REQUEST?  Looks without reading.
 */
bool fcgi_gave_up(int fd, const struct fcgi_reader *);

#endif
