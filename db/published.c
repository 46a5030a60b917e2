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

size_t
published_label(const struct db *db, const struct table *t)
{
	const char *name = published_table(db, t->name)->label_column;
	size_t label =
	    name == NULL ? t->n_columns : table_column(t, str_of(name));

	return label < t->n_columns ? label : label_column(t);
}

bool
published_facet(const struct table *t, const char *entry, enum facet_kind *kind,
    size_t *column)
{
	static const struct {
		const char *prefix;
		enum facet_kind kind;
	} kinds[] = {
	    {"", FACET_COLUMN},
	    {"array:", FACET_ARRAY},
	    {"date:", FACET_DATE},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t len = strlen(kinds[i].prefix);

		if (strncmp(entry, kinds[i].prefix, len) != 0)
			continue;
		*kind = kinds[i].kind;
		*column = table_column(t, str_of(entry + len));
		if (*column < t->n_columns)
			return true;
	}
	return false;
}

bool
published_search(
    struct db *db, const struct table *t, struct search_index *index)
{
	const struct table_metadata *m = published_table(db, t->name);
	struct str key = {0};
	struct buf found = {0};
	bool ok;

	if (m->fts_pk != NULL)
		key = str_of(m->fts_pk);
	if (m->fts_table != NULL)
		return search_use(db, t, str_of(m->fts_table), key, index);
	ok = search_find(db, t, index);
	if (!ok || key.s == NULL)
		return ok;
	buf_str(&found, index->table.name);
	search_index_release(index);
	ok = search_use(db, t, str_of_buf(&found), key, index);
	buf_release(&found);
	return ok;
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
