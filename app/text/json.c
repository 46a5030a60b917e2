/*
 * Writing JSON.
 */
#include "app/text/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/text/utf8.h"

static void
json_escape(struct buf *b, unsigned char c)
{
	switch (c) {
	case '"':
		buf_lit(b, "\\\"");
		break;
	case '\\':
		buf_lit(b, "\\\\");
		break;
	case '\n':
		buf_lit(b, "\\n");
		break;
	case '\r':
		buf_lit(b, "\\r");
		break;
	case '\t':
		buf_lit(b, "\\t");
		break;
	default:
		buf_printf(b, "\\u%04x", c);
	}
}

/*
 * Strings, objects, arrays, numbers, true, false, null and Infinity end with
 * these; only a value that was given as JSON ends with a blank.
 */
static bool
ends_value(char c)
{
	return c == '"' || c == '}' || c == ']' || (c >= '0' && c <= '9') ||
	    c == 'e' || c == 'l' || c == 'y' || c == ' ' || c == '\t';
}

static void
separate(struct buf *b)
{
	if (b->len > 0 && ends_value(b->data[b->len - 1]))
		buf_char(b, ',');
}

void
json_next_line(struct buf *b)
{
	separate(b);
	if (b->len > 0 && b->data[b->len - 1] == ',')
		buf_char(b, '\n');
}

void
json_begin_object(struct buf *b)
{
	separate(b);
	buf_char(b, '{');
}

void
json_end_object(struct buf *b)
{
	buf_char(b, '}');
}

void
json_begin_array(struct buf *b)
{
	separate(b);
	buf_char(b, '[');
}

void
json_end_array(struct buf *b)
{
	buf_char(b, ']');
}

void
json_key_text(struct buf *b, struct str name)
{
	json_text(b, name);
	buf_char(b, ':');
}

void
json_key(struct buf *b, const char *name)
{
	json_key_text(b, str_of(name));
}

void
json_text(struct buf *b, struct str s)
{
	size_t plain = 0; /* bytes before s.s that stand as they are */

	buf_reserve(b, s.len + 3);
	separate(b);
	buf_char(b, '"');
	while (s.len > 0) {
		unsigned char c = (unsigned char)*s.s;
		size_t n = utf8_next(s);

		if (n == 0 || c < 0x20 || c == '"' || c == '\\' || c == 0x7f) {
			buf_add(b, s.s - plain, plain);
			plain = 0;
			if (n == 0)
				buf_lit(b, "\\ufffd");
			else
				json_escape(b, c);
			n = 1;
		} else {
			plain += n;
		}
		str_skip(&s, n);
	}
	if (plain > 0)
		buf_add(b, s.s - plain, plain);
	buf_char(b, '"');
}

void
json_str(struct buf *b, const char *s)
{
	if (s == NULL)
		json_null(b);
	else
		json_text(b, str_of(s));
}

void
json_int(struct buf *b, int64_t value)
{
	separate(b);
	buf_int(b, value);
}

void
json_bool(struct buf *b, bool value)
{
	separate(b);
	buf_str(b, value ? "true" : "false");
}

void
json_null(struct buf *b)
{
	separate(b);
	buf_lit(b, "null");
}

void
json_value(struct buf *b, struct str json)
{
	separate(b);
	buf_add(b, json.s, json.len);
}

void
json_member(struct buf *b, const char *key, const char *value)
{
	json_key(b, key);
	json_str(b, value);
}

void
json_member_text(struct buf *b, const char *key, struct str value)
{
	json_key(b, key);
	json_text(b, value);
}

void
json_member_int(struct buf *b, const char *key, int64_t value)
{
	json_key(b, key);
	json_int(b, value);
}

void
json_member_bool(struct buf *b, const char *key, bool value)
{
	json_key(b, key);
	json_bool(b, value);
}

/* whole / 10^decimals */
static void
decimal(struct buf *b, uint64_t whole, unsigned decimals, bool negative)
{
	char digits[24];
	size_t at = sizeof(digits);

	for (unsigned n = 0; n <= decimals || whole > 0; n++) {
		if (n == decimals && n > 0)
			digits[--at] = '.';
		digits[--at] = (char)('0' + whole % 10);
		whole /= 10;
	}
	if (negative)
		digits[--at] = '-';
	buf_add(b, digits + at, sizeof(digits) - at);
	if (decimals == 0)
		buf_lit(b, ".0");
}

/*
 * Most reals have few decimals.  The division of two whole numbers, each of
 * which a double has exactly, rounds as reading their quotient's digits does.
 */
static bool
short_real(struct buf *b, double value)
{
	static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
	double size = fabs(value);

	/* printf writes smaller ones with an exponent. */
	for (unsigned i = 0; i < sizeof(powers) / sizeof(*powers) &&
	     size >= 1e-4 && size < 1e15 / powers[i];
	     i++) {
		double whole = rint(size * powers[i]);

		if (whole / powers[i] == size) {
			decimal(b, (uint64_t)whole, i, value < 0);
			return true;
		}
	}
	return false;
}

void
json_real(struct buf *b, double value)
{
	separate(b);
	json_digits(b, value);
}

void
json_digits(struct buf *b, double value)
{
	char digits[32];

	if (!isfinite(value)) {
		buf_lit(b, "null");
		return;
	}
	if (short_real(b, value))
		return;
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	buf_str(b, digits);
	if (strpbrk(digits, ".e") == NULL)
		buf_lit(b, ".0");
}

void
json_base64(struct buf *b, const void *data, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = data;

	buf_reserve(b, len / 3 * 4 + 8);
	for (; len > 0; p += 3, len -= len < 3 ? len : 3) {
		unsigned v = (unsigned)p[0] << 16;
		char out[4];

		if (len > 1)
			v |= (unsigned)p[1] << 8;
		if (len > 2)
			v |= p[2];
		out[0] = digits[v >> 18];
		out[1] = digits[v >> 12 & 63];
		out[2] = '=';
		out[3] = '=';
		if (len > 1)
			out[2] = digits[v >> 6 & 63];
		if (len > 2)
			out[3] = digits[v & 63];
		buf_add(b, out, sizeof(out));
	}
}

void
json_blob(struct buf *b, const void *data, size_t len)
{
	json_begin_object(b);
	json_member_bool(b, "$base64", true);
	json_key(b, "encoded");
	buf_char(b, '"');
	json_base64(b, data, len);
	buf_lit(b, "\"}");
}
