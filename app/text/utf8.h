#ifndef SQUALL_UTF8_H
#define SQUALL_UTF8_H

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * The length in bytes (1 to 4) of the well-formed UTF-8 sequence (RFC 3629)
 * at the start of `s`; 0 when there is none: a malformed, overlong or cut
 * sequence, a surrogate, or nothing at all.
 */
size_t utf8_next(struct str s);

bool utf8_valid(struct str s);

/* The longest prefix of at most `max` bytes that cuts no sequence in two. */
struct str utf8_cut(struct str s, size_t max);

/* How many characters a well-formed text has. */
size_t utf8_count(struct str s);

/*
 * Cuts the first character off and adds it, or U+FFFD for a byte that is not
 * well-formed.
 */
void utf8_add_next(struct buf *, struct str *s);

/* Adds all of the text so. */
void utf8_add(struct buf *, struct str s);

#endif
