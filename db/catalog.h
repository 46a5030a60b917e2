#ifndef SQUALL_CATALOG_H
#define SQUALL_CATALOG_H

#include "db/db.h"

/*
 * The published databases as one thread sees them: a connection to each.
 */
struct catalog;

/* A database to publish; the strings must live as long as the catalog. */
struct published {
	const char *name;
	const char *file;
};

/* Nothing is opened before it is used.  NULL: out of memory. */
struct catalog *
catalog_new(const struct published *, size_t n, int64_t time_limit_ms);

/* NULL is harmless. */
void catalog_free(struct catalog *);

size_t catalog_count(const struct catalog *);
struct db *catalog_at(struct catalog *, size_t i);

/* The database published under a name, or NULL. */
struct db *catalog_find(struct catalog *, struct str name);

/*
 * A number that tells which files are published: it changes when one is
 * replaced by another file.
 */
uint64_t catalog_label(const struct catalog *);

#endif
