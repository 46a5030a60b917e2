/*
 * Accept-Encoding and If-None-Match, as lenient as their RFC.
 */
#include "app/serve/negotiate.h"

#include <strings.h>

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

static struct str
trim(struct str s)
{
	while (s.len > 0 && is_space(s.s[0])) {
		s.s++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.s[s.len - 1]))
		s.len--;
	return s;
}

/* Cuts the part before `mark` off the front; all of it where there is none. */
static struct str
cut(struct str *s, char mark)
{
	const char *at = s->len == 0 ? NULL : memchr(s->s, mark, s->len);
	struct str part = {s->s, at == NULL ? s->len : (size_t)(at - s->s)};
	size_t taken = at == NULL ? s->len : part.len + 1;

	s->s += taken;
	s->len -= taken;
	return trim(part);
}

static bool
same_word(struct str s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.s, word, s.len) == 0;
}

/* A weight in thousandths (RFC 9110, section 12.4.2); 1 where it is none. */
static int
weight(struct str parameters)
{
	while (parameters.len > 0) {
		struct str p = cut(&parameters, ';');
		int q = 0, unit = 1000;

		if (p.len < 3 || (p.s[0] != 'q' && p.s[0] != 'Q') ||
		    p.s[1] != '=')
			continue;
		for (size_t i = 2; i < p.len; i++) {
			if (p.s[i] == '.' && i == 3)
				continue;
			if (p.s[i] < '0' || p.s[i] > '9')
				return 1000;
			q += (p.s[i] - '0') * unit;
			unit /= 10;
		}
		return q > 1000 ? 1000 : q;
	}
	return 1000;
}

bool
negotiate_gzip(struct str accept_encoding)
{
	int gzip = -1, identity = -1, any = -1;

	while (accept_encoding.len > 0) {
		struct str item = cut(&accept_encoding, ',');
		struct str name = cut(&item, ';');
		int q = weight(item);

		if (same_word(name, "gzip") || same_word(name, "x-gzip"))
			gzip = q;
		else if (same_word(name, "identity"))
			identity = q;
		else if (same_word(name, "*"))
			any = q;
	}
	if (gzip < 0)
		gzip = any;
	return gzip > 0 && gzip >= identity;
}

/* "tag", "tag-gzip", with W/ or without. */
static bool
is_tag(struct str given, struct str tag)
{
	static const char gzip[] = "-gzip";

	if (given.len >= 2 && given.s[0] == 'W' && given.s[1] == '/') {
		given.s += 2;
		given.len -= 2;
	}
	if (given.len < 2 || given.s[0] != '"' || given.s[given.len - 1] != '"')
		return false;
	given.s++;
	given.len -= 2;
	return str_starts(given, tag) &&
	    (given.len == tag.len ||
		str_is((struct str){given.s + tag.len, given.len - tag.len},
		    gzip));
}

bool
negotiate_etag(struct str if_none_match, struct str tag)
{
	if (str_is(trim(if_none_match), "*"))
		return true;
	/* No tag of squall's has a comma in it, so others may fall apart. */
	while (if_none_match.len > 0) {
		if (is_tag(cut(&if_none_match, ','), tag))
			return true;
	}
	return false;
}
