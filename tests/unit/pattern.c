/*
 * db/sqlite/pattern.c against SQLite's own LIKE and GLOB, and how it is
 * stopped.
 */
#include "db/sqlite/pattern.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/util.h"

static bool
never(void *context)
{
	(void)context;
	return false;
}

static bool
at_once(void *looks)
{
	++*(int *)looks;
	return true;
}

/* The next string over an alphabet, shorter ones first; false after `max`. */
static bool
next_string(char *s, size_t max, const char *alphabet)
{
	size_t i = 0;

	for (; s[i] != '\0'; i++) {
		const char *at = strchr(alphabet, s[i]);

		if (at[1] != '\0') {
			s[i] = at[1];
			return true;
		}
		s[i] = *alphabet;
	}
	if (i == max)
		return false;
	s[i] = *alphabet;
	s[i + 1] = '\0';
	return true;
}

static void
like_is_as_sqlite_has_it(void **state)
{
	char text[8], like[8] = "";

	(void)state;
	do {
		struct pattern p = {
		    .text = like,
		    .any = '%',
		    .one = '_',
		    .folds = true,
		    .stops = never,
		};

		*text = '\0';
		do {
			for (int i = 0; i < 2; i++) {
				bool got, wanted;

				p.escape = i == 0 ? '\0' : '\\';
				got = pattern_compare(&p, text) ==
				    PATTERN_MATCHES;
				wanted =
				    sqlite3_strlike(like, text, p.escape) == 0;
				if (got != wanted)
					fail_msg("%s LIKE %s", text, like);
			}
		} while (next_string(text, 4, "aB%\\"));
	} while (next_string(like, 5, "Ab%_\\"));
}

static void
glob_is_as_sqlite_has_it(void **state)
{
	char text[8], glob[8] = "";

	(void)state;
	do {
		struct pattern p = {
		    .text = glob,
		    .any = '*',
		    .one = '?',
		    .has_sets = true,
		    .stops = never,
		};

		*text = '\0';
		do {
			bool got = pattern_compare(&p, text) == PATTERN_MATCHES;

			if (got != (sqlite3_strglob(glob, text) == 0))
				fail_msg("%s GLOB %s", text, glob);
		} while (next_string(text, 3, "ac]-"));
	} while (next_string(glob, 5, "ac*?[]^-"));
}

static void
characters_are_not_bytes(void **state)
{
	static const struct {
		const char *like, *text;
	} cases[] = {
	    {"_", "\u00e9"},
	    {"%\u00e9_", "caf\u00e9\U0001f600"},
	    {"_%\u00e9", "\u00e9\u00e9"},
	    {"\u00c9", "\u00e9"}, /* only ASCII is folded */
	    {"_", "\xff"},
	    {"_\x80", "\x80\x80"},
	    {"%\xc3", "\xc3\xa9"},
	    {"\xed\xa0\x80", "\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pattern p = {
		    .text = cases[i].like,
		    .any = '%',
		    .one = '_',
		    .folds = true,
		    .stops = never,
		};

		assert_int_equal(
		    pattern_compare(&p, cases[i].text) == PATTERN_MATCHES,
		    sqlite3_strlike(cases[i].like, cases[i].text, 0) == 0);
	}
}

static void
long_work_is_stopped(void **state)
{
	enum { LEN = 100000 };
	int looks = 0;
	struct pattern p = {
	    .text = "%aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
	    .any = '%',
	    .one = '_',
	    .stops = at_once,
	    .context = &looks,
	};
	char *text = malloc(LEN + 1);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', LEN);
	text[LEN] = '\0';
	assert_int_equal(pattern_compare(&p, text), PATTERN_STOPPED);
	assert_int_equal(looks, 1);
	/* A short one never asks. */
	assert_int_equal(pattern_compare(&p, "aaa"), PATTERN_DIFFERS);
	assert_int_equal(looks, 1);
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(like_is_as_sqlite_has_it),
	    cmocka_unit_test(glob_is_as_sqlite_has_it),
	    cmocka_unit_test(characters_are_not_bytes),
	    cmocka_unit_test(long_work_is_stopped),
	};

	return RUN("pattern", tests);
}
