/*
 * A hash table whose entries are also a list in the order of their last use.
 * The event loop asks it on every request.
 */
#include "app/cache/memory.h"

#include <sys/random.h>

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { MIN_BUCKETS = 1024 };

struct entry {
	struct entry *chain; /* the next of the same bucket */
	struct entry *newer, *older;
	struct page *page;
	uint64_t hash;
	size_t key_len;
	char key[];
};

struct memory {
	struct entry **buckets;
	size_t n_buckets; /* a power of two */
	struct entry *newest, *oldest;
	size_t count, bytes, max_bytes;
	uint64_t seed; /* nobody outside can make keys collide */
};

static size_t
entry_bytes(const struct entry *e)
{
	return sizeof(*e) + e->key_len + page_size(e->page);
}

struct memory *
memory_new(size_t max_bytes)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->max_bytes = max_bytes;
	m->n_buckets = MIN_BUCKETS;
	m->buckets = calloc(m->n_buckets, sizeof(struct entry *));
	if (m->buckets == NULL) {
		free(m);
		return NULL;
	}
	if (getrandom(&m->seed, sizeof(m->seed), GRND_NONBLOCK) < 0)
		m->seed = (uint64_t)(uintptr_t)m;
	return m;
}

static struct entry **
bucket(const struct memory *m, uint64_t hash)
{
	return &m->buckets[hash & (m->n_buckets - 1)];
}

/* Where the pointer to the key's entry stands, or would stand. */
static struct entry **
find(const struct memory *m, struct str key, uint64_t hash)
{
	struct entry **e = bucket(m, hash);

	while (*e != NULL &&
	    ((*e)->hash != hash ||
		!str_eq((struct str){(*e)->key, (*e)->key_len}, key)))
		e = &(*e)->chain;
	return e;
}

static void
list_remove(struct memory *m, struct entry *e)
{
	*(e->newer != NULL ? &e->newer->older : &m->newest) = e->older;
	*(e->older != NULL ? &e->older->newer : &m->oldest) = e->newer;
}

static void
list_add(struct memory *m, struct entry *e)
{
	e->newer = NULL;
	e->older = m->newest;
	*(m->newest != NULL ? &m->newest->newer : &m->oldest) = e;
	m->newest = e;
}

static void
drop(struct memory *m, struct entry **at)
{
	struct entry *e = *at;

	*at = e->chain;
	list_remove(m, e);
	m->bytes -= entry_bytes(e);
	m->count--;
	page_unref(e->page);
	free(e);
}

static void
drop_oldest(struct memory *m)
{
	struct entry **at = bucket(m, m->oldest->hash);

	while (*at != m->oldest)
		at = &(*at)->chain;
	drop(m, at);
}

void
memory_free(struct memory *m)
{
	if (m == NULL)
		return;
	while (m->oldest != NULL)
		drop_oldest(m);
	free(m->buckets);
	free(m);
}

/* Twice the buckets, or, without memory, longer chains. */
static void
grow(struct memory *m)
{
	struct entry **old = m->buckets;
	size_t n_old = m->n_buckets;
	struct entry **buckets = calloc(n_old * 2, sizeof(struct entry *));

	if (buckets == NULL)
		return;
	m->buckets = buckets;
	m->n_buckets = n_old * 2;
	for (size_t i = 0; i < n_old; i++) {
		for (struct entry *e = old[i], *next; e != NULL; e = next) {
			struct entry **to = bucket(m, e->hash);

			next = e->chain;
			e->chain = *to;
			*to = e;
		}
	}
	free(old);
}

struct page *
memory_get(struct memory *m, struct str key)
{
	struct entry *e;

	if (m->count == 0)
		return NULL;
	e = *find(m, key, XXH3_64bits_withSeed(key.s, key.len, m->seed));
	if (e == NULL)
		return NULL;
	if (e != m->newest) {
		list_remove(m, e);
		list_add(m, e);
	}
	return e->page;
}

void
memory_put(struct memory *m, struct str key, struct page *page)
{
	uint64_t hash = XXH3_64bits_withSeed(key.s, key.len, m->seed);
	struct entry **at = find(m, key, hash);
	struct entry *e;

	page_ref(page); /* it may be the one that is dropped */
	if (*at != NULL)
		drop(m, at);
	if (sizeof(*e) + key.len + page_size(page) > m->max_bytes / 8) {
		page_unref(page);
		return;
	}
	e = malloc(sizeof(*e) + key.len);
	if (e == NULL) {
		page_unref(page);
		return;
	}
	e->page = page;
	e->hash = hash;
	e->key_len = key.len;
	memcpy(e->key, key.s, key.len);
	if (m->count >= m->n_buckets)
		grow(m);
	e->chain = *bucket(m, hash);
	*bucket(m, hash) = e;
	list_add(m, e);
	m->count++;
	m->bytes += entry_bytes(e);
	while (m->bytes > m->max_bytes)
		drop_oldest(m);
}

size_t
memory_bytes(const struct memory *m)
{
	return m->bytes;
}

size_t
memory_count(const struct memory *m)
{
	return m->count;
}
