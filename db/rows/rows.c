/*
 * The SELECTs behind table and row pages.  A page is chosen first and its
 * references are looked up only for the rows on it.
 */
#include "db/rows/rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/json.h"
#include "app/text/sqltext.h"
#include "app/text/url.h"
#include "db/rows/number.h"
#include "db/schema/label.h"

static void
release_reference(struct reference *ref)
{
	free(ref->table);
	free(ref->to);
	free(ref->label_name);
}

/* A column of the table that reference number `i` is to, in the outer list. */
static void
add_parent_column(
    struct buf *sql, const struct table *parent, size_t column, size_t i)
{
	buf_printf(sql, "p%zu.", i);
	sqltext_name(sql, str_of(table_column_name(parent, column)));
}

/* At most one row matches, so this leaves the page's rows as they are. */
static void
add_join(struct rows *r, const struct table *parent,
    const struct foreign_key *f, const size_t *to)
{
	buf_lit(&r->joins, " LEFT JOIN ");
	sqltext_name(&r->joins, str_of(parent->name));
	buf_printf(&r->joins, " AS p%zu", r->n_references);
	for (size_t i = 0; i < f->n; i++) {
		buf_str(&r->joins, i == 0 ? " ON " : " AND ");
		add_parent_column(&r->joins, parent, to[i], r->n_references);
		/* '+': as foreign keys, by the parent's affinity alone. */
		buf_printf(&r->joins, " = +t." KEYSET_RESULT, f->from[i]);
	}
}

static void
add_outer(struct rows *r, const struct table *parent, size_t column)
{
	buf_lit(&r->outer, ", ");
	add_parent_column(&r->outer, parent, column, r->n_references);
}

/* Copies the names that outlive the parent; false: out of memory. */
static bool
name_reference(struct db *db, struct reference *ref, const struct table *parent,
    size_t to, size_t label)
{
	bool labelled = label < parent->n_columns;

	ref->table = alloc_copy(parent->name);
	ref->to = alloc_copy(parent->columns[to].name);
	if (labelled)
		ref->label_name = alloc_copy(parent->columns[label].name);
	if (ref->table != NULL && ref->to != NULL &&
	    (!labelled || ref->label_name != NULL))
		return true;
	release_reference(ref);
	db_no_memory(db);
	return false;
}

/* Adds the reference, unless following it would be a scan. */
static void
add_reference(struct rows *r, const struct foreign_key *f, int *next)
{
	struct reference *ref = &r->references[r->n_references];
	size_t to[SCHEMA_KEY_MAX], label;
	struct table parent;

	if (!table_read(r->db, str_of(f->table), &parent) ||
	    !table_foreign_key_targets(f, &parent, to) ||
	    !table_is_unique(&parent, to, f->n) ||
	    (parent.n_key == 0 && parent.rowid == NULL)) {
		table_release(&parent);
		return;
	}
	*ref = (struct reference){
	    .column = f->from[f->n - 1],
	    .key = *next,
	    .n_key = parent.n_key == 0 ? 1 : (int)parent.n_key,
	    .label = -1,
	};
	for (size_t i = 0; i < parent.n_key; i++)
		ref->affinity[i] = parent.columns[parent.key[i]].affinity;
	add_join(r, &parent, f, to);
	for (int i = 0; i < ref->n_key; i++)
		add_outer(r, &parent,
		    parent.n_key == 0 ? parent.n_columns : parent.key[i]);
	*next += ref->n_key;
	label = label_column(r->db, &parent);
	if (label < parent.n_columns) {
		add_outer(r, &parent, label);
		ref->label = (*next)++;
	}
	if (name_reference(r->db, ref, &parent, to[f->n - 1], label))
		r->n_references++;
	table_release(&parent);
}

void
rows_init(struct rows *r, struct db *db, const struct table *t)
{
	size_t n;
	int next;

	*r = (struct rows){
	    .db = db,
	    .table = t,
	    .has_rowid = t->n_key == 0 && t->rowid != NULL,
	};
	/* The order ends with the rowid, where there is one. */
	n = t->n_columns + (t->rowid != NULL);
	next = (int)n;
	for (size_t i = 0; i < n; i++) {
		/* Renamed: SQLite has no columns "true" and "false" outside. */
		buf_str(&r->columns, i == 0 ? "" : ", ");
		keyset_column(t, i, &r->columns);
		buf_printf(&r->columns, " AS " KEYSET_RESULT, i);
		buf_printf(
		    &r->outer, "%st." KEYSET_RESULT, i == 0 ? "" : ", ", i);
	}
	for (size_t i = 0; i < t->n_foreign_keys; i++) {
		const struct foreign_key *f = &t->foreign_keys[i];

		if (f->n > 0 && r->n_references < ROWS_REFERENCES &&
		    (size_t)next + SCHEMA_KEY_MAX + 1 < SCHEMA_COLUMNS_MAX &&
		    rows_reference(r, f->from[f->n - 1]) == NULL)
			add_reference(r, f, &next);
	}
}

void
rows_release(struct rows *r)
{
	query_close(&r->query);
	for (size_t i = 0; i < r->n_references; i++)
		release_reference(&r->references[i]);
	buf_release(&r->columns);
	buf_release(&r->outer);
	buf_release(&r->joins);
	buf_release(&r->memory);
	*r = (struct rows){0};
}

const struct reference *
rows_reference(const struct rows *r, size_t column)
{
	for (size_t i = 0; i < r->n_references; i++) {
		if (r->references[i].column == column)
			return &r->references[i];
	}
	return NULL;
}

/*
 * "SELECT outer FROM (SELECT columns FROM table": end_select closes it.
 * SQLite can't merge the two where there is a LIMIT inside, and a LEFT JOIN
 * keeps the order of what stands on its left.
 */
static void
begin_select(const struct rows *r, struct buf *sql)
{
	buf_lit(sql, "SELECT ");
	buf_add(sql, r->outer.data, r->outer.len);
	buf_lit(sql, " FROM (SELECT ");
	buf_add(sql, r->columns.data, r->columns.len);
	buf_lit(sql, " FROM ");
	sqltext_name(sql, str_of(r->table->name));
}

static void
end_select(const struct rows *r, struct buf *sql)
{
	buf_lit(sql, ") AS t");
	buf_add(sql, r->joins.data, r->joins.len);
}

static bool
is_rowid(const struct table *t, size_t column)
{
	return column == t->n_columns ||
	    (t->rowid_is_key && column == t->key[0]);
}

/*
 * True if the filters choose rowids in the page's order: then reading as many
 * as are shown may be enough, however many there are.
 */
static bool
chooses_in_order(const struct rows *r)
{
	const struct filter *choice =
	    r->filters == NULL ? NULL : filters_choice(r->filters);

	return choice != NULL && r->keyset->n == 1 &&
	    (!r->position->given || r->position->values[0].type == VALUE_INT) &&
	    is_rowid(r->table, choice->column) &&
	    is_rowid(r->table, r->keyset->terms[0].column);
}

/*
 * The WHERE clause of the filters.  The rows that are chosen by their rowids
 * come after the position as well; if they are cut short, and some are not
 * there, it is not known what follows.
 */
static bool
add_filters(const struct rows *r, struct buf *sql)
{
	const struct filter *choice;
	struct buf more = {0};
	bool down;

	if (r->filters == NULL || !chooses_in_order(r))
		return r->filters != NULL && filters_sql(r->filters, sql);
	choice = filters_choice(r->filters);
	down = r->keyset->terms[0].descending;
	if (r->position->given)
		buf_printf(
		    &more, " AND %s %c ?", choice->chosen, down ? '<' : '>');
	if (r->cut)
		buf_printf(&more, " ORDER BY %s%s LIMIT ?", choice->chosen,
		    down ? " DESC" : "");
	filters_choice_sql(r->filters, &more, sql);
	buf_release(&more);
	return true;
}

static int
bind_filters(struct rows *r)
{
	int i = filters_bind(r->filters, &r->query, 1);

	if (!chooses_in_order(r))
		return i;
	if (r->position->given)
		query_bind_int(&r->query, i++, r->position->values[0].number);
	if (r->cut)
		query_bind_int(&r->query, i++, r->limit);
	return i;
}

static void
open_range(struct rows *r)
{
	struct buf sql = {0};
	bool filtered;
	int i = 1;

	begin_select(r, &sql);
	filtered = add_filters(r, &sql);
	keyset_sql(r->keyset, r->position, r->range,
	    filtered ? " AND " : " WHERE ", &sql);
	buf_lit(&sql, " LIMIT ? OFFSET ?");
	end_select(r, &sql);
	query_open_buf(&r->query, r->db, &sql);
	if (filtered)
		i = bind_filters(r);
	i = keyset_bind(r->keyset, r->position, r->range, &r->query, i);
	query_bind_int(&r->query, i, r->limit - r->seen);
	query_bind_int(&r->query, i + 1, r->position->offset + r->skipped);
	buf_release(&sql);
	r->open = true;
}

void
rows_page(struct rows *r, const struct filters *f, const struct keyset *k,
    const struct keyset_position *p, int64_t limit)
{
	query_close(&r->query);
	r->filters = f;
	r->keyset = k;
	r->position = p;
	r->limit = limit;
	r->seen = 0;
	r->skipped = 0;
	r->range = 0;
	r->open = false;
	r->cut = chooses_in_order(r);
}

bool
rows_next(struct rows *r)
{
	size_t n = keyset_ranges(r->keyset, r->position);

	while (r->range < n && r->seen < r->limit) {
		if (!r->open)
			open_range(r);
		if (query_next(&r->query)) {
			r->seen++;
			return true;
		}
		query_close(&r->query);
		r->open = false;
		if (r->cut)
			r->skipped = r->seen;
		else
			r->range++;
		r->cut = false;
	}
	return false;
}

/*
 * A plain URL does not tell types: bytes may stand in any column, and a number
 * and the text of it side by side in one without affinity.
 */
static void
add_key_match(const struct rows *r, size_t column, struct buf *sql)
{
	keyset_column(r->table, column, sql);
	/* Its key is shown as it is, and so asked for. */
	if (r->table->columns[column].odd_collation)
		buf_lit(sql, " COLLATE BINARY");
	buf_lit(sql, " IN (?, ?, ?)");
}

/* A value that can't be this key stays NULL: no row equals NULL. */
static int
bind_key(struct rows *r, size_t column, struct url_component c, int i)
{
	enum affinity affinity = r->table->columns[column].affinity;
	struct number n = number_of(c.s);
	bool number = c.mark == URL_PLAIN && n.type != VALUE_TEXT &&
	    affinity != AFFINITY_TEXT;

	if (number && n.type == VALUE_INT)
		query_bind_int(&r->query, i, n.whole);
	else if (number)
		query_bind_real(&r->query, i, n.real);
	if (c.mark != URL_BYTES && !(number && affinity == AFFINITY_NUMERIC))
		query_bind_text(&r->query, i + 1, c.s);
	if (c.mark != URL_TEXT)
		query_bind_blob(&r->query, i + 2, c.s);
	return i + 3;
}

/* The order of several candidates: numbers before text before bytes. */
static void
add_key_order(const struct rows *r, struct buf *sql)
{
	buf_lit(sql, " ORDER BY 0");
	for (size_t i = 0; i < r->table->n_key; i++) {
		buf_lit(sql, " + CASE typeof(");
		keyset_column(r->table, r->table->key[i], sql);
		buf_lit(sql,
		    ") WHEN 'blob' THEN 2 WHEN 'text' THEN 1 "
		    "ELSE 0 END");
	}
}

static size_t
split_key(struct str key, struct buf *memory,
    struct url_component parts[SCHEMA_KEY_MAX])
{
	bool alone = url_key_is_single(key), more;
	size_t n = 0;

	buf_reserve(memory, key.len + 1);
	do {
		if (memory->failed || n == SCHEMA_KEY_MAX)
			return 0;
		more = !url_key_is_single(key);
		parts[n++] = url_key_cut(&key, alone, memory);
	} while (more);
	return n;
}

static bool
find_by_key(struct rows *r, const struct url_component *parts)
{
	const struct table *t = r->table;
	struct buf sql = {0};
	int next = 1;

	begin_select(r, &sql);
	for (size_t i = 0; i < t->n_key; i++) {
		buf_str(&sql, i == 0 ? " WHERE " : " AND ");
		add_key_match(r, t->key[i], &sql);
	}
	add_key_order(r, &sql);
	buf_lit(&sql, " LIMIT 1");
	end_select(r, &sql);
	query_open_buf(&r->query, r->db, &sql);
	for (size_t i = 0; i < t->n_key; i++)
		next = bind_key(r, t->key[i], parts[i], next);
	buf_release(&sql);
	return query_next(&r->query);
}

static bool
find_by_rowid(struct rows *r, struct str part)
{
	struct number n = number_of(part);
	struct buf sql = {0};

	if (n.type != VALUE_INT)
		return false;
	begin_select(r, &sql);
	buf_lit(&sql, " WHERE ");
	keyset_column(r->table, r->table->n_columns, &sql);
	buf_lit(&sql, " = ? LIMIT 1");
	end_select(r, &sql);
	query_open_buf(&r->query, r->db, &sql);
	query_bind_int(&r->query, 1, n.whole);
	buf_release(&sql);
	return query_next(&r->query);
}

bool
rows_find(struct rows *r, struct str encoded_key)
{
	struct url_component parts[SCHEMA_KEY_MAX];
	size_t n = split_key(encoded_key, &r->memory, parts);

	if (r->table->n_key > 0)
		return n == r->table->n_key && find_by_key(r, parts);
	return n == 1 && r->table->rowid != NULL &&
	    find_by_rowid(r, parts[0].s);
}

static void
add_key_part(const struct query *q, int column, enum affinity affinity,
    bool alone, struct buf *b)
{
	enum value_type type = query_type(q, column);
	struct url_component c = {.mark = URL_PLAIN};
	struct buf digits = {0};

	if (type == VALUE_REAL) {
		double real = query_real(q, column);

		/* SQLite's own text of it has too few digits to find it by. */
		if (isinf(real))
			buf_str(&digits, real > 0 ? "9e999" : "-9e999");
		else
			json_digits(&digits, real);
		c.s = (struct str){buf_cstr(&digits), digits.len};
	} else if (type == VALUE_INT) {
		/* Not as text: SQLite would convert the value itself. */
		buf_int(&digits, query_int(q, column));
		c.s = (struct str){buf_cstr(&digits), digits.len};
	} else if (type == VALUE_BLOB) {
		c = (struct url_component){query_blob(q, column), URL_BYTES};
	} else {
		c.s = query_text(q, column);
		if (type == VALUE_TEXT && affinity == AFFINITY_BLOB &&
		    number_of(c.s).type != VALUE_TEXT)
			c.mark = URL_TEXT;
	}
	url_key_part(b, c, alone);
	buf_release(&digits);
}

bool
rows_key(const struct rows *r, struct buf *b)
{
	const struct table *t = r->table;

	if (t->n_key == 0 && t->rowid == NULL)
		return false;
	for (size_t i = 0; i < t->n_key; i++) {
		if (query_is_null(&r->query, (int)t->key[i]))
			return false;
	}
	if (t->n_key == 0)
		add_key_part(
		    &r->query, (int)t->n_columns, AFFINITY_NUMERIC, true, b);
	for (size_t i = 0; i < t->n_key; i++) {
		if (i > 0)
			buf_char(b, ',');
		add_key_part(&r->query, (int)t->key[i],
		    t->columns[t->key[i]].affinity, t->n_key == 1, b);
	}
	return true;
}

bool
rows_reference_key(
    const struct rows *r, const struct reference *ref, struct buf *b)
{
	for (int i = 0; i < ref->n_key; i++) {
		if (query_is_null(&r->query, ref->key + i))
			return false;
	}
	for (int i = 0; i < ref->n_key; i++) {
		if (i > 0)
			buf_char(b, ',');
		add_key_part(&r->query, ref->key + i, ref->affinity[i],
		    ref->n_key == 1, b);
	}
	return true;
}
