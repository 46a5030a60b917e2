/*
 * app/serve/negotiate.c: Accept-Encoding and If-None-Match as clients and
 * proxies really write them.
 */
#include "app/serve/negotiate.h"

#include "tests/unit/util.h"

#define TAG "0123456789abcdef0123456789abcdef"

static void
check_gzip(const char *value, bool want)
{
	size_t len = strlen(value);
	char *copy = exact_copy(value, len);

	if (negotiate_gzip((struct str){copy, len}) != want) {
		print_error("Accept-Encoding: %s\n", value);
		assert_true(false);
	}
	free(copy);
}

static void
check_tag(const char *value, bool want)
{
	size_t len = strlen(value);
	char *copy = exact_copy(value, len);

	if (negotiate_etag((struct str){copy, len}, LIT(TAG)) != want) {
		print_error("If-None-Match: %s\n", value);
		assert_true(false);
	}
	free(copy);
}

static void
gzip_where_it_is_named(void **state)
{
	(void)state;
	check_gzip("gzip", true);
	check_gzip("GZip", true);
	check_gzip("x-gzip", true);
	check_gzip("gzip, deflate, br, zstd", true);
	check_gzip("deflate,gzip", true);
	check_gzip("br;q=1.0, gzip;q=0.8, *;q=0.1", true);
	check_gzip("\t gzip \t", true);
	check_gzip(",, gzip ,,", true);
}

static void
no_gzip_where_it_is_not(void **state)
{
	(void)state;
	assert_false(negotiate_gzip((struct str){NULL, 0}));
	check_gzip("", false);
	check_gzip(" ", false);
	check_gzip(",", false);
	check_gzip("identity", false);
	check_gzip("br, deflate, zstd", false);
	check_gzip("gzipped", false);
	check_gzip("gzi", false);
	check_gzip("not-gzip", false);
	check_gzip("x-gzip-x", false);
	check_gzip("br gzip", false);
	check_gzip("br;gzip", false);
}

static void
a_weight_of_0_is_a_no(void **state)
{
	(void)state;
	check_gzip("gzip;q=0", false);
	check_gzip("gzip;q=0.0", false);
	check_gzip("gzip;q=0.000", false);
	check_gzip("gzip;q=0.", false);
	check_gzip("gzip ; q=0", false);
	check_gzip("gzip;Q=0", false);
	check_gzip("gzip;x=1;q=0", false);
	check_gzip("gzip;q=0, br", false);
	check_gzip("gzip;q=0, *", false);
	check_gzip("*, gzip;q=0", false);
	check_gzip("gzip;q=0.001", true);
	check_gzip("gzip;q=1", true);
	check_gzip("gzip;q=1.000", true);
}

static void
anything_means_gzip_too(void **state)
{
	(void)state;
	check_gzip("*", true);
	check_gzip("*;q=0.5", true);
	check_gzip("*;q=0", false);
	check_gzip("*;q=0, gzip", true);
	check_gzip("br, *;q=0.1", true);
	check_gzip("identity;q=0, *", true);
}

static void
identity_may_be_liked_more(void **state)
{
	(void)state;
	check_gzip("identity, gzip", true);
	check_gzip("identity;q=0.5, gzip;q=0.5", true);
	check_gzip("identity;q=0.5, gzip;q=0.4", false);
	check_gzip("gzip;q=0.999, identity", false);
	check_gzip("identity, *;q=0.5", false);
	check_gzip("identity;q=0.2, *;q=0.5", true);
	check_gzip("identity;q=0, gzip;q=0.001", true);
	check_gzip("identity;q=0", false);
	check_gzip("identity;q=0, gzip;q=0", false);
}

/* What is no weight is as if it were not there. */
static void
malformed_weights(void **state)
{
	static const char *const weights[] = {"q=", "q", "q=x", "q=-1", "q=.5",
	    "q=0x", "q=1e9", "q==0", "q= 0", "=", ";", "q=\"0\"", "q=0..5",
	    "q=5", "q=1.5", "q=99999999999999999999"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(weights); i++) {
		char value[64];

		snprintf(value, sizeof(value), "gzip;%s", weights[i]);
		check_gzip(value, true);
	}
}

static void
a_tag_alone(void **state)
{
	(void)state;
	check_tag("\"" TAG "\"", true);
	check_tag(" \t\"" TAG "\"\t ", true);
	check_tag("W/\"" TAG "\"", true);
	check_tag("\"" TAG "-gzip\"", true);
	check_tag("W/\"" TAG "-gzip\"", true);
}

static void
another_tag(void **state)
{
	(void)state;
	assert_false(negotiate_etag((struct str){NULL, 0}, LIT(TAG)));
	check_tag("", false);
	check_tag(" ", false);
	check_tag("\"\"", false);
	check_tag("\"x\"", false);
	check_tag("\"-gzip\"", false);
	check_tag("\"0" TAG "\"", false);
	check_tag("\"" TAG "0\"", false);
	check_tag("\"" TAG "-gzi\"", false);
	check_tag("\"" TAG "-gzip-gzip\"", false);
	check_tag("\"" TAG "-br\"", false);
	check_tag("\"0123456789ABCDEF0123456789ABCDEF\"", false);
}

static void
any_page_will_do(void **state)
{
	(void)state;
	check_tag("*", true);
	check_tag(" *\t", true);
	check_tag("\"*\"", false);
	check_tag("**", false);
	check_tag("W/*", false);
}

static void
lists_of_tags(void **state)
{
	(void)state;
	check_tag("\"a\", \"b\", \"" TAG "\"", true);
	check_tag("\"" TAG "\",\"a\"", true);
	check_tag("W/\"a\",W/\"" TAG "-gzip\" , \"b\"", true);
	check_tag(",, ,\"" TAG "\",,", true);
	check_tag("\"a\", \"b\", \"c\"", false);
	check_tag(",,,", false);
}

static void
tags_with_commas_in_them(void **state)
{
	(void)state;
	check_tag("\"a,b\", \"" TAG "\"", true);
	check_tag("\",\",\"" TAG "\"", true);
	check_tag("\"a," TAG "\"", false);
	check_tag("\"" TAG ",a\"", false);
}

static void
malformed_tags(void **state)
{
	(void)state;
	check_tag(TAG, false);
	check_tag("\"", false);
	check_tag("W/", false);
	check_tag("W/\"", false);
	check_tag("W", false);
	check_tag("\"" TAG, false);
	check_tag(TAG "\"", false);
	check_tag("'" TAG "'", false);
	check_tag("w/\"" TAG "\"", false);
	check_tag("W\"" TAG "\"", false);
	check_tag("W/ \"" TAG "\"", false);
	check_tag("\" " TAG "\"", false);
	check_tag("\"" TAG "\" \"a\"", false);
	check_tag("\"" TAG "\";x", false);
}

/* Whatever the bytes are, they are read to their end and no further. */
static void
random_values(void **state)
{
	static const char alphabet[] = "gzip*,;q=01. \t\"W/-x";
	uint64_t random = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t len = next_random(&random) % 24;
		char bytes[24], *copy;

		for (size_t j = 0; j < len; j++)
			bytes[j] = alphabet[next_random(&random) %
			    (sizeof(alphabet) - 1)];
		copy = exact_copy(bytes, len);
		negotiate_gzip((struct str){copy, len});
		negotiate_etag((struct str){copy, len}, LIT("x"));
		free(copy);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gzip_where_it_is_named),
	    cmocka_unit_test(no_gzip_where_it_is_not),
	    cmocka_unit_test(a_weight_of_0_is_a_no),
	    cmocka_unit_test(anything_means_gzip_too),
	    cmocka_unit_test(identity_may_be_liked_more),
	    cmocka_unit_test(malformed_weights),
	    cmocka_unit_test(a_tag_alone),
	    cmocka_unit_test(another_tag),
	    cmocka_unit_test(any_page_will_do),
	    cmocka_unit_test(lists_of_tags),
	    cmocka_unit_test(tags_with_commas_in_them),
	    cmocka_unit_test(malformed_tags),
	    cmocka_unit_test(random_values),
	};

	return RUN("negotiate", tests);
}
