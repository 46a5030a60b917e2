/*
 * The SELECTs behind table and row pages.  A page is chosen first and its
 * references are looked up only for the rows on it.
 */
#include "db/rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "app/json.h"
#include "app/url.h"

/* " AND "-joined comparisons of a reference's columns, p with t. */
static void
add_match(const struct table *t, const struct table *parent,
    const struct foreign_key *f, const size_t *to, struct buf *sql)
{
	for (size_t i = 0; i < f->n; i++) {
		buf_str(sql, i == 0 ? " WHERE p." : " AND p.");
		keyset_column(parent, to[i], sql);
		/* '+': as foreign keys, by the parent's affinity alone. */
		buf_lit(sql, " = +t.");
		keyset_column(t, f->from[i], sql);
	}
}

static void
add_lookup(struct rows *r, const struct table *parent, size_t column,
    const struct foreign_key *f, const size_t *to)
{
	buf_lit(&r->outer, ", (SELECT p.");
	keyset_column(parent, column, &r->outer);
	buf_lit(&r->outer, " FROM ");
	sql_name(&r->outer, str_of(parent->name));
	buf_lit(&r->outer, " AS p");
	add_match(r->table, parent, f, to, &r->outer);
	buf_lit(&r->outer, " LIMIT 1)");
}

/* Finds the columns that a foreign key refers to. */
static bool
find_targets(const struct foreign_key *f, const struct table *parent,
    size_t to[SCHEMA_KEY_MAX])
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

/* Adds the reference, unless following it would be a scan. */
static void
add_reference(struct rows *r, const struct foreign_key *f, int *next)
{
	struct reference *ref = &r->references[r->n_references];
	size_t to[SCHEMA_KEY_MAX], label;
	struct table parent;

	if (!table_read(r->db, str_of(f->table), &parent) ||
	    !find_targets(f, &parent, to) ||
	    !table_is_unique(r->db, &parent, to, f->n) ||
	    (parent.n_key == 0 && parent.rowid == NULL)) {
		table_release(&parent);
		return;
	}
	*ref = (struct reference){
	    .column = f->from[f->n - 1],
	    .table = parent.name,
	    .key = *next,
	    .n_key = parent.n_key == 0 ? 1 : (int)parent.n_key,
	    .label = -1,
	};
	for (int i = 0; i < ref->n_key; i++)
		add_lookup(r, &parent,
		    parent.n_key == 0 ? parent.n_columns : parent.key[i], f,
		    to);
	*next += ref->n_key;
	label = table_label(&parent);
	if (label < parent.n_columns) {
		add_lookup(r, &parent, label, f, to);
		ref->label = (*next)++;
	}
	r->n_references++;
	parent.name = NULL; /* the reference has it now */
	table_release(&parent);
}

void
rows_init(struct rows *r, struct db *db, const struct table *t)
{
	int next;

	*r = (struct rows){
	    .db = db,
	    .table = t,
	    .has_rowid = t->n_key == 0 && t->rowid != NULL,
	};
	/* The order of a nullable key ends with the rowid as well. */
	next = (int)t->n_columns + (t->rowid != NULL);
	for (size_t i = 0; i < t->n_columns + (t->rowid != NULL); i++) {
		buf_str(&r->columns, i == 0 ? "" : ", ");
		keyset_column(t, i, &r->columns);
		buf_str(&r->outer, i == 0 ? "t." : ", t.");
		keyset_column(t, i, &r->outer);
	}
	for (size_t i = 0; i < t->n_foreign_keys; i++) {
		const struct foreign_key *f = &t->foreign_keys[i];

		if (f->n > 0 && r->n_references < ROWS_REFERENCES &&
		    rows_reference(r, f->from[f->n - 1]) == NULL)
			add_reference(r, f, &next);
	}
}

void
rows_release(struct rows *r)
{
	query_close(&r->query);
	for (size_t i = 0; i < r->n_references; i++)
		free(r->references[i].table);
	buf_release(&r->columns);
	buf_release(&r->outer);
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

/* "SELECT outer FROM (SELECT columns FROM table": the caller closes it. */
static void
begin_select(const struct rows *r, struct buf *sql)
{
	buf_lit(sql, "SELECT ");
	buf_add(sql, r->outer.data, r->outer.len);
	buf_lit(sql, " FROM (SELECT ");
	buf_add(sql, r->columns.data, r->columns.len);
	/* The rowid keeps its name outside. */
	if (r->table->rowid != NULL)
		buf_printf(sql, " AS \"%s\"", r->table->rowid);
	buf_lit(sql, " FROM ");
	sql_name(sql, str_of(r->table->name));
}

static void
open_range(struct rows *r)
{
	struct buf sql = {0};
	int i;

	begin_select(r, &sql);
	keyset_sql(r->keyset, r->position, r->range, &sql);
	buf_lit(&sql, " LIMIT ? OFFSET ?) AS t");
	query_open_buf(&r->query, r->db, &sql);
	i = keyset_bind(r->keyset, r->position, r->range, &r->query, 1);
	query_bind_int(&r->query, i, r->limit - r->seen);
	query_bind_int(&r->query, i + 1, r->position->offset);
	buf_release(&sql);
	r->open = true;
}

void
rows_page(struct rows *r, const struct keyset *k,
    const struct keyset_position *p, int64_t limit)
{
	r->keyset = k;
	r->position = p;
	r->limit = limit;
	r->seen = 0;
	r->range = 0;
	r->open = false;
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
		r->range++;
	}
	return false;
}

/* What a text stands for, if it is a number as a whole. */
struct number {
	enum value_type
	    type; /* VALUE_INT, VALUE_REAL or, for none, VALUE_TEXT */
	int64_t whole;
	double real;
};

static struct number
as_number(struct str s)
{
	struct number n = {.type = VALUE_TEXT};
	char text[64];
	char *end;

	if (s.len == 0 || s.len >= sizeof(text) ||
	    strspn(s.s, "+-.0123456789eE") < s.len)
		return n;
	memcpy(text, s.s, s.len);
	text[s.len] = '\0';
	errno = 0;
	n.whole = strtoll(text, &end, 10);
	if (errno == 0 && *end == '\0') {
		n.type = VALUE_INT;
		return n;
	}
	n.real = strtod(text, &end);
	if (*end == '\0')
		n.type = VALUE_REAL;
	return n;
}

/*
 * A URL does not tell types, and any column may hold bytes.  A column with
 * TEXT affinity holds no numbers, one with NUMERIC affinity no text that looks
 * like one, and one without affinity may hold both.
 */
static void
add_key_match(const struct rows *r, size_t column, struct buf *sql)
{
	bool either = r->table->columns[column].affinity == AFFINITY_BLOB;

	keyset_column(r->table, column, sql);
	buf_str(sql, either ? " IN (?, ?, ?)" : " IN (?, ?)");
}

static int
bind_key(struct rows *r, size_t column, struct str value, int i)
{
	enum affinity affinity = r->table->columns[column].affinity;
	struct number n = as_number(value);

	query_bind_blob(&r->query, i++, value);
	if (affinity != AFFINITY_NUMERIC || n.type == VALUE_TEXT)
		query_bind_text(&r->query, i++, value);
	if (affinity == AFFINITY_TEXT)
		return i;
	if (n.type == VALUE_INT)
		query_bind_int(&r->query, i, n.whole);
	else if (n.type == VALUE_REAL)
		query_bind_real(&r->query, i, n.real);
	return affinity == AFFINITY_NUMERIC && n.type == VALUE_TEXT ? i : i + 1;
}

static size_t
split_key(struct str key, struct buf *memory, struct str parts[SCHEMA_KEY_MAX])
{
	const char *s = key.s, *end = key.s + key.len;
	bool alone = memchr(s, ',', key.len) == NULL;
	size_t n = 0;

	buf_reserve(memory, key.len + 1);
	while (n < SCHEMA_KEY_MAX) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		const char *stop = comma == NULL ? end : comma;
		size_t from = memory->len;

		if (alone)
			url_unname(memory, key);
		else
			url_unpart(memory, (struct str){s, (size_t)(stop - s)});
		if (memory->failed)
			return 0;
		parts[n++] =
		    (struct str){memory->data + from, memory->len - from};
		if (comma == NULL)
			return n;
		s = comma + 1;
	}
	return 0;
}

static bool
find_by_key(struct rows *r, const struct str *parts)
{
	const struct table *t = r->table;
	struct buf sql = {0};
	int next = 1;

	begin_select(r, &sql);
	for (size_t i = 0; i < t->n_key; i++) {
		buf_str(&sql, i == 0 ? " WHERE " : " AND ");
		add_key_match(r, t->key[i], &sql);
	}
	buf_lit(&sql, " LIMIT 1) AS t");
	query_open_buf(&r->query, r->db, &sql);
	for (size_t i = 0; i < t->n_key; i++)
		next = bind_key(r, t->key[i], parts[i], next);
	buf_release(&sql);
	return query_next(&r->query);
}

static bool
find_by_rowid(struct rows *r, struct str part)
{
	struct number n = as_number(part);
	struct buf sql = {0};

	if (n.type != VALUE_INT)
		return false;
	begin_select(r, &sql);
	buf_printf(&sql, " WHERE \"%s\" = ? LIMIT 1) AS t", r->table->rowid);
	query_open_buf(&r->query, r->db, &sql);
	query_bind_int(&r->query, 1, n.whole);
	buf_release(&sql);
	return query_next(&r->query);
}

bool
rows_find(struct rows *r, struct str encoded_key)
{
	struct str parts[SCHEMA_KEY_MAX];
	size_t n = split_key(encoded_key, &r->memory, parts);

	if (r->table->n_key > 0)
		return n == r->table->n_key && find_by_key(r, parts);
	return n == 1 && r->table->rowid != NULL && find_by_rowid(r, parts[0]);
}

static void
add_key_part(const struct query *q, int column, bool alone, struct buf *b)
{
	enum value_type type = query_type(q, column);
	struct buf digits = {0};
	struct str s;

	if (type == VALUE_REAL) {
		/* SQLite's own text of it has too few digits to find it by. */
		json_real(&digits, query_real(q, column));
		s = (struct str){buf_cstr(&digits), digits.len};
	} else {
		s = type == VALUE_BLOB ? query_blob(q, column)
				       : query_text(q, column);
	}
	if (alone)
		url_name(b, s);
	else
		url_part(b, s);
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
		add_key_part(&r->query, (int)t->n_columns, true, b);
	for (size_t i = 0; i < t->n_key; i++) {
		if (i > 0)
			buf_char(b, ',');
		add_key_part(&r->query, (int)t->key[i], t->n_key == 1, b);
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
		add_key_part(&r->query, ref->key + i, ref->n_key == 1, b);
	}
	return true;
}
