/*
 * app/watch/stats.c and app/watch/latency.c: buckets and percentiles, who
 * counts where, and what remains of a worker that has died.
 */
#include "app/watch/stats.h"

#include <sys/wait.h>

#include <unistd.h>

#include "tests/unit/util.h"

static void
buckets_follow_each_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
		int64_t from = latency_from(i), to = latency_from(i + 1);

		assert_true(from < to);
		assert_int_equal(latency_bucket(from), i);
		assert_int_equal(latency_bucket(to - 1), i);
		/* None is wider than a quarter of what it begins with. */
		assert_true(from < LATENCY_STEPS || (to - from) * 4 <= from);
	}
	assert_int_equal(latency_bucket(-1), 0);
	assert_int_equal(latency_bucket(INT64_MAX), LATENCY_BUCKETS - 1);
	assert_true(latency_from(LATENCY_BUCKETS) > 120 * 1000000);
}

static void
percentiles_are_right_to_a_quarter(void **state)
{
	static const double shares[] = {0.001, 0.01, 0.5, 0.9, 0.99, 0.999, 1};
	struct latency h = {0};

	(void)state;
	assert_int_equal(latency_percentile(&h, 0.5), 0);
	for (int64_t us = 1; us <= 100000; us++)
		h.buckets[latency_bucket(us)]++;
	assert_int_equal(latency_count(&h), 100000);
	for (size_t i = 0; i < COUNT_OF(shares); i++) {
		double right = shares[i] * 100000;
		double got = (double)latency_percentile(&h, shares[i]);

		assert_true(got >= right * 0.75 && got <= right * 1.25 + 1);
	}
}

static void
a_percentile_of_one_duration_is_about_that(void **state)
{
	struct latency h = {0};
	int64_t got;

	(void)state;
	h.buckets[latency_bucket(1000)] = 7;
	got = latency_percentile(&h, 0.999);
	assert_true(got >= 896 && got <= 1024);
	h.buckets[latency_bucket(INT64_MAX)] = 1;
	assert_int_equal(
	    latency_percentile(&h, 1), latency_from(LATENCY_BUCKETS));
}

static void
what_is_below_a_power_of_two_is_counted_exactly(void **state)
{
	struct latency h = {0};

	(void)state;
	for (int64_t us = 0; us < 5000; us++)
		h.buckets[latency_bucket(us)]++;
	for (unsigned power = 2; power <= 12; power++)
		assert_int_equal(latency_below(&h, power), 1 << power);
	assert_int_equal(latency_below(&h, 13), 5000);
	assert_int_equal(latency_below(&h, 26), 5000);
}

static void
reply(struct stats_slot *slot, size_t route, enum outcome_kind outcome,
    int status)
{
	stats_reply(slot,
	    &(struct stats_reply){
		.route = route,
		.outcome = outcome,
		.status = status,
		.bytes = 100,
		.us = 50,
	    });
}

static void
a_reply_is_counted_in_every_way(void **state)
{
	struct stats *s = stats_new(1);
	struct stats_slot *slot;
	struct stats_sum sum;

	(void)state;
	assert_non_null(s);
	slot = stats_take(s, 0);
	reply(slot, 2, OUTCOME_MEMORY, 200);
	reply(slot, 2, OUTCOME_MEMORY, 304);
	reply(slot, 0, OUTCOME_BYPASS, 404);
	reply(slot, STATS_ROUTES + 5, OUTCOME_MISS, 503);
	reply(slot, 2, OUTCOME_BEHIND, 0);
	stats_sum(s, &sum);
	assert_int_equal(sum.requests[2][OUTCOME_MEMORY], 2);
	assert_int_equal(sum.requests[0][OUTCOME_BYPASS], 1);
	assert_int_equal(sum.requests[STATS_ROUTES - 1][OUTCOME_MISS], 1);
	assert_int_equal(sum.counts[COUNT_2XX], 1);
	assert_int_equal(sum.counts[COUNT_3XX], 1);
	assert_int_equal(sum.counts[COUNT_4XX], 1);
	assert_int_equal(sum.counts[COUNT_5XX], 1);
	assert_int_equal(sum.counts[COUNT_NOT_MODIFIED], 1);
	assert_int_equal(sum.counts[COUNT_BYTES], 500);
	assert_int_equal(latency_count(&sum.latency[LATENCY_MEMORY]), 3);
	assert_int_equal(latency_count(&sum.latency[LATENCY_MISS]), 1);
	assert_int_equal(latency_count(&sum.latency[LATENCY_OTHER]), 1);
	assert_int_equal(sum.latency[LATENCY_MEMORY].sum_us, 150);
	assert_int_equal(stats_worker(s, 0).requests, 5);
	stats_free(s);
	stats_free(NULL);
}

/* A worker, in a process of its own: counts, and dies. */
static void
work_and_die(struct stats *s, size_t i, int n)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct stats_slot *slot = stats_take(s, i);

		for (int k = 0; k < n; k++)
			reply(slot, 1, OUTCOME_MISS, 200);
		stats_work(slot, WORK_RENDERS, (uint64_t)n);
		stats_move(slot, LEVEL_BUSY, 3);
		stats_set(slot, LEVEL_CONNECTIONS, 9);
		stats_drain(slot);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(stats_worker(s, i).pid, pid);
}

static void
what_the_dead_have_counted_remains(void **state)
{
	struct stats *s = stats_new(2);
	struct stats_slot *slot;
	struct stats_worker w;
	struct stats_sum sum;

	(void)state;
	assert_non_null(s);
	assert_int_equal(stats_slots(s), 0);
	assert_int_equal(stats_worker(s, 1).pid, 0);
	assert_int_equal(stats_worker(s, 1).age_us, 0);
	work_and_die(s, 1, 5);
	assert_int_equal(stats_slots(s), 2);
	work_and_die(s, 0, 10);
	assert_int_equal(stats_slots(s), 2);
	w = stats_worker(s, 0);
	assert_int_equal(w.requests, 10);
	assert_int_equal(w.levels[LEVEL_BUSY], 3);
	assert_int_equal(w.levels[LEVEL_CONNECTIONS], 9);
	assert_true(w.draining);
	work_and_die(s, 0, 7);
	assert_int_equal(stats_worker(s, 0).requests, 7);

	/* A successor that has done nothing yet. */
	slot = stats_take(s, 0);
	w = stats_worker(s, 0);
	assert_int_equal(w.pid, getpid());
	assert_int_equal(w.requests, 0);
	assert_int_equal(w.levels[LEVEL_BUSY], 0);
	assert_int_equal(w.levels[LEVEL_CONNECTIONS], 0);
	assert_false(w.draining);
	stats_sum(s, &sum);
	assert_int_equal(sum.requests[1][OUTCOME_MISS], 22);
	assert_int_equal(sum.works[WORK_RENDERS], 22);
	assert_int_equal(latency_count(&sum.latency[LATENCY_MISS]), 22);
	stats_leave(slot);
	assert_int_equal(stats_worker(s, 0).pid, 0);
	stats_sum(s, &sum);
	assert_int_equal(sum.requests[1][OUTCOME_MISS], 22);
	stats_free(s);
}

static void
levels_go_up_and_down(void **state)
{
	struct stats *s = stats_new(1);
	struct stats_slot *slot;

	(void)state;
	assert_non_null(s);
	slot = stats_take(s, 0);
	stats_move(slot, LEVEL_QUEUED, 2);
	stats_move(slot, LEVEL_QUEUED, -1);
	stats_set(slot, LEVEL_MEMORY_BYTES, 1000);
	stats_set(slot, LEVEL_MEMORY_BYTES, 700);
	assert_int_equal(stats_worker(s, 0).levels[LEVEL_QUEUED], 1);
	assert_int_equal(stats_worker(s, 0).levels[LEVEL_MEMORY_BYTES], 700);
	assert_true(stats_age_us(s) >= 0);
	stats_free(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(buckets_follow_each_other),
	    cmocka_unit_test(percentiles_are_right_to_a_quarter),
	    cmocka_unit_test(a_percentile_of_one_duration_is_about_that),
	    cmocka_unit_test(what_is_below_a_power_of_two_is_counted_exactly),
	    cmocka_unit_test(a_reply_is_counted_in_every_way),
	    cmocka_unit_test(what_the_dead_have_counted_remains),
	    cmocka_unit_test(levels_go_up_and_down),
	};

	return RUN("stats", tests);
}
