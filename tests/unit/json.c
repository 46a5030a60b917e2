/*
 * app/text/json.c: every value as RFC 8259 has it.
 */
#include "app/text/json.h"

#include <float.h>
#include <math.h>

#include "tests/unit/util.h"

#define assert_json(in, out) check_json(LIT(in), LIT(out), __FILE__, __LINE__)

static void
check_json(struct str in, struct str want, const char *file, int line)
{
	char *copy = exact_copy(in.s, in.len);
	struct buf b = {0};

	json_text(&b, (struct str){copy, in.len});
	check_wrote(&b, want, file, line);
	buf_release(&b);
	free(copy);
}

static void
structure_has_its_commas(void **state)
{
	struct buf b = {0};

	(void)state;
	json_begin_object(&b);
	json_key(&b, "empty");
	json_begin_array(&b);
	json_end_array(&b);
	json_key_text(&b, LIT("all"));
	json_begin_array(&b);
	json_str(&b, "{[:,");
	json_str(&b, NULL);
	json_null(&b);
	json_bool(&b, true);
	json_bool(&b, false);
	json_int(&b, -1);
	json_real(&b, 1e300);
	json_blob(&b, "", 0);
	json_value(&b, LIT("Infinity"));
	json_value(&b, LIT("[1] "));
	json_value(&b, LIT("2\t"));
	json_begin_object(&b);
	json_end_object(&b);
	json_begin_array(&b);
	json_end_array(&b);
	json_end_array(&b);
	json_member(&b, "s", "x");
	json_member_text(&b, "t", LIT(""));
	json_member_int(&b, "i", 0);
	json_member_bool(&b, "b", true);
	json_end_object(&b);
	assert_wrote(&b,
	    "{\"empty\":[],\"all\":[\"{[:,\",null,null,true,false,-1,1e+300,"
	    "{\"$base64\":true,\"encoded\":\"\"},Infinity,[1] ,2\t,{},[]],"
	    "\"s\":\"x\",\"t\":\"\",\"i\":0,\"b\":true}");
	buf_release(&b);
}

static void
lines_begin_behind_commas(void **state)
{
	struct buf b = {0};

	(void)state;
	json_next_line(&b);
	json_begin_array(&b);
	json_next_line(&b);
	json_int(&b, 1);
	json_next_line(&b);
	json_str(&b, ",");
	json_next_line(&b);
	json_begin_object(&b);
	json_member_int(&b, "a", 2);
	json_next_line(&b);
	json_member_int(&b, "b", 3);
	json_end_object(&b);
	json_end_array(&b);
	assert_wrote(&b, "[1,\n\",\",\n{\"a\":2,\n\"b\":3}]");
	buf_release(&b);
}

static void
text_is_quoted(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_json("abc", "\"abc\"");
	assert_json("", "\"\"");
	json_text(&b, (struct str){NULL, 0});
	assert_wrote(&b, "\"\"");
	json_str(&b, "it's");
	assert_wrote(&b, "\"it's\"");
	buf_release(&b);
}

static void
quotes_and_backslashes_are_escaped(void **state)
{
	(void)state;
	assert_json("\"", "\"\\\"\"");
	assert_json("\\", "\"\\\\\"");
	assert_json("a\"b\\c\"", "\"a\\\"b\\\\c\\\"\"");
	assert_json("\\\"", "\"\\\\\\\"\"");
}

static void
line_ends_and_tabs_have_short_escapes(void **state)
{
	(void)state;
	assert_json("a\nb\rc\td", "\"a\\nb\\rc\\td\"");
}

static void
other_control_characters_have_long_escapes(void **state)
{
	struct buf b = {0};

	(void)state;
	for (char c = 0; c < 0x20; c++) {
		char want[16];

		if (c == '\n' || c == '\r' || c == '\t')
			continue;
		snprintf(want, sizeof(want), "\"\\u%04x\"", c);
		json_text(&b, (struct str){&c, 1});
		assert_string_equal(buf_cstr(&b), want);
		buf_reset(&b);
	}
	assert_json("\x7f", "\"\\u007f\"");
	buf_release(&b);
}

static void
unicode_survives(void **state)
{
	(void)state;
	assert_json("é€🌍", "\"é€🌍\"");
	assert_json("é\n€", "\"é\\n€\"");
}

static void
malformed_bytes_are_replaced_one_by_one(void **state)
{
	(void)state;
	assert_json("\xff", "\"\\ufffd\"");
	assert_json("a\x80z", "\"a\\ufffdz\"");
	assert_json("\xc0\xaf", "\"\\ufffd\\ufffd\"");
	assert_json("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
	assert_json("\xf0\x9f\x8c", "\"\\ufffd\\ufffd\\ufffd\"");
}

static void
a_cut_sequence_hides_no_quote(void **state)
{
	(void)state;
	assert_json("\xc3\"", "\"\\ufffd\\\"\"");
	assert_json("\xe2\x82\\", "\"\\ufffd\\ufffd\\\\\"");
}

static void
whole_numbers(void **state)
{
	struct buf b = {0};

	(void)state;
	json_int(&b, 0);
	assert_wrote(&b, "0");
	json_int(&b, INT64_MAX);
	assert_wrote(&b, "9223372036854775807");
	json_int(&b, INT64_MIN);
	assert_wrote(&b, "-9223372036854775808");
	buf_release(&b);
}

static void
reals_stay_reals(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
	    {0, "0.0"},
	    {-0.0, "-0.0"},
	    {1, "1.0"},
	    {-17, "-17.0"},
	    {0.1, "0.1"},
	    {1.5, "1.5"},
	    {-273.15, "-273.15"},
	    {1e20, "1e+20"},
	    {1e-7, "1e-07"},
	    {123456789012345.0, "123456789012345.0"},
	    {0.5, "0.5"},
	    {-0.001, "-0.001"},
	    {0.0001, "0.0001"},
	    {0.00009, "9e-05"},
	    {10.02, "10.02"},
	    {100, "100.0"},
	    {42.50779, "42.50779"},
	    {-179.9999999, "-179.9999999"},
	    {12345678.9012345, "12345678.9012345"},
	    {99999999999999.5, "99999999999999.5"},
	    {1e15, "1e+15"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		json_real(&b, cases[i].value);
		assert_string_equal(buf_cstr(&b), cases[i].text);
		buf_reset(&b);
	}
	buf_release(&b);
}

static void
check_round_trip(struct buf *b, double value)
{
	char *end;

	buf_reset(b);
	json_real(b, value);
	assert_true(strtod(buf_cstr(b), &end) == value);
	assert_ptr_equal(end, b->data + b->len);
	assert_null(strpbrk(buf_cstr(b), "xinINpP"));
}

static void
reals_of_every_magnitude_round_trip(void **state)
{
	static const double extremes[] = {DBL_MAX, -DBL_MAX, DBL_MIN,
	    DBL_TRUE_MIN, DBL_EPSILON, 0.1 + 0.2, 1.0 / 3, 4503599627370497.5,
	    9007199254740993.0, 5e-324, 2.2250738585072011e-308};
	uint64_t random = 88172645463325252;
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(extremes); i++)
		check_round_trip(&b, extremes[i]);
	for (int i = 0; i < 100000; i++) {
		uint64_t bits = next_random(&random);
		double value;

		memcpy(&value, &bits, sizeof(value));
		if (isfinite(value))
			check_round_trip(&b, value);
	}
	buf_release(&b);
}

/* What has few decimals is written as printf would, which is slower. */
static void
reals_with_few_decimals_are_as_printf_has_them(void **state)
{
	uint64_t random = 88172645463325252;
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 100000; i++) {
		uint64_t bits = next_random(&random);
		char value[40], want[40];

		snprintf(value, sizeof(value), "%s%llu.%0*llu",
		    bits % 2 == 0 ? "-" : "",
		    (unsigned long long)(bits >> 8 & 0xffffff),
		    (int)(1 + bits % 7), (unsigned long long)(bits >> 32) % 10);
		snprintf(want, sizeof(want), "%.15g", strtod(value, NULL));
		if (strpbrk(want, ".e") == NULL)
			strncat(want, ".0", sizeof(want) - strlen(want) - 1);
		buf_reset(&b);
		json_real(&b, strtod(value, NULL));
		assert_string_equal(buf_cstr(&b), want);
	}
	buf_release(&b);
}

/* As json.h has it; 0.1234567890123456 needs 16 digits, not 17. */
static void
reals_have_no_more_digits_than_they_need(void **state)
{
	static const double values[] = {0.1234567890123456, 5.000000000000001,
	    1234567890123456.0, -273.1500000000001, 1.234567890123456e100};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		char want[40];

		snprintf(want, sizeof(want), "%.16g", values[i]);
		assert_true(strtod(want, NULL) == values[i]);
		if (strpbrk(want, ".e") == NULL)
			strncat(want, ".0", sizeof(want) - strlen(want) - 1);
		json_real(&b, values[i]);
		assert_string_equal(buf_cstr(&b), want);
		buf_reset(&b);
	}
	buf_release(&b);
}

static void
what_is_no_number_is_null(void **state)
{
	struct buf b = {0};

	(void)state;
	json_real(&b, INFINITY);
	assert_wrote(&b, "null");
	json_real(&b, -INFINITY);
	assert_wrote(&b, "null");
	json_real(&b, NAN);
	assert_wrote(&b, "null");
	buf_release(&b);
}

/* RFC 4648, section 10. */
static void
blobs_of_every_remainder(void **state)
{
	static const struct {
		const char *bytes, *encoded;
	} cases[] = {
	    {"", ""},
	    {"f", "Zg=="},
	    {"fo", "Zm8="},
	    {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="},
	};
	struct buf b = {0}, want = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		size_t len = strlen(cases[i].bytes);
		char *copy = exact_copy(cases[i].bytes, len);

		buf_printf(&want, "{\"$base64\":true,\"encoded\":\"%s\"}",
		    cases[i].encoded);
		json_blob(&b, copy, len);
		assert_string_equal(buf_cstr(&b), buf_cstr(&want));
		free(copy);
		buf_reset(&b);
		buf_reset(&want);
	}
	buf_release(&b);
	buf_release(&want);
}

static void
blobs_use_all_64_digits(void **state)
{
	static const unsigned char bytes[] = {0x00, 0x10, 0x83, 0x10, 0x51,
	    0x87, 0x20, 0x92, 0x8b, 0x30, 0xd3, 0x8f, 0x41, 0x14, 0x93, 0x51,
	    0x55, 0x97, 0x61, 0x96, 0x9b, 0x71, 0xd7, 0x9f, 0x82, 0x18, 0xa3,
	    0x92, 0x59, 0xa7, 0xa2, 0x9a, 0xab, 0xb2, 0xdb, 0xaf, 0xc3, 0x1c,
	    0xb3, 0xd3, 0x5d, 0xb7, 0xe3, 0x9e, 0xbb, 0xf3, 0xdf, 0xbf};
	struct buf b = {0};

	(void)state;
	json_blob(&b, bytes, sizeof(bytes));
	assert_wrote(&b,
	    "{\"$base64\":true,\"encoded\":\"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/\"}");
	json_blob(&b, NULL, 0);
	assert_wrote(&b, "{\"$base64\":true,\"encoded\":\"\"}");
	buf_release(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(structure_has_its_commas),
	    cmocka_unit_test(lines_begin_behind_commas),
	    cmocka_unit_test(text_is_quoted),
	    cmocka_unit_test(quotes_and_backslashes_are_escaped),
	    cmocka_unit_test(line_ends_and_tabs_have_short_escapes),
	    cmocka_unit_test(other_control_characters_have_long_escapes),
	    cmocka_unit_test(unicode_survives),
	    cmocka_unit_test(malformed_bytes_are_replaced_one_by_one),
	    cmocka_unit_test(a_cut_sequence_hides_no_quote),
	    cmocka_unit_test(whole_numbers),
	    cmocka_unit_test(reals_stay_reals),
	    cmocka_unit_test(reals_of_every_magnitude_round_trip),
	    cmocka_unit_test(reals_with_few_decimals_are_as_printf_has_them),
	    cmocka_unit_test(reals_have_no_more_digits_than_they_need),
	    cmocka_unit_test(what_is_no_number_is_null),
	    cmocka_unit_test(blobs_of_every_remainder),
	    cmocka_unit_test(blobs_use_all_64_digits),
	};

	return RUN("json", tests);
}
