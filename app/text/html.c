/*
 * The one HTML escaper.  Handlers write their pages through it.
 */
#include "app/text/html.h"

#include "app/text/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* The entity of an ASCII character, or NULL: it stands for itself. */
static const char *
escape(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\t':
	case '\n':
		return NULL;
	case '\r':
		return "&#13;";
	case 0x7f:
		return REPLACEMENT;
	default:
		return c < 0x20 ? REPLACEMENT : NULL;
	}
}

/* HTML allows neither U+0080 to U+009F nor noncharacters (Unicode, 23.7). */
static bool
is_forbidden(const unsigned char *p, size_t n)
{
	switch (n) {
	case 2:
		return p[0] == 0xc2 && p[1] < 0xa0;
	case 3:
		return p[0] == 0xef &&
		    ((p[1] == 0xbf && p[2] >= 0xbe) ||
			(p[1] == 0xb7 && p[2] >= 0x90 && p[2] <= 0xaf));
	case 4:
		return (p[1] & 0x0f) == 0x0f && p[2] == 0xbf && p[3] >= 0xbe;
	default:
		return false;
	}
}

/* The replacement of a character of `n` bytes (0: invalid), or NULL. */
static const char *
instead_of(const char *s, size_t n)
{
	if (n == 1)
		return escape((unsigned char)*s);
	if (n == 0 || is_forbidden((const unsigned char *)s, n))
		return REPLACEMENT;
	return NULL;
}

/* Printable ASCII that is written as itself, as most of most text is. */
static bool
is_plain(char c)
{
	return c >= ' ' && c < 0x7f && c != '&' && c != '<' && c != '>' &&
	    c != '"' && c != '\'';
}

void
html_str(struct buf *b, struct str s)
{
	size_t plain = 0; /* bytes before s.s that stand as they are */

	buf_reserve(b, s.len);
	while (s.len > 0) {
		const char *instead;
		size_t n;

		if (is_plain(*s.s)) {
			plain++;
			str_skip(&s, 1);
			continue;
		}
		n = utf8_next(s);
		instead = instead_of(s.s, n);
		if (instead != NULL) {
			buf_add(b, s.s - plain, plain);
			buf_str(b, instead);
			plain = 0;
		} else {
			plain += n;
		}
		str_skip(&s, n == 0 ? 1 : n);
	}
	if (plain > 0)
		buf_add(b, s.s - plain, plain);
}

void
html(struct buf *b, const char *s)
{
	html_str(b, str_of(s));
}

void
html_int(struct buf *b, long long value)
{
	unsigned long long u =
	    value < 0 ? -(unsigned long long)value : (unsigned long long)value;
	char digits[32];
	size_t at = sizeof(digits), n = 0;

	do {
		if (n > 0 && n % 3 == 0)
			digits[--at] = ',';
		digits[--at] = (char)('0' + u % 10);
		u /= 10;
		n++;
	} while (u > 0);
	if (value < 0)
		digits[--at] = '-';
	buf_add(b, digits + at, sizeof(digits) - at);
}
