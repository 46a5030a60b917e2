/*
 * Fuzzes what writes data into pages: the escapers for HTML and JSON, and the
 * UTF-8 they rely on, which is held against the grammar of RFC 3629.  Whatever
 * the bytes are, the output is well-formed, says nothing but what went in, and
 * cannot end the text, attribute or string that it stands in.
 */
#include <math.h>

#include "app/text/html.h"
#include "app/text/json.h"
#include "app/text/utf8.h"
#include "tests/fuzz/fuzz.h"

static const struct str replacement = {"\xef\xbf\xbd", 3};

/* RFC 3629, section 4: the first byte, the second, and how many there are. */
static size_t
utf8_by_grammar(struct str s)
{
	static const struct {
		unsigned char first, first_end, second, second_end;
		size_t n;
	} rules[] = {
	    {0x00, 0x7f, 0, 0, 1},
	    {0xc2, 0xdf, 0x80, 0xbf, 2},
	    {0xe0, 0xe0, 0xa0, 0xbf, 3},
	    {0xe1, 0xec, 0x80, 0xbf, 3},
	    {0xed, 0xed, 0x80, 0x9f, 3},
	    {0xee, 0xef, 0x80, 0xbf, 3},
	    {0xf0, 0xf0, 0x90, 0xbf, 4},
	    {0xf1, 0xf3, 0x80, 0xbf, 4},
	    {0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	const unsigned char *p = (const unsigned char *)s.s;

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		size_t n = rules[i].n, good = 2;

		if (s.len < n || p[0] < rules[i].first ||
		    p[0] > rules[i].first_end)
			continue;
		if (n > 1 &&
		    (p[1] < rules[i].second || p[1] > rules[i].second_end))
			continue;
		while (good < n && p[good] >= 0x80 && p[good] <= 0xbf)
			good++;
		if (good >= n)
			return n;
	}
	return 0;
}

static void
check_utf8(struct str in, size_t max)
{
	struct str cut = utf8_cut(in, max), rest = in;
	bool valid = true;

	while (rest.len > 0) {
		size_t n = utf8_next(rest);

		CHECK(n == utf8_by_grammar(rest));
		valid &= n > 0;
		take(&rest, n == 0 ? 1 : n);
	}
	CHECK(utf8_valid(in) == valid);
	CHECK(cut.s == in.s && cut.len <= in.len && cut.len <= max);
	CHECK(cut.len == in.len || cut.len + 4 > max);
	CHECK(!valid || utf8_valid(cut));
}

/* The next character: what is none is a single byte, and not `*valid`. */
static struct str
take_character(struct str *s, bool *valid)
{
	size_t n = utf8_next(*s);

	*valid = n > 0;
	return take(s, n > 0 ? n : 1);
}

/* What a character of HTML text stands for: undoes html_str's escaping. */
static struct str
take_html(struct str *out)
{
	static const char *const entities[][2] = {
	    {"&amp;", "&"},
	    {"&lt;", "<"},
	    {"&gt;", ">"},
	    {"&quot;", "\""},
	    {"&#39;", "'"},
	    {"&#13;", "\r"},
	};
	struct str c;
	bool valid;

	for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++) {
		if (!str_starts(*out, str_of(entities[i][0])))
			continue;
		take(out, strlen(entities[i][0]));
		return str_of(entities[i][1]);
	}
	c = take_character(out, &valid);
	CHECK(valid);
	if (c.len == 1) {
		CHECK(memchr("&<>\"'\x7f", c.s[0], 6) == NULL);
		CHECK((unsigned char)c.s[0] >= 0x20 || *c.s == '\t' ||
		    *c.s == '\n');
	}
	return c;
}

static void
check_html(struct str in)
{
	struct buf b = {0};
	struct str out;

	html_str(&b, in);
	out = str_of_buf(&b);
	while (in.len > 0) {
		bool valid;
		struct str was = take_character(&in, &valid);
		struct str is = take_html(&out);
		bool printable =
		    was.len == 1 && *was.s >= 0x20 && *was.s < 0x7f;

		CHECK(valid ? str_eq(is, was) ||
			    (!printable && str_eq(is, replacement))
			    : str_eq(is, replacement));
	}
	CHECK(out.len == 0);
	buf_release(&b);
}

/* A character of a JSON string (RFC 8259, section 7), as json_text writes. */
static struct str
take_json(struct str *out, char unescaped[1])
{
	static const char letters[][2] = {
	    {'"', '"'},
	    {'\\', '\\'},
	    {'n', '\n'},
	    {'r', '\r'},
	    {'t', '\t'},
	};
	struct str c, digits;
	bool valid;
	char hex[5];
	unsigned long code;

	c = take_character(out, &valid);
	CHECK(valid);
	if (*c.s != '\\') {
		CHECK(*c.s != '"' && (c.len > 1 || *c.s >= 0x20));
		return c;
	}
	c = take(out, 1);
	CHECK(c.len == 1);
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++) {
		if (*c.s != letters[i][0])
			continue;
		*unescaped = letters[i][1];
		return (struct str){unescaped, 1};
	}
	CHECK(*c.s == 'u');
	digits = take(out, 4);
	CHECK(digits.len == 4);
	snprintf(hex, sizeof(hex), "%.4s", digits.s);
	CHECK(strspn(hex, "0123456789abcdef") == digits.len);
	code = strtoul(hex, NULL, 16);
	if (code == 0xfffd)
		return replacement;
	CHECK(code < 0x80);
	*unescaped = (char)code;
	return (struct str){unescaped, 1};
}

static void
check_json(struct str in)
{
	struct buf b = {0};
	struct str out;

	json_text(&b, in);
	out = str_of_buf(&b);
	CHECK(take_byte(&out) == '"');
	while (in.len > 0) {
		bool valid;
		struct str was = take_character(&in, &valid);
		char unescaped;
		struct str is = take_json(&out, &unescaped);

		CHECK(str_eq(is, valid ? was : replacement));
	}
	CHECK(str_is(out, "\""));
	buf_release(&b);
}

static void
check_json_blob(struct str in)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char head[] = "{\"$base64\":true,\"encoded\":\"";
	struct buf b = {0};
	struct str out;
	unsigned bits = 0, n_bits = 0;

	json_blob(&b, in.s, in.len);
	out = str_of_buf(&b);
	CHECK(str_is(take(&out, sizeof(head) - 1), head));
	CHECK(out.len == (in.len + 2) / 3 * 4 + 2);
	while (in.len > 0) {
		const char *digit;

		while (n_bits < 8) {
			digit = memchr(digits, take_byte(&out), 64);
			CHECK(digit != NULL);
			bits = bits << 6 | (unsigned)(digit - digits);
			n_bits += 6;
		}
		n_bits -= 8;
		CHECK((bits >> n_bits & 0xff) == take_byte(&in));
	}
	CHECK((bits & ((1U << n_bits) - 1)) == 0);
	while (str_starts(out, str_of("=")))
		take(&out, 1);
	CHECK(str_is(out, "\"}"));
	buf_release(&b);
}

/* A number of JSON has a digit on either side of its point. */
static void
check_numbers(struct str in)
{
	struct str bytes = take(&in, sizeof(double));
	struct buf b = {0};
	double real = 0;
	int64_t whole = 0;
	char *end;

	memcpy(&real, bytes.s, bytes.len);
	memcpy(&whole, bytes.s, bytes.len);
	json_real(&b, real);
	if (isfinite(real)) {
		CHECK(strtod(buf_cstr(&b), &end) == real && *end == '\0');
		CHECK(strspn(b.data, "+-.0123456789e") == b.len);
	} else {
		CHECK(str_is(str_of_buf(&b), "null"));
	}
	buf_reset(&b);
	json_int(&b, whole);
	CHECK(strtoll(b.data, &end, 10) == whole && *end == '\0');
	buf_reset(&b);
	html_int(&b, whole);
	CHECK(strspn(b.data, "-,0123456789") == b.len);
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = {(const char *)data, size};

	check_utf8(in, size == 0 ? 0 : data[0]);
	check_html(in);
	check_json(in);
	check_json_blob(in);
	if (size > 0)
		check_numbers(in);
	return 0;
}
