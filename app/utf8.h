#ifndef SQUALL_UTF8_H
#define SQUALL_UTF8_H

#include "app/buf.h"
#include "app/str.h"

/*
 * The length in bytes (1 to 4) of the well-formed UTF-8 sequence (RFC 3629)
 * at the start of `s`; 0 when there is none: a malformed, overlong or cut
 * sequence, a surrogate, or nothing at all.
 */
size_t utf8_next(struct str s);

bool utf8_valid(struct str s);

/* The longest prefix of at most `max` bytes that cuts no sequence in two. */
struct str utf8_cut(struct str s, size_t max);

/* Adds the text, with U+FFFD for what is not well-formed. */
void utf8_add(struct buf *, struct str s);

#endif
