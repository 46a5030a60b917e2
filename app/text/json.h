#ifndef SQUALL_JSON_H
#define SQUALL_JSON_H

#include <stdint.h>

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * Writing JSON (RFC 8259).  Keys, values and opening brackets put a comma
 * before themselves if the last byte of the buffer ends a value.  Strings come
 * out quoted and escaped, with U+FFFD for each byte that is no UTF-8; NULL is
 * null.
 */
void json_begin_object(struct buf *);
void json_end_object(struct buf *);
void json_begin_array(struct buf *);
void json_end_array(struct buf *);

/* Begins a line for the next element or member, behind the comma. */
void json_next_line(struct buf *);

void json_key(struct buf *, const char *);
void json_key_text(struct buf *, struct str);

void json_str(struct buf *, const char *);
void json_text(struct buf *, struct str);
void json_bool(struct buf *, bool);
void json_null(struct buf *);

/* A value that is JSON already, on one line. */
void json_value(struct buf *, struct str json);

/* Markup and keys: string literals only. */
#define json_raw(b, lit) buf_lit((b), lit)

void json_int(struct buf *, int64_t);

/* The shortest digits that give the same number back; infinities are null. */
void json_real(struct buf *, double);

/* A key and its value. */
void json_member(struct buf *, const char *key, const char *value);
void json_member_text(struct buf *, const char *key, struct str value);
void json_member_int(struct buf *, const char *key, int64_t value);
void json_member_bool(struct buf *, const char *key, bool value);

/* The digits of json_real alone. */
void json_digits(struct buf *, double);

/* Bytes in base64 (RFC 4648, section 4), without quotes. */
void json_base64(struct buf *, const void *, size_t len);

/* Bytes, as {"$base64": true, "encoded": "…"}: Datasette's dialect. */
void json_blob(struct buf *, const void *, size_t len);

#endif
