#ifndef SQUALL_NEGOTIATE_H
#define SQUALL_NEGOTIATE_H

#include "app/text/str.h"

/*
 * What a client says of the form in which it wants a page.
 */

/*
 * Whether an Accept-Encoding value (RFC 9110, section 12.5.3) prefers gzip to
 * identity, or likes both alike.  Without a value: no.
 */
bool negotiate_gzip(struct str accept_encoding);

/*
 * Whether an If-None-Match value (RFC 9110, section 13.1.2) names the entity:
 * a list of tags, or "*".  `tag` is without quotes.  Tags are compared weakly,
 * and without the "-gzip" that squall, Apache and others put at their end for
 * the compressed form.
 */
bool negotiate_etag(struct str if_none_match, struct str tag);

#endif
