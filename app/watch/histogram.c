/*
 * Durations in buckets.  Arithmetic alone: who counts, and where, is not known
 * here.
 */
#include "app/watch/histogram.h"

static unsigned
power_of(uint64_t us)
{
	return 63 - (unsigned)__builtin_clzll(us);
}

size_t
histogram_bucket(int64_t us)
{
	unsigned power;
	size_t bucket;

	if (us < HISTOGRAM_STEPS)
		return us < 0 ? 0 : (size_t)us;
	power = power_of((uint64_t)us);
	bucket = (power - 1) * HISTOGRAM_STEPS +
	    ((uint64_t)us >> (power - 2) & (HISTOGRAM_STEPS - 1));
	return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

int64_t
histogram_from(size_t bucket)
{
	if (bucket < HISTOGRAM_STEPS)
		return (int64_t)bucket;
	return (int64_t)(HISTOGRAM_STEPS + bucket % HISTOGRAM_STEPS)
	    << (bucket / HISTOGRAM_STEPS - 1);
}

uint64_t
histogram_count(const struct histogram *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		n += h->buckets[i];
	return n;
}

uint64_t
histogram_below(const struct histogram *h, unsigned power)
{
	size_t end = histogram_bucket(INT64_C(1) << power);
	uint64_t n = 0;

	for (size_t i = 0; i < end; i++)
		n += h->buckets[i];
	return n;
}

int64_t
histogram_percentile(const struct histogram *h, double share)
{
	double wanted = share * (double)histogram_count(h), before = 0;

	if (wanted <= 0)
		return 0;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		double n = (double)h->buckets[i];
		int64_t from = histogram_from(i);

		/* Within a bucket they are taken to lie evenly. */
		if (n > 0 && before + n >= wanted)
			return from +
			    (int64_t)((double)(histogram_from(i + 1) - from) *
				(wanted - before) / n);
		before += n;
	}
	return histogram_from(HISTOGRAM_BUCKETS);
}
