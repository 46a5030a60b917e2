/*
 * app/cache/breaker.c: when a server that fails is asked again.
 */
#include "app/cache/breaker.h"

#include "tests/unit/util.h"

enum { SECOND = 1000000, NOW = 7 * SECOND };

static void
a_closed_one_lets_everything_through(void **state)
{
	struct breaker b = {0};

	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_true(breaker_allows(&b, NOW));
		assert_int_equal(breaker_answered(&b, true), BREAKER_AS_BEFORE);
	}
}

static void
it_opens_after_three_failures_in_a_row(void **state)
{
	struct breaker b = {0};

	(void)state;
	assert_int_equal(
	    breaker_failed(&b, false, false, NOW), BREAKER_AS_BEFORE);
	assert_int_equal(
	    breaker_failed(&b, false, false, NOW), BREAKER_AS_BEFORE);
	assert_int_equal(breaker_answered(&b, true), BREAKER_AS_BEFORE);
	assert_int_equal(
	    breaker_failed(&b, false, false, NOW), BREAKER_AS_BEFORE);
	assert_int_equal(
	    breaker_failed(&b, false, false, NOW), BREAKER_AS_BEFORE);
	assert_true(breaker_allows(&b, NOW));
	assert_int_equal(breaker_failed(&b, false, false, NOW), BREAKER_OPENED);
	assert_false(breaker_allows(&b, NOW));
}

static void
one_that_took_the_whole_timeout_is_enough(void **state)
{
	struct breaker b = {0};

	(void)state;
	assert_int_equal(breaker_failed(&b, false, true, NOW), BREAKER_OPENED);
	assert_false(breaker_allows(&b, NOW + SECOND - 1));
	assert_true(breaker_allows(&b, NOW + SECOND));
}

/* The time until a request is let through again, in seconds. */
static int
rest_s(const struct breaker *b, int64_t now)
{
	int s = 0;

	while (!breaker_allows(b, now + (int64_t)s * SECOND))
		s++;
	return s;
}

static void
it_rests_longer_while_probes_fail_but_not_for_ever(void **state)
{
	static const int rests[] = {1, 2, 4, 4, 4};
	struct breaker b = {0};
	int64_t now = NOW;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rests); i++) {
		assert_int_equal(breaker_failed(&b, false, true, now),
		    i == 0 ? BREAKER_OPENED : BREAKER_AS_BEFORE);
		assert_int_equal(rest_s(&b, now), rests[i]);
		now += (int64_t)rests[i] * SECOND;
	}
	assert_int_equal(breaker_answered(&b, true), BREAKER_CLOSED);
	assert_true(breaker_allows(&b, now));
	/* And everything is forgotten. */
	assert_int_equal(
	    breaker_failed(&b, false, false, now), BREAKER_AS_BEFORE);
	assert_int_equal(breaker_failed(&b, false, true, now), BREAKER_OPENED);
	assert_int_equal(rest_s(&b, now), 1);
}

/* A replica answers all that it is asked to read. */
static void
reads_do_not_forgive_a_failure_to_write(void **state)
{
	struct breaker b = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    breaker_failed(&b, true, false, NOW), BREAKER_AS_BEFORE);
		for (int j = 0; j < 10; j++)
			assert_int_equal(
			    breaker_answered(&b, false), BREAKER_AS_BEFORE);
	}
	assert_int_equal(breaker_failed(&b, true, false, NOW), BREAKER_OPENED);
	/* It is tried by reading, and again by writing. */
	assert_true(breaker_allows(&b, NOW + SECOND));
	assert_int_equal(breaker_answered(&b, false), BREAKER_AS_BEFORE);
	assert_int_equal(
	    breaker_failed(&b, true, true, NOW + SECOND), BREAKER_AS_BEFORE);
	assert_false(breaker_allows(&b, NOW + 2 * SECOND));
	assert_true(breaker_allows(&b, NOW + 3 * SECOND));
	assert_int_equal(breaker_answered(&b, true), BREAKER_CLOSED);
	/* And all is as in the beginning. */
	assert_int_equal(
	    breaker_failed(&b, false, false, NOW), BREAKER_AS_BEFORE);
	assert_int_equal(breaker_answered(&b, false), BREAKER_AS_BEFORE);
	assert_int_equal(b.failures, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_closed_one_lets_everything_through),
	    cmocka_unit_test(it_opens_after_three_failures_in_a_row),
	    cmocka_unit_test(one_that_took_the_whole_timeout_is_enough),
	    cmocka_unit_test(
		it_rests_longer_while_probes_fail_but_not_for_ever),
	    cmocka_unit_test(reads_do_not_forgive_a_failure_to_write),
	};

	return RUN("breaker", tests);
}
