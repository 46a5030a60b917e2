#ifndef SQUALL_ALLOC_H
#define SQUALL_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

#include "app/text/str.h"

/*
 * Memory that a page, and all that is read for it, is made of.
 *
 * A failure is noted for the thread, whoever it happens to: buffers, these
 * functions and SQLite's allocator (db/sqlite/heap.h) all note theirs.  The
 * maker of a page calls alloc_begin before and looks at alloc_failure once,
 * after it; in between, code must only survive a failure.
 */
enum alloc_failure {
	ALLOC_OK,
	ALLOC_NO_MEMORY,
	ALLOC_TOO_LARGE, /* a buffer was to have more than BUF_MAX bytes */
};

/* Forgets what this thread has noted. */
void alloc_begin(void);

/* The first failure that this thread has noted since alloc_begin. */
enum alloc_failure alloc_failure(void);

void alloc_note(enum alloc_failure);

/*
 * The same as calloc, reallocarray, strdup, strndup and asprintf: NULL without
 * memory; free() takes the result.  alloc_resize leaves the old memory as it is
 * when it fails.
 */
void *alloc_array(size_t n, size_t size) __attribute__((malloc));
void *alloc_resize(void *, size_t n, size_t size);
char *alloc_copy(const char *) __attribute__((malloc));
char *alloc_text(struct str) __attribute__((malloc));
char *alloc_printf(const char *fmt, ...)
    __attribute__((malloc, format(printf, 1, 2)));

#endif
