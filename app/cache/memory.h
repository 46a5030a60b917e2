#ifndef SQUALL_MEMORY_H
#define SQUALL_MEMORY_H

#include "app/http/page.h"
#include "app/text/str.h"

/*
 * The memory tier: pages by key, bounded in bytes, the least recently used
 * leave first.  One thread's: there are no locks.
 */
struct memory;

/* A tier of at most `max_bytes`; 0 keeps nothing.  NULL: out of memory. */
struct memory *memory_new(size_t max_bytes);

/* Gives its references back.  NULL is harmless. */
void memory_free(struct memory *);

/*
 * The page under a key, fresh or not, or NULL.  The reference stays the
 * tier's: take your own to keep the page.
 */
struct page *memory_get(struct memory *, struct str key);

/*
 * Keeps the page (a reference of its own) in place of what the key had.  A
 * page over an eighth of the tier is not kept, nor is one without memory.
 */
void memory_put(struct memory *, struct str key, struct page *);

size_t memory_bytes(const struct memory *);
size_t memory_count(const struct memory *);

#endif
