/*
 * SQLite's allocator, with an account for each thread that wants one.  Called
 * by guard.c for statements that are not trusted.
 */
#include "db/heap.h"

#include <sqlite3.h>
#include <stddef.h>

#include "app/clock.h"

/*
 * A look at the clock costs about as much as an allocation, and a function that
 * allocates much does much: each counts one, and one more per KiB.
 */
enum { LOOK_EVERY = 64, SORT_PAGES = 64 };

struct account {
	bool open;
	int64_t used, max;
	int64_t deadline_us;
	int64_t unlooked;
	enum heap_end state;
};

static sqlite3_mem_methods plain;
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

/* May the thread have `bytes` more? */
static bool
allows(int64_t bytes)
{
	struct account *a = &account;

	if (!a->open)
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
	void *p = allows(n) ? plain.xMalloc(n) : NULL;

	if (p != NULL)
		account.used += plain.xSize(p);
	return p;
}

static void
release(void *p)
{
	if (p != NULL)
		account.used -= plain.xSize(p);
	plain.xFree(p);
}

static void *
reallocate(void *p, int n)
{
	int before = plain.xSize(p);
	void *more;

	if (n > before && !allows(n - before))
		return NULL;
	more = plain.xRealloc(p, n);
	if (more != NULL)
		account.used += plain.xSize(more) - before;
	return more;
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
	/* The least that a sorter sorts in one step, in pages. */
	sqlite3_config(SQLITE_CONFIG_PMASZ, SORT_PAGES);
	/* SQLite's own account has a lock that all threads share. */
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK &&
	    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
}

void
heap_begin(int64_t bytes, int64_t deadline_us)
{
	account = (struct account){
	    .open = true, .max = bytes, .deadline_us = deadline_us};
}

enum heap_end
heap_end(void)
{
	enum heap_end state = account.state;

	account.open = false;
	return state;
}

enum heap_end
heap_state(void)
{
	return account.state;
}
