#ifndef SQUALL_ENCODER_H
#define SQUALL_ENCODER_H

#include "app/http/page.h"

/*
 * The content coding of pages: gzip (RFC 1952) through libdeflate, once, when
 * a page is made.
 */
struct encoder;

/* One per thread; NULL: out of memory. */
struct encoder *encoder_new(void);

/* NULL is harmless. */
void encoder_free(struct encoder *);

/*
 * Gives a finished page its tag, and compresses its body if that is worth it:
 * large enough to gain, and not so large that inflating it for somebody who
 * does not take gzip would keep the event loop.
 */
void encoder_page(struct encoder *, struct page *);

/* Adds the plain body of a compressed page; false if that can't be. */
bool encoder_decode(const struct page *, struct buf *plain);

#endif
