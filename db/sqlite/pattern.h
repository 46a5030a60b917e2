#ifndef SQUALL_PATTERN_H
#define SQUALL_PATTERN_H

#include <stdbool.h>

/*
 * LIKE and GLOB as SQLite has them (lang_expr.html, section 5), which can be
 * stopped on the way: a pattern of m bytes may look m times at each of a
 * text's.
 */
struct pattern {
	const char *text; /* ends with a zero byte, as what is compared does */
	unsigned char any, one; /* wildcards: '%' and '_', or '*' and '?' */
	bool has_sets;          /* [a-z] */
	bool folds;             /* ASCII letters: "A" is "a" */
	unsigned char escape;   /* takes a wildcard's meaning; 0: none does */
	/* Asked every now and then: true gives up. */
	bool (*stops)(void *context);
	void *context;
};

enum pattern_result { PATTERN_DIFFERS, PATTERN_MATCHES, PATTERN_STOPPED };

enum pattern_result pattern_compare(const struct pattern *, const char *text);

#endif
