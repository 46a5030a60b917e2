/*
 * Fields of CSV.  Commas and line ends are the caller's.
 */
#include "app/text/csv.h"

#include "app/text/utf8.h"

static bool
needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == ',' || s.s[i] == '"' || s.s[i] == '\n' ||
		    s.s[i] == '\r')
			return true;
	}
	return s.len > 0 && (s.s[0] == ' ' || s.s[s.len - 1] == ' ');
}

static void
text(struct buf *b, const char *before, struct str s)
{
	bool quotes = needs_quotes(s);

	if (quotes)
		buf_char(b, '"');
	buf_str(b, before);
	while (s.len > 0) {
		if (*s.s == '"')
			buf_char(b, '"');
		utf8_add_next(b, &s);
	}
	if (quotes)
		buf_char(b, '"');
}

void
csv_text(struct buf *b, struct str s)
{
	text(b, "", s);
}

void
csv_text_no_formula(struct buf *b, struct str s)
{
	bool formula =
	    s.len > 0 && *s.s != '\0' && strchr("=+-@\t\r\n", *s.s) != NULL;

	text(b, formula ? "'" : "", s);
}
