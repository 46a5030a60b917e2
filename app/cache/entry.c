/*
 * The format of pages in Memcached and its like.  What does not parse is no
 * entry: a store may hold anything.
 */
#include "app/cache/entry.h"

#include <endian.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { HEAD_LEN = 96, TAG_AT = 56, TAG_LEN = 32, CHECKSUM_AT = 88 };

static const char magic[4] = {'s', 'q', 'E', 2};

static void
put16(char *at, uint16_t v)
{
	v = htole16(v);
	memcpy(at, &v, sizeof(v));
}

static void
put32(char *at, uint32_t v)
{
	v = htole32(v);
	memcpy(at, &v, sizeof(v));
}

static void
put64(char *at, uint64_t v)
{
	v = htole64(v);
	memcpy(at, &v, sizeof(v));
}

static uint16_t
get16(const char *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return le16toh(v);
}

static uint32_t
get32(const char *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return le32toh(v);
}

static uint64_t
get64(const char *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return le64toh(v);
}

/* The hash of an entry's bytes without the checksum itself. */
static uint64_t
checksum(struct str entry)
{
	uint64_t head = XXH3_64bits(entry.s, CHECKSUM_AT);

	return XXH3_64bits_withSeed(
	    entry.s + HEAD_LEN, entry.len - HEAD_LEN, head);
}

void
entry_encode(
    const struct page *page, uint64_t label, struct str key, struct buf *b)
{
	struct str type = str_of(media_type(page->type));
	size_t from = b->len;
	char head[HEAD_LEN] = {0};

	memcpy(head, magic, sizeof(magic));
	put16(head + 4, (uint16_t)page->status);
	put16(head + 6, (uint16_t)type.len);
	put32(head + 8, (uint32_t)key.len);
	put32(head + 12, (uint32_t)page->header.len);
	put64(head + 16, page->body.len);
	put64(head + 24, label);
	put64(head + 32, (uint64_t)page->made_ms);
	put64(head + 40, (uint64_t)page->expires_ms);
	put64(head + 48, page->plain_len);
	memcpy(head + TAG_AT, page->tag, TAG_LEN);
	buf_reserve(b,
	    HEAD_LEN + type.len + key.len + page->header.len + page->body.len);
	buf_add(b, head, sizeof(head));
	buf_add(b, type.s, type.len);
	buf_add(b, key.s, key.len);
	buf_add(b, page->header.data, page->header.len);
	buf_add(b, page->body.data, page->body.len);
	if (!b->failed)
		put64(b->data + from + CHECKSUM_AT,
		    checksum((struct str){b->data + from, b->len - from}));
}

/* Cuts `len` bytes off the front; the caller has checked that they exist. */
static struct str
take(struct str *s, size_t len)
{
	struct str taken = {s->s, len};

	s->s += len;
	s->len -= len;
	return taken;
}

struct page *
entry_decode(struct str entry, struct str key, uint64_t *label)
{
	size_t type_len, key_len, header_len, left;
	uint64_t body_len;
	const char *head = entry.s;
	enum media type;
	struct str header, body;
	struct page *page;

	if (entry.len < HEAD_LEN || memcmp(head, magic, sizeof(magic)) != 0 ||
	    get64(head + CHECKSUM_AT) != checksum(entry))
		return NULL;
	type_len = get16(head + 6);
	key_len = get32(head + 8);
	header_len = get32(head + 12);
	body_len = get64(head + 16);
	left = entry.len - HEAD_LEN;
	if (type_len > left || key_len > left - type_len ||
	    header_len > left - type_len - key_len ||
	    body_len != left - type_len - key_len - header_len)
		return NULL;
	take(&entry, HEAD_LEN);
	if (!media_find(take(&entry, type_len), &type) ||
	    !str_eq(take(&entry, key_len), key))
		return NULL;
	header = take(&entry, header_len);
	body = entry;

	page = page_new();
	if (page == NULL)
		return NULL;
	page->status = get16(head + 4);
	page->type = type;
	*label = get64(head + 24);
	page->made_ms = (int64_t)get64(head + 32);
	page->expires_ms = (int64_t)get64(head + 40);
	page->plain_len = get64(head + 48);
	memcpy(page->tag, head + TAG_AT, TAG_LEN);
	page->tag[TAG_LEN] = '\0';
	buf_reserve(&page->body, body.len);
	buf_add(&page->body, body.s, body.len);
	if (header.len > 0)
		buf_add(&page->header, header.s, header.len);
	if (page->body.failed || page->header.failed) {
		page_unref(page);
		return NULL;
	}
	return page;
}
