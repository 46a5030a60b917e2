#ifndef FRESH_CHECK_READERS_H
#define FRESH_CHECK_READERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/tools/fresh-check/board.h"

/*
 * The readers: connections to a web server on 127.0.0.1, one request under way
 * on each, all in one loop.  Pages of the database are asked for by chance, as
 * they are, compressed, or only if they have changed; every reply must show
 * what had been committed when its request was sent, and nothing that never
 * was.
 */
struct readers_options {
	int port;
	const char *database; /* the name it is published under */
	size_t connections;
	unsigned seed;
	uint64_t reads;   /* right replies with status 200; 0: no matter */
	int64_t time_us;  /* or until this is over; 0: no matter */
	int64_t limit_us; /* it has failed if it takes longer */
};

struct tally {
	uint64_t reads;        /* status 200, right */
	uint64_t not_modified; /* status 304, right */
	uint64_t wrong;
	uint64_t unanswered; /* errors, and connections that broke */
	/* The reads, by where they came from. */
	uint64_t memory, memcached, redis, collapsed, rendered;
	int64_t us; /* it took */
};

/*
 * Reads until there is enough; tells of wrong replies on standard error, and of
 * progress on standard output.  False if it was over the limit.
 */
bool
readers_run(const struct readers_options *, struct board *, struct tally *);

#endif
