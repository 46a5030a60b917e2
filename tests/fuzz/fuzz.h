#ifndef SQUALL_TESTS_FUZZ_H
#define SQUALL_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * What the fuzz targets share.  A target is one file with the first of these
 * functions, which libFuzzer calls for every input.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A target's own: changes an input in place; returns its new size. */
size_t LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* libFuzzer's, for use in the one above. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* What must be so, whatever the input is. */
#define CHECK(condition)                                                       \
	((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))

static inline _Noreturn void
fuzz_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: it must be so: %s\n", file, line, condition);
	abort();
}

/* Cuts bytes off the front: as many as there are, up to `n`. */
static inline struct str
take(struct str *in, size_t n)
{
	struct str taken = {in->s, n < in->len ? n : in->len};

	in->s += taken.len;
	in->len -= taken.len;
	return taken;
}

/* The next byte, or 0 at the end. */
static inline uint8_t
take_byte(struct str *in)
{
	struct str byte = take(in, 1);

	return byte.len == 0 ? 0 : (uint8_t)byte.s[0];
}

/*
 * A copy that ends where its memory does, so that AddressSanitizer sees who
 * reads on.  To be freed.
 */
static inline char *
exact_copy(struct str s)
{
	char *copy = malloc(s.len == 0 ? 1 : s.len);

	CHECK(copy != NULL);
	if (s.len > 0)
		memcpy(copy, s.s, s.len);
	return copy;
}

#endif
