/*
 * Fuzzes negotiate_gzip and negotiate_etag with header fields as a client may
 * send them.  Neither depends on what else stands in a list, nor, where the RFC
 * says so, on case; and no page counts as the client's own unless the client
 * has named its tag.
 */
#include "app/serve/negotiate.h"

#include <ctype.h>

#include "tests/fuzz/fuzz.h"

/* The field with something at its end, in memory of its exact size. */
static struct str
with(struct str field, const char *end)
{
	struct buf both = {0};
	char *copy;

	buf_add(&both, field.s, field.len);
	buf_str(&both, end);
	copy = exact_copy(str_of_buf(&both));
	field = (struct str){copy, both.len};
	buf_release(&both);
	return field;
}

static bool
accepts_with(struct str field, const char *end)
{
	struct str more = with(field, end);
	bool accepts = negotiate_gzip(more);

	free((char *)more.s);
	return accepts;
}

static bool
accepts_in_capitals(struct str field)
{
	char *copy = exact_copy(field);
	bool accepts;

	for (size_t i = 0; i < field.len; i++)
		copy[i] = (char)toupper((unsigned char)copy[i]);
	accepts = negotiate_gzip((struct str){copy, field.len});
	free(copy);
	return accepts;
}

static void
check_accept_encoding(struct str field)
{
	bool accepts = accepts_with(field, "");

	CHECK(accepts_in_capitals(field) == accepts);
	CHECK(accepts_with(field, ",br;q=1") == accepts);
	CHECK(accepts_with(field, " ,\t, ;q=0") == accepts);
	CHECK(accepts_with(field, ",gzip"));
	CHECK(!accepts_with(field, ", gzip;q=0"));
	CHECK(!accepts_with(field, ",gzip;q=0.5,identity;q=0.501"));
}

static bool
matches_with(struct str field, const char *end, struct str tag)
{
	struct str more = with(field, end);
	bool matches = negotiate_etag(more, tag);

	free((char *)more.s);
	return matches;
}

/* Whether it may be "*": no other field matches but by a tag. */
static bool
is_star(struct str field)
{
	for (size_t i = 0; i < field.len; i++) {
		if (field.s[i] != '*' && !isblank((unsigned char)field.s[i]))
			return false;
	}
	return true;
}

static void
check_if_none_match(struct str field, struct str tag)
{
	static const struct {
		const char *before, *after;
		bool same; /* it is the tag, in one of its forms */
	} ends[] = {
	    {",\"", "\"", true},
	    {"\t, W/\"", "\" ", true},
	    {",W/\"", "-gzip\",\"a, b\"", true},
	    {",\"", "x\"", false},
	    {",\"x", "\"", false},
	    {",\"", "-gzi\"", false},
	    {",w/\"", "\"", false},
	    {",", "", false},
	};
	bool matches = matches_with(field, "", tag);

	if (is_star(field))
		return;
	if (matches)
		CHECK(memmem(field.s, field.len, tag.s, tag.len) != NULL);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		struct buf end = {0};

		buf_str(&end, ends[i].before);
		buf_add(&end, tag.s, tag.len);
		buf_str(&end, ends[i].after);
		CHECK(matches_with(field, buf_cstr(&end), tag) ==
		    (matches || ends[i].same));
		buf_release(&end);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str field = {(const char *)data, size};

	check_accept_encoding(field);
	check_if_none_match(field, str_of("0123456789abcdef0123456789abcdef"));
	check_if_none_match(field, str_of("0"));
	return 0;
}
