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

#endif
