/*
 * Sections of tables against the tables.  Called by service.c, at the start
 * and for each reload.
 */
#include "app/inspect.h"

#include "app/log.h"
#include "db/schema.h"

struct inspection {
	const struct db *db;
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
check_table(const struct inspection *i)
{
	const struct table_metadata *m = i->metadata;

	check_column(i, "label_column", m->label_column);
	check_column(i, "sort", m->sort);
	check_column(i, "sort_desc", m->sort_desc);
	check_columns(i, "sortable_columns", &m->sortable_columns);
	check_columns(i, "facets", &m->facets);
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
