/*
 * The growing buffer in which everything is written: pages, headers, keys,
 * SQL text, log lines.  It knows nothing of what it holds.
 */
#include "app/text/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/text/alloc.h"

enum { BUF_MIN = 256, BUF_KEEP = 64 << 10 };

void
buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}

void
buf_reset(struct buf *b)
{
	if (b->cap > BUF_KEEP)
		buf_release(b);
	b->len = 0;
	b->failed = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

static void
fail(struct buf *b, enum alloc_failure failure)
{
	b->failed = true;
	alloc_note(failure);
}

void
buf_reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap < BUF_MIN ? BUF_MIN : b->cap;
	char *data;

	if (b->failed)
		return;
	if (n > BUF_MAX - b->len) {
		fail(b, ALLOC_TOO_LARGE);
		return;
	}
	if (b->data != NULL && n < b->cap - b->len)
		return;
	while (cap <= b->len + n)
		cap *= 2;
	if (cap > BUF_MAX + 1) /* what fits is then what is allowed */
		cap = BUF_MAX + 1;
	data = realloc(b->data, cap);
	if (data == NULL) {
		fail(b, ALLOC_NO_MEMORY);
		return;
	}
	b->data = data;
	b->data[b->len] = '\0';
	b->cap = cap;
}

void
buf_int(struct buf *b, int64_t n)
{
	uint64_t u = n < 0 ? -(uint64_t)n : (uint64_t)n;
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (n < 0)
		buf_char(b, '-');
	buf_add(b, digits + at, sizeof(digits) - at);
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0) {
		fail(b, ALLOC_NO_MEMORY);
	} else {
		buf_reserve(b, (size_t)n);
		if (!b->failed) {
			vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
			b->len += (size_t)n;
		}
	}
	va_end(again);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void
buf_trim(struct buf *b)
{
	char *data;

	if (b->data == NULL || b->cap - b->len < b->cap / 4)
		return;
	data = realloc(b->data, b->len + 1);
	if (data == NULL)
		return;
	b->data = data;
	b->cap = b->len + 1;
}

const char *
buf_cstr(const struct buf *b)
{
	return b->data == NULL ? "" : b->data;
}
