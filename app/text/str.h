#ifndef SQUALL_STR_H
#define SQUALL_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A run of bytes that somebody else owns.  Not terminated by '\0', may hold
 * any byte.  A missing value has s == NULL, an empty one has not.
 */
struct str {
	const char *s;
	size_t len;
};

static inline struct str
str_of(const char *s)
{
	return (struct str){s, strlen(s)};
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

static inline bool
str_is(struct str a, const char *s)
{
	return str_eq(a, str_of(s));
}

static inline bool
str_starts(struct str a, struct str prefix)
{
	return a.len >= prefix.len &&
	    (prefix.len == 0 || memcmp(a.s, prefix.s, prefix.len) == 0);
}

/* Leaves the first `n` bytes out. */
static inline void
str_skip(struct str *s, size_t n)
{
	s->s += n;
	s->len -= n;
}

/* Cuts off what stands before the first `end`, or all of it, and `end` too. */
static inline struct str
str_cut(struct str *s, char end)
{
	const char *at = s->len == 0 ? NULL : memchr(s->s, end, s->len);
	struct str part = {s->s, at == NULL ? s->len : (size_t)(at - s->s)};

	str_skip(s, part.len + (at != NULL));
	return part;
}

#endif
