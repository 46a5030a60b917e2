/*
 * What the configuration says of a database, for those who read it.
 */
#include "db/published.h"

#include <strings.h>

#include "db/internal.h"
#include "db/label.h"

const struct database_metadata *
published_metadata(const struct db *db)
{
	static const struct database_metadata none = {.allow_facet = 1};

	if (db->published == NULL || db->published->metadata == NULL)
		return &none;
	return db->published->metadata;
}

const struct about *
published_site(const struct db *db)
{
	static const struct about none;

	if (db->published == NULL || db->published->site == NULL)
		return &none;
	return db->published->site;
}

const struct table_metadata *
published_table(const struct db *db, const char *table)
{
	static const struct table_metadata none;
	const struct database_metadata *m = published_metadata(db);

	for (size_t i = 0; i < m->n_tables; i++) {
		if (strcasecmp(m->tables[i].name, table) == 0)
			return &m->tables[i];
	}
	return &none;
}

size_t
published_label(const struct db *db, const struct table *t)
{
	const char *name = published_table(db, t->name)->label_column;
	size_t label =
	    name == NULL ? t->n_columns : table_column(t, str_of(name));

	return label < t->n_columns ? label : label_column(t);
}

int64_t
published_max_rows(const struct db *db)
{
	if (db->published == NULL || db->published->max_rows == 0)
		return PUBLISHED_MAX_ROWS;
	return db->published->max_rows;
}

bool
published_allows_robots(const struct db *db)
{
	return db->published == NULL || !db->published->denies_robots;
}

const struct stored_queries *
published_queries(const struct db *db)
{
	static const struct stored_queries none;

	if (db->published == NULL || db->published->queries == NULL)
		return &none;
	return db->published->queries;
}

const struct stored_query *
published_query(const struct db *db, struct str name)
{
	const struct stored_queries *queries = published_queries(db);

	for (size_t i = 0; i < queries->n; i++) {
		if (str_is(name, queries->list[i].name))
			return &queries->list[i];
	}
	return NULL;
}
