/*
 * app/text/utf8.c against the table of well-formed sequences in the Unicode
 * Standard (table 3-7), and by the classes of what is malformed.
 */
#include "app/text/utf8.h"

#include "tests/unit/util.h"

/* Table 3-7: ranges of the first, second, third and fourth byte. */
static const struct {
	size_t len;
	unsigned char from[4], to[4];
} well_formed[] = {
    {1, {0x00}, {0x7f}},
    {2, {0xc2, 0x80}, {0xdf, 0xbf}},
    {3, {0xe0, 0xa0, 0x80}, {0xe0, 0xbf, 0xbf}},
    {3, {0xe1, 0x80, 0x80}, {0xec, 0xbf, 0xbf}},
    {3, {0xed, 0x80, 0x80}, {0xed, 0x9f, 0xbf}},
    {3, {0xee, 0x80, 0x80}, {0xef, 0xbf, 0xbf}},
    {4, {0xf0, 0x90, 0x80, 0x80}, {0xf0, 0xbf, 0xbf, 0xbf}},
    {4, {0xf1, 0x80, 0x80, 0x80}, {0xf3, 0xbf, 0xbf, 0xbf}},
    {4, {0xf4, 0x80, 0x80, 0x80}, {0xf4, 0x8f, 0xbf, 0xbf}},
};

static size_t
expected_next(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(well_formed); i++) {
		size_t n = well_formed[i].len, j = 0;

		while (j < n && j < len && p[j] >= well_formed[i].from[j] &&
		    p[j] <= well_formed[i].to[j])
			j++;
		if (j == n)
			return n;
	}
	return 0;
}

static void
check_next(const unsigned char *p, size_t len)
{
	size_t want = expected_next(p, len);
	struct str s = {(const char *)p, len};

	if (utf8_next(s) == want)
		return;
	show_bytes("for", s);
	assert_int_equal(utf8_next(s), want);
}

/* Bytes on both sides of every border in the table. */
static const unsigned char borders[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90,
    0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xec, 0xed, 0xee, 0xef,
    0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xfe, 0xff};

static void
next_of_nothing_is_0(void **state)
{
	(void)state;
	assert_int_equal(utf8_next((struct str){"a", 0}), 0);
	assert_int_equal(utf8_next((struct str){NULL, 0}), 0);
}

static void
next_by_the_table_for_all_of_1_and_2_bytes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 0x10000; i++) {
		unsigned char p[2] = {
		    (unsigned char)(i >> 8), (unsigned char)i};

		check_next(p, 1);
		check_next(p, 2);
	}
}

static void
next_by_the_table_for_all_of_3_bytes(void **state)
{
	(void)state;
	for (unsigned i = 0xc00000; i < 0x1000000; i++) {
		unsigned char p[3] = {(unsigned char)(i >> 16),
		    (unsigned char)(i >> 8), (unsigned char)i};

		check_next(p, 3);
	}
}

static void
next_by_the_table_at_the_borders_of_4_bytes(void **state)
{
	enum { N = COUNT_OF(borders) };

	(void)state;
	for (size_t i = 0; i < N * N * N * N; i++) {
		unsigned char p[4] = {borders[i % N], borders[i / N % N],
		    borders[i / N / N % N], borders[i / N / N / N]};

		check_next(p, 4);
	}
}

static void
next_reads_no_byte_past_the_end(void **state)
{
	static const char all[] = "\xf0\x9f\x8c\x8d\xe2\x82\xac\xc3\xa9";

	(void)state;
	for (size_t from = 0; from < sizeof(all) - 1; from++) {
		for (size_t n = 1; from + n < sizeof(all); n++) {
			char *copy = exact_copy(all + from, n);

			check_next((unsigned char *)copy, n);
			free(copy);
		}
	}
}

static size_t
encode(unsigned long c, unsigned char *p)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n; i-- > 1; c >>= 6)
		p[i] = (unsigned char)(0x80 | (c & 0x3f));
	p[0] = (unsigned char)(lead[n] | c);
	return n;
}

static void
every_character_is_well_formed_and_surrogates_are_not(void **state)
{
	unsigned char p[4];

	(void)state;
	for (unsigned long c = 0; c < 0x110000; c++) {
		size_t n = encode(c, p);
		bool surrogate = c >= 0xd800 && c < 0xe000;
		struct str s = {(const char *)p, n};

		assert_int_equal(utf8_next(s), surrogate ? 0 : n);
		s.len--;
		assert_int_equal(utf8_next(s), 0);
	}
}

static void
malformed(const char *s, size_t len)
{
	assert_int_equal(utf8_next((struct str){s, len}), 0);
	assert_false(utf8_valid((struct str){s, len}));
}

#define MALFORMED(lit) malformed(lit, sizeof(lit) - 1)

static void
stray_continuations_are_malformed(void **state)
{
	(void)state;
	MALFORMED("\x80");
	MALFORMED("\xbf");
	MALFORMED("\x80\x80\x80\x80");
}

static void
overlong_sequences_are_malformed(void **state)
{
	(void)state;
	MALFORMED("\xc0\x80"); /* NUL in disguise */
	MALFORMED("\xc0\xaf"); /* and a slash */
	MALFORMED("\xc1\xbf");
	MALFORMED("\xe0\x80\xaf");
	MALFORMED("\xe0\x9f\xbf");
	MALFORMED("\xf0\x80\x80\xaf");
	MALFORMED("\xf0\x8f\xbf\xbf");
}

static void
surrogates_are_malformed(void **state)
{
	(void)state;
	MALFORMED("\xed\xa0\x80");
	MALFORMED("\xed\xbf\xbf");
	MALFORMED("\xed\xa0\xbd\xed\xb8\x80"); /* CESU-8 */
}

static void
beyond_unicode_is_malformed(void **state)
{
	(void)state;
	MALFORMED("\xf4\x90\x80\x80");
	MALFORMED("\xf5\x80\x80\x80");
	MALFORMED("\xf8\x88\x80\x80\x80");
	MALFORMED("\xfc\x84\x80\x80\x80\x80");
	MALFORMED("\xfe");
	MALFORMED("\xff");
}

static void
cut_sequences_are_malformed(void **state)
{
	(void)state;
	MALFORMED("\xc3");
	MALFORMED("\xe2\x82");
	MALFORMED("\xe2");
	MALFORMED("\xf0\x9f\x8c");
	MALFORMED("\xf0\x9f");
	MALFORMED("\xf0");
	MALFORMED("\xc3x");
	MALFORMED("\xe2\x82x");
	MALFORMED("\xf0\x9f\x8cx");
}

static void
valid_looks_at_every_byte(void **state)
{
	(void)state;
	assert_true(utf8_valid(LIT("")));
	assert_true(utf8_valid((struct str){NULL, 0}));
	assert_true(utf8_valid(LIT("a\0b")));
	assert_true(utf8_valid(LIT("aé€🌍")));
	assert_false(utf8_valid(LIT("aé€🌍\xff")));
	assert_false(utf8_valid(LIT("\xff"
				    "aé€🌍")));
	assert_false(utf8_valid(LIT("aé\xe2\x82")));
	assert_false(utf8_valid(LIT("a\xe2\x82z")));
}

static void
cut_of_what_fits_is_all_of_it(void **state)
{
	(void)state;
	assert_str(utf8_cut(LIT("aé€🌍"), 10), "aé€🌍");
	assert_str(utf8_cut(LIT("aé€🌍"), 11), "aé€🌍");
	assert_str(utf8_cut(LIT(""), 0), "");
}

static void
cut_keeps_sequences_whole(void **state)
{
	static const char text[] = "aé€🌍z";
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};

	(void)state;
	for (size_t max = 0; max < COUNT_OF(want); max++) {
		struct str cut = utf8_cut(str_of(text), max);

		assert_ptr_equal(cut.s, text);
		assert_int_equal(cut.len, want[max]);
	}
}

static void
cut_reads_no_byte_past_the_end(void **state)
{
	char *copy = exact_copy("a\xc3\xa9", 3);

	(void)state;
	for (size_t max = 0; max <= 4; max++)
		assert_true(utf8_cut((struct str){copy, 3}, max).len <= max);
	free(copy);
}

/* Continuations that continue nothing are in no sequence. */
static void
cut_of_malformed_text_loses_no_more_than_a_sequence(void **state)
{
	(void)state;
	assert_str(utf8_cut(LIT("abc\x80\x80\x80\x80\x80\x80\x80\x80"), 8),
	    "abc\x80\x80\x80\x80\x80");
}

static void
what_is_added_is_well_formed(void **state)
{
	struct buf b = {0};

	(void)state;
	utf8_add(&b, LIT("a\xe9\0\xc3\xa9\xf0\x9f"));
	assert_str(
	    str_of_buf(&b), "a\xef\xbf\xbd\0\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd");
	buf_release(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(next_of_nothing_is_0),
	    cmocka_unit_test(next_by_the_table_for_all_of_1_and_2_bytes),
	    cmocka_unit_test(next_by_the_table_for_all_of_3_bytes),
	    cmocka_unit_test(next_by_the_table_at_the_borders_of_4_bytes),
	    cmocka_unit_test(next_reads_no_byte_past_the_end),
	    cmocka_unit_test(
		every_character_is_well_formed_and_surrogates_are_not),
	    cmocka_unit_test(stray_continuations_are_malformed),
	    cmocka_unit_test(overlong_sequences_are_malformed),
	    cmocka_unit_test(surrogates_are_malformed),
	    cmocka_unit_test(beyond_unicode_is_malformed),
	    cmocka_unit_test(cut_sequences_are_malformed),
	    cmocka_unit_test(valid_looks_at_every_byte),
	    cmocka_unit_test(cut_of_what_fits_is_all_of_it),
	    cmocka_unit_test(cut_keeps_sequences_whole),
	    cmocka_unit_test(cut_reads_no_byte_past_the_end),
	    cmocka_unit_test(
		cut_of_malformed_text_loses_no_more_than_a_sequence),
	    cmocka_unit_test(what_is_added_is_well_formed),
	};

	return RUN("utf8", tests);
}
