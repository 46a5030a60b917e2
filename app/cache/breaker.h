#ifndef SQUALL_BREAKER_H
#define SQUALL_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A circuit breaker: keeps a thread away from a server that fails.  It opens
 * after a few failures in a row, or after one that leaves no doubt; then
 * nothing is asked for a while, one request probes, and either the breaker
 * closes or the while gets longer.  All zero is a closed one.
 *
 * A server that answers what it is asked, but takes nothing, is of no use: a
 * failure to write is in a row with the next, whatever is read between them.
 */
struct breaker {
	unsigned failures; /* in a row */
	bool of_writing;   /* only something written ends the row */
	int64_t rest_us;   /* how long it rests; 0: it is closed */
	int64_t until_us;
};

enum breaker_change { BREAKER_AS_BEFORE, BREAKER_OPENED, BREAKER_CLOSED };

/* True if the server may be asked now, by clock_mono_us. */
bool breaker_allows(const struct breaker *, int64_t now_us);

/*
 * After asking the server to write something, or only to read: it answered, or
 * it failed; `surely`: it will again.
 */
enum breaker_change breaker_answered(struct breaker *, bool write);
enum breaker_change
breaker_failed(struct breaker *, bool write, bool surely, int64_t now_us);

#endif
