#ifndef SQUALL_FCGI_REPLY_H
#define SQUALL_FCGI_REPLY_H

#include "app/serve/fcgi.h"

/* A reply on its way.  Head and body must live until it is sent. */
struct fcgi_reply {
	struct fcgi_call call;
	bool more; /* another reply goes on where this one ends */
	struct str head, body;
	size_t sent; /* bytes of the records so far */
};

/* Writes what the socket takes; to be called again after FCGI_AGAIN. */
enum fcgi_result fcgi_reply_write(int fd, struct fcgi_reply *)
    __attribute__((warn_unused_result));

#endif
