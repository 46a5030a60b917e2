/*
 * A recognizer for JSON: it builds nothing, and its recursion is bounded.
 */
#include "app/text/json_valid.h"

#include "app/text/utf8.h"

struct scan {
	const char *p, *end;
	int depth;
};

static bool value(struct scan *s);

static void
skip_space(struct scan *s)
{
	while (s->p < s->end &&
	    (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static bool
take(struct scan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static bool
word(struct scan *s, const char *w)
{
	struct str rest = {s->p, (size_t)(s->end - s->p)};

	if (!str_starts(rest, str_of(w)))
		return false;
	s->p += strlen(w);
	return true;
}

static bool
digits(struct scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p > from;
}

static bool
number(struct scan *s)
{
	take(s, '-');
	if (!take(s, '0') && !digits(s))
		return false;
	if (take(s, '.') && !digits(s))
		return false;
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '+'))
			take(s, '-');
		return digits(s);
	}
	return true;
}

static bool
escape(struct scan *s)
{
	if (s->p == s->end)
		return false;
	if (*s->p++ != 'u')
		return s->p[-1] != '\0' &&
		    strchr("\"\\/bfnrt", s->p[-1]) != NULL;
	for (int i = 0; i < 4; i++, s->p++) {
		if (s->p == s->end || *s->p == '\0' ||
		    strchr("0123456789abcdefABCDEF", *s->p) == NULL)
			return false;
	}
	return true;
}

static bool
string(struct scan *s)
{
	if (!take(s, '"'))
		return false;
	while (s->p < s->end && *s->p != '"') {
		size_t n =
		    utf8_next((struct str){s->p, (size_t)(s->end - s->p)});

		if (n == 0 || (unsigned char)*s->p < 0x20)
			return false;
		s->p += n;
		if (s->p[-1] == '\\' && n == 1 && !escape(s))
			return false;
	}
	return take(s, '"');
}

/* The inside of brackets: members of an object, or values of an array. */
static bool
items(struct scan *s, char end)
{
	skip_space(s);
	if (take(s, end))
		return true;
	do {
		skip_space(s);
		if (end == '}') {
			if (!string(s))
				return false;
			skip_space(s);
			if (!take(s, ':'))
				return false;
		}
		if (!value(s))
			return false;
	} while (take(s, ','));
	return take(s, end);
}

/* A value, and the space around it. */
static bool
value(struct scan *s)
{
	bool ok;

	skip_space(s);
	if (s->p == s->end || s->depth == JSON_DEPTH)
		return false;
	s->depth++;
	switch (*s->p) {
	case '{':
		s->p++;
		ok = items(s, '}');
		break;
	case '[':
		s->p++;
		ok = items(s, ']');
		break;
	case '"':
		ok = string(s);
		break;
	case 't':
		ok = word(s, "true");
		break;
	case 'f':
		ok = word(s, "false");
		break;
	case 'n':
		ok = word(s, "null");
		break;
	default:
		ok = number(s);
	}
	s->depth--;
	skip_space(s);
	return ok;
}

bool
json_valid(struct str text)
{
	struct scan s = {text.s, text.s + text.len, 0};

	return text.len > 0 && value(&s) && s.p == s.end;
}
