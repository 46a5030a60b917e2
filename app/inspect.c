/*
 * Sections of tables against the tables.  Called by service.c, at the start
 * and for each reload.
 */
#include "app/inspect.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "app/text/sqltext.h"
#include "app/watch/log.h"
#include "db/rows/facet.h"
#include "db/rows/search.h"
#include "db/schema/table.h"
#include "db/sqlite/guard.h"

struct inspection {
	struct db *db;
	const struct table_metadata *metadata;
	const struct table *table;
};

/* NULL for a key that is not given. */
static void
check_column(const struct inspection *i, const char *key, const char *column)
{
	if (column != NULL &&
	    table_column(i->table, str_of(column)) == i->table->n_columns)
		log_warn("config",
		    "[table %s.%s]: %s: there is no column named %s",
		    db_name(i->db), i->metadata->name, key, column);
}

static void
check_columns(
    const struct inspection *i, const char *key, const struct words *columns)
{
	for (size_t j = 0; j < columns->n; j++)
		check_column(i, key, columns->items[j]);
}

static void
check_facets(const struct inspection *i)
{
	const struct words *facets = &i->metadata->facets;
	enum facet_kind kind;
	size_t column;

	for (size_t j = 0; j < facets->n; j++) {
		if (!facet_parse(i->table, facets->items[j], &kind, &column))
			check_column(i, "facets", facets->items[j]);
	}
}

static void
check_search(const struct inspection *i)
{
	const struct table_metadata *m = i->metadata;
	struct search_index index;

	if (m->fts_table == NULL && m->fts_pk == NULL)
		return;
	if (!search_configured(i->db, i->table, &index))
		log_warn("config",
		    "[table %s.%s]: fts_table, fts_pk: no full-text index "
		    "goes with it like that, so it can't be searched",
		    db_name(i->db), m->name);
	search_index_release(&index);
}

static void
check_table(const struct inspection *i)
{
	const struct table_metadata *m = i->metadata;

	check_column(i, "label_column", m->label_column);
	check_column(i, "sort", m->sort);
	check_column(i, "sort_desc", m->sort_desc);
	check_columns(i, "sortable_columns", &m->sortable_columns);
	check_facets(i);
	check_search(i);
	for (size_t j = 0; j < m->n_columns; j++)
		check_column(i,
		    m->columns[j].description != NULL ? "column" : "units",
		    m->columns[j].column);
}

void
inspect_metadata(struct db *db)
{
	const struct database_metadata *all = published_metadata(db);

	for (size_t i = 0; i < all->n_tables; i++) {
		const struct table_metadata *m = &all->tables[i];
		struct table t;

		if (table_read(db, str_of(m->name), &t))
			check_table(&(struct inspection){db, m, &t});
		else if (t.name == NULL)
			log_warn("config",
			    "[table %s.%s]: there is no such table",
			    db_name(db), m->name);
		table_release(&t);
	}
}

/* The line of the statement, behind the comments at the file's beginning. */
static int
first_line(struct str sql)
{
	struct str comment;
	int line = 0;

	while (sqltext_comment(&sql, &comment, &line))
		;
	return line;
}

/* A page goes without its chart where a column of that is not there. */
static void
check_chart(
    const struct stored_query *q, const struct query *query, const char *column)
{
	size_t i = 0;

	if (column == NULL)
		return;
	while (
	    i < guard_columns(query) && !str_is(guard_column(query, i), column))
		i++;
	if (i == guard_columns(query))
		log_warn("config", "%s:%d: chart: there is no column named %s",
		    q->file, q->chart_line, column);
}

static bool
compile(struct db *guarded, const struct stored_query *q)
{
	struct str sql = str_of(q->sql);
	struct query query;
	int line;

	if (db_begin(guarded) == DB_OK && guard_open(&query, guarded, sql)) {
		if (guard_parameters(&query) != q->n_params)
			guard_reject(
			    &query, "its parameters need names, as :name");
		check_chart(q, &query, q->chart.x);
		check_chart(q, &query, q->chart.y);
		guard_close(&query);
	}
	line = guard_fault_line(guarded, sql);
	if (db_end(guarded) == DB_OK)
		return true;
	log_error("config", "%s:%d: %s", q->file,
	    line > 0 ? line : first_line(sql), db_message(guarded));
	return false;
}

/* A table would have the same address. */
static bool
has_table(struct db *db, const struct stored_query *q)
{
	struct table t;
	bool found;

	found = table_read(db, str_of(q->name), &t) || t.name != NULL;
	table_release(&t);
	if (found)
		log_error("config",
		    "%s: the database %s has a table of this name: rename the "
		    "file",
		    q->file, db_name(db));
	return found;
}

bool
inspect_queries(struct db *db, struct db *guarded)
{
	const struct stored_queries *queries = published_queries(db);
	bool ok = true;

	for (size_t i = 0; i < queries->n; i++) {
		const struct stored_query *q = &queries->list[i];

		ok = !has_table(db, q) && compile(guarded, q) && ok;
	}
	return ok;
}

/* True for a folder that is not hidden: it may have a database's queries. */
static bool
is_folder(DIR *parent, const char *name)
{
	struct stat st;

	return name[0] != '.' && fstatat(dirfd(parent), name, &st, 0) == 0 &&
	    S_ISDIR(st.st_mode);
}

void
inspect_folders(const char *pages, const struct published *databases, size_t n)
{
	DIR *parent = opendir(pages);
	const struct dirent *entry;

	if (parent == NULL) {
		log_warn("config", "%s: %s", pages, strerror(errno));
		return;
	}
	while ((entry = readdir(parent)) != NULL) {
		size_t i = 0;

		while (i < n && strcmp(databases[i].name, entry->d_name) != 0)
			i++;
		if (i == n && is_folder(parent, entry->d_name))
			log_warn("config",
			    "%s/%s: there is no database of that name, so its "
			    "queries are not published",
			    pages, entry->d_name);
	}
	closedir(parent);
}
