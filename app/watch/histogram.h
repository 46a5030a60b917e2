#ifndef SQUALL_HISTOGRAM_H
#define SQUALL_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/*
 * How long things took: counts of durations in buckets that get wider with the
 * duration, four for each power of two microseconds, so that a percentile is
 * right to a quarter, from a microsecond to two minutes.
 */
enum {
	HISTOGRAM_STEPS = 4, /* buckets from one power of two to the next */
	HISTOGRAM_POWERS = 27,
	HISTOGRAM_BUCKETS = (HISTOGRAM_POWERS - 1) * HISTOGRAM_STEPS,
};

struct histogram {
	uint64_t buckets[HISTOGRAM_BUCKETS];
	uint64_t sum_us;
};

/* The bucket that a duration belongs to; the last one has all that are longer.
 */
size_t histogram_bucket(int64_t us);

/* The shortest duration of a bucket. */
int64_t histogram_from(size_t bucket);

uint64_t histogram_count(const struct histogram *);

/* How many took less than 2^power microseconds; power from 2 to 26. */
uint64_t histogram_below(const struct histogram *, unsigned power);

/*
 * The microseconds within which this share of all was done: 0.5 is the median.
 * 0 for an empty histogram.
 */
int64_t histogram_percentile(const struct histogram *, double share);

#endif
