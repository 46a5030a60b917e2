/*
 * The list of databases, by name.
 */
#include "db/catalog.h"

#include <stdlib.h>

struct catalog {
	size_t n;
	struct db *dbs[];
};

struct catalog *
catalog_new(const struct published *list, size_t n, int64_t time_limit_ms)
{
	struct catalog *c = calloc(1, sizeof(*c) + n * sizeof(struct db *));

	if (c == NULL)
		return NULL;
	for (c->n = 0; c->n < n; c->n++) {
		struct db *db =
		    db_new(list[c->n].name, list[c->n].file, time_limit_ms);

		if (db == NULL) {
			catalog_free(c);
			return NULL;
		}
		c->dbs[c->n] = db;
	}
	return c;
}

void
catalog_free(struct catalog *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		db_free(c->dbs[i]);
	free(c);
}

size_t
catalog_count(const struct catalog *c)
{
	return c->n;
}

struct db *
catalog_at(struct catalog *c, size_t i)
{
	return c->dbs[i];
}

struct db *
catalog_find(struct catalog *c, struct str name)
{
	for (size_t i = 0; i < c->n; i++) {
		if (str_is(name, db_name(c->dbs[i])))
			return c->dbs[i];
	}
	return NULL;
}

uint64_t
catalog_label(const struct catalog *c)
{
	uint64_t label = 0;

	for (size_t i = 0; i < c->n; i++)
		label =
		    label * UINT64_C(0x100000001b3) ^ db_identity(c->dbs[i]);
	return label;
}
