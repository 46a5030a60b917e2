/*
 * The list of databases, by name.
 */
#include "db/catalog.h"

#include <stdlib.h>

struct catalog {
	const struct published *list;
	size_t n;
	struct db *dbs[];
};

struct catalog *
catalog_new(const struct published *list, size_t n, int64_t time_limit_ms)
{
	struct catalog *c = calloc(1, sizeof(*c) + n * sizeof(struct db *));

	if (c == NULL)
		return NULL;
	c->list = list;
	for (c->n = 0; c->n < n; c->n++) {
		struct db *db =
		    db_new(list[c->n].name, list[c->n].file, time_limit_ms);

		if (db == NULL) {
			catalog_free(c);
			return NULL;
		}
		db_publish(db, &list[c->n]);
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

struct db_work
catalog_take_work(struct catalog *c)
{
	struct db_work sum = {0};

	for (size_t i = 0; i < c->n; i++) {
		struct db_work one = db_take_work(c->dbs[i]);

		sum.queries += one.queries;
		sum.us += one.us;
		sum.time_dependent |= one.time_dependent;
		if (one.slowest != NULL &&
		    (sum.slowest == NULL || one.slowest->us > sum.slowest->us))
			sum.slowest = one.slowest;
	}
	return sum;
}

bool
catalog_profile(struct catalog *c)
{
	bool ok = true;

	for (size_t i = 0; i < c->n; i++)
		ok = db_profile(c->dbs[i]) && ok;
	return ok;
}

void
catalog_refresh(struct catalog *c, enum scope scope, struct str name)
{
	for (size_t i = 0; i < c->n; i++) {
		if (scope == SCOPE_ALL ||
		    (scope == SCOPE_DATABASE &&
			str_is(name, db_name(c->dbs[i]))))
			db_refresh(c->dbs[i]);
	}
}

/* Of one database, and of what is said of it. */
static bool
version_of(const struct catalog *c, size_t i, uint64_t *version)
{
	if (!db_version(c->dbs[i], version))
		return false;
	*version ^= c->list[i].fingerprint;
	return true;
}

bool
catalog_version(
    struct catalog *c, enum scope scope, struct str name, uint64_t *version)
{
	bool known = true;

	*version = 0;
	switch (scope) {
	case SCOPE_NONE:
		break;
	case SCOPE_DATABASE:
		for (size_t i = 0; i < c->n; i++) {
			if (str_is(name, db_name(c->dbs[i])))
				return version_of(c, i, version);
		}
		break;
	case SCOPE_ALL:
		for (size_t i = 0; known && i < c->n; i++) {
			uint64_t one;

			known = version_of(c, i, &one);
			*version =
			    *version * UINT64_C(0x9e3779b97f4a7c15) + one;
		}
		break;
	}
	return known;
}
