/*
 * The numbers that writers and reader share, as atomics.
 */
#include "tests/tools/fresh-check/board.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static const char *const names[N_COUNTS] = {
    [COUNT_COMMITS] = "commits",
    [COUNT_CHECKPOINTS] = "checkpoints",
    [COUNT_VACUUMS] = "vacuums",
    [COUNT_SCHEMA_CHANGES] = "schema changes",
    [COUNT_ROLLBACKS] = "rollbacks",
    [COUNT_NO_OPS] = "no-ops",
    [COUNT_BULKS] = "bulks",
    [COUNT_RESTARTS] = "restarts",
    [COUNT_KILLS] = "kills",
    [COUNT_DEPARTURES] = "departures",
    [COUNT_RENAMES] = "renames",
    [COUNT_REFUSED] = "refused",
    [COUNT_FAULTS] = "faults",
};

int64_t
board_clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
board_attempt(struct board *b, int64_t more)
{
	b->attempted += more;
}

void
board_commit(struct board *b, int64_t number)
{
	int64_t before = b->committed;

	while (before < number &&
	    !atomic_compare_exchange_weak(&b->committed, &before, number))
		;
}

void
board_freeze(struct board *b)
{
	b->frozen = b->committed;
	b->thaw_us = INT64_MAX;
}

void
board_thaw(struct board *b, int64_t grace_us)
{
	b->thaw_us = board_clock_us() + grace_us;
}

int64_t
board_due(const struct board *b)
{
	/* In this order: what it takes in must not be newer than the freeze. */
	int64_t committed = b->committed;

	return board_clock_us() < b->thaw_us ? b->frozen : committed;
}

void
board_count(struct board *b, enum count what)
{
	b->counts[what]++;
}

void
board_print(const struct board *b)
{
	for (int i = 0; i < N_COUNTS; i++)
		printf("%s%s %" PRIu64, i == 0 ? "" : ", ", names[i],
		    b->counts[i]);
}
