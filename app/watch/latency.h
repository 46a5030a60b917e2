#ifndef SQUALL_LATENCY_H
#define SQUALL_LATENCY_H

#include <stddef.h>
#include <stdint.h>

/*
 * How long things took: counts of durations in buckets that get wider with the
 * duration, four for each power of two microseconds, so that a percentile is
 * right to a quarter, from a microsecond to two minutes.
 */
enum {
	LATENCY_STEPS = 4, /* buckets from one power of two to the next */
	LATENCY_POWERS = 27,
	LATENCY_BUCKETS = (LATENCY_POWERS - 1) * LATENCY_STEPS,
};

struct latency {
	uint64_t buckets[LATENCY_BUCKETS];
	uint64_t sum_us;
};

/* The bucket that a duration belongs to; the last one has all that are longer.
 */
size_t latency_bucket(int64_t us);

/* The shortest duration of a bucket. */
int64_t latency_from(size_t bucket);

uint64_t latency_count(const struct latency *);

/* How many took less than 2^power microseconds; power from 2 to 26. */
uint64_t latency_below(const struct latency *, unsigned power);

/*
 * The microseconds within which this share of all was done: 0.5 is the median.
 * 0 for an empty histogram.
 */
int64_t latency_percentile(const struct latency *, double share);

#endif
