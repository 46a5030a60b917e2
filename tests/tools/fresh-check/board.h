#ifndef FRESH_CHECK_BOARD_H
#define FRESH_CHECK_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * What the writers' threads and the reader tell each other: which number has
 * been committed, and how often things were done.  Numbers only grow.  It
 * begins as all zeros.
 */
enum count {
	COUNT_COMMITS,
	COUNT_CHECKPOINTS,
	COUNT_VACUUMS,
	COUNT_SCHEMA_CHANGES,
	COUNT_ROLLBACKS,
	COUNT_NO_OPS,
	COUNT_BULKS,
	COUNT_RESTARTS,
	COUNT_KILLS,
	COUNT_DEPARTURES,
	COUNT_RENAMES,
	COUNT_REFUSED, /* statements that found the database locked, say */
	COUNT_FAULTS,  /* statements that failed as none should */
	N_COUNTS,
};

struct board {
	_Atomic int64_t committed;
	_Atomic int64_t attempted; /* no reply may show more */
	_Atomic int64_t frozen;    /* stands for `committed` until then: */
	_Atomic int64_t thaw_us;
	_Atomic bool over; /* writers are to end */
	_Atomic uint64_t counts[N_COUNTS];
};

/* The clock of all `_us`. */
int64_t board_clock_us(void);

/* About to commit a number that is larger by so much. */
void board_attempt(struct board *, int64_t more);

/* Everybody can read the number in the database by now. */
void board_commit(struct board *, int64_t number);

/*
 * What is committed between freeze and thaw, and for `grace_us` after it, is
 * due only then.
 */
void board_freeze(struct board *);
void board_thaw(struct board *, int64_t grace_us);

/* What the reply to a request that is sent now must show at least. */
int64_t board_due(const struct board *);

void board_count(struct board *, enum count);

/* As `commits 12, checkpoints 3, ...`. */
void board_print(const struct board *);

#endif
