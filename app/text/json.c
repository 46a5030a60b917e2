/*
 * Writing JSON values.  Structure (braces, commas) is the caller's.
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

void
json_text(struct buf *b, struct str s)
{
	size_t plain = 0; /* bytes before s.s that stand as they are */

	buf_reserve(b, s.len + 2);
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
		s.s += n;
		s.len -= n;
	}
	if (plain > 0)
		buf_add(b, s.s - plain, plain);
	buf_char(b, '"');
}

void
json_str(struct buf *b, const char *s)
{
	json_text(b, str_of(s));
}

void
json_int(struct buf *b, int64_t value)
{
	buf_int(b, value);
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
	buf_lit(b, "{\"$base64\":true,\"encoded\":\"");
	json_base64(b, data, len);
	buf_lit(b, "\"}");
}
