/*
 * Counters in shared memory.  Called on the path of every request, so counting
 * is a few plain additions: what one thread alone writes is loaded and stored,
 * and only the renderers, of which there are several, add atomically.
 */
#include "app/watch/stats.h"

#include <sys/mman.h>

#include <stdalign.h>
#include <stdatomic.h>
#include <unistd.h>

#include "app/watch/clock.h"

enum { CACHE_LINE = 64 };

struct shared_histogram {
	_Atomic uint64_t buckets[LATENCY_BUCKETS];
	_Atomic uint64_t sum_us;
};

/* The event loop's counters and the renderers' share no cache line. */
struct stats_slot {
	alignas(CACHE_LINE) _Atomic pid_t pid;
	atomic_bool draining;
	_Atomic int64_t since_us;
	_Atomic uint64_t requests_before; /* of the slot's earlier workers */
	_Atomic uint64_t counts[COUNTS];
	_Atomic uint64_t requests[STATS_ROUTES][OUTCOMES];
	struct shared_histogram latency[LATENCIES];
	alignas(CACHE_LINE) _Atomic uint64_t works[WORKS];
	_Atomic int64_t levels[LEVELS];
};

struct stats {
	int64_t since_us;
	size_t n;
	_Atomic size_t used; /* slots that were ever taken are below it */
	struct stats_slot slots[];
};

static size_t
size_for(size_t n)
{
	return sizeof(struct stats) + n * sizeof(struct stats_slot);
}

struct stats *
stats_new(size_t n)
{
	struct stats *s = mmap(NULL, size_for(n), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	s->since_us = clock_mono_us();
	s->n = n;
	return s;
}

void
stats_free(struct stats *s)
{
	if (s != NULL)
		munmap(s, size_for(s->n));
}

static uint64_t
get(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* For the only writer of a counter. */
static void
add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, get(counter) + n, memory_order_relaxed);
}

static uint64_t
requests_of(const struct stats_slot *slot)
{
	uint64_t n = 0;

	for (size_t i = 0; i < STATS_ROUTES; i++) {
		for (size_t j = 0; j < OUTCOMES; j++)
			n += get(&slot->requests[i][j]);
	}
	return n;
}

struct stats_slot *
stats_take(struct stats *s, size_t i)
{
	struct stats_slot *slot = &s->slots[i];
	size_t used = s->used;

	while (
	    used <= i && !atomic_compare_exchange_weak(&s->used, &used, i + 1))
		;
	slot->requests_before = requests_of(slot);
	for (size_t level = 0; level < LEVELS; level++)
		slot->levels[level] = 0;
	slot->draining = false;
	slot->since_us = clock_mono_us();
	slot->pid = getpid();
	return slot;
}

void
stats_leave(struct stats_slot *slot)
{
	slot->pid = 0;
}

void
stats_drain(struct stats_slot *slot)
{
	slot->draining = true;
}

void
stats_count(struct stats_slot *slot, enum stats_count what, uint64_t n)
{
	add(&slot->counts[what], n);
}

void
stats_set(struct stats_slot *slot, enum stats_level level, size_t value)
{
	atomic_store_explicit(
	    &slot->levels[level], (int64_t)value, memory_order_relaxed);
}

void
stats_work(struct stats_slot *slot, enum stats_work what, uint64_t n)
{
	atomic_fetch_add_explicit(&slot->works[what], n, memory_order_relaxed);
}

void
stats_move(struct stats_slot *slot, enum stats_level level, int by)
{
	atomic_fetch_add_explicit(
	    &slot->levels[level], by, memory_order_relaxed);
}

void
stats_reply(struct stats_slot *slot, const struct stats_reply *r)
{
	static const enum stats_latency latencies[OUTCOMES] = {
	    [OUTCOME_MEMORY] = LATENCY_MEMORY,
	    [OUTCOME_BEHIND] = LATENCY_MEMORY,
	    [OUTCOME_STORE] = LATENCY_STORE,
	    [OUTCOME_MISS] = LATENCY_MISS,
	    [OUTCOME_COLLAPSED] = LATENCY_MISS,
	    [OUTCOME_ERROR] = LATENCY_OTHER,
	    [OUTCOME_BYPASS] = LATENCY_OTHER,
	};
	struct shared_histogram *h = &slot->latency[latencies[r->outcome]];
	size_t route = r->route < STATS_ROUTES ? r->route : STATS_ROUTES - 1;

	add(&slot->requests[route][r->outcome], 1);
	if (r->status >= 100 && r->status < 600)
		add(&slot->counts[COUNT_1XX + r->status / 100 - 1], 1);
	if (r->status == 304)
		add(&slot->counts[COUNT_NOT_MODIFIED], 1);
	add(&slot->counts[COUNT_BYTES], r->bytes);
	add(&h->buckets[latency_bucket(r->us)], 1);
	add(&h->sum_us, r->us > 0 ? (uint64_t)r->us : 0);
}

static void
sum_up(const _Atomic uint64_t *from, uint64_t *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += get(&from[i]);
}

void
stats_sum(const struct stats *s, struct stats_sum *sum)
{
	*sum = (struct stats_sum){0};
	for (size_t i = 0; i < s->used; i++) {
		const struct stats_slot *slot = &s->slots[i];

		sum_up(slot->counts, sum->counts, COUNTS);
		sum_up(slot->works, sum->works, WORKS);
		for (size_t j = 0; j < STATS_ROUTES; j++)
			sum_up(slot->requests[j], sum->requests[j], OUTCOMES);
		for (size_t j = 0; j < LATENCIES; j++) {
			sum_up(slot->latency[j].buckets,
			    sum->latency[j].buckets, LATENCY_BUCKETS);
			sum_up(&slot->latency[j].sum_us,
			    &sum->latency[j].sum_us, 1);
		}
	}
}

size_t
stats_slots(const struct stats *s)
{
	return s->used;
}

struct stats_worker
stats_worker(const struct stats *s, size_t i)
{
	const struct stats_slot *slot = &s->slots[i];
	pid_t pid = slot->pid;
	struct stats_worker w = {
	    .pid = pid,
	    .age_us = pid == 0 ? 0 : clock_mono_us() - slot->since_us,
	    .draining = slot->draining,
	    .requests = requests_of(slot) - slot->requests_before,
	};

	for (size_t level = 0; level < LEVELS; level++)
		w.levels[level] = atomic_load_explicit(
		    &slot->levels[level], memory_order_relaxed);
	return w;
}

int64_t
stats_age_us(const struct stats *s)
{
	return clock_mono_us() - s->since_us;
}
