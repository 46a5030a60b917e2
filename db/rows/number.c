/*
 * Numbers in URLs, where everything is text.  Used by rows.c and filter.c.
 */
#include "db/rows/number.h"

#include <errno.h>
#include <stdlib.h>

static bool
looks_like_one(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '\0' || strchr("+-.0123456789eE", s.s[i]) == NULL)
			return false;
	}
	return s.len > 0;
}

struct number
number_of(struct str s)
{
	struct number n = {.type = VALUE_TEXT};
	char text[64];
	char *end;

	if (s.len >= sizeof(text) || !looks_like_one(s))
		return n;
	memcpy(text, s.s, s.len);
	text[s.len] = '\0';
	errno = 0;
	n.whole = strtoll(text, &end, 10);
	if (errno == 0 && *end == '\0') {
		n.type = VALUE_INT;
		return n;
	}
	n.real = strtod(text, &end);
	if (*end == '\0')
		n.type = VALUE_REAL;
	return n;
}
