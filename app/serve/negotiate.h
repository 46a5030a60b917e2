#ifndef SQUALL_NEGOTIATE_H
#define SQUALL_NEGOTIATE_H

#include "app/text/str.h"

/*
 * The form in which a client wants a page.
 */

/*
 * True if an Accept-Encoding value (RFC 9110, section 12.5.3) prefers gzip to
 * identity, or likes both alike.  Without a value: false.
 */
bool negotiate_gzip(struct str accept_encoding);

/*
 * True if an If-None-Match value (RFC 9110, section 13.1.2) names the entity: a
 * list of tags, or "*".  `tag` is without quotes.  The comparison is weak, and
 * ignores the "-gzip" that servers append for the compressed form.
 */
bool negotiate_etag(struct str if_none_match, struct str tag);

#endif
