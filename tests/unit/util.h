#ifndef SQUALL_TESTS_UTIL_H
#define SQUALL_TESTS_UTIL_H

/*
 * What the unit tests share: cmocka, and assertions about text that show what
 * was written instead.  A program is one group, named after its module.
 */

/* cmocka.h needs the four before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/text/buf.h"
#include "app/text/str.h"
#include "app/watch/log.h"

enum { N_BYTES = 256 };

/* A literal with all its bytes, '\0' included. */
#define LIT(lit) ((struct str){"" lit "", sizeof(lit) - 1})

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

#define RUN(name, tests)                                                       \
	(log_setup(LOG_NONE, ACCESS_OFF),                                      \
	    cmocka_run_group_tests_name(name, tests, NULL, NULL))

static inline void
show_bytes(const char *what, struct str s)
{
	struct buf shown = {0};

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c < 0x20 || c >= 0x7f || c == '\\')
			buf_printf(&shown, "\\x%02x", c);
		else
			buf_char(&shown, (char)c);
	}
	print_error("%s \"%s\"\n", what, buf_cstr(&shown));
	buf_release(&shown);
}

static inline void
check_str(struct str got, struct str want, const char *file, int line)
{
	if (str_eq(got, want))
		return;
	show_bytes("expected", want);
	show_bytes("     got", got);
	_fail(file, line);
}

#define assert_str(got, lit)   check_str((got), LIT(lit), __FILE__, __LINE__)
#define assert_same(got, want) check_str((got), (want), __FILE__, __LINE__)

/* That the buffer holds this, and has not failed; empties it. */
#define assert_wrote(b, lit) check_wrote((b), LIT(lit), __FILE__, __LINE__)

static inline void
check_wrote(struct buf *b, struct str want, const char *file, int line)
{
	if (b->failed) {
		print_error("the buffer has failed\n");
		_fail(file, line);
	}
	check_str(str_of_buf(b), want, file, line);
	buf_reset(b);
}

/* That the text contains this. */
#define assert_has(text, part) check_has((text), (part), __FILE__, __LINE__)

static inline void
check_has(const char *text, const char *part, const char *file, int line)
{
	if (strstr(text, part) != NULL)
		return;
	print_error("expected \"%s\"\n      in \"%s\"\n", part, text);
	_fail(file, line);
}

#define assert_lacks(text, part) check_lacks((text), (part), __FILE__, __LINE__)

static inline void
check_lacks(const char *text, const char *part, const char *file, int line)
{
	if (strstr(text, part) == NULL)
		return;
	print_error("unwanted \"%s\"\n      in \"%s\"\n", part, text);
	_fail(file, line);
}

/*
 * A copy that ends where its memory does, so that AddressSanitizer and
 * valgrind see whoever reads on.  To be freed.
 */
static inline char *
exact_copy(const void *p, size_t len)
{
	char *copy = malloc(len == 0 ? 1 : len);

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, p, len);
	return copy;
}

/* The same numbers in every run (xorshift64). */
static inline uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif
