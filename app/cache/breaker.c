/*
 * When to ask a server that fails again.
 */
#include "app/cache/breaker.h"

enum {
	FAILURES = 3,
	FIRST_REST_US = 1000000,
	LONGEST_REST_US = 4000000,
};

bool
breaker_allows(const struct breaker *b, int64_t now_us)
{
	return b->rest_us == 0 || now_us >= b->until_us;
}

enum breaker_change
breaker_answered(struct breaker *b, bool write)
{
	bool was_open = b->rest_us != 0;

	if (b->of_writing && !write)
		return BREAKER_AS_BEFORE;
	*b = (struct breaker){0};
	return was_open ? BREAKER_CLOSED : BREAKER_AS_BEFORE;
}

enum breaker_change
breaker_failed(struct breaker *b, bool write, bool surely, int64_t now_us)
{
	bool was_open = b->rest_us != 0;

	b->failures++;
	b->of_writing |= write;
	if (!was_open && !surely && b->failures < FAILURES)
		return BREAKER_AS_BEFORE;
	b->rest_us = was_open ? b->rest_us * 2 : FIRST_REST_US;
	if (b->rest_us > LONGEST_REST_US)
		b->rest_us = LONGEST_REST_US;
	b->until_us = now_us + b->rest_us;
	return was_open ? BREAKER_AS_BEFORE : BREAKER_OPENED;
}
