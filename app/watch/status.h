#ifndef SQUALL_STATUS_H
#define SQUALL_STATUS_H

#include "app/watch/stats.h"

/*
 * squall as its own pages show it: a value, taken at one moment from what the
 * workers count and from the process that was asked.  All that it points to
 * belongs to who made it, and lives as long as the page is being written.
 */

/* The clients that may see it: the words of --status, in their order. */
enum status_access { STATUS_LOOPBACK, STATUS_ALL, STATUS_NONE };

enum status_state { STATUS_SERVING, STATUS_DRAINING, STATUS_DEAD };

enum { STATUS_STATES = STATUS_DEAD + 1 };

struct status_worker {
	struct stats_worker stats;
	enum status_state state;
	int64_t resident_bytes;
};

struct status_database {
	const char *name;
	uint64_t version;
	bool version_known;
	bool open;
	bool bad; /* the file at its path: if it is open, that is another one */
	int64_t bytes, log_bytes;
};

struct status_listener {
	char address[128];
	int64_t waiting; /* connections not yet accepted; -1: not known */
	int64_t max;     /* how many may wait */
};

struct routes;

struct status {
	int64_t age_us; /* of the pool */
	bool draining;  /* the process that was asked finishes and ends */
	struct stats_sum sum;
	int64_t levels[LEVELS]; /* of all living workers together */
	struct status_worker *workers;
	size_t n_workers, n_in[STATUS_STATES];
	size_t threads;       /* renderers of a worker */
	int64_t memory_bytes; /* that a worker may keep pages in */
	const char *store;    /* "memcached", "redis" or "none" */
	struct status_database *databases;
	size_t n_databases;
	struct status_listener *listeners;
	size_t n_listeners;
	const struct routes *routes; /* sum.requests counts them from 1 */
};

#endif
