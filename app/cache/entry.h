#ifndef SQUALL_ENTRY_H
#define SQUALL_ENTRY_H

#include "app/http/page.h"
#include "app/text/str.h"

/*
 * A page as a store keeps it.  All numbers are little-endian:
 *
 *	offset	bytes
 *	0	4	magic "sqE" and the number of this format
 *	4	2	HTTP status
 *	6	2	length of the content type
 *	8	4	length of the key
 *	12	4	length of the further header lines
 *	16	8	length of the body
 *	24	8	label: the version of the data, and by which program
 *	32	8	made, milliseconds since 1970
 *	40	8	expires, the same
 *	48	8	length of the plain body, if the body is compressed with
 *			gzip; else 0
 *	56	32	entity tag
 *	88	8	checksum of everything else: XXH3, 64 bits
 *	96		content type, key, header lines, body
 *
 * The key is compared on every read: a reply that belongs to another key, or
 * a hash that two keys share, is a miss and never a wrong page.  So is one that
 * was cut or changed on its way.
 */

/* Adds the entry for `page`; a failure is the buffer's. */
void
entry_encode(const struct page *, uint64_t label, struct str key, struct buf *);

/*
 * The page of an entry and its label; the page is a new one with one
 * reference, whose strings are its own, and without a version.  NULL if the
 * bytes are no entry of this format, if it is another key's, or without memory.
 */
struct page *entry_decode(struct str entry, struct str key, uint64_t *label);

#endif
