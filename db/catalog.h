#ifndef SQUALL_CATALOG_H
#define SQUALL_CATALOG_H

#include "db/sqlite/guard.h"
#include "db/sqlite/published.h"

/*
 * The published databases as one thread sees them: a connection to each.
 */
struct catalog;

/*
 * Nothing is opened before it is used.  The list must live as long as the
 * catalog.  NULL: out of memory.
 */
struct catalog *
catalog_new(const struct published *, size_t n, int64_t time_limit_ms);

/* db_wait_for_locks for all of them. */
void catalog_wait_for_locks(struct catalog *, int64_t ms);

/*
 * Bounds the descriptors that its connections have together, where there may be
 * less than all of them would take: see openings.h.
 */
void catalog_bound_files(struct catalog *, size_t max);

/*
 * Opens the first `n` of them, as far as their descriptors have room: a version
 * can be read of what is open already, even while it is locked.
 */
void catalog_open(struct catalog *, size_t n);

/* NULL is harmless. */
void catalog_free(struct catalog *);

size_t catalog_count(const struct catalog *);
struct db *catalog_at(struct catalog *, size_t i);

/* The database published under a name, or NULL. */
struct db *catalog_find(struct catalog *, struct str name);

/*
 * Another connection to it, for statements of others; NULL as well if there is
 * no memory.
 */
struct db *catalog_guarded(struct catalog *, struct str name, enum guard);

/* The work of all of them since it was last asked for. */
struct db_work catalog_take_work(struct catalog *);

/* db_rest for all of them. */
void catalog_rest(struct catalog *);

/* Has all of them note their statements; false: out of memory. */
bool catalog_profile(struct catalog *) __attribute__((warn_unused_result));

/* The databases that a page is made from. */
enum scope {
	SCOPE_DATABASE, /* one database */
	SCOPE_ALL,      /* all of them */
	SCOPE_NONE,     /* the program alone */
};

/* Opens what has been replaced by another file, or was not there before. */
void catalog_refresh(struct catalog *, enum scope, struct str name);

/*
 * One number for the versions of what a page is made from: different after
 * every commit, and where the configuration says something else.  `name` is the
 * database of SCOPE_DATABASE; one that is not published has the version 0 for
 * ever.  False if it can't be told.
 */
bool catalog_version(
    struct catalog *, enum scope, struct str name, uint64_t *version);

#endif
