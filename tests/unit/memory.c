/*
 * app/cache/memory.c: the memory tier, in the end against a model that does the
 * same slowly.
 */
#include "app/cache/memory.h"

#include "tests/unit/util.h"

/* A page of a size. */
static struct page *
new_page(size_t len)
{
	struct page *p = page_new();

	assert_non_null(p);
	for (size_t i = 0; i < len; i++)
		buf_char(&p->body, 'x');
	return p;
}

/* Keeps a page that nobody else has. */
static void
put_new(struct memory *m, const char *key, size_t len)
{
	struct page *p = new_page(len);

	memory_put(m, str_of(key), p);
	page_unref(p);
}

static struct page *
get(struct memory *m, const char *key)
{
	return memory_get(m, str_of(key));
}

/* What the tier needs for a page beside the page's own size and its key. */
static size_t
overhead(void)
{
	struct memory *m = memory_new(1 << 20);
	struct page *p = new_page(1);
	size_t bytes;

	memory_put(m, LIT("key"), p);
	bytes = memory_bytes(m) - page_size(p) - 3;
	page_unref(p);
	memory_free(m);
	return bytes;
}

static void
an_empty_tier_has_nothing(void **state)
{
	struct memory *m = memory_new(1 << 20);

	(void)state;
	assert_null(get(m, "a"));
	assert_null(get(m, ""));
	assert_int_equal(memory_count(m), 0);
	assert_int_equal(memory_bytes(m), 0);
	memory_free(m);
	memory_free(NULL);
}

static void
what_is_put_is_found(void **state)
{
	struct memory *m = memory_new(1 << 20);
	struct page *p = new_page(10), *q = new_page(20);

	(void)state;
	memory_put(m, LIT("a"), p);
	memory_put(m, LIT("b"), q);
	assert_ptr_equal(get(m, "a"), p);
	assert_ptr_equal(get(m, "b"), q);
	assert_ptr_equal(get(m, "a"), p);
	assert_int_equal(memory_count(m), 2);
	page_unref(p);
	page_unref(q);
	memory_free(m);
}

static void
keys_are_compared_whole(void **state)
{
	struct memory *m = memory_new(1 << 20);
	struct page *p = new_page(1);

	(void)state;
	memory_put(m, LIT("a\0b"), p);
	assert_ptr_equal(memory_get(m, LIT("a\0b")), p);
	assert_null(memory_get(m, LIT("a\0c")));
	assert_null(memory_get(m, LIT("a")));
	assert_null(memory_get(m, LIT("a\0b\0")));
	assert_null(memory_get(m, LIT("")));
	memory_put(m, LIT(""), p);
	assert_ptr_equal(memory_get(m, LIT("")), p);
	page_unref(p);
	memory_free(m);
}

static void
a_key_is_the_tiers_own(void **state)
{
	struct memory *m = memory_new(1 << 20);
	char key[] = "key";

	(void)state;
	put_new(m, key, 1);
	memset(key, '#', sizeof(key) - 1);
	assert_non_null(get(m, "key"));
	assert_null(get(m, "###"));
	memory_free(m);
}

static void
a_new_page_replaces_the_old(void **state)
{
	struct memory *m = memory_new(1 << 20);
	struct page *p = new_page(10), *q = new_page(300);

	(void)state;
	memory_put(m, LIT("a"), p);
	assert_int_equal(p->refs, 2);
	memory_put(m, LIT("a"), q);
	assert_int_equal(p->refs, 1);
	assert_int_equal(q->refs, 2);
	assert_ptr_equal(get(m, "a"), q);
	assert_int_equal(memory_count(m), 1);
	assert_int_equal(memory_bytes(m), page_size(q) + 1 + overhead());
	page_unref(p);
	page_unref(q);
	memory_free(m);
}

static void
references_are_counted(void **state)
{
	struct memory *m = memory_new(1 << 20);
	struct page *p = new_page(1);

	(void)state;
	memory_put(m, LIT("a"), p);
	assert_int_equal(p->refs, 2);
	assert_ptr_equal(get(m, "a"), p); /* which takes none */
	assert_int_equal(p->refs, 2);
	memory_put(m, LIT("b"), p);
	assert_int_equal(p->refs, 3);
	memory_put(m, LIT("a"), p);
	assert_int_equal(p->refs, 3);
	memory_free(m);
	assert_int_equal(p->refs, 1);
	page_unref(p);
}

static void
a_page_that_was_taken_outlives_the_tier(void **state)
{
	struct memory *m = memory_new(1 << 20);
	struct page *p;

	(void)state;
	put_new(m, "a", 5);
	p = page_ref(get(m, "a"));
	memory_free(m);
	assert_int_equal(p->refs, 1);
	assert_string_equal(buf_cstr(&p->body), "xxxxx");
	page_unref(p);
}

/* Whether they may still be served is for the event loop to say. */
static void
pages_stay_when_they_have_expired(void **state)
{
	struct memory *m = memory_new(1 << 20);
	struct page *p = new_page(1);

	(void)state;
	p->expires_ms = 1;
	memory_put(m, LIT("a"), p);
	assert_ptr_equal(get(m, "a"), p);
	assert_ptr_equal(get(m, "a"), p);
	assert_int_equal(p->refs, 2);
	assert_int_equal(memory_count(m), 1);
	page_unref(p);
	memory_free(m);
}

/* A tier for ten pages of one size, under keys "0" to "9". */
static struct memory *
tier_of_ten(size_t *each)
{
	struct page *p = new_page(1);
	struct memory *m;

	*each = page_size(p) + 1 + overhead();
	page_unref(p);
	m = memory_new(*each * 10);
	for (int i = 0; i < 10; i++)
		put_new(m, (char[]){(char)('0' + i), '\0'}, 1);
	assert_int_equal(memory_count(m), 10);
	assert_int_equal(memory_bytes(m), *each * 10);
	return m;
}

static void
the_least_recently_put_leaves_first(void **state)
{
	size_t each;
	struct memory *m = tier_of_ten(&each);

	(void)state;
	put_new(m, "a", 1);
	assert_int_equal(memory_count(m), 10);
	assert_null(get(m, "0"));
	put_new(m, "b", 1);
	assert_null(get(m, "1"));
	assert_non_null(get(m, "2"));
	assert_non_null(get(m, "a"));
	memory_free(m);
}

static void
a_page_that_was_asked_for_stays(void **state)
{
	size_t each;
	struct memory *m = tier_of_ten(&each);

	(void)state;
	assert_non_null(get(m, "0"));
	assert_non_null(get(m, "5"));
	put_new(m, "a", 1);
	put_new(m, "b", 1);
	assert_null(get(m, "1"));
	assert_null(get(m, "2"));
	assert_non_null(get(m, "0"));
	assert_non_null(get(m, "5"));
	memory_free(m);
}

static void
a_page_that_was_replaced_is_the_newest(void **state)
{
	size_t each;
	struct memory *m = tier_of_ten(&each);

	(void)state;
	put_new(m, "0", 1);
	put_new(m, "a", 1);
	assert_null(get(m, "1"));
	assert_non_null(get(m, "0"));
	memory_free(m);
}

static void
asking_in_vain_keeps_nothing_alive(void **state)
{
	size_t each;
	struct memory *m = tier_of_ten(&each);

	(void)state;
	assert_null(get(m, "x"));
	put_new(m, "a", 1);
	assert_null(get(m, "0"));
	assert_int_equal(memory_count(m), 10);
	memory_free(m);
}

static void
a_large_page_drives_several_out(void **state)
{
	size_t each, big;
	struct memory *m = tier_of_ten(&each);
	struct page *p = new_page(1);

	(void)state;
	buf_reserve(&p->body, p->body.cap); /* twice the memory */
	big = page_size(p) + 1 + overhead();
	assert_true(big > each && big < 2 * each);
	memory_free(m);
	m = memory_new(each * 16);
	for (int i = 0; i < 16; i++)
		put_new(m, (char[]){(char)('A' + i), '\0'}, 1);
	memory_put(m, LIT("a"), p);
	assert_int_equal(memory_count(m), 15);
	assert_null(get(m, "A"));
	assert_null(get(m, "B"));
	assert_non_null(get(m, "C"));
	assert_int_equal(memory_bytes(m), 14 * each + big);
	page_unref(p);
	memory_free(m);
}

static void
a_page_over_an_eighth_is_not_kept(void **state)
{
	struct page *p = new_page(100);
	size_t needed = page_size(p) + 1 + overhead();
	struct memory *m = memory_new(needed * 8);

	(void)state;
	memory_put(m, LIT("a"), p);
	assert_ptr_equal(get(m, "a"), p);
	memory_free(m);
	m = memory_new(needed * 8 - 1);
	memory_put(m, LIT("a"), p);
	assert_null(get(m, "a"));
	assert_int_equal(memory_bytes(m), 0);
	assert_int_equal(p->refs, 1);
	page_unref(p);
	memory_free(m);
}

static void
a_page_too_large_leaves_no_older_one(void **state)
{
	struct memory *m = memory_new(8 << 10);

	(void)state;
	put_new(m, "a", 1);
	put_new(m, "b", 1);
	put_new(m, "a", 2000);
	assert_null(get(m, "a"));
	assert_non_null(get(m, "b"));
	assert_int_equal(memory_count(m), 1);
	memory_free(m);
}

static void
a_tier_of_0_bytes_keeps_nothing(void **state)
{
	struct memory *m = memory_new(0);
	struct page *p = new_page(0);

	(void)state;
	memory_put(m, LIT("a"), p);
	memory_put(m, LIT(""), p);
	assert_null(get(m, "a"));
	assert_null(get(m, ""));
	assert_int_equal(memory_count(m), 0);
	assert_int_equal(memory_bytes(m), 0);
	assert_int_equal(p->refs, 1);
	page_unref(p);
	memory_free(m);
}

static void
more_pages_than_there_were_buckets(void **state)
{
	enum { N = 5000 };
	struct memory *m = memory_new(64 << 20);
	struct page *p = new_page(1);
	char key[16];

	(void)state;
	for (int i = 0; i < N; i++) {
		snprintf(key, sizeof(key), "key-%d", i);
		memory_put(m, str_of(key), p);
	}
	assert_int_equal(memory_count(m), N);
	assert_int_equal(p->refs, N + 1);
	for (int i = 0; i < N; i++) {
		snprintf(key, sizeof(key), "key-%d", i);
		assert_ptr_equal(get(m, key), p);
	}
	assert_null(get(m, "key-5000"));
	memory_free(m);
	assert_int_equal(p->refs, 1);
	page_unref(p);
}

/* The model: an array, the most recently used first. */
enum { MODEL_KEYS = 60, MODEL_BYTES = 24 << 10 };

struct model {
	struct {
		int key;
		size_t bytes;
		struct page *page; /* for its address only */
	} entries[MODEL_KEYS];
	size_t n, bytes;
};

static void
model_remove(struct model *m, size_t i)
{
	m->bytes -= m->entries[i].bytes;
	for (m->n--; i < m->n; i++)
		m->entries[i] = m->entries[i + 1];
}

/* Makes room at the front, over the entry at `at`. */
static void
model_shift(struct model *m, size_t at)
{
	for (; at > 0; at--)
		m->entries[at] = m->entries[at - 1];
}

static size_t
model_find(const struct model *m, int key)
{
	size_t i = 0;

	while (i < m->n && m->entries[i].key != key)
		i++;
	return i;
}

static void
model_put(struct model *m, int key, struct page *page, size_t bytes)
{
	size_t at = model_find(m, key);

	if (at < m->n)
		model_remove(m, at);
	if (bytes > MODEL_BYTES / 8)
		return;
	while (m->n > 0 && m->bytes + bytes > MODEL_BYTES)
		model_remove(m, m->n - 1);
	model_shift(m, m->n);
	m->entries[0].key = key;
	m->entries[0].bytes = bytes;
	m->entries[0].page = page;
	m->n++;
	m->bytes += bytes;
}

static struct page *
model_get(struct model *m, int key)
{
	size_t at = model_find(m, key);
	struct model was = *m;

	if (at == m->n)
		return NULL;
	model_shift(m, at);
	m->entries[0] = was.entries[at];
	return m->entries[0].page;
}

static void
ten_thousand_operations_are_as_the_models(void **state)
{
	struct memory *m = memory_new(MODEL_BYTES);
	struct model model = {0};
	size_t more = overhead(), hits = 0, fullest = 0;
	uint64_t random = 12345;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		int number = (int)(next_random(&random) % MODEL_KEYS);
		char key[16];

		snprintf(key, sizeof(key), "/%d", number);
		if (next_random(&random) % 3 == 0) {
			struct page *p = new_page(next_random(&random) % 2500);

			memory_put(m, str_of(key), p);
			model_put(&model, number, p,
			    page_size(p) + strlen(key) + more);
			page_unref(p);
		} else {
			struct page *want = model_get(&model, number);

			assert_ptr_equal(memory_get(m, str_of(key)), want);
			hits += want != NULL;
		}
		assert_int_equal(memory_count(m), model.n);
		assert_int_equal(memory_bytes(m), model.bytes);
		assert_true(memory_bytes(m) <= MODEL_BYTES);
		if (memory_bytes(m) > fullest)
			fullest = memory_bytes(m);
	}
	/* All of it happened: hits, misses, a full tier. */
	assert_in_range(hits, 500, 6000);
	assert_true(fullest > MODEL_BYTES * 9 / 10);
	memory_free(m);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_tier_has_nothing),
	    cmocka_unit_test(what_is_put_is_found),
	    cmocka_unit_test(keys_are_compared_whole),
	    cmocka_unit_test(a_key_is_the_tiers_own),
	    cmocka_unit_test(a_new_page_replaces_the_old),
	    cmocka_unit_test(references_are_counted),
	    cmocka_unit_test(a_page_that_was_taken_outlives_the_tier),
	    cmocka_unit_test(pages_stay_when_they_have_expired),
	    cmocka_unit_test(the_least_recently_put_leaves_first),
	    cmocka_unit_test(a_page_that_was_asked_for_stays),
	    cmocka_unit_test(a_page_that_was_replaced_is_the_newest),
	    cmocka_unit_test(asking_in_vain_keeps_nothing_alive),
	    cmocka_unit_test(a_large_page_drives_several_out),
	    cmocka_unit_test(a_page_over_an_eighth_is_not_kept),
	    cmocka_unit_test(a_page_too_large_leaves_no_older_one),
	    cmocka_unit_test(a_tier_of_0_bytes_keeps_nothing),
	    cmocka_unit_test(more_pages_than_there_were_buckets),
	    cmocka_unit_test(ten_thousand_operations_are_as_the_models),
	};

	return RUN("memory", tests);
}
