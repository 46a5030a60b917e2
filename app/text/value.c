/*
 * Numbers, sizes and words.  Called for options and for the sections of the
 * INI file.
 */
#include "app/text/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/text/alloc.h"

/* A number, and where it ends. */
static bool
digits(const char *s, long long *value, char **end)
{
	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*value = strtoll(s, end, 10);
	return errno == 0;
}

bool
value_number(const char *s, int64_t *value)
{
	long long v;
	char *end;

	if (!digits(s, &v, &end) || *end != '\0')
		return false;
	*value = v;
	return true;
}

bool
value_size(const char *s, int64_t *value)
{
	static const char units[] = "kKmMgG";
	const char *unit;
	int shift = 0;
	long long v;
	char *end;

	if (!digits(s, &v, &end))
		return false;
	if (*end != '\0') {
		unit = strchr(units, *end);
		if (unit == NULL || end[1] != '\0')
			return false;
		shift = 10 * (int)((unit - units) / 2 + 1);
	}
	if (v > INT64_MAX >> shift)
		return false;
	*value = v << shift;
	return true;
}

bool
value_choice(const char *s, const char *const *words, int64_t *value)
{
	for (int64_t i = 0; words[i] != NULL; i++) {
		if (strcasecmp(s, words[i]) == 0) {
			*value = i;
			return true;
		}
	}
	return false;
}

static bool
replace(char **to, char *copy, struct buf *why)
{
	if (copy == NULL) {
		buf_lit(why, "out of memory");
		return false;
	}
	free(*to);
	*to = copy;
	return true;
}

bool
value_copy(char **to, const char *s, struct buf *why)
{
	return replace(to, alloc_copy(s), why);
}

bool
value_keep(char **to, const struct buf *text, struct buf *why)
{
	return replace(
	    to, text->failed ? NULL : alloc_copy(buf_cstr(text)), why);
}
