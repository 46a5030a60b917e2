/*
 * Fuzzes the encodings of app/text/url.c.  What is encoded consists of harmless
 * characters and decodes to what it was; a row's key keeps its components, and
 * whatever stands in an address has one canonical form.
 */
#include "app/text/url.h"

#include <ctype.h>

#include "tests/fuzz/fuzz.h"

typedef void coder(struct buf *, struct str);

enum { COMPONENTS = 16 };

static void
check_round_trip(coder *encode, coder *decode, const char *plain, struct str in)
{
	struct buf there = {0}, back = {0};

	encode(&there, in);
	for (size_t i = 0; i < there.len; i++) {
		unsigned char c = (unsigned char)there.data[i];

		CHECK(isalnum(c) || (c != '\0' && strchr(plain, c) != NULL));
	}
	decode(&back, str_of_buf(&there));
	CHECK(str_eq(str_of_buf(&back), in));
	buf_release(&there);
	buf_release(&back);
}

/* Decoding never adds bytes: requests reserve their memory by that. */
static void
check_decoding(coder *decode, struct str in)
{
	struct buf b = {0};

	decode(&b, in);
	CHECK(b.len <= in.len);
	buf_release(&b);
}

static void
write_key(struct buf *key, const struct url_component *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(key, ',');
		url_key_part(key, parts[i], n == 1);
	}
}

/* The components of a key; they stand in `memory`, which is empty. */
static size_t
read_key(struct str key, struct url_component *parts, struct buf *memory)
{
	bool alone = url_key_is_single(key), more;
	size_t n = 0;

	buf_reserve(memory, key.len);
	do {
		const char *before = memory->data;

		more = !url_key_is_single(key);
		CHECK(n < COMPONENTS);
		parts[n++] = url_key_cut(&key, alone, memory);
		CHECK(memory->data == before);
	} while (more);
	CHECK(key.len == 0);
	return n;
}

static void
check_same_parts(const struct url_component *a, size_t n_a,
    const struct url_component *b, size_t n_b)
{
	CHECK(n_a == n_b);
	for (size_t i = 0; i < n_a; i++) {
		CHECK(a[i].mark == b[i].mark);
		CHECK(str_eq(a[i].s, b[i].s));
	}
}

/* Writes and reads a key of these components. */
static void
check_key(const struct url_component *parts, size_t n)
{
	struct url_component again[COMPONENTS];
	struct buf key = {0}, memory = {0};

	write_key(&key, parts, n);
	CHECK(url_key_is_single(str_of_buf(&key)) == (n == 1));
	check_same_parts(
	    parts, n, again, read_key(str_of_buf(&key), again, &memory));
	buf_release(&key);
	buf_release(&memory);
}

/* Components of any bytes: each begins with its length and its mark. */
static void
check_written_key(struct str in)
{
	struct url_component parts[COMPONENTS];
	size_t n = 0;

	do {
		uint8_t len = take_byte(&in);

		parts[n].mark = take_byte(&in) % 3;
		parts[n++].s = take(&in, len);
	} while (in.len > 0 && n < COMPONENTS);
	check_key(parts, n);
}

/* A key from an address, which may be encoded in any way. */
static void
check_given_key(struct str key)
{
	struct url_component parts[COMPONENTS];
	struct buf memory = {0};
	size_t commas = 0;

	for (size_t i = 0; i < key.len; i++)
		commas += key.s[i] == ',';
	if (commas >= COMPONENTS)
		return;
	check_key(parts, read_key(key, parts, &memory));
	buf_release(&memory);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = {(const char *)data, size};

	check_round_trip(url_name, url_unname, "_-+~", in);
	check_round_trip(url_part, url_unpart, "_-+~", in);
	check_round_trip(url_arg, url_unarg, "_-.~%", in);
	check_decoding(url_unname, in);
	check_decoding(url_unpart, in);
	check_decoding(url_unarg, in);
	check_given_key(in);
	check_written_key(in);
	return 0;
}
