/*
 * Taking CREATE VIRTUAL TABLE apart.  SQLite has accepted the statement, so
 * this only finds out where its parts begin.
 */
#include "db/schema/declaration.h"

#include <ctype.h>
#include <strings.h>

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' ||
	    (unsigned char)c >= 0x80;
}

/* How many bytes of space and comments stand at the beginning. */
static size_t
space(struct str s)
{
	size_t i = 0;

	while (i < s.len) {
		const char *end = NULL;
		size_t left = s.len - i;

		if (is_space(s.s[i])) {
			i++;
			continue;
		}
		if (left > 1 && memcmp(s.s + i, "--", 2) == 0)
			end = memchr(s.s + i, '\n', left);
		else if (left > 1 && memcmp(s.s + i, "/*", 2) == 0)
			end = memmem(s.s + i + 2, left - 2, "*/", 2);
		else
			break;
		if (end == NULL)
			return s.len;
		i = (size_t)(end - s.s) + (*end == '*' ? 2 : 1);
	}
	return i;
}

/* The quote that ends what begins with this one; '\0': it is no quote. */
static char
closing_quote(char c)
{
	switch (c) {
	case '[':
		return ']';
	case '"':
	case '\'':
	case '`':
		return c;
	default:
		return '\0';
	}
}

/* The length of the token at the beginning of what is not empty. */
static size_t
token(struct str s)
{
	char quote = closing_quote(s.s[0]);
	size_t i = 1;

	if (quote != '\0') {
		for (; i < s.len; i++) {
			if (s.s[i] != quote)
				continue;
			/* Doubled, it stands for itself. */
			if (quote == ']' || i + 1 == s.len ||
			    s.s[i + 1] != quote)
				return i + 1;
			i++;
		}
		return s.len;
	}
	while (is_word(s.s[0]) && i < s.len && is_word(s.s[i]))
		i++;
	return i;
}

static void
drop(struct str *s, size_t n)
{
	s->s += n;
	s->len -= n;
}

/* The next token, or an empty one at the end. */
static struct str
cut(struct str *s)
{
	struct str t;

	drop(s, space(*s));
	t = (struct str){s->s, s->len == 0 ? 0 : token(*s)};
	drop(s, t.len);
	return t;
}

static bool
is_keyword(struct str token, const char *word)
{
	return token.len == strlen(word) &&
	    strncasecmp(token.s, word, token.len) == 0;
}

bool
declaration_parse(struct declaration *d, struct str sql)
{
	struct str t;

	if (!is_keyword(cut(&sql), "CREATE") ||
	    !is_keyword(cut(&sql), "VIRTUAL") ||
	    !is_keyword(cut(&sql), "TABLE"))
		return false;
	cut(&sql); /* the name, which may be "using" if it is quoted */
	do
		t = cut(&sql);
	while (t.len > 0 && !is_keyword(t, "USING"));
	d->module = cut(&sql);
	t = cut(&sql);
	d->rest = str_is(t, "(") ? sql : (struct str){"", 0};
	return d->module.len > 0;
}

bool
declaration_next(struct declaration *d, struct str *argument)
{
	size_t depth = 0;
	struct str s;

	drop(&d->rest, space(d->rest));
	if (d->rest.len == 0)
		return false;
	s = d->rest;
	*argument = (struct str){s.s, 0};
	while (s.len > 0) {
		struct str t = cut(&s);

		if (depth == 0 && (str_is(t, ",") || str_is(t, ")"))) {
			d->rest = str_is(t, ",") ? s : (struct str){"", 0};
			return argument->len > 0 || d->rest.len > 0;
		}
		if (str_is(t, "("))
			depth++;
		if (str_is(t, ")"))
			depth--;
		if (t.len > 0)
			argument->len = (size_t)(t.s + t.len - argument->s);
	}
	d->rest = s;
	return argument->len > 0;
}

bool
declaration_option(struct str argument, const char *name, struct buf *value)
{
	if (!is_keyword(cut(&argument), name) || !str_is(cut(&argument), "="))
		return false;
	drop(&argument, space(argument));
	declaration_unquote(argument, value);
	return true;
}

void
declaration_unquote(struct str s, struct buf *b)
{
	char quote = '\0';

	if (s.len > 0)
		quote = closing_quote(s.s[0]);
	if (quote == '\0') {
		buf_add(b, s.s, s.len);
		return;
	}
	for (size_t i = 1; i < s.len; i++) {
		if (s.s[i] == quote &&
		    (quote == ']' || i + 1 == s.len || s.s[++i] != quote))
			return;
		buf_char(b, s.s[i]);
	}
}
