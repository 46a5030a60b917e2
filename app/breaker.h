#ifndef SQUALL_BREAKER_H
#define SQUALL_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A circuit breaker: keeps a thread away from a server that fails.  It opens
 * after a few failures in a row, or after one that took the whole timeout;
 * then nothing is asked for a while, one request probes, and either the
 * breaker closes or the while gets longer.  All zero is a closed one.
 */
struct breaker {
	unsigned failures; /* in a row */
	int64_t rest_us;   /* how long it rests; 0: it is closed */
	int64_t until_us;
};

enum breaker_change { BREAKER_AS_BEFORE, BREAKER_OPENED, BREAKER_CLOSED };

/* Whether the server may be asked now, by clock_mono_us. */
bool breaker_allows(const struct breaker *, int64_t now_us);

/* After asking: the server answered, failed at once, or was too late. */
enum breaker_change breaker_answered(struct breaker *);
enum breaker_change breaker_failed(struct breaker *, bool late, int64_t now_us);

#endif
