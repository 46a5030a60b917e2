/*
 * SQLite's allocator, with an account for each thread that wants one.  Called
 * by guard.c for statements that are not trusted.
 *
 * In front of each block stands the number of the account that it is in, so
 * that one which was there before, or is another thread's, takes nothing off
 * an account when it is freed.
 */
#include "db/sqlite/heap.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

#include "app/text/alloc.h"
#include "app/watch/clock.h"

/*
 * A look at the clock costs about as much as an allocation, and a function that
 * allocates much does much: each counts one, and one more per KiB.
 */
enum { LOOK_EVERY = 64, SORT_PAGES = 64 };

enum { HEADER = 8 }; /* bytes of a struct block before its content */

/* SQLite takes what is aligned to eight bytes. */
struct block {
	uint64_t account;
	unsigned char content[];
};

_Static_assert(offsetof(struct block, content) == HEADER, "");

struct account {
	uint64_t number; /* 0: it is closed */
	int64_t used, max;
	int64_t deadline_us;
	int64_t unlooked;
	enum heap_end state;
};

static sqlite3_mem_methods plain;
static atomic_uint_fast64_t accounts; /* opened so far */
static _Thread_local struct account account;

static bool
is_time_to_look(struct account *a, int64_t bytes)
{
	a->unlooked += 1 + bytes / 1024;
	if (a->unlooked < LOOK_EVERY)
		return false;
	a->unlooked = 0;
	return true;
}

static struct block *
block_of(void *p)
{
	return (void *)((unsigned char *)p - HEADER);
}

/* The content of a new block, which is the account's; NULL without memory. */
static void *
enter(struct block *b)
{
	if (b == NULL) {
		alloc_note(ALLOC_NO_MEMORY);
		return NULL;
	}
	b->account = account.number;
	if (account.number != 0)
		account.used += plain.xSize(b);
	return b->content;
}

/* How many bytes of the account are this block's. */
static int64_t
holds(struct block *b)
{
	return account.number != 0 && b->account == account.number
	    ? plain.xSize(b)
	    : 0;
}

/* May the thread have `bytes` more? */
static bool
allows(int64_t bytes)
{
	struct account *a = &account;

	if (a->number == 0)
		return true;
	if (a->used + bytes > a->max)
		a->state = HEAP_OVER;
	else if (a->state == HEAP_OK && is_time_to_look(a, bytes) &&
	    clock_mono_us() >= a->deadline_us)
		a->state = HEAP_LATE;
	return a->state != HEAP_LATE && a->used + bytes <= a->max;
}

static void *
allocate(int n)
{
	return allows(n + HEADER) ? enter(plain.xMalloc(n + HEADER)) : NULL;
}

static void
release(void *p)
{
	if (p == NULL)
		return;
	account.used -= holds(block_of(p));
	plain.xFree(block_of(p));
}

static int
size_of(void *p)
{
	return p == NULL ? 0 : plain.xSize(block_of(p)) - HEADER;
}

/* A block that was not in the account is so as a whole from now on. */
static void *
reallocate(void *p, int n)
{
	struct block *b = block_of(p);
	int64_t counted = holds(b);

	if (n > size_of(p) && !allows(n + HEADER - counted))
		return NULL;
	b = plain.xRealloc(b, n + HEADER);
	if (b != NULL)
		account.used -= counted;
	return enter(b);
}

bool
heap_install(void)
{
	sqlite3_mem_methods ours;

	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
		return false;
	ours = plain;
	ours.xMalloc = allocate;
	ours.xFree = release;
	ours.xRealloc = reallocate;
	ours.xSize = size_of;
	/* The least that a sorter sorts in one step, in pages. */
	sqlite3_config(SQLITE_CONFIG_PMASZ, SORT_PAGES);
	/* SQLite's own account has a lock that all threads share. */
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK &&
	    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
}

void
heap_begin(int64_t bytes, int64_t deadline_us)
{
	account = (struct account){.number = atomic_fetch_add(&accounts, 1) + 1,
	    .max = bytes,
	    .deadline_us = deadline_us};
}

enum heap_end
heap_end(void)
{
	enum heap_end state = account.state;

	account.number = 0;
	return state;
}

enum heap_end
heap_state(void)
{
	return account.state;
}
