#ifndef FRESH_CHECK_WRITERS_H
#define FRESH_CHECK_WRITERS_H

#include <stddef.h>

#include "tests/tools/fresh-check/board.h"

/*
 * The writers: each a thread that has a sqlite3 shell commit larger and larger
 * numbers, and do between commits what could upset a cache or its reading of
 * versions.
 */
enum { WRITERS_MAX = 32, ROWS = 6 };

struct writers_options {
	const char *file;
	const char *journals; /* modes to choose from, with commas between */
	const char *disturb;  /* names, likewise; "all" is all but renames */
	size_t n;
	unsigned seed;
	int pause_ms; /* mostly no longer than this between turns */
};

struct writers;

/*
 * Makes the file: a table `t` whose rows 1 to ROWS all have the same number,
 * 1, and show it with their key as `fresh:KEY:NUMBER;`.
 */
void writers_make_file(const struct writers_options *);

/*
 * NULL: `disturb` names what there is not, as has been said.  Options and board
 * must outlive the writers.
 */
struct writers *writers_start(const struct writers_options *, struct board *);

/* Waits for them to end, and frees them. */
void writers_stop(struct writers *);

#endif
