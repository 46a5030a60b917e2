/*
 * The cache of a schema, made when it is first asked for.  db.c drops it.
 */
#include "db/schema/schema_cache.h"

#include <stdlib.h>

#include "app/text/alloc.h"
#include "db/sqlite/internal.h"

static void
free_cache(void *cache)
{
	struct schema_cache *c = cache;

	described_clear(&c->described);
	inventory_clear(&c->inventory);
	free(c);
}

struct schema_cache *
schema_cache_of(struct db *db)
{
	if (db->schema == NULL) {
		db->schema = alloc_array(1, sizeof(struct schema_cache));
		db->free_schema = free_cache;
	}
	if (db->schema == NULL)
		db_no_memory(db);
	return db->schema;
}
