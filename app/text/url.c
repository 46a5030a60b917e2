/*
 * Encoding and decoding of paths and query strings.
 */
#include "app/text/url.h"

#include <stdbool.h>

#include "app/text/utf8.h"

enum { ARRIVES_MAX = 1000 }; /* bytes of a value */

static const char upper_hex[] = "0123456789ABCDEF";

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static void
escape(struct buf *b, char mark, char c)
{
	unsigned char u = (unsigned char)c;
	char out[3] = {mark, upper_hex[u >> 4], upper_hex[u & 15]};

	buf_add(b, out, sizeof(out));
}

/* Adds what comes before the next `mark` or '+', and returns its length. */
static size_t
add_plain(struct buf *b, char mark, const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] != mark && s[n] != '+')
		n++;
	buf_add(b, s, n);
	return n;
}

static void
unescape(struct buf *b, char mark, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		int high, low;

		i += add_plain(b, mark, s.s + i, s.len - i);
		if (i == s.len)
			break;
		if (s.s[i] == '+') {
			buf_char(b, ' ');
			continue;
		}
		if (s.s[i] != mark || s.len - i < 3 ||
		    (high = hex_value(s.s[i + 1])) < 0 ||
		    (low = hex_value(s.s[i + 2])) < 0) {
			buf_char(b, s.s[i]);
			continue;
		}
		buf_char(b, (char)(high << 4 | low));
		i += 2;
	}
}

void
url_part(struct buf *b, struct str part)
{
	size_t from = 0;

	for (size_t i = 0; i < part.len; i++) {
		char c = part.s[i];

		if (is_alnum(c) || c == '_' || c == '-')
			continue;
		buf_add(b, part.s + from, i - from);
		from = i + 1;
		if (c == ' ')
			buf_char(b, '+');
		else
			escape(b, '~', c);
	}
	buf_add(b, part.s + from, part.len - from);
}

void
url_name(struct buf *b, struct str name)
{
	if (name.len == 0)
		buf_char(b, '~');
	else
		url_part(b, name);
}

void
url_unpart(struct buf *b, struct str part)
{
	unescape(b, '~', part);
}

void
url_unname(struct buf *b, struct str segment)
{
	if (!str_is(segment, "~"))
		unescape(b, '~', segment);
}

void
url_arg(struct buf *b, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.s[i];

		if (is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '~')
			buf_char(b, c);
		else
			escape(b, '%', c);
	}
}

bool
url_arg_arrives(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.s[i];

		if (c < 0x20 || c == 0x7f)
			return false;
	}
	return value.len <= ARRIVES_MAX && utf8_valid(value);
}

void
url_path(struct buf *b, struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		char c = path.s[i];

		if (is_alnum(c) || c == '_' || c == '-' || c == '.' ||
		    c == '~' || c == '/' || c == '+')
			buf_char(b, c);
		else
			escape(b, '%', c);
	}
}

void
url_unarg(struct buf *b, struct str value)
{
	unescape(b, '%', value);
}

bool
url_key_is_single(struct str key)
{
	return key.len == 0 || memchr(key.s, ',', key.len) == NULL;
}

void
url_key_part(struct buf *b, struct url_component c, bool alone)
{
	static const char *const marks[] = {
	    [URL_PLAIN] = "",
	    [URL_BYTES] = "~x",
	    [URL_TEXT] = "~t",
	};

	buf_str(b, marks[c.mark]);
	if (alone && c.mark == URL_PLAIN)
		url_name(b, c.s);
	else
		url_part(b, c.s);
}

static enum url_mark
cut_mark(struct str *s)
{
	enum url_mark mark = URL_PLAIN;

	if (s->len >= 2 && s->s[0] == '~' && s->s[1] == 'x')
		mark = URL_BYTES;
	else if (s->len >= 2 && s->s[0] == '~' && s->s[1] == 't')
		mark = URL_TEXT;
	if (mark != URL_PLAIN) {
		s->s += 2;
		s->len -= 2;
	}
	return mark;
}

struct url_component
url_key_cut(struct str *key, bool alone, struct buf *memory)
{
	const char *comma =
	    key->len == 0 ? NULL : memchr(key->s, ',', key->len);
	size_t len = comma == NULL ? key->len : (size_t)(comma - key->s);
	size_t taken = comma == NULL ? len : len + 1, from = memory->len;
	struct str raw = {key->s, len};
	struct url_component c = {.mark = cut_mark(&raw)};

	if (alone && c.mark == URL_PLAIN)
		url_unname(memory, raw);
	else
		url_unpart(memory, raw);
	c.s = (struct str){buf_cstr(memory) + from, memory->len - from};
	key->s += taken;
	key->len -= taken;
	return c;
}
