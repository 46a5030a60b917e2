#ifndef SQUALL_DEADLINE_H
#define SQUALL_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct sqlite3;

/*
 * Interrupts connections whose time is over, from a thread of its own: SQLite
 * asks its progress handler between instructions only, and one instruction may
 * count a table or read all of a full-text index.
 *
 * A function of SQLite's sees no interrupt while it runs: see functions.h.
 */
struct deadline {
	struct sqlite3 *handle; /* NULL: it is not watched */
	int64_t at_us;          /* clock_mono_us */
	struct deadline *next, **at;
};

/*
 * Starts the thread, after a fork; until then nobody is interrupted.  False,
 * with errno, if it can't be.
 */
bool deadlines_start(void) __attribute__((warn_unused_result));

/* Ends it; harmless where there is none. */
void deadlines_stop(void);

/*
 * From now on the connection is interrupted at that time, and again as long as
 * it is watched.  Moves a deadline that is watched already.
 */
void deadline_watch(struct deadline *, struct sqlite3 *, int64_t at_us);

/* No more interrupts from now on; harmless if it is not watched. */
void deadline_leave(struct deadline *);

#endif
