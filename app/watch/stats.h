#ifndef SQUALL_STATS_H
#define SQUALL_STATS_H

#include <sys/types.h>

#include <stdbool.h>

#include "app/watch/latency.h"
#include "app/watch/outcome.h"

/*
 * The workers' counters, in memory that all processes of a pool share: a slot
 * for each worker, which that worker alone writes and all may read at any time.
 * No locks: numbers that belong together may differ by one request.
 *
 * A worker that takes a slot counts on from where its predecessor stopped, so
 * counters never go back, whoever dies.
 */
struct stats;
struct stats_slot;

enum { STATS_ROUTES = 64 }; /* rows of a route table; more share the last */

/* Counted by the event loop. */
enum stats_count {
	COUNT_CONNECTIONS, /* accepted */
	COUNT_NOT_MODIFIED,
	COUNT_BYTES, /* handed to sockets; heads included */
	COUNT_1XX,   /* replies by class of status */
	COUNT_2XX,
	COUNT_3XX,
	COUNT_4XX,
	COUNT_5XX,
	COUNTS,
};

/* Counted by the renderers. */
enum stats_work {
	WORK_RENDERS,
	WORK_STATEMENTS,      /* of SQL */
	WORK_DB_US,           /* in SQLite, waiting for locks included */
	WORK_STORE_GETS,      /* pages looked for in the store */
	WORK_STORE_HITS,      /* found, and of use */
	WORK_STORE_SETS,      /* pages that it took */
	WORK_STORE_TOO_LARGE, /* pages that are too long for it */
	WORK_STORE_REFUSED,   /* requests that it answered, but did not do */
	WORK_STORE_ERRORS,    /* requests that failed at once */
	WORK_STORE_TIMEOUTS,
	WORK_BREAKER_OPENED,
	WORKS,
};

/* Numbers that go up and down. */
enum stats_level {
	LEVEL_CONNECTIONS, /* open */
	LEVEL_QUEUED,      /* jobs that no renderer has yet */
	LEVEL_BUSY,        /* renderers with a job */
	LEVEL_HELD,        /* jobs that wait for another worker's page */
	LEVEL_MEMORY_BYTES,
	LEVEL_MEMORY_PAGES,
	LEVEL_BREAKERS_OPEN, /* each renderer has one for each server */
	LEVELS,
};

/* Durations are told apart by where the reply came from. */
enum stats_latency {
	LATENCY_MEMORY,
	LATENCY_STORE,
	LATENCY_MISS,
	LATENCY_OTHER,
	LATENCIES,
};

/*
 * Shared memory with `n` slots for the workers of a pool; it must be made
 * before they are forked.  Slots take memory when they are used.  NULL, with
 * errno, if there is none.
 */
struct stats *stats_new(size_t n);

/* NULL is harmless. */
void stats_free(struct stats *);

/* The calling process counts in slot `i` from now on, alone. */
struct stats_slot *stats_take(struct stats *, size_t i);

/* The process ends; what it has counted stays. */
void stats_leave(struct stats_slot *);

/* No new connections are taken any more. */
void stats_drain(struct stats_slot *);

/* By the event loop alone. */
void stats_count(struct stats_slot *, enum stats_count, uint64_t n);
void stats_set(struct stats_slot *, enum stats_level, size_t value);

/* By any thread. */
void stats_work(struct stats_slot *, enum stats_work, uint64_t n);
void stats_move(struct stats_slot *, enum stats_level, int by);

/* A reply, as the event loop hands it to the socket. */
struct stats_reply {
	size_t route; /* its row, counted from 1; 0: it has none */
	enum outcome_kind outcome;
	int status;
	size_t bytes;
	int64_t us; /* since its request had arrived */
};

void stats_reply(struct stats_slot *, const struct stats_reply *);

/* All counters of all workers, those that have died included. */
struct stats_sum {
	uint64_t requests[STATS_ROUTES][OUTCOMES];
	uint64_t counts[COUNTS];
	uint64_t works[WORKS];
	struct latency latency[LATENCIES];
};

void stats_sum(const struct stats *, struct stats_sum *);

/* One worker; whether the process still lives is not known here. */
struct stats_worker {
	pid_t pid; /* 0: nobody has the slot */
	int64_t age_us;
	bool draining;
	uint64_t requests; /* that it has answered itself */
	int64_t levels[LEVELS];
};

/* The slots that were ever taken: the first so many. */
size_t stats_slots(const struct stats *);
struct stats_worker stats_worker(const struct stats *, size_t i);

/* Since stats_new. */
int64_t stats_age_us(const struct stats *);

#endif
