#ifndef SQUALL_HTML_H
#define SQUALL_HTML_H

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * Writing HTML.  The short names escape, for text and for attribute values in
 * double quotes alike; what is not well-formed UTF-8, or is a control
 * character that HTML does not allow, comes out as U+FFFD.
 */
void html(struct buf *, const char *);
void html_str(struct buf *, struct str);

/* Markup: string literals only. */
#define html_raw(b, lit) buf_lit((b), lit)

/* A whole number with thousands separators, as people read it: 135,233. */
void html_int(struct buf *, long long);

#endif
