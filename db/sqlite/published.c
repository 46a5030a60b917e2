/*
 * The configuration of a database, for the pages that show it.
 */
#include "db/sqlite/published.h"

#include <strings.h>

#include "db/sqlite/internal.h"

const struct database_metadata *
published_metadata(const struct db *db)
{
	static const struct database_metadata none = {.allow_facet = -1};

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

const struct settings *
published_settings(const struct db *db)
{
	if (db->published == NULL || db->published->settings == NULL)
		return &settings_default;
	return db->published->settings;
}

bool
published_allows_facets(const struct db *db)
{
	int64_t own = published_metadata(db)->allow_facet;

	return own >= 0 ? own != 0 : published_settings(db)->allow_facet != 0;
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
