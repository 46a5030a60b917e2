/*
 * A many-to-many relationship as a filter.  The other table's foreign key says
 * which of its columns go with which of this table's.
 */
#include "db/rows/through.h"

#include <strings.h>

#include "app/text/json.h"
#include "app/text/json_valid.h"
#include "app/text/sqltext.h"
#include "app/text/utf8.h"
#include "db/rows/keyset.h"
#include "db/rows/number.h"

static const char expected[] =
    "_through: expected {\"table\":…,\"column\":…,\"value\":…}.";

enum { SHOWN_MAX = 100 }; /* bytes of a name in a sentence */

/* The JSON's members. */
struct wish {
	struct buf table, column;
};

static void
wish_release(struct wish *w)
{
	buf_release(&w->table);
	buf_release(&w->column);
}

static bool
read_value(const struct query *q, int column, struct buf *value)
{
	struct str text;

	switch (query_type(q, column)) {
	case VALUE_INT:
		buf_int(value, query_int(q, column));
		return true;
	case VALUE_REAL:
		json_digits(value, query_real(q, column));
		return true;
	case VALUE_TEXT:
		text = query_text(q, column);
		buf_add(value, text.s, text.len);
		return true;
	default:
		return false;
	}
}

static bool
read_wish(struct db *db, struct str json, struct wish *w, struct buf *value)
{
	bool ok = false;
	struct query q;

	*w = (struct wish){0};
	if (!json_valid(json))
		return false;
	query_open(&q, db,
	    "SELECT json_extract(?1, '$.table'), json_extract(?1, '$.column'), "
	    "json_extract(?1, '$.value')");
	query_bind_text(&q, 1, json);
	if (query_next(&q) && query_type(&q, 0) == VALUE_TEXT &&
	    query_type(&q, 1) == VALUE_TEXT) {
		struct str table = query_text(&q, 0);
		struct str column = query_text(&q, 1);

		buf_add(&w->table, table.s, table.len);
		buf_add(&w->column, column.s, column.len);
		ok = read_value(&q, 2, value);
	}
	query_close(&q);
	return ok;
}

/*
 * The foreign key by which `other` refers to the table, rather not one that
 * begins with the column which is compared; NULL if there is none.
 */
static const struct foreign_key *
find_reference(const struct table *other, const struct table *t, size_t column)
{
	const struct foreign_key *found = NULL;

	for (size_t i = 0; i < other->n_foreign_keys; i++) {
		const struct foreign_key *f = &other->foreign_keys[i];

		if (f->n == 0 || strcasecmp(f->table, t->name) != 0)
			continue;
		if (f->from[0] != column)
			return f;
		if (found == NULL)
			found = f;
	}
	return found;
}

/* "(r.a, r.b) IN (SELECT o.x, o.y FROM other AS o WHERE o.column = " */
static void
add_sql(const struct table *t, const struct table *other,
    const struct foreign_key *f, const size_t *to, size_t column,
    struct buf *sql)
{
	buf_char(sql, '(');
	for (size_t i = 0; i < f->n; i++) {
		buf_str(sql, i == 0 ? "" : ", ");
		keyset_column(t, to[i], sql);
	}
	buf_lit(sql, ") IN (SELECT ");
	for (size_t i = 0; i < f->n; i++) {
		buf_str(sql, i == 0 ? "" : ", ");
		keyset_column_as(other, f->from[i], 'o', sql);
	}
	buf_lit(sql, " FROM ");
	sqltext_name(sql, str_of(other->name));
	buf_lit(sql, " AS o WHERE ");
	keyset_column_as(other, column, 'o', sql);
	buf_lit(sql, " = ");
}

static bool
add(struct filters *filters, const struct table *other, const struct wish *w,
    struct buf *value, struct buf *why)
{
	const struct table *t = filters->table;
	size_t column = table_column(other, str_of_buf(&w->column));
	struct str table = utf8_cut(str_of_buf(&w->table), SHOWN_MAX);
	struct str name = utf8_cut(str_of_buf(&w->column), SHOWN_MAX);
	const struct foreign_key *f = find_reference(other, t, column);
	struct buf sql = {0}, words = {0};
	size_t to[SCHEMA_KEY_MAX];
	bool as_number;

	if (f == NULL || !table_foreign_key_targets(f, t, to)) {
		buf_printf(why, "_through: “%.*s” does not refer to %s.",
		    (int)table.len, table.s, t->name);
		return false;
	}
	if (column == other->n_columns) {
		buf_printf(why, "_through: “%.*s” has no column “%.*s”.",
		    (int)table.len, table.s, (int)name.len, name.s);
		return false;
	}
	/* As with filters: numbers and text alike, if the column has both. */
	as_number = other->columns[column].affinity == AFFINITY_BLOB &&
	    number_of(str_of_buf(value)).type != VALUE_TEXT;
	add_sql(t, other, f, to, column, &sql);
	buf_str(&sql, as_number ? "CAST(" : "");
	buf_printf(&words, "%s.%s = \"%s\"", other->name,
	    other->columns[column].name, buf_cstr(value));
	if (filters_add_condition(filters, &sql,
		as_number ? " AS NUMERIC))" : ")", str_of_buf(value), &words))
		return true;
	buf_lit(why, "There are too many filters.");
	return false;
}

bool
through_add(struct through *through, struct db *db, struct filters *filters,
    struct str json, struct buf *why)
{
	struct table other = {0};
	struct buf *value;
	struct wish wish;
	bool ok;

	if (through->n == THROUGH_MAX) {
		buf_printf(
		    why, "_through: there are more than %d.", THROUGH_MAX);
		return false;
	}
	value = &through->values[through->n++];
	*value = (struct buf){0};
	if (!read_wish(db, json, &wish, value)) {
		buf_str(why, expected);
		ok = false;
	} else {
		table_read(db, str_of_buf(&wish.table), &other);
		ok = add(filters, &other, &wish, value, why);
	}
	table_release(&other);
	wish_release(&wish);
	return ok;
}

void
through_release(struct through *through)
{
	for (size_t i = 0; i < through->n; i++)
		buf_release(&through->values[i]);
	through->n = 0;
}
