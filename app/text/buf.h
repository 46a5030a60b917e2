#ifndef SQUALL_BUF_H
#define SQUALL_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/text/str.h"

/*
 * A buffer of bytes that grows.  It owns its memory, which moves as it grows.
 * data[len] is always '\0', where there is data: it is NULL at first.
 *
 * A failure (out of memory, or more than BUF_MAX bytes) is sticky: what is
 * added afterwards is dropped, and `failed` says so.  Write first, check once
 * at the end.  The thread's note of failures (alloc.h) has it too, so what is
 * written for a page need not be checked at all.
 */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	bool failed;
};

/* No page, entry or request is larger: 64 MiB. */
#define BUF_MAX ((size_t)64 << 20)

/* Adds a string literal, and compiles for nothing else. */
#define buf_lit(b, lit) buf_add((b), "" lit "", sizeof(lit) - 1)

void buf_release(struct buf *);

/* Empties the buffer and forgets a failure; memory over 64 KiB goes back. */
void buf_reset(struct buf *);

/* Makes room for `n` more bytes, so that adding them moves nothing. */
void buf_reserve(struct buf *, size_t n);

static inline void
buf_add(struct buf *b, const void *p, size_t len)
{
	if (b->data == NULL || b->failed || len >= b->cap - b->len)
		buf_reserve(b, len);
	if (b->failed)
		return;
	if (len > 0)
		memcpy(b->data + b->len, p, len);
	b->len += len;
	b->data[b->len] = '\0';
}

static inline void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_str(struct buf *, const char *);

/* A number in decimal; cheaper than buf_printf. */
void buf_int(struct buf *, int64_t);
void buf_printf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0)));

/* Gives memory that was reserved too generously back. */
void buf_trim(struct buf *);

/* The content as a string: "" for an empty buffer, never NULL. */
const char *buf_cstr(const struct buf *);

/* The same as a run of bytes, which lives until the buffer is written to. */
static inline struct str
str_of_buf(const struct buf *b)
{
	return (struct str){buf_cstr(b), b->len};
}

#endif
