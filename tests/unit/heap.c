/*
 * db/sqlite/heap.c: the account of what a thread has from SQLite's allocator.
 */
#include "db/sqlite/heap.h"

#include <pthread.h>
#include <sqlite3.h>

#include "tests/unit/util.h"

enum { MIB = 1 << 20 };

static void
bounds_are_between_begin_and_end(void **state)
{
	void *p, *q;

	(void)state;
	p = sqlite3_malloc(2 * MIB);
	assert_non_null(p);
	heap_begin(MIB, INT64_MAX);
	q = sqlite3_malloc(MIB / 2);
	assert_non_null(q);
	assert_null(sqlite3_malloc(MIB));
	assert_int_equal(heap_end(), HEAP_OVER);
	sqlite3_free(p);
	p = sqlite3_malloc(2 * MIB);
	assert_non_null(p);
	sqlite3_free(p);
	sqlite3_free(q);
}

static void
what_is_freed_makes_room(void **state)
{
	void *p;

	(void)state;
	heap_begin(MIB, INT64_MAX);
	for (int i = 0; i < 100; i++) {
		p = sqlite3_malloc(MIB / 2);
		assert_non_null(p);
		p = sqlite3_realloc(p, MIB / 4 * 3);
		assert_non_null(p);
		sqlite3_free(p);
	}
	assert_int_equal(heap_end(), HEAP_OK);
}

static void
what_was_there_before_makes_none(void **state)
{
	void *old[4], *p, *q;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(old); i++) {
		old[i] = sqlite3_malloc(MIB);
		assert_non_null(old[i]);
	}
	/* That of an account which is closed, too. */
	heap_begin(2 * MIB, INT64_MAX);
	q = sqlite3_malloc(MIB);
	assert_non_null(q);
	assert_int_equal(heap_end(), HEAP_OK);

	heap_begin(MIB, INT64_MAX);
	sqlite3_free(old[0]);
	p = sqlite3_malloc(MIB / 4 * 3);
	assert_non_null(p);
	sqlite3_free(old[1]);
	sqlite3_free(q);
	assert_null(sqlite3_malloc(MIB / 2));
	/* Neither if it shrinks, nor if it grows. */
	old[2] = sqlite3_realloc(old[2], 100);
	assert_non_null(old[2]);
	assert_null(sqlite3_malloc(MIB / 2));
	assert_null(sqlite3_realloc(old[3], MIB + MIB / 2));
	sqlite3_free(p);
	assert_int_equal(heap_end(), HEAP_OVER);
	sqlite3_free(old[2]);
	sqlite3_free(old[3]);
}

static void *
allocate_elsewhere(void *arg)
{
	(void)arg;
	return sqlite3_malloc(MIB);
}

static void
what_another_thread_has_makes_none(void **state)
{
	pthread_t thread;
	void *theirs, *p;

	(void)state;
	heap_begin(MIB, INT64_MAX);
	assert_int_equal(
	    pthread_create(&thread, NULL, allocate_elsewhere, NULL), 0);
	assert_int_equal(pthread_join(thread, &theirs), 0);
	assert_non_null(theirs);
	p = sqlite3_malloc(MIB / 4 * 3);
	assert_non_null(p);
	sqlite3_free(theirs);
	assert_null(sqlite3_malloc(MIB / 2));
	assert_int_equal(heap_end(), HEAP_OVER);
	sqlite3_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bounds_are_between_begin_and_end),
	    cmocka_unit_test(what_is_freed_makes_room),
	    cmocka_unit_test(what_was_there_before_makes_none),
	    cmocka_unit_test(what_another_thread_has_makes_none),
	};

	if (!heap_install())
		return 1;
	return RUN("heap", tests);
}
