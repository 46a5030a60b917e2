/*
 * The list of databases, by name.
 */
#include "db/catalog.h"

#include <stdlib.h>

#include "app/text/alloc.h"
#include "db/sqlite/openings.h"

enum { GUARDS = GUARD_VISITOR + 1 };

struct catalog {
	const struct published *list;
	int64_t time_limit_ms, lock_limit_ms;
	struct openings openings;
	bool profiled;
	size_t n;
	/* For each enum guard a row of n; NULL where none was wanted yet. */
	struct db *dbs[];
};

struct catalog *
catalog_new(const struct published *list, size_t n, int64_t time_limit_ms)
{
	struct catalog *c =
	    alloc_array(1, sizeof(*c) + GUARDS * n * sizeof(struct db *));

	if (c == NULL)
		return NULL;
	c->list = list;
	c->n = n;
	c->openings.max = SIZE_MAX;
	c->time_limit_ms = c->lock_limit_ms = time_limit_ms;
	for (size_t i = 0; i < n; i++) {
		struct db *db =
		    db_new(list[i].name, list[i].file, time_limit_ms);

		if (db == NULL) {
			catalog_free(c);
			return NULL;
		}
		db_publish(db, &list[i]);
		openings_join(&c->openings, db);
		c->dbs[i] = db;
	}
	return c;
}

void
catalog_wait_for_locks(struct catalog *c, int64_t ms)
{
	c->lock_limit_ms = ms;
	for (size_t i = 0; i < GUARDS * c->n; i++) {
		if (c->dbs[i] != NULL)
			db_wait_for_locks(c->dbs[i], ms);
	}
}

void
catalog_bound_files(struct catalog *c, size_t max)
{
	c->openings.max = max;
}

void
catalog_open(struct catalog *c, size_t n)
{
	for (size_t i = 0; i < n && i < c->n &&
	     c->openings.files + OPENINGS_FILES <= c->openings.max;
	     i++)
		db_refresh(c->dbs[i]);
}

void
catalog_free(struct catalog *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < GUARDS * c->n; i++)
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

/* The place of the database of a name, or n. */
static size_t
find(const struct catalog *c, struct str name)
{
	size_t i = 0;

	while (i < c->n && !str_is(name, c->list[i].name))
		i++;
	return i;
}

struct db *
catalog_find(struct catalog *c, struct str name)
{
	size_t i = find(c, name);

	return i == c->n ? NULL : c->dbs[i];
}

struct db *
catalog_guarded(struct catalog *c, struct str name, enum guard guard)
{
	size_t i = find(c, name);
	struct db **place;

	if (i == c->n)
		return NULL;
	place = &c->dbs[(size_t)guard * c->n + i];
	if (*place != NULL)
		return *place;
	*place = guard_new(
	    c->list[i].name, c->list[i].file, c->time_limit_ms, guard);
	if (*place == NULL)
		return NULL;
	db_publish(*place, &c->list[i]);
	openings_join(&c->openings, *place);
	db_wait_for_locks(*place, c->lock_limit_ms);
	if (!c->profiled || db_profile(*place))
		return *place;
	db_free(*place);
	*place = NULL;
	return NULL;
}

struct db_work
catalog_take_work(struct catalog *c)
{
	struct db_work sum = {0};

	for (size_t i = 0; i < GUARDS * c->n; i++) {
		struct db_work one;

		if (c->dbs[i] == NULL)
			continue;
		one = db_take_work(c->dbs[i]);
		sum.queries += one.queries;
		sum.us += one.us;
		sum.time_dependent |= one.time_dependent;
		sum.cut_short |= one.cut_short;
		if (one.slowest != NULL &&
		    (sum.slowest == NULL || one.slowest->us > sum.slowest->us))
			sum.slowest = one.slowest;
	}
	return sum;
}

void
catalog_rest(struct catalog *c)
{
	for (size_t i = 0; i < GUARDS * c->n; i++) {
		if (c->dbs[i] != NULL)
			db_rest(c->dbs[i]);
	}
}

bool
catalog_profile(struct catalog *c)
{
	bool ok = true;

	c->profiled = true;
	for (size_t i = 0; i < GUARDS * c->n; i++)
		ok = ok && (c->dbs[i] == NULL || db_profile(c->dbs[i]));
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

/* The version of database i, with its published settings mixed in. */
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
	size_t place;

	*version = 0;
	switch (scope) {
	case SCOPE_NONE:
		break;
	case SCOPE_DATABASE:
		place = find(c, name);
		return place == c->n || version_of(c, place, version);
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
