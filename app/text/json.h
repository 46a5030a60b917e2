#ifndef SQUALL_JSON_H
#define SQUALL_JSON_H

#include <stdint.h>

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * Writing JSON (RFC 8259).  Strings come out quoted and escaped, with U+FFFD
 * for what is not well-formed UTF-8.
 */
void json_str(struct buf *, const char *);
void json_text(struct buf *, struct str);

/* Markup and keys: string literals only. */
#define json_raw(b, lit) buf_lit((b), lit)

void json_int(struct buf *, int64_t);

/* The shortest digits that give the same number back; infinities are null. */
void json_real(struct buf *, double);

/* Bytes in base64 (RFC 4648, section 4), without quotes. */
void json_base64(struct buf *, const void *, size_t len);

/* Bytes, as {"$base64": true, "encoded": "…"}: Datasette's dialect. */
void json_blob(struct buf *, const void *, size_t len);

#endif
