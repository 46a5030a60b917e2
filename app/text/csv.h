#ifndef SQUALL_CSV_H
#define SQUALL_CSV_H

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * Writing CSV (RFC 4180): fields in quotes where they need them, and lines that
 * end in "\r\n".  What is not well-formed UTF-8 comes out as U+FFFD.
 */
void csv_text(struct buf *, struct str);

/*
 * The same with "'" before what spreadsheets take for a formula: text that
 * begins with one of = + - @, a tab or the end of a line.
 */
void csv_text_no_formula(struct buf *, struct str);

/* Markup: string literals only. */
#define csv_raw(b, lit) buf_lit((b), lit)

#endif
