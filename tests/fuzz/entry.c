/*
 * Fuzzes entry_decode and encoder_decode with whatever a store may answer. What
 * decodes has to encode to the same bytes, must not decode under another key,
 * and its body inflates to the length it claims or not at all.  A random change
 * leaves the checksum wrong, so the mutator puts it right in half of the runs.
 */
#include <endian.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "app/cache/entry.h"
#include "app/render/encoder.h"
#include "tests/fuzz/fuzz.h"

/* Offsets as the table in app/cache/entry.h has them. */
enum {
	TYPE_LEN_AT = 6,
	KEY_LEN_AT = 8,
	HEADER_LEN_AT = 12,
	BODY_LEN_AT = 16,
	CHECKSUM_AT = 88,
	HEAD_LEN = 96,
};

enum {
	GUARD_LEN = 64,
	GUARD = 0x5a,
	GUARDED_MAX = 1 << 20, /* bodies that claim more are only inflated */
};

static size_t
get16(const char *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return le16toh(v);
}

static size_t
get32(const char *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return le32toh(v);
}

static void
put64(uint8_t *at, uint64_t v)
{
	v = htole64(v);
	memcpy(at, &v, sizeof(v));
}

/* Makes the sum of the lengths right, if only because it wraps around. */
static void
fit_body(uint8_t *data, size_t size)
{
	const char *head = (const char *)data;
	size_t before = HEAD_LEN + get16(head + TYPE_LEN_AT) +
	    get32(head + KEY_LEN_AT) + get32(head + HEADER_LEN_AT);

	put64(data + BODY_LEN_AT, size - before);
}

static void
sign(uint8_t *data, size_t size)
{
	uint64_t head = XXH3_64bits(data, CHECKSUM_AT);

	put64(data + CHECKSUM_AT,
	    XXH3_64bits_withSeed(data + HEAD_LEN, size - HEAD_LEN, head));
}

size_t
LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	size = LLVMFuzzerMutate(data, size, max_size);
	if (size < HEAD_LEN || seed % 2 != 0)
		return size;
	/* Lengths that don't fit are to be tried, but not most of the time. */
	if (seed / 2 % 4 != 0)
		fit_body(data, size);
	sign(data, size);
	return size;
}

/* The key that the entry says it has; "" where it has none. */
static struct str
own_key(struct str entry)
{
	size_t type_len, key_len;

	if (entry.len < HEAD_LEN)
		return str_of("");
	type_len = get16(entry.s + TYPE_LEN_AT);
	key_len = get32(entry.s + KEY_LEN_AT);
	take(&entry, HEAD_LEN);
	if (type_len > entry.len || key_len > entry.len - type_len)
		return str_of("");
	take(&entry, type_len);
	return take(&entry, key_len);
}

/* Decodes a copy that is gone when the page is looked at. */
static struct page *
decode(struct str entry, struct str key)
{
	char *copy = exact_copy(entry);
	uint64_t label;
	struct page *page =
	    entry_decode((struct str){copy, entry.len}, key, &label);

	if (page != NULL)
		page->version = label;
	memset(copy, GUARD, entry.len);
	free(copy);
	return page;
}

static void
check_other_keys(struct str entry, struct str key)
{
	struct buf other = {0};

	buf_add(&other, key.s, key.len);
	buf_char(&other, '\0');
	CHECK(decode(entry, str_of_buf(&other)) == NULL);
	other.len = key.len;
	for (size_t i = 0; i < key.len; i += 1 + key.len / 4) {
		other.data[i] ^= 1;
		CHECK(decode(entry, str_of_buf(&other)) == NULL);
		other.data[i] ^= 1;
		CHECK(decode(entry, (struct str){key.s, i}) == NULL);
	}
	buf_release(&other);
}

static void
check_same_bytes(const struct page *page, struct str key, struct str entry)
{
	struct buf again = {0};

	entry_encode(page, page->version, key, &again);
	CHECK(str_eq(str_of_buf(&again), entry));
	buf_release(&again);
}

/*
 * With memory behind the buffer that must stay as it is: libdeflate is not
 * compiled with AddressSanitizer.
 */
static void
check_body(const struct page *page)
{
	bool guarded = page->plain_len <= GUARDED_MAX;
	size_t cap = guarded ? page->plain_len + 1 : 0;
	struct buf plain = {.cap = cap};

	if (guarded) {
		plain.data = malloc(cap + GUARD_LEN);
		CHECK(plain.data != NULL);
		plain.data[0] = '\0';
		memset(plain.data + cap, GUARD, GUARD_LEN);
	}
	if (encoder_decode(page, &plain))
		CHECK(plain.len == page->plain_len);
	else
		CHECK(plain.len == 0);
	CHECK(plain.cap <= 2 * BUF_MAX);
	if (guarded) {
		CHECK(plain.cap == cap);
		for (size_t i = 0; i < GUARD_LEN; i++)
			CHECK(plain.data[cap + i] == GUARD);
	}
	buf_release(&plain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str entry = {(const char *)data, size};
	struct str key = own_key(entry);
	struct page *page = decode(entry, key);

	check_other_keys(entry, key);
	if (page == NULL)
		return 0;
	check_same_bytes(page, key, entry);
	if (page->plain_len > 0)
		check_body(page);
	page_unref(page);
	return 0;
}
