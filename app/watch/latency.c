/*
 * Durations in buckets.  Arithmetic alone: who counts, and where, is not known
 * here.
 */
#include "app/watch/latency.h"

static unsigned
power_of(uint64_t us)
{
	return 63 - (unsigned)__builtin_clzll(us);
}

size_t
latency_bucket(int64_t us)
{
	unsigned power;
	size_t bucket;

	if (us < LATENCY_STEPS)
		return us < 0 ? 0 : (size_t)us;
	power = power_of((uint64_t)us);
	bucket = (power - 1) * LATENCY_STEPS +
	    ((uint64_t)us >> (power - 2) & (LATENCY_STEPS - 1));
	return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

int64_t
latency_from(size_t bucket)
{
	if (bucket < LATENCY_STEPS)
		return (int64_t)bucket;
	return (int64_t)(LATENCY_STEPS + bucket % LATENCY_STEPS)
	    << (bucket / LATENCY_STEPS - 1);
}

uint64_t
latency_count(const struct latency *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < LATENCY_BUCKETS; i++)
		n += h->buckets[i];
	return n;
}

uint64_t
latency_below(const struct latency *h, unsigned power)
{
	size_t end = latency_bucket(INT64_C(1) << power);
	uint64_t n = 0;

	for (size_t i = 0; i < end; i++)
		n += h->buckets[i];
	return n;
}

int64_t
latency_percentile(const struct latency *h, double share)
{
	double wanted = share * (double)latency_count(h), before = 0;

	if (wanted <= 0)
		return 0;
	for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
		double n = (double)h->buckets[i];
		int64_t from = latency_from(i);

		/* Within a bucket they are taken to lie evenly. */
		if (n > 0 && before + n >= wanted)
			return from +
			    (int64_t)((double)(latency_from(i + 1) - from) *
				(wanted - before) / n);
		before += n;
	}
	return latency_from(LATENCY_BUCKETS);
}
