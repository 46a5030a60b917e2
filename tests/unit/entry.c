/*
 * app/entry.c: what is written is read back, and what is anything else is no
 * entry.  The bytes lie in memory of their exact size, so that reading on is
 * seen by AddressSanitizer and valgrind.
 */
#include "app/entry.h"

#include "tests/unit/util.h"

enum { HEAD_LEN = 48 };

#define KEY LIT(":/atlas/places?_size=5")

static struct page *
sample_page(void)
{
	struct page *p = page_new();

	assert_non_null(p);
	p->status = 404;
	p->type = "application/json; charset=utf-8";
	buf_add(&p->body, "a\0body\xff", 7);
	buf_lit(&p->header, "Retry-After: 5\r\nX-Y: z\r\n");
	p->label = UINT64_C(0xfedcba9876543210);
	p->made_ms = INT64_C(1700000000123);
	p->expires_ms = INT64_C(1700000600123);
	return p;
}

static struct buf
encode(const struct page *page, struct str key)
{
	struct buf b = {0};

	entry_encode(page, key, &b);
	assert_false(b.failed);
	return b;
}

/* Decodes a copy that is gone when the page is looked at. */
static struct page *
decode(const char *bytes, size_t len, struct str key)
{
	char *copy = exact_copy(bytes, len);
	struct page *page = entry_decode((struct str){copy, len}, key);

	memset(copy, '#', len);
	free(copy);
	return page;
}

static struct page *
decode_buf(const struct buf *b)
{
	return decode(b->data, b->len, KEY);
}

static void
assert_same_page(const struct page *got, const struct page *want)
{
	assert_non_null(got);
	assert_int_equal(got->refs, 1);
	assert_int_equal(got->status, want->status);
	assert_string_equal(got->type, want->type);
	assert_true(got->label == want->label);
	assert_true(got->made_ms == want->made_ms);
	assert_true(got->expires_ms == want->expires_ms);
	assert_same(str_of_buf(&got->body), str_of_buf(&want->body));
	assert_same(str_of_buf(&got->header), str_of_buf(&want->header));
	assert_false(got->transient);
}

static void
a_page_round_trips(void **state)
{
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);
	struct page *got = decode_buf(&b);

	(void)state;
	assert_same_page(got, page);
	page_unref(got);
	page_unref(page);
	buf_release(&b);
}

static void
an_empty_page_round_trips(void **state)
{
	struct page *page = page_new();
	struct buf b = encode(page, LIT(""));
	struct page *got = decode(b.data, b.len, LIT(""));

	(void)state;
	assert_int_equal(b.len, HEAD_LEN + strlen(page->type));
	assert_same_page(got, page);
	page_unref(got);
	page_unref(page);
	buf_release(&b);
}

static void
every_content_type_round_trips(void **state)
{
	static const char *const types[] = {"text/html; charset=utf-8",
	    "application/json; charset=utf-8", "text/css; charset=utf-8",
	    "text/plain; charset=utf-8"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		struct page *page = sample_page(), *got;
		struct buf b;

		page->type = types[i];
		b = encode(page, KEY);
		got = decode_buf(&b);
		assert_same_page(got, page);
		page_unref(got);
		page_unref(page);
		buf_release(&b);
	}
}

static void
binary_bodies_of_many_lengths_round_trip(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (size_t len = 0; len < 100000; len = len * 2 + 1) {
		struct page *page = sample_page(), *got;
		struct buf b;

		buf_reset(&page->body);
		for (size_t i = 0; i < len; i++)
			buf_char(&page->body, (char)next_random(&random));
		b = encode(page, KEY);
		got = decode_buf(&b);
		assert_same_page(got, page);
		page_unref(got);
		page_unref(page);
		buf_release(&b);
	}
}

static void
extreme_numbers_round_trip(void **state)
{
	struct page *page = sample_page(), *got;
	struct buf b;

	(void)state;
	page->label = UINT64_MAX;
	page->made_ms = INT64_MIN;
	page->expires_ms = INT64_MAX;
	page->status = 599;
	b = encode(page, KEY);
	got = decode_buf(&b);
	assert_same_page(got, page);
	page_unref(got);
	page_unref(page);
	buf_release(&b);
}

/* The table in entry.h, byte by byte: other hosts have to read it. */
static void
the_format_is_the_documented_one(void **state)
{
	static const char want[] = "sqE\x01"
				   "\x94\x01"
				   "\x1f\x00"
				   "\x02\x00\x00\x00"
				   "\x18\x00\x00\x00"
				   "\x07\x00\x00\x00\x00\x00\x00\x00"
				   "\x10\x32\x54\x76\x98\xba\xdc\xfe"
				   "\x7b\x68\xe5\xcf\x8b\x01\x00\x00"
				   "\x3b\x90\xee\xcf\x8b\x01\x00\x00"
				   "application/json; charset=utf-8"
				   ":/"
				   "Retry-After: 5\r\nX-Y: z\r\n"
				   "a\0body\xff";
	struct page *page = sample_page();
	struct buf b = encode(page, LIT(":/"));

	(void)state;
	assert_same(str_of_buf(&b), ((struct str){want, sizeof(want) - 1}));
	page_unref(page);
	buf_release(&b);
}

static void
every_truncation_is_no_entry(void **state)
{
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);

	(void)state;
	for (size_t len = 0; len < b.len; len++)
		assert_null(decode(b.data, len, KEY));
	page_unref(page);
	buf_release(&b);
}

static void
nothing_is_no_entry(void **state)
{
	(void)state;
	assert_null(entry_decode((struct str){NULL, 0}, KEY));
	assert_null(entry_decode(LIT(""), KEY));
}

static void
further_bytes_make_it_no_entry(void **state)
{
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);

	(void)state;
	buf_char(&b, 'x');
	assert_null(decode_buf(&b));
	buf_str(&b, "another entry");
	assert_null(decode_buf(&b));
	page_unref(page);
	buf_release(&b);
}

/* A page that was read from a damaged entry: the lengths still hold. */
static void
check_consistent(const struct page *got, const struct page *page)
{
	assert_int_equal(got->refs, 1);
	assert_same(str_of_buf(&got->body), str_of_buf(&page->body));
	assert_same(str_of_buf(&got->header), str_of_buf(&page->header));
	assert_string_equal(got->type, page->type);
}

static void
every_changed_byte_of_the_head_is_a_miss_or_harmless(void **state)
{
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);
	size_t misses = 0;

	(void)state;
	for (size_t i = 0; i < HEAD_LEN; i++) {
		char was = b.data[i];

		for (int c = 0; c < N_BYTES; c++) {
			struct page *got;

			b.data[i] = (char)c;
			if (b.data[i] == was)
				continue;
			got = decode_buf(&b);
			if (got == NULL)
				misses++;
			else
				check_consistent(got, page);
			/* Magic and lengths. */
			if (i < 4 || (i >= 6 && i < 24))
				assert_null(got);
			page_unref(got);
		}
		b.data[i] = was;
	}
	assert_int_equal(misses, (4 + 18) * 255);
	page_unref(page);
	buf_release(&b);
}

static void
every_changed_byte_of_type_and_key_is_a_miss(void **state)
{
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);
	size_t end = HEAD_LEN + strlen(page->type) + KEY.len;

	(void)state;
	for (size_t i = HEAD_LEN; i < end; i++) {
		b.data[i] ^= 1;
		assert_null(decode_buf(&b));
		b.data[i] ^= 1;
	}
	page_unref(page);
	buf_release(&b);
}

static void
another_key_is_a_miss(void **state)
{
	static const struct str keys[] = {{"", 0}, {":/atlas", 7},
	    {":/atlas/places?_size=6", 22}, {":/atlas/places?_size=50", 23},
	    {":/atlas/places?_size=", 21}};
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		assert_null(decode(b.data, b.len, keys[i]));
	page_unref(page);
	buf_release(&b);
}

static void
another_magic_or_format_is_a_miss(void **state)
{
	static const char *const magics[] = {
	    "sqE\x02", "sqE\x00", "SqE\x01", "sqe\x01", "\x01Eqs", "<htm"};
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(magics); i++) {
		memcpy(b.data, magics[i], 4);
		assert_null(decode_buf(&b));
	}
	page_unref(page);
	buf_release(&b);
}

static void
an_unknown_content_type_is_a_miss(void **state)
{
	static const char *const types[] = {"", "text/html",
	    "text/html; charset=utf-9", "text/html; charset=utf-8\r\nX: y",
	    "Text/html; charset=utf-8"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		struct page *page = sample_page();
		struct buf b;

		page->type = types[i];
		b = encode(page, KEY);
		assert_null(decode_buf(&b));
		page_unref(page);
		buf_release(&b);
	}
}

static void
put(struct buf *b, size_t at, size_t n, uint64_t value)
{
	for (size_t i = 0; i < n; i++, value >>= 8)
		b->data[at + i] = (char)value;
}

/* Lengths whose sum is right only because it has wrapped around. */
static void
lengths_that_overflow_are_a_miss(void **state)
{
	static const struct {
		uint64_t type, key, header;
	} cases[] = {
	    {0xffff, 0, 0},
	    {0, 0xffffffff, 0},
	    {0, 0, 0xffffffff},
	    {31, 22, 0xffffffff},
	    {31, 0xffffffff, 24},
	    {0xffff, 0xffffffff, 0xffffffff},
	    {31, 22, 32},
	};
	struct page *page = sample_page();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf b = encode(page, KEY);
		uint64_t left = b.len - HEAD_LEN;

		put(&b, 6, 2, cases[i].type);
		put(&b, 8, 4, cases[i].key);
		put(&b, 12, 4, cases[i].header);
		put(&b, 16, 8,
		    left - cases[i].type - cases[i].key - cases[i].header);
		assert_null(decode_buf(&b));
		buf_release(&b);
	}
	page_unref(page);
}

static void
huge_bodies_are_a_miss(void **state)
{
	static const uint64_t lengths[] = {UINT64_MAX, INT64_MAX,
	    UINT64_C(1) << 63, UINT64_C(1) << 32, (UINT64_C(1) << 32) + 7, 8,
	    6};
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		put(&b, 16, 8, lengths[i]);
		assert_null(decode_buf(&b));
	}
	put(&b, 16, 8, 7);
	page_unref(page);
	page = decode_buf(&b);
	assert_non_null(page);
	page_unref(page);
	buf_release(&b);
}

static void
bytes_moved_between_header_and_body_stay_inside(void **state)
{
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);
	size_t both = page->header.len + page->body.len;

	(void)state;
	for (size_t header = 0; header <= both; header++) {
		struct page *got;

		put(&b, 12, 4, header);
		put(&b, 16, 8, both - header);
		got = decode_buf(&b);
		assert_non_null(got);
		assert_int_equal(got->header.len, header);
		assert_int_equal(got->body.len, both - header);
		page_unref(got);
	}
	page_unref(page);
	buf_release(&b);
}

static void
random_bytes_are_a_miss(void **state)
{
	uint64_t random = 42;
	char bytes[200];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t len = next_random(&random) % sizeof(bytes);

		for (size_t j = 0; j < len; j++)
			bytes[j] = (char)next_random(&random);
		if (len >= 4 && i % 2 == 0)
			memcpy(bytes, "sqE\x01", 4);
		assert_null(decode(bytes, len, KEY));
	}
}

static void
an_entry_over_the_bound_is_the_buffers_failure(void **state)
{
	struct page *page = page_new();
	struct buf b = {0};

	(void)state;
	assert_non_null(page);
	buf_reserve(&page->body, BUF_MAX - 100);
	page->body.len = BUF_MAX - 100;
	memset(page->body.data, 'x', page->body.len);
	entry_encode(
	    page, LIT(":/a-key-that-makes-it-too-long-for-the-buffer"), &b);
	assert_true(b.failed);
	buf_release(&b);
	page_unref(page);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_page_round_trips),
	    cmocka_unit_test(an_empty_page_round_trips),
	    cmocka_unit_test(every_content_type_round_trips),
	    cmocka_unit_test(binary_bodies_of_many_lengths_round_trip),
	    cmocka_unit_test(extreme_numbers_round_trip),
	    cmocka_unit_test(the_format_is_the_documented_one),
	    cmocka_unit_test(every_truncation_is_no_entry),
	    cmocka_unit_test(nothing_is_no_entry),
	    cmocka_unit_test(further_bytes_make_it_no_entry),
	    cmocka_unit_test(
		every_changed_byte_of_the_head_is_a_miss_or_harmless),
	    cmocka_unit_test(every_changed_byte_of_type_and_key_is_a_miss),
	    cmocka_unit_test(another_key_is_a_miss),
	    cmocka_unit_test(another_magic_or_format_is_a_miss),
	    cmocka_unit_test(an_unknown_content_type_is_a_miss),
	    cmocka_unit_test(lengths_that_overflow_are_a_miss),
	    cmocka_unit_test(huge_bodies_are_a_miss),
	    cmocka_unit_test(bytes_moved_between_header_and_body_stay_inside),
	    cmocka_unit_test(random_bytes_are_a_miss),
	    cmocka_unit_test(an_entry_over_the_bound_is_the_buffers_failure),
	};

	return RUN("entry", tests);
}
