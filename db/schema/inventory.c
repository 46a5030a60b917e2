/*
 * Lists of what the schema names.  schema.c, search.c and referrers.c look
 * things up in them.
 */
#include "db/schema/inventory.h"

#include <stdlib.h>
#include <strings.h>

#include "db/schema/schema_cache.h"
#include "db/sqlite/internal.h"
#include "db/sqlite/query.h"
#include "db/sqlite/timing.h"

/* A page goes without the references that take longer to read. */
enum { REFERENCES_BUDGET_MS = 1000 };

static void
list_clear(struct inventory_list *l)
{
	buf_release(&l->items);
	buf_release(&l->text);
	*l = (struct inventory_list){0};
}

void
inventory_clear(struct inventory *i)
{
	list_clear(&i->tables);
	list_clear(&i->virtuals);
	list_clear(&i->references);
	i->references_cut = false;
}

/* The strings move as long as some are added: take_string finds them later. */
static void
add_string(struct inventory_list *l, struct str s)
{
	buf_add(&l->text, s.s, strnlen(s.s, s.len));
	buf_char(&l->text, '\0');
}

static const char *
take_string(const char **at)
{
	const char *s = *at;

	*at += strlen(s) + 1;
	return s;
}

/* The list is whole, unless there was a failure. */
static void
list_end(struct inventory_list *l, struct db *db)
{
	if (l->items.failed || l->text.failed)
		db_no_memory(db);
	if (db->status != DB_OK)
		list_clear(l);
	else
		l->known = true;
}

static enum table_kind
kind_of(struct str type)
{
	if (str_is(type, "view"))
		return TABLE_VIEW;
	return str_is(type, "virtual") ? TABLE_VIRTUAL : TABLE_PLAIN;
}

static void
read_tables(struct inventory_list *l, struct db *db)
{
	struct table_name *tables;
	const char *at;
	struct query q;

	query_open(&q, db,
	    "SELECT name, type, wr, strict FROM pragma_table_list "
	    "WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
	    "ORDER BY name COLLATE NOCASE, name");
	while (query_next(&q)) {
		struct str type = query_text(&q, 1);
		struct table_name t = {
		    .kind = kind_of(type),
		    .hidden = str_is(type, "shadow"),
		    .without_rowid = query_int(&q, 2) != 0,
		    .strict = query_int(&q, 3) != 0,
		};

		buf_add(&l->items, &t, sizeof(t));
		add_string(l, query_text(&q, 0));
	}
	query_close(&q);
	list_end(l, db);
	tables = (void *)l->items.data;
	at = l->text.data;
	for (size_t i = 0; i < l->items.len / sizeof(*tables); i++)
		tables[i].name = take_string(&at);
}

static void
read_virtuals(struct inventory_list *l, struct db *db)
{
	struct virtual_table *tables;
	const char *at;
	struct query q;

	query_open(&q, db,
	    "SELECT name, sql FROM sqlite_schema "
	    "WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE %' "
	    "ORDER BY rowid");
	while (query_next(&q)) {
		struct virtual_table t = {0};

		buf_add(&l->items, &t, sizeof(t));
		add_string(l, query_text(&q, 0));
		add_string(l, query_text(&q, 1));
	}
	query_close(&q);
	list_end(l, db);
	tables = (void *)l->items.data;
	at = l->text.data;
	for (size_t i = 0; i < l->items.len / sizeof(*tables); i++) {
		tables[i].name = take_string(&at);
		tables[i].sql = take_string(&at);
	}
}

/* As they are listed. */
static int
compare_references(const void *a, const void *b)
{
	const struct reference *x = a, *y = b;
	int order = strcasecmp(x->parent, y->parent);

	if (order == 0)
		order = strcmp(x->table, y->table);
	if (order == 0)
		order = (x->id > y->id) - (x->id < y->id);
	if (order == 0)
		order = (x->place > y->place) - (x->place < y->place);
	return order;
}

static void
sort_references(struct inventory_list *l)
{
	struct reference *references = (void *)l->items.data;
	size_t n = l->items.len / sizeof(*references);
	const char *at = l->text.data;

	for (size_t i = 0; i < n; i++) {
		struct reference *r = &references[i];
		bool has_to = r->to != NULL;

		r->table = take_string(&at);
		r->parent = take_string(&at);
		r->from = take_string(&at);
		r->to = take_string(&at);
		if (!has_to)
			r->to = NULL;
	}
	if (n > 0)
		qsort(references, n, sizeof(*references), compare_references);
}

/* SQLite is asked only for the keys of tables whose text speaks of some. */
static bool
read_references(struct inventory_list *l, struct db *db)
{
	struct query q;
	bool cut;

	db_budget_begin(db, REFERENCES_BUDGET_MS);
	query_open(&q, db,
	    "SELECT t.name, f.\"table\", f.\"from\", f.\"to\", f.id, f.seq "
	    "FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f "
	    "WHERE t.type = 'table' AND t.sql LIKE '%REFERENCES%'");
	while (query_next(&q)) {
		struct reference r = {
		    .to = query_is_null(&q, 3) ? NULL : "",
		    .id = query_int(&q, 4),
		    .place = query_int(&q, 5),
		};

		buf_add(&l->items, &r, sizeof(r));
		for (int i = 0; i < 4; i++)
			add_string(l, query_text(&q, i));
	}
	query_close(&q);
	cut = db_budget_end(db);
	list_end(l, db);
	sort_references(l);
	return cut;
}

size_t
inventory_tables(struct db *db, const struct table_name **tables)
{
	struct schema_cache *cache = schema_cache_of(db);
	struct inventory_list *l;
	struct db_clock clock;

	*tables = NULL;
	if (cache == NULL)
		return 0;
	l = &cache->inventory.tables;
	if (!l->known) {
		db_schema_begin(db, &clock);
		read_tables(l, db);
		db_schema_end(db, &clock);
	}
	*tables = (const void *)l->items.data;
	return l->items.len / sizeof(**tables);
}

static int
compare_name(const void *key, const void *item)
{
	const struct str *name = key;
	const struct table_name *t = item;
	size_t len = strlen(t->name);
	int order =
	    strncasecmp(name->s, t->name, name->len < len ? name->len : len);

	return order != 0 ? order : (name->len > len) - (name->len < len);
}

const struct table_name *
inventory_find(struct db *db, struct str name)
{
	const struct table_name *tables;
	size_t n = inventory_tables(db, &tables);

	if (n == 0 || memchr(name.s, '\0', name.len) != NULL)
		return NULL;
	return bsearch(&name, tables, n, sizeof(*tables), compare_name);
}

size_t
inventory_virtuals(struct db *db, const struct virtual_table **tables)
{
	struct schema_cache *cache = schema_cache_of(db);
	struct inventory_list *l;
	struct db_clock clock;

	*tables = NULL;
	if (cache == NULL)
		return 0;
	l = &cache->inventory.virtuals;
	if (!l->known) {
		db_schema_begin(db, &clock);
		read_virtuals(l, db);
		db_schema_end(db, &clock);
	}
	*tables = (const void *)l->items.data;
	return l->items.len / sizeof(**tables);
}

const struct virtual_table *
inventory_virtual(struct db *db, const char *name)
{
	const struct virtual_table *tables;
	size_t n = inventory_virtuals(db, &tables);

	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(tables[i].name, name) == 0)
			return &tables[i];
	}
	return NULL;
}

/* How many references come before those to this parent. */
static size_t
place_of(const struct reference *list, size_t n, const char *parent)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcasecmp(list[middle].parent, parent) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
inventory_references(
    struct db *db, const char *parent, const struct reference **references)
{
	struct schema_cache *cache = schema_cache_of(db);
	const struct reference *list;
	struct inventory_list *l;
	struct db_clock clock;
	size_t n, first, end;

	*references = NULL;
	if (cache == NULL)
		return 0;
	l = &cache->inventory.references;
	if (!l->known) {
		db_schema_begin(db, &clock);
		cache->inventory.references_cut = read_references(l, db);
		db_schema_end(db, &clock);
	}
	if (cache->inventory.references_cut)
		db_cut_short(db);
	list = (const void *)l->items.data;
	n = l->items.len / sizeof(*list);
	first = end = place_of(list, n, parent);
	while (end < n && strcasecmp(list[end].parent, parent) == 0)
		end++;
	if (n > 0)
		*references = list + first;
	return end - first;
}
