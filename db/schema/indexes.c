/*
 * Indexes: the columns by which SQLite finds rows, and advice for the others.
 */
#include "db/schema/indexes.h"

#include "app/text/sqltext.h"
#include "db/sqlite/query.h"

/* True if the column is of the set and not yet in `seen`; notes it there. */
static bool
take_column(
    const size_t *columns, size_t n, size_t column, bool seen[SCHEMA_KEY_MAX])
{
	for (size_t i = 0; i < n; i++) {
		if (columns[i] == column && !seen[i])
			return seen[i] = true;
	}
	return false;
}

/* True if the first n columns of this index are the set. */
static bool
begins_with(struct db *db, const struct table *t, struct str index,
    const size_t *columns, size_t n)
{
	bool seen[SCHEMA_KEY_MAX] = {false};
	size_t found = 0;
	struct query q;

	query_open(&q, db,
	    "SELECT name, coll FROM pragma_index_xinfo(?) "
	    "WHERE key AND seqno < ? ORDER BY seqno");
	query_bind_text(&q, 1, index);
	query_bind_int(&q, 2, (int64_t)n);
	while (query_next(&q)) {
		size_t c = table_column(t, query_text(&q, 0));

		/* NULL is the name of an expression. */
		if (query_is_null(&q, 0) || c == t->n_columns ||
		    !take_column(columns, n, c, seen) ||
		    !db_has_collation(
			db, t->name, t->columns[c].name, query_text(&q, 1)))
			break;
		found++;
	}
	query_close(&q);
	return found == n;
}

bool
indexes_have(
    struct db *db, const struct table *t, const size_t *columns, size_t n)
{
	bool found = false;
	struct query q;

	if (t->kind != TABLE_PLAIN || n == 0 || n > SCHEMA_KEY_MAX)
		return false;
	if (n == 1 && t->rowid_is_key && columns[0] == t->key[0])
		return true;
	query_open(
	    &q, db, "SELECT name FROM pragma_index_list(?) WHERE NOT partial");
	query_bind_text(&q, 1, str_of(t->name));
	while (!found && query_next(&q))
		found = begins_with(db, t, query_text(&q, 0), columns, n);
	query_close(&q);
	return found;
}

void
indexes_advise(const struct table *t, size_t column, struct buf *b)
{
	struct buf name = {0};

	if (t->kind != TABLE_PLAIN || column >= t->n_columns)
		return;
	buf_printf(&name, "%s_%s", t->name, t->columns[column].name);
	buf_lit(b, "CREATE INDEX ");
	sqltext_name(b, str_of_buf(&name));
	buf_lit(b, " ON ");
	sqltext_name(b, str_of(t->name));
	buf_lit(b, " (");
	sqltext_name(b, str_of(t->columns[column].name));
	buf_char(b, ')');
	b->failed |= name.failed;
	buf_release(&name);
}
