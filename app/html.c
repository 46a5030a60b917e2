/*
 * The one HTML escaper.  Handlers write their pages through it.
 */
#include "app/html.h"

#include <stdio.h>

#include "app/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* What the byte is written as, or NULL for itself. */
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

void
html_str(struct buf *b, struct str s)
{
	size_t plain = 0; /* bytes before s.s that stand as they are */

	buf_reserve(b, s.len);
	while (s.len > 0) {
		size_t n = utf8_next(s);
		const char *instead = n == 0   ? REPLACEMENT
				      : n == 1 ? escape((unsigned char)*s.s)
					       : NULL;

		if (instead != NULL) {
			buf_add(b, s.s - plain, plain);
			buf_str(b, instead);
			plain = 0;
		} else {
			plain += n;
		}
		n = n == 0 ? 1 : n;
		s.s += n;
		s.len -= n;
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
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%lld", value);

	for (int i = 0; i < n; i++) {
		buf_char(b, digits[i]);
		if (digits[i] != '-' && i + 1 < n && (n - 1 - i) % 3 == 0)
			buf_char(b, ',');
	}
}
