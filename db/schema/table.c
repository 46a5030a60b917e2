/*
 * Introspection through SQLite's table-valued pragmas.
 */
#include "db/schema/table.h"

#include <stdlib.h>
#include <strings.h>

#include "app/text/alloc.h"
#include "db/schema/declaration.h"
#include "db/schema/schema_cache.h"
#include "db/sqlite/collation.h"
#include "db/sqlite/internal.h"
#include "db/sqlite/query.h"

/* As good as none: the page's own limit counts. */
enum { DESCRIBE_BUDGET_MS = 3600 * 1000 };

/* NULL without memory, which is a failure of the page's, as in grow. */
static char *
copy(struct db *db, struct str s)
{
	char *string = alloc_text(s);

	if (string == NULL)
		db_no_memory(db);
	return string;
}

/* Does the declared type contain the word?  SQLite looks no closer. */
static bool
has(const char *type, const char *word)
{
	return strcasestr(type, word) != NULL;
}

static enum affinity
affinity_of(const char *type, bool strict)
{
	if (strict && strcasecmp(type, "ANY") == 0)
		return AFFINITY_BLOB;
	if (has(type, "INT"))
		return AFFINITY_NUMERIC;
	if (has(type, "CHAR") || has(type, "CLOB") || has(type, "TEXT"))
		return AFFINITY_TEXT;
	if (has(type, "BLOB") || *type == '\0')
		return AFFINITY_BLOB;
	return AFFINITY_NUMERIC;
}

/* Adds room for one more element, zeroed. */
static void *
grow(struct db *db, void *array, size_t *n, size_t size)
{
	char **at = array;
	char *more = alloc_resize(*at, *n + 1, size);

	if (more == NULL) {
		db_no_memory(db);
		return NULL;
	}
	*at = more;
	more += *n * size;
	memset(more, 0, size);
	++*n;
	return more;
}

static void
read_columns(struct db *db, const struct table_name *name, struct table *t)
{
	struct query q;

	query_open(&q, db,
	    "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?) "
	    "WHERE hidden <> 1 ORDER BY cid");
	query_bind_text(&q, 1, str_of(name->name));
	while (query_next(&q)) {
		struct column *c =
		    grow(db, &t->columns, &t->n_columns, sizeof(*c));
		size_t key = (size_t)query_int(&q, 3);

		if (c == NULL)
			break;
		c->name = copy(db, query_text(&q, 0));
		c->type = copy(db, query_text(&q, 1));
		if (c->name == NULL || c->type == NULL)
			break;
		c->affinity = affinity_of(c->type, name->strict);
		c->not_null = query_int(&q, 2) != 0;
		c->key = key;
		if (key > t->n_key)
			t->n_key = key;
		if (key > 0 && key <= SCHEMA_KEY_MAX)
			t->key[key - 1] = t->n_columns - 1;
	}
	query_close(&q);
	if (t->n_key > SCHEMA_KEY_MAX)
		t->n_key = 0;
}

/* Is the primary key an index of its own, beside the rowid? */
static bool
key_has_index(struct db *db, const struct table *t)
{
	struct query q;
	bool found;

	query_open(
	    &q, db, "SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'");
	query_bind_text(&q, 1, str_of(t->name));
	found = query_next(&q);
	query_close(&q);
	return found;
}

/*
 * Are its rowids but the numbers of what a query gives?  So it is with what is
 * made of other tables: a condition more, and a row has another.
 */
static bool
rowids_change(struct db *db, const struct table *t)
{
	static const char *const modules[] = {
	    "fts3tokenize", "fts4aux", "fts5vocab"};
	const struct virtual_table *v =
	    t->kind == TABLE_VIRTUAL ? inventory_virtual(db, t->name) : NULL;
	struct buf module = {0};
	struct declaration d;
	bool change = false;

	if (v != NULL && declaration_parse(&d, str_of(v->sql)))
		declaration_unquote(d.module, &module);
	if (module.failed)
		db_no_memory(db);
	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++)
		change |= strcasecmp(buf_cstr(&module), modules[i]) == 0;
	buf_release(&module);
	return change;
}

static void
find_rowid(struct db *db, const struct table_name *name, struct table *t)
{
	static const char *const names[] = {"rowid", "_rowid_", "oid"};

	if (t->kind == TABLE_VIEW || name->without_rowid ||
	    rowids_change(db, t))
		return;
	/* Not so "INTEGER PRIMARY KEY DESC", for history's sake. */
	t->rowid_is_key = t->n_key == 1 && t->kind == TABLE_PLAIN &&
	    strcasecmp(t->columns[t->key[0]].type, "INTEGER") == 0 &&
	    !key_has_index(db, t);
	if (t->n_columns >= SCHEMA_COLUMNS_MAX)
		return; /* no room to read it */
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		bool taken = false;

		for (size_t j = 0; j < t->n_columns; j++)
			taken |= strcasecmp(t->columns[j].name, names[i]) == 0;
		if (!taken) {
			t->rowid = names[i];
			break;
		}
	}
}

static void
find_odd_collations(struct db *db, struct table *t)
{
	for (size_t i = 0; i < t->n_columns && t->kind == TABLE_PLAIN; i++)
		t->columns[i].odd_collation =
		    db_has_odd_collation(db, t->name, t->columns[i].name);
}

/* A key may be unique by another collation than its columns compare by. */
static bool
key_compares_as_columns(struct db *db, const struct table *t)
{
	struct query q;
	bool same = true;

	query_open(&q, db,
	    "SELECT x.name, x.coll "
	    "FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS x "
	    "WHERE l.origin = 'pk' AND x.key");
	query_bind_text(&q, 1, str_of(t->name));
	while (same && query_next(&q)) {
		size_t i = table_column(t, query_text(&q, 0));

		same = i < t->n_columns &&
		    db_has_collation(
			db, t->name, t->columns[i].name, query_text(&q, 1));
	}
	query_close(&q);
	return same;
}

static bool
tells_rows_apart(struct db *db, const struct table *t)
{
	if (t->rowid != NULL || t->rowid_is_key)
		return true;
	for (size_t i = 0; i < t->n_key; i++) {
		const struct column *c = &t->columns[t->key[i]];

		if (!c->not_null || c->odd_collation)
			return false;
	}
	return t->n_key > 0 && key_compares_as_columns(db, t);
}

static void
read_foreign_keys(struct db *db, struct table *t)
{
	struct foreign_key *f = NULL;
	int64_t last = -1;
	struct query q;

	query_open(&q, db,
	    "SELECT id, \"table\", \"from\", \"to\" "
	    "FROM pragma_foreign_key_list(?) ORDER BY id, seq");
	query_bind_text(&q, 1, str_of(t->name));
	while (query_next(&q)) {
		size_t from = table_column(t, query_text(&q, 2));

		if (f == NULL || query_int(&q, 0) != last) {
			f = grow(db, &t->foreign_keys, &t->n_foreign_keys,
			    sizeof(*f));
			if (f == NULL)
				break;
			last = query_int(&q, 0);
			f->table = copy(db, query_text(&q, 1));
		}
		if (f->n == SCHEMA_KEY_MAX || from == t->n_columns)
			continue;
		f->from[f->n] = from;
		if (!query_is_null(&q, 3))
			f->to[f->n] = copy(db, query_text(&q, 3));
		f->n++;
	}
	query_close(&q);
}

/* Adds a column to the last of the unique keys, or to a new one. */
static void
add_unique_column(struct db *db, struct table *t, size_t column, bool first)
{
	struct unique_key *key;

	if (first && grow(db, &t->unique, &t->n_unique, sizeof(*key)) == NULL)
		return;
	key = &t->unique[t->n_unique - 1];
	if (key->n < SCHEMA_KEY_MAX)
		key->columns[key->n] = column;
	key->n++;
}

/*
 * An index may tell values apart that are equal by the column's collation: a
 * column that it compares in its own way, or in one that is not known, is none
 * of the table's here.
 */
static void
read_unique(struct db *db, struct table *t)
{
	int64_t last = -1;
	struct query q;

	if (t->kind != TABLE_PLAIN)
		return;
	query_open(&q, db,
	    "SELECT l.seq, x.name, x.coll "
	    "FROM pragma_index_list(?) AS l, pragma_index_xinfo(l.name) AS x "
	    "WHERE l.\"unique\" AND NOT l.partial AND x.key "
	    "ORDER BY l.seq, x.seqno");
	query_bind_text(&q, 1, str_of(t->name));
	while (query_next(&q)) {
		size_t column = table_column(t, query_text(&q, 1));

		if (column < t->n_columns &&
		    (!collation_is_known(query_text(&q, 2)) ||
			!db_has_collation(db, t->name, t->columns[column].name,
			    query_text(&q, 2))))
			column = t->n_columns;
		add_unique_column(db, t, column, query_int(&q, 0) != last);
		last = query_int(&q, 0);
	}
	query_close(&q);
}

/* Asks SQLite; false if it can't tell, or after a failure. */
static bool
describe(struct db *db, const struct table_name *name, struct table *t)
{
	t->kind = name->kind;
	t->name = copy(db, str_of(name->name));
	if (t->name == NULL)
		return false;
	/* A description that SQLite can't make is no failure of the page's. */
	db_budget_begin(db, DESCRIBE_BUDGET_MS);
	read_columns(db, name, t);
	if (db->status == DB_OK && t->n_columns > 0) {
		read_unique(db, t);
		read_foreign_keys(db, t);
		find_odd_collations(db, t);
		find_rowid(db, name, t);
		t->has_order = tells_rows_apart(db, t);
	}
	return !db_budget_end(db) && db->status == DB_OK && t->n_columns > 0;
}

bool
table_read(struct db *db, struct str name, struct table *t)
{
	struct schema_cache *cache = schema_cache_of(db);
	const struct table_name *named;
	const struct table *known;

	*t = (struct table){0};
	if (cache == NULL)
		return false;
	known = described_find(&cache->described, name);
	if (known == NULL) {
		named = inventory_find(db, name);
		if (named == NULL)
			return false;
		if (!describe(db, named, t)) {
			/* After a failure it lacks something. */
			if (db->status != DB_OK)
				table_release(t);
			return false;
		}
		known = described_keep(&cache->described, t);
		if (known == NULL)
			return true;
	}
	*t = *known;
	t->lent = true;
	return true;
}

void
table_release(struct table *t)
{
	for (size_t i = 0; i < t->n_columns && !t->lent; i++) {
		free(t->columns[i].name);
		free(t->columns[i].type);
	}
	for (size_t i = 0; i < t->n_foreign_keys && !t->lent; i++) {
		free(t->foreign_keys[i].table);
		for (size_t j = 0; j < t->foreign_keys[i].n; j++)
			free(t->foreign_keys[i].to[j]);
	}
	if (!t->lent) {
		free(t->columns);
		free(t->unique);
		free(t->foreign_keys);
		free(t->name);
	}
	*t = (struct table){0};
}

size_t
table_column(const struct table *t, struct str name)
{
	size_t i = 0;

	while (i < t->n_columns &&
	    (strlen(t->columns[i].name) != name.len ||
		strncasecmp(t->columns[i].name, name.s, name.len) != 0))
		i++;
	return i;
}

const char *
table_column_name(const struct table *t, size_t column)
{
	return column < t->n_columns ? t->columns[column].name : t->rowid;
}

bool
table_foreign_key_targets(const struct foreign_key *f,
    const struct table *parent, size_t to[SCHEMA_KEY_MAX])
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->to[i] != NULL)
			to[i] = table_column(parent, str_of(f->to[i]));
		else
			to[i] = i < parent->n_key ? parent->key[i]
						  : parent->n_columns;
		if (to[i] == parent->n_columns)
			return false;
	}
	return true;
}

static bool
same_columns(const size_t *a, size_t n_a, const size_t *b, size_t n_b)
{
	if (n_a != n_b || n_a > SCHEMA_KEY_MAX)
		return false;
	for (size_t i = 0; i < n_a; i++) {
		bool found = false;

		for (size_t j = 0; j < n_b; j++)
			found |= a[i] == b[j];
		if (!found)
			return false;
	}
	return true;
}

bool
table_is_unique(const struct table *t, const size_t *columns, size_t n)
{
	if (n == 0)
		return false;
	if (t->rowid_is_key && same_columns(columns, n, t->key, t->n_key))
		return true;
	for (size_t i = 0; i < t->n_unique; i++) {
		if (same_columns(
			columns, n, t->unique[i].columns, t->unique[i].n))
			return true;
	}
	return false;
}

size_t
table_list(struct db *db, const struct table_name **list)
{
	return inventory_tables(db, list);
}
