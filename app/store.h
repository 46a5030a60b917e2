#ifndef SQUALL_STORE_H
#define SQUALL_STORE_H

#include <stdint.h>

#include "app/buf.h"
#include "app/str.h"

/*
 * A store: an in-memory server shared by all workers and hosts.  One handle
 * per thread.  Keys are at most STORE_KEY_MAX bytes without spaces and control
 * characters.
 *
 * An operation takes no longer than the handle's timeout.  After a failure
 * the implementation drops its connection: a late reply must never be taken
 * for the next key's.
 */
enum {
	STORE_KEY_MAX = 250, /* Memcached's limit */
	STORE_CONNECT_MS = 100,
	STORE_REPLY_MS = 100,
};

enum store_result {
	STORE_OK,
	STORE_MISS,
	STORE_REFUSED, /* it answers, but does not take this one */
	STORE_DOWN,    /* no answer, or no sensible one */
};

struct store;

struct store_class {
	const char *name; /* as Cache-Status and the log call it */
	enum store_result (*get)(struct store *, struct str key, struct buf *);
	enum store_result (*set)(
	    struct store *, struct str key, struct str value, int64_t ttl_s);
	/* What went wrong last, for the log. */
	const char *(*error)(const struct store *);
	void (*close)(struct store *);
};

/* What every implementation begins with. */
struct store {
	const struct store_class *class;
};

/*
 * Opens a handle; nothing is sent before it is used.  `*store` is NULL for
 * "none".  False for an address that can't be one, which `why` explains, or
 * without memory.
 */
bool store_open(struct store **store, const char *url, struct buf *why);

/* NULL is harmless. */
void store_close(struct store *);

#endif
