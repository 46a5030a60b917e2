#ifndef SQUALL_HEAP_H
#define SQUALL_HEAP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Bounds of what SQLite allocates on behalf of a thread.  SQLite's own limit
 * is the process's: one greedy statement would take it from all others.
 */

/*
 * To be called once, before SQLite is used at all; without, there are no
 * bounds.  False: it is too late.
 */
bool heap_install(void);

enum heap_end {
	HEAP_OK,
	HEAP_OVER, /* an allocation was refused: it was too much */
	HEAP_LATE, /* likewise: the time was over */
};

/*
 * Between begin and end, this thread gets `bytes` more at most, and nothing
 * after the deadline (clock_mono_us); SQLite sees that as SQLITE_NOMEM.  The
 * bound holds for what it has got since begin and not given back: to free what
 * was there before makes no room for more.
 */
void heap_begin(int64_t bytes, int64_t deadline_us);
enum heap_end heap_end(void);

/* Tells if an allocation has been refused since heap_begin. */
enum heap_end heap_state(void);

#endif
