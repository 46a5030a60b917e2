/*
 * UTF-8 by RFC 3629.  Used by the escapers, which let only well-formed text
 * out, and by the parameters, which let only well-formed text in.
 */
#include "app/text/utf8.h"

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t
utf8_next(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.s;

	if (s.len == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || s.len < 2 || !continues(s.s[1]))
		return 0;
	if (p[0] < 0xe0)
		return 2;
	if (s.len < 3 || !continues(s.s[2]))
		return 0;
	if (p[0] < 0xf0) {
		bool overlong = p[0] == 0xe0 && p[1] < 0xa0;
		bool surrogate = p[0] == 0xed && p[1] >= 0xa0;

		return overlong || surrogate ? 0 : 3;
	}
	if (p[0] > 0xf4 || s.len < 4 || !continues(s.s[3]))
		return 0;
	if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))
		return 0;
	return 4;
}

bool
utf8_valid(struct str s)
{
	while (s.len > 0) {
		size_t n = utf8_next(s);

		if (n == 0)
			return false;
		s.s += n;
		s.len -= n;
	}
	return true;
}

struct str
utf8_cut(struct str s, size_t max)
{
	size_t back = 0;

	if (s.len <= max)
		return s;
	while (back < 4 && back < max && continues(s.s[max - back]))
		back++;
	/* More than three in a row are no sequence, but rubbish. */
	return (struct str){s.s, back > 3 ? max : max - back};
}

size_t
utf8_count(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.s[i] & 0xc0) != 0x80;
	return n;
}

void
utf8_add_next(struct buf *b, struct str *s)
{
	size_t n = utf8_next(*s);

	if (n == 0)
		buf_lit(b, "\xef\xbf\xbd");
	else
		buf_add(b, s->s, n);
	n = n == 0 ? 1 : n;
	s->s += n;
	s->len -= n;
}

void
utf8_add(struct buf *b, struct str s)
{
	while (s.len > 0)
		utf8_add_next(b, &s);
}
