/*
 * Compressing pages, and undoing it for the few who do not take gzip.
 */
#include "app/render/encoder.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	LEVEL = 4, /* of 6 has it a twentieth smaller, in twice the time */
	MIN_BYTES = 600,     /* a packet has room for as much anyway */
	MAX_BYTES = 4 << 20, /* inflated in a few milliseconds */
};

struct encoder {
	struct libdeflate_compressor *compressor;
};

struct encoder *
encoder_new(void)
{
	struct encoder *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->compressor = libdeflate_alloc_compressor(LEVEL);
	if (e->compressor == NULL) {
		free(e);
		return NULL;
	}
	return e;
}

void
encoder_free(struct encoder *e)
{
	if (e == NULL)
		return;
	libdeflate_free_compressor(e->compressor);
	free(e);
}

static void
set_tag(struct page *page)
{
	XXH128_hash_t h = XXH3_128bits(buf_cstr(&page->body), page->body.len);

	snprintf(page->tag, sizeof(page->tag), "%016llx%016llx",
	    (unsigned long long)h.high64, (unsigned long long)h.low64);
}

void
encoder_page(struct encoder *e, struct page *page)
{
	size_t plain = page->body.len, bound, n;
	struct buf packed = {0};

	set_tag(page);
	if (plain < MIN_BYTES || plain > MAX_BYTES)
		return;
	bound = libdeflate_gzip_compress_bound(e->compressor, plain);
	buf_reserve(&packed, bound);
	if (packed.failed)
		return;
	n = libdeflate_gzip_compress(
	    e->compressor, page->body.data, plain, packed.data, bound);
	if (n == 0 || n > plain - plain / 8) {
		buf_release(&packed);
		return;
	}
	packed.len = n;
	buf_trim(&packed);
	buf_release(&page->body);
	page->body = packed;
	page->plain_len = plain;
}

bool
encoder_decode(const struct page *page, struct buf *plain)
{
	struct libdeflate_decompressor *d;
	size_t n = 0;
	bool ok;

	if (page->plain_len > MAX_BYTES)
		return false; /* nothing that was compressed here */
	d = libdeflate_alloc_decompressor();
	buf_reserve(plain, page->plain_len);
	ok = d != NULL && !plain->failed &&
	    libdeflate_gzip_decompress(d, page->body.data, page->body.len,
		plain->data + plain->len, page->plain_len,
		&n) == LIBDEFLATE_SUCCESS &&
	    n == page->plain_len;
	if (ok) {
		plain->len += n;
		plain->data[plain->len] = '\0';
	}
	libdeflate_free_decompressor(d);
	return ok;
}
