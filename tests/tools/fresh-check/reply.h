#ifndef FRESH_CHECK_REPLY_H
#define FRESH_CHECK_REPLY_H

#include <stdbool.h>
#include <stddef.h>

/* A reply of HTTP/1.1 (RFC 9112), as far as nginx makes use of it here. */
struct reply {
	int status;
	const char *body; /* in the data that was parsed */
	size_t body_len;
	bool gzip;
	bool close;     /* the server is about to close the connection */
	char tag[80];   /* ETag, or empty */
	char cache[96]; /* Cache-Status, or empty */
};

enum reply_result {
	REPLY_WHOLE,
	REPLY_MORE, /* the rest of it has yet to come */
	REPLY_BAD,
};

enum reply_result reply_parse(struct reply *, const char *data, size_t len);

#endif
