/*
 * app/cache/entry.c: what is written is read back, and what is anything else is
 * no entry.  The bytes lie in memory of their exact size, so that reading on is
 * seen by AddressSanitizer and valgrind.
 */
#include "app/cache/entry.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "tests/unit/util.h"

enum { HEAD_LEN = 96, CHECKSUM_AT = 88 };

#define KEY LIT(":/atlas/places?_size=5")

static struct page *
sample_page(void)
{
	struct page *p = page_new();

	assert_non_null(p);
	p->status = 404;
	p->type = MEDIA_JSON;
	buf_add(&p->body, "a\0body\xff", 7);
	buf_lit(&p->header, "Retry-After: 5\r\nX-Y: z\r\n");
	p->version = UINT64_C(0xfedcba9876543210);
	p->made_ms = INT64_C(1700000000123);
	p->expires_ms = INT64_C(1700000600123);
	p->plain_len = 0x123456;
	strcpy(p->tag, "00112233445566778899aabbccddeeff");
	return p;
}

static struct buf
encode(const struct page *page, struct str key)
{
	struct buf b = {0};

	entry_encode(page, page->version, key, &b);
	assert_false(b.failed);
	return b;
}

/* Decodes a copy that is gone when the page is looked at. */
static struct page *
decode(const char *bytes, size_t len, struct str key)
{
	char *copy = exact_copy(bytes, len);
	uint64_t label;
	struct page *page = entry_decode((struct str){copy, len}, key, &label);

	if (page != NULL)
		page->version = label;
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
	assert_int_equal(got->type, want->type);
	assert_true(got->version == want->version);
	assert_true(got->made_ms == want->made_ms);
	assert_true(got->expires_ms == want->expires_ms);
	assert_same(str_of_buf(&got->body), str_of_buf(&want->body));
	assert_same(str_of_buf(&got->header), str_of_buf(&want->header));
	assert_int_equal(got->plain_len, want->plain_len);
	assert_string_equal(got->tag, want->tag);
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
	assert_int_equal(b.len, HEAD_LEN + strlen(media_type(page->type)));
	assert_same_page(got, page);
	page_unref(got);
	page_unref(page);
	buf_release(&b);
}

static void
every_content_type_round_trips(void **state)
{
	(void)state;
	for (size_t i = 0; i < MEDIAS; i++) {
		struct page *page = sample_page(), *got;
		struct buf b;

		page->type = (enum media)i;
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
	page->version = UINT64_MAX;
	page->plain_len = SIZE_MAX;
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

/* Little-endian, as everything in an entry. */
static void
put(struct buf *b, size_t at, size_t n, uint64_t value)
{
	for (size_t i = 0; i < n; i++, value >>= 8)
		b->data[at + i] = (char)value;
}

static uint64_t
get64(const struct buf *b, size_t at)
{
	uint64_t value = 0;

	for (size_t i = 8; i > 0; i--)
		value = value << 8 | (unsigned char)b->data[at + i - 1];
	return value;
}

/* Of everything but itself. */
static uint64_t
checksum(const struct buf *b)
{
	uint64_t head = XXH3_64bits(b->data, CHECKSUM_AT);

	return XXH3_64bits_withSeed(
	    b->data + HEAD_LEN, b->len - HEAD_LEN, head);
}

/* Makes a forged entry one that only its contents can give away. */
static void
sign(struct buf *b)
{
	put(b, CHECKSUM_AT, 8, checksum(b));
}

/* The table in entry.h, byte by byte: other hosts have to read it. */
static void
the_format_is_the_documented_one(void **state)
{
	static const char want[] = "sqE\x02"
				   "\x94\x01"
				   "\x1f\x00"
				   "\x02\x00\x00\x00"
				   "\x18\x00\x00\x00"
				   "\x07\x00\x00\x00\x00\x00\x00\x00"
				   "\x10\x32\x54\x76\x98\xba\xdc\xfe"
				   "\x7b\x68\xe5\xcf\x8b\x01\x00\x00"
				   "\x3b\x90\xee\xcf\x8b\x01\x00\x00"
				   "\x56\x34\x12\x00\x00\x00\x00\x00"
				   "00112233445566778899aabbccddeeff"
				   "\0\0\0\0\0\0\0\0" /* see below */
				   "application/json; charset=utf-8"
				   ":/"
				   "Retry-After: 5\r\nX-Y: z\r\n"
				   "a\0body\xff";
	struct page *page = sample_page();
	struct buf b = encode(page, LIT(":/"));
	uint64_t sum = checksum(&b), written;

	(void)state;
	written = get64(&b, CHECKSUM_AT);
	assert_true(written == sum && sum != 0);
	put(&b, CHECKSUM_AT, 8, 0);
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
	uint64_t label;

	(void)state;
	assert_null(entry_decode((struct str){NULL, 0}, KEY, &label));
	assert_null(entry_decode(LIT(""), KEY, &label));
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

static void
every_changed_byte_is_a_miss(void **state)
{
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);

	(void)state;
	for (size_t i = 0; i < b.len; i++) {
		char was = b.data[i];

		for (int c = 0; c < N_BYTES; c++) {
			b.data[i] = (char)c;
			if (b.data[i] != was)
				assert_null(decode_buf(&b));
		}
		b.data[i] = was;
	}
	page_unref(page);
	buf_release(&b);
}

static void
bytes_that_change_places_are_a_miss(void **state)
{
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);

	(void)state;
	for (size_t i = 1; i < b.len; i++) {
		char first = b.data[i - 1], second = b.data[i];

		if (first == second)
			continue;
		b.data[i - 1] = second;
		b.data[i] = first;
		assert_null(decode_buf(&b));
		b.data[i - 1] = first;
		b.data[i] = second;
	}
	page_unref(page);
	buf_release(&b);
}

/* Whoever can write to the store can make checksums, too. */
static void
every_changed_byte_of_type_and_key_is_a_miss(void **state)
{
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);
	size_t end = HEAD_LEN + strlen(media_type(page->type)) + KEY.len;

	(void)state;
	for (size_t i = HEAD_LEN; i < end; i++) {
		b.data[i] ^= 1;
		sign(&b);
		assert_null(decode_buf(&b));
		b.data[i] ^= 1;
	}
	page_unref(page);
	buf_release(&b);
}

static void
a_tag_that_fills_its_place_has_an_end(void **state)
{
	struct page *page = sample_page(), *got;
	struct buf b = encode(page, KEY);

	(void)state;
	memset(b.data + 56, 'x', 32);
	sign(&b);
	got = decode_buf(&b);
	assert_non_null(got);
	assert_int_equal(strlen(got->tag), 32);
	page_unref(got);
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
	    "sqE\x01", "sqE\x03", "SqE\x02", "sqe\x02", "\x02Eqs", "<htm"};
	struct page *page = sample_page();
	struct buf b = encode(page, KEY);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(magics); i++) {
		memcpy(b.data, magics[i], 4);
		sign(&b);
		assert_null(decode_buf(&b));
	}
	page_unref(page);
	buf_release(&b);
}

static void
an_unknown_content_type_is_a_miss(void **state)
{
	/* Each of MEDIA_HTML's length, over which it is written. */
	static const char *const types[] = {"text/html; charset=utf-9",
	    "Text/html; charset=utf-8", "text/html; charset=utf\r\n",
	    "image/png; charset=utf-8"};
	struct page *page = page_new();
	struct buf b = encode(page, KEY);
	size_t len = strlen(media_type(page->type));

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		assert_int_equal(strlen(types[i]), len);
		memcpy(b.data + HEAD_LEN, types[i], len);
		sign(&b);
		assert_null(decode_buf(&b));
	}
	memcpy(b.data + HEAD_LEN, media_type(page->type), len);
	sign(&b);
	page_unref(page);
	page = decode_buf(&b);
	assert_non_null(page);
	page_unref(page);
	buf_release(&b);
}

/* Shorter than any type, with the key's bytes moved up to it. */
static void
a_cut_content_type_is_a_miss(void **state)
{
	struct page *page = sample_page();
	size_t len = strlen(media_type(page->type));

	(void)state;
	for (size_t n = 0; n < len; n++) {
		struct buf b = encode(page, KEY);

		memmove(b.data + HEAD_LEN + n, b.data + HEAD_LEN + len,
		    b.len - HEAD_LEN - len);
		b.len -= len - n;
		put(&b, 6, 2, n);
		sign(&b);
		assert_null(decode_buf(&b));
		buf_release(&b);
	}
	page_unref(page);
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
		sign(&b);
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
		sign(&b);
		assert_null(decode_buf(&b));
	}
	put(&b, 16, 8, 7);
	sign(&b);
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
		sign(&b);
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
			memcpy(bytes, "sqE\x02", 4);
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
	    page, 0, LIT(":/a-key-that-makes-it-too-long-for-the-buffer"), &b);
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
	    cmocka_unit_test(every_changed_byte_is_a_miss),
	    cmocka_unit_test(bytes_that_change_places_are_a_miss),
	    cmocka_unit_test(a_tag_that_fills_its_place_has_an_end),
	    cmocka_unit_test(every_changed_byte_of_type_and_key_is_a_miss),
	    cmocka_unit_test(another_key_is_a_miss),
	    cmocka_unit_test(another_magic_or_format_is_a_miss),
	    cmocka_unit_test(an_unknown_content_type_is_a_miss),
	    cmocka_unit_test(a_cut_content_type_is_a_miss),
	    cmocka_unit_test(lengths_that_overflow_are_a_miss),
	    cmocka_unit_test(huge_bodies_are_a_miss),
	    cmocka_unit_test(bytes_moved_between_header_and_body_stay_inside),
	    cmocka_unit_test(random_bytes_are_a_miss),
	    cmocka_unit_test(an_entry_over_the_bound_is_the_buffers_failure),
	};

	return RUN("entry", tests);
}
