#ifndef SQUALL_VALUE_H
#define SQUALL_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/text/buf.h"

/*
 * Values of the configuration, as people write them.  What is not of its kind
 * is false, and the result as it was.
 */

/* A whole number in decimal, without a sign. */
bool value_number(const char *, int64_t *);

/* The same with K, M or G behind it: times 1024, and so on. */
bool value_size(const char *, int64_t *);

/* The index of one of some words, which end with NULL; case is ignored. */
bool value_choice(const char *, const char *const *words, int64_t *);

/* Replaces a string by a copy; false without memory, and `why` says so. */
bool value_copy(char **to, const char *, struct buf *why);

/* The same of what a buffer holds, which is not all of it if that has failed.
 */
bool value_keep(char **to, const struct buf *, struct buf *why);

#endif
