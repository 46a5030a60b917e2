/*
 * Comparing with wildcards.  Called by functions.c for every LIKE and GLOB.
 *
 * A wildcard for any text is tried with ever more of it until the rest of the
 * pattern fits; one that comes later makes those before it final.
 */
#include "db/sqlite/pattern.h"

#include <stddef.h>
#include <string.h>

enum { LOOK_EVERY = 4096 }; /* steps, of a few nanoseconds each */

typedef unsigned char byte;

/* The next character, as SQLite's sqlite3Utf8Read takes what is malformed. */
static unsigned
read_char(const byte **s)
{
	unsigned c = *(*s)++;

	if (c < 0xc0)
		return c;
	c &= c < 0xe0 ? 0x1f : c < 0xf0 ? 0x0f : 0x07;
	while ((**s & 0xc0) == 0x80)
		c = c << 6 | (*(*s)++ & 0x3f);
	if (c < 0x80 || (c & ~0x7ffU) == 0xd800 || (c & ~1U) == 0xfffe)
		c = 0xfffd;
	return c;
}

static unsigned
fold(unsigned c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* Behind the '[': "a-z]", "^a]", "]a]".  False without an end as well. */
static bool
is_in_set(const byte **set, unsigned c)
{
	bool inverted = **set == '^', found = false;
	unsigned before = 0, member;

	*set += inverted;
	if (**set == ']') {
		found = c == ']';
		++*set;
	}
	while ((member = read_char(set)) != ']') {
		if (member == '\0') {
			--*set;
			return false;
		}
		if (member == '-' && **set != ']' && **set != '\0' &&
		    before > 0) {
			member = read_char(set);
			found |= c >= before && c <= member;
			before = 0;
		} else {
			found |= c == member;
			before = member;
		}
	}
	return found != inverted;
}

/* Does the pattern's next element, which matches one character, match it? */
static bool
match_one(const struct pattern *p, const byte **pattern, const byte **text)
{
	unsigned wanted, c;

	if (**text == '\0')
		return false;
	c = read_char(text);
	wanted = read_char(pattern);
	if (p->has_sets && wanted == '[')
		return is_in_set(pattern, c);
	if (p->escape != '\0' && wanted == p->escape) {
		if (**pattern == '\0')
			return false;
		wanted = read_char(pattern);
	} else if (wanted == p->one) {
		return true;
	}
	return wanted == c || (p->folds && fold(wanted) == fold(c));
}

/* Does a byte of the pattern stand for itself alone? */
static bool
is_plain(const struct pattern *p, byte c)
{
	return c != '\0' && c < 0x80 && c != p->any && c != p->one &&
	    c != p->escape && !(p->has_sets && c == '[');
}

/* Where the pattern may match whose first byte is this, from `text` on. */
static const byte *
seek(const struct pattern *p, byte first, const byte *text)
{
	char either[] = {(char)first, (char)(first ^ 0x20), '\0'};

	if (!is_plain(p, first))
		return text;
	if (!p->folds || fold(first) < 'a' || fold(first) > 'z')
		return (const byte *)strchrnul((const char *)text, first);
	return text + strcspn((const char *)text, either);
}

enum pattern_result
pattern_compare(const struct pattern *p, const char *compared)
{
	const byte *pattern = (const byte *)p->text;
	const byte *text = (const byte *)compared;
	/* Behind the last wildcard: where the rest was tried last. */
	const byte *rest = NULL, *from = NULL;
	size_t steps = 0;

	for (;;) {
		if (*pattern == *text && is_plain(p, *pattern)) {
			pattern++;
			text++;
		} else if (*pattern == p->any && p->any != p->escape) {
			rest = ++pattern;
			if (*rest == '\0')
				return PATTERN_MATCHES;
			from = text = seek(p, *rest, text);
		} else if (*pattern == '\0' && *text == '\0') {
			return PATTERN_MATCHES;
		} else if (*pattern == '\0' || !match_one(p, &pattern, &text)) {
			if (rest == NULL || *from == '\0')
				return PATTERN_DIFFERS;
			text = from;
			read_char(&text);
			pattern = rest;
			text = seek(p, *rest, text);
			/* About sixteen bytes are passed in a step. */
			steps += (size_t)(text - from) / 16;
			from = text;
		}
		if (++steps >= LOOK_EVERY) {
			steps = 0;
			if (p->stops(p->context))
				return PATTERN_STOPPED;
		}
	}
}
