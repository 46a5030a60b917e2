#ifndef SQUALL_STORE_H
#define SQUALL_STORE_H

#include <stdint.h>

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * A store: an in-memory server, or several, shared by all workers and hosts.
 * One handle per thread.  Keys are at most STORE_KEY_MAX bytes without spaces
 * and control characters.
 *
 * After a failure the implementation drops its connection: a late reply must
 * never be taken for the next key's.
 */
enum {
	STORE_KEY_MAX = 250, /* Memcached's limit */
	STORE_SHARDS_MAX = 64,
};

enum store_result {
	STORE_OK,
	STORE_MISS,      /* nothing under this key */
	STORE_EXISTS,    /* for `add`: there is something */
	STORE_REFUSED,   /* not this, or not now: it may do what comes next */
	STORE_TOO_LARGE, /* it takes no values of this length */
	STORE_DOWN,      /* it can't be reached, or makes no sense */
	STORE_UNFIT,     /* it says itself that it is not to be asked */
	STORE_LATE,      /* no answer within the timeout */
};

struct store;

struct store_class {
	const char *name; /* as Cache-Status and the log call it */

	/* Which of its servers has the key, counted from 0. */
	size_t (*shard)(struct store *, struct str key);
	/* The value is the handle's, and lives until its next call. */
	enum store_result (*get)(
	    struct store *, struct str key, struct str *value);
	enum store_result (*set)(
	    struct store *, struct str key, struct str value, int64_t ttl_ms);
	/* Sets what is not there yet: for one of all who try. */
	enum store_result (*add)(
	    struct store *, struct str key, struct str value, int64_t ttl_ms);
	enum store_result (*remove)(struct store *, struct str key);
	/* Drops the connections: what they say is not to be trusted. */
	void (*drop)(struct store *);
	/* The last failure in words, for the log. */
	const char *(*error)(const struct store *);
	void (*close)(struct store *);
};

/* Each implementation's first member. */
struct store {
	const struct store_class *class;
	int64_t timeout_ms; /* as store_config has it */
};

/* The --cache option, and what does not stand in it. */
struct store_config {
	const char *url;
	int64_t timeout_ms;   /* to connect, and again to answer */
	const char *password; /* for redis; NULL: none */
};

/*
 * Opens a handle; nothing is sent before it is used.  `*store` is NULL for
 * "none".  False for an address that can't be one, which `why` explains, or
 * without memory.
 */
bool
store_open(struct store **store, const struct store_config *, struct buf *why);

/* NULL is harmless. */
void store_close(struct store *);

#endif
