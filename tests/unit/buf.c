/*
 * app/text/buf.c: growth, the sticky failure, the upper bound, giving memory
 * back.
 */
#include "app/text/buf.h"

#include <malloc.h>
#include <wchar.h>

#include "tests/unit/util.h"

static void
empty_buffer_is_the_empty_string(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_cstr(&b), "");
	buf_release(&b);
}

static void
reserved_but_empty_buffer_is_the_empty_string(void **state)
{
	struct buf b = {0};

	(void)state;
	mallopt(M_PERTURB, 0x55); /* new memory is not zero */
	buf_reserve(&b, 100);
	mallopt(M_PERTURB, 0);
	assert_int_equal(b.len, 0);
	assert_int_equal(buf_cstr(&b)[0], '\0');
	buf_release(&b);
}

static void
ways_to_add(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_lit(&b, "a\0b");
	buf_char(&b, '\0');
	buf_str(&b, "cd");
	buf_add(&b, "e\0f", 3);
	buf_printf(&b, "%s=%d", "g", 7);
	assert_wrote(&b, "a\0b\0cde\0fg=7");
	buf_release(&b);
}

static void
grows_byte_by_byte_and_stays_terminated(void **state)
{
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		buf_char(&b, (char)('a' + i % 26));
		assert_int_equal(b.len, i + 1);
		assert_true(b.len < b.cap);
		assert_int_equal(b.data[b.len], '\0');
	}
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], 'a' + (int)(i % 26));
	assert_false(b.failed);
	buf_release(&b);
}

static void
grows_at_every_size(void **state)
{
	static const char text[3000] = {[0] = 'x', [2999] = 'y'};

	(void)state;
	for (size_t n = 1; n <= sizeof(text); n++) {
		struct buf b = {0};

		buf_add(&b, text, n);
		assert_int_equal(b.len, n);
		assert_true(b.cap > n);
		assert_memory_equal(b.data, text, n);
		assert_int_equal(b.data[n], '\0');
		buf_release(&b);
	}
}

static void
printf_longer_than_the_room(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_lit(&b, "<");
	buf_printf(&b, "%5000d>", 42);
	assert_int_equal(b.len, 5002);
	assert_int_equal(b.data[0], '<');
	assert_string_equal(b.data + 4998, " 42>");
	buf_release(&b);
}

static void
printf_that_fails_is_a_failure(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_lit(&b, "before");
	buf_printf(&b, "%lc", (wint_t)0xd800);
	assert_true(b.failed);
	assert_string_equal(buf_cstr(&b), "before");
	buf_release(&b);
}

static void
adding_what_was_reserved_moves_nothing(void **state)
{
	struct buf b = {0};
	const char *at;

	(void)state;
	buf_lit(&b, "12345");
	buf_reserve(&b, 70000);
	at = b.data;
	assert_string_equal(at, "12345");
	for (int i = 0; i < 70000; i++)
		buf_char(&b, '.');
	assert_ptr_equal(b.data, at);
	buf_release(&b);
}

static void
failure_is_sticky(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_lit(&b, "kept");
	buf_reserve(&b, BUF_MAX);
	assert_true(b.failed);
	buf_lit(&b, "a");
	buf_char(&b, 'b');
	buf_str(&b, "c");
	buf_printf(&b, "%d", 1);
	assert_true(b.failed);
	assert_int_equal(b.len, 4);
	assert_string_equal(buf_cstr(&b), "kept");
	buf_release(&b);
}

static void
failure_without_memory_has_a_string(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_reserve(&b, BUF_MAX + 1);
	buf_lit(&b, "a");
	assert_true(b.failed);
	assert_string_equal(buf_cstr(&b), "");
	buf_release(&b);
}

static void
sizes_that_would_overflow_are_a_failure(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_lit(&b, "a");
	buf_reserve(&b, SIZE_MAX);
	assert_true(b.failed);
	buf_reset(&b);
	buf_lit(&b, "a");
	buf_reserve(&b, SIZE_MAX - 1);
	assert_true(b.failed);
	assert_int_equal(b.len, 1);
	buf_release(&b);
}

static void
holds_buf_max_bytes_and_no_more(void **state)
{
	struct buf b = {0};
	char *zeros = calloc(1, BUF_MAX);

	(void)state;
	assert_non_null(zeros);
	buf_add(&b, zeros, BUF_MAX - 1);
	assert_false(b.failed);
	buf_char(&b, 'x');
	if (b.failed)
		print_error("%zu bytes are too many\n", BUF_MAX);
	assert_false(b.failed);
	assert_int_equal(b.len, BUF_MAX);
	buf_char(&b, 'x');
	assert_true(b.failed);
	assert_int_equal(b.len, BUF_MAX);
	buf_release(&b);
	free(zeros);
}

static void
bound_holds_after_a_trim(void **state)
{
	enum { MIB = 1 << 20 };
	struct buf b = {0};
	char *zeros = calloc(40, MIB);

	(void)state;
	assert_non_null(zeros);
	buf_add(&b, zeros, 40 * (size_t)MIB);
	buf_trim(&b);
	assert_int_equal(b.cap, b.len + 1);
	buf_char(&b, 'x'); /* twice as much: over the bound */
	assert_false(b.failed);
	buf_add(&b, zeros, 30 * (size_t)MIB);
	assert_true(b.failed);
	assert_true(b.len <= BUF_MAX);
	buf_release(&b);
	free(zeros);
}

static void
reset_forgets_content_and_failure(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_lit(&b, "old");
	buf_reserve(&b, BUF_MAX);
	assert_true(b.failed);
	buf_reset(&b);
	assert_false(b.failed);
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_cstr(&b), "");
	buf_lit(&b, "new");
	assert_wrote(&b, "new");
	buf_release(&b);
}

static void
reset_keeps_64_kib(void **state)
{
	struct buf b = {0};
	const char *at;

	(void)state;
	buf_reserve(&b, (64 << 10) - 1);
	buf_lit(&b, "x");
	at = b.data;
	buf_reset(&b);
	assert_ptr_equal(b.data, at);
	assert_int_equal(b.cap, 64 << 10);
	buf_release(&b);
}

static void
reset_gives_back_more_than_64_kib(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_reserve(&b, 64 << 10);
	buf_lit(&b, "x");
	buf_reset(&b);
	assert_null(b.data);
	assert_int_equal(b.cap, 0);
	buf_lit(&b, "again");
	assert_wrote(&b, "again");
	buf_release(&b);
}

static void
trim_gives_back_what_was_reserved(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_trim(&b); /* nothing to do */
	assert_null(b.data);
	buf_reserve(&b, 10000);
	buf_lit(&b, "small");
	buf_trim(&b);
	assert_int_equal(b.cap, 6);
	buf_lit(&b, " and more");
	assert_wrote(&b, "small and more");
	buf_release(&b);
}

static void
trim_leaves_a_little_room(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 200; i++) /* of 256: less than a quarter is left */
		buf_char(&b, '.');
	assert_int_equal(b.cap, 256);
	buf_trim(&b);
	assert_int_equal(b.cap, 256);
	assert_int_equal(b.len, 200);
	buf_release(&b);
}

static void
release_leaves_an_empty_buffer(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_lit(&b, "x");
	buf_release(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, 0);
	buf_release(&b);
	buf_lit(&b, "y");
	assert_wrote(&b, "y");
	buf_release(&b);
}

static void
numbers_are_decimal(void **state)
{
	static const struct {
		int64_t n;
		const char *text;
	} cases[] = {
	    {0, "0"},
	    {7, "7"},
	    {-1, "-1"},
	    {1234567890123, "1234567890123"},
	    {INT64_MAX, "9223372036854775807"},
	    {INT64_MIN, "-9223372036854775808"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf b = {0};

		buf_int(&b, cases[i].n);
		assert_string_equal(buf_cstr(&b), cases[i].text);
		buf_release(&b);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_are_decimal),
	    cmocka_unit_test(empty_buffer_is_the_empty_string),
	    cmocka_unit_test(reserved_but_empty_buffer_is_the_empty_string),
	    cmocka_unit_test(ways_to_add),
	    cmocka_unit_test(grows_byte_by_byte_and_stays_terminated),
	    cmocka_unit_test(grows_at_every_size),
	    cmocka_unit_test(printf_longer_than_the_room),
	    cmocka_unit_test(printf_that_fails_is_a_failure),
	    cmocka_unit_test(adding_what_was_reserved_moves_nothing),
	    cmocka_unit_test(failure_is_sticky),
	    cmocka_unit_test(failure_without_memory_has_a_string),
	    cmocka_unit_test(sizes_that_would_overflow_are_a_failure),
	    cmocka_unit_test(holds_buf_max_bytes_and_no_more),
	    cmocka_unit_test(bound_holds_after_a_trim),
	    cmocka_unit_test(reset_forgets_content_and_failure),
	    cmocka_unit_test(reset_keeps_64_kib),
	    cmocka_unit_test(reset_gives_back_more_than_64_kib),
	    cmocka_unit_test(trim_gives_back_what_was_reserved),
	    cmocka_unit_test(trim_leaves_a_little_room),
	    cmocka_unit_test(release_leaves_an_empty_buffer),
	};

	return RUN("buf", tests);
}
