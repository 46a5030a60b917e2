#ifndef SQUALL_SCHEMA_CACHE_H
#define SQUALL_SCHEMA_CACHE_H

#include "db/schema/described.h"
#include "db/schema/inventory.h"

/*
 * Everything that a connection has read of its schema.  The db owns it, and
 * frees it when the schema changes and when it is freed itself.
 */
struct schema_cache {
	struct described described; /* the tables that pages asked for */
	struct inventory inventory; /* what the schema names */
};

/* NULL, which is noted as a failure of the db: there is no memory. */
struct schema_cache *schema_cache_of(struct db *);

#endif
