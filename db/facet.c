/*
 * The SELECTs behind facets.  They group all rows that pass the filters, which
 * may take for ever: so each has a time limit of its own, and a page goes on
 * without what was not ready in time.
 */
#include "db/facet.h"

#include <stdlib.h>

#include "app/json.h"
#include "db/keyset.h"
#include "db/label.h"

/* The JSON that stands in column v, as filter.c's arraycontains takes it. */
#define ARRAY                                                                  \
	"json_each(CASE WHEN typeof(v) = 'text' AND json_valid(v) "            \
	"THEN v ELSE '[]' END)"

#define SAMPLE_ROWS "1000" /* that suggestions look at */

static void
begin_budget(struct db *db, int64_t limit_ms)
{
	int64_t half = db_time_left_ms(db) / 2;

	db_budget_begin(db, half < limit_ms ? half : limit_ms);
}

/* " FROM table AS r WHERE filters" */
static void
add_rows(const struct filters *f, struct buf *sql)
{
	buf_lit(sql, " FROM ");
	sql_name(sql, str_of(f->table->name));
	buf_lit(sql, " AS r");
	filters_sql(f, sql);
}

/* "SELECT value, n" of the commonest values. */
static void
add_groups(const struct filters *f, enum facet_kind kind, size_t column,
    struct buf *sql)
{
	const struct table *t = f->table;
	bool has_rowid = t->rowid != NULL || t->rowid_is_key;

	buf_lit(sql, "SELECT v AS value, count(*) AS n FROM (SELECT ");
	if (kind == FACET_ARRAY) {
		/* A row counts once for what it has twice. */
		buf_lit(sql, "DISTINCT i, atom AS v FROM (SELECT ");
		if (has_rowid && t->rowid != NULL)
			keyset_column(t, t->n_columns, 'r', sql);
		else if (has_rowid)
			keyset_column(t, t->key[0], 'r', sql);
		else
			buf_lit(sql, "row_number() OVER ()");
		buf_lit(sql, " AS i, ");
	}
	if (kind == FACET_DATE)
		buf_lit(sql, "date(");
	keyset_column(t, column, 'r', sql);
	buf_str(sql, kind == FACET_DATE ? ") AS v" : " AS v");
	add_rows(f, sql);
	if (kind == FACET_ARRAY)
		buf_lit(sql, "), " ARRAY);
	buf_lit(sql,
	    ") WHERE v IS NOT NULL AND typeof(v) <> 'blob' GROUP BY v "
	    "ORDER BY n DESC, value LIMIT ?");
}

/*
 * The foreign key that is this column, with its table and the column there;
 * false if there is none.  The table is to be released in any case.
 */
static bool
find_reference(struct db *db, const struct table *t, size_t column,
    struct table *parent, size_t *to)
{
	*parent = (struct table){0};
	for (size_t i = 0; i < t->n_foreign_keys; i++) {
		const struct foreign_key *f = &t->foreign_keys[i];
		size_t columns[SCHEMA_KEY_MAX];

		if (f->n != 1 || f->from[0] != column)
			continue;
		table_release(parent);
		if (table_read(db, str_of(f->table), parent) &&
		    foreign_key_targets(f, parent, columns) &&
		    table_is_unique(db, parent, columns, 1)) {
			*to = columns[0];
			return true;
		}
	}
	return false;
}

/* ", (SELECT label …)" for each value, or nothing.  True: there is one. */
static bool
add_label(struct db *db, const struct table *t, size_t column, struct buf *sql)
{
	struct table parent;
	size_t to, label;
	bool found = false;

	if (find_reference(db, t, column, &parent, &to)) {
		label = label_column(&parent);
		found = label < parent.n_columns;
		if (found) {
			buf_lit(sql, ", (SELECT ");
			keyset_column(&parent, label, 'p', sql);
			buf_lit(sql, " FROM ");
			sql_name(sql, str_of(parent.name));
			buf_lit(sql, " AS p WHERE ");
			keyset_column(&parent, to, 'p', sql);
			buf_lit(sql, " = +f.value LIMIT 1)");
		}
	}
	table_release(&parent);
	return found;
}

static struct facet_str
keep(struct facet *f, struct str s)
{
	struct facet_str kept = {f->memory.len, s.len};

	buf_add(&f->memory, s.s, s.len);
	return kept;
}

static struct facet_str
keep_value(struct facet *f, const struct query *q, int column)
{
	struct facet_str kept = {f->memory.len, 0};

	switch (query_type(q, column)) {
	case VALUE_INT:
		buf_int(&f->memory, query_int(q, column));
		break;
	case VALUE_REAL:
		json_real(&f->memory, query_real(q, column));
		break;
	default:
		return keep(f, query_text(q, column));
	}
	kept.len = f->memory.len - kept.at;
	return kept;
}

static void
read_values(struct facet *f, struct query *q, size_t size, bool labelled)
{
	while (query_next(q)) {
		struct facet_value *v = &f->values[f->n];

		if (f->n == size) {
			f->truncated = true;
			break;
		}
		*v = (struct facet_value){
		    .type = query_type(q, 0),
		    .text = keep_value(f, q, 0),
		    .count = query_int(q, 1),
		    .has_label = labelled && !query_is_null(q, 2),
		};
		if (v->has_label)
			v->label = keep_value(f, q, 2);
		f->n++;
	}
}

bool
facet_read(struct facet *f, struct db *db, const struct filters *filters,
    enum facet_kind kind, size_t column, size_t size, int64_t limit_ms)
{
	struct buf sql = {0}, label = {0};
	bool labelled = kind == FACET_COLUMN &&
	    add_label(db, filters->table, column, &label);
	struct query q;
	int next;

	*f = (struct facet){.kind = kind, .column = column};
	f->values = calloc(size, sizeof(*f->values));
	buf_lit(&sql, "SELECT f.value, f.n");
	buf_add(&sql, label.data, label.len);
	buf_lit(&sql, " FROM (");
	add_groups(filters, kind, column, &sql);
	buf_lit(&sql, ") AS f ORDER BY f.n DESC, f.value");
	begin_budget(db, limit_ms);
	query_open_buf(&q, db, &sql);
	next = filters_bind(filters, &q, 1);
	query_bind_int(&q, next, (int64_t)size + 1);
	if (f->values != NULL)
		read_values(f, &q, size, labelled);
	query_close(&q);
	buf_release(&label);
	buf_release(&sql);
	if (!db_budget_end(db) && !f->memory.failed && f->values != NULL)
		return true;
	facet_release(f);
	return false;
}

void
facet_release(struct facet *f)
{
	free(f->values);
	buf_release(&f->memory);
	f->values = NULL;
	f->n = 0;
}

static struct str
str_at(const struct facet *f, struct facet_str s)
{
	return (struct str){buf_cstr(&f->memory) + s.at, s.len};
}

struct str
facet_text(const struct facet *f, const struct facet_value *v)
{
	return str_at(f, v->text);
}

struct str
facet_label(const struct facet *f, const struct facet_value *v)
{
	return str_at(f, v->has_label ? v->label : v->text);
}

/* What a sample of a column tells. */
struct sample {
	int64_t distinct, most; /* values, and rows with the commonest */
	int64_t arrays, dates;  /* of the first values, up to FIRST */
	int64_t values;         /* how many these are */
};

#define FIRST                                                                  \
	"(SELECT v FROM s WHERE v IS NOT NULL AND v NOT IN ('', '[]') LIMIT "  \
	"100)"

/* What comes behind "WITH s AS (SELECT column AS v FROM rows". */
static const char sample_sql[] =
    " LIMIT " SAMPLE_ROWS "), g AS MATERIALIZED (SELECT count(*) AS n FROM s "
    "WHERE v IS NOT NULL AND typeof(v) <> 'blob' GROUP BY v) "
    "SELECT (SELECT count(*) FROM g), (SELECT max(n) FROM g), "
    "(SELECT count(*) FROM " FIRST " WHERE "
    "v LIKE '[%' AND EXISTS (SELECT 1 FROM " ARRAY ") AND NOT EXISTS "
    "(SELECT 1 FROM " ARRAY " WHERE type IN ('object', 'array'))), "
    "(SELECT count(*) FROM " FIRST " WHERE v GLOB "
    "'[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'), "
    "(SELECT count(*) FROM " FIRST ")";

static bool
read_sample(
    struct db *db, const struct filters *f, size_t column, struct sample *s)
{
	struct buf sql = {0};
	struct query q;
	bool read;

	buf_lit(&sql, "WITH s AS MATERIALIZED (SELECT ");
	keyset_column(f->table, column, 'r', &sql);
	buf_lit(&sql, " AS v");
	add_rows(f, &sql);
	buf_str(&sql, sample_sql);
	query_open_buf(&q, db, &sql);
	filters_bind(f, &q, 1);
	read = query_next(&q);
	if (read)
		*s = (struct sample){
		    .distinct = query_int(&q, 0),
		    .most = query_int(&q, 1),
		    .arrays = query_int(&q, 2),
		    .dates = query_int(&q, 3),
		    .values = query_int(&q, 4),
		};
	query_close(&q);
	buf_release(&sql);
	return read;
}

static size_t
suggest(const struct sample *s, size_t column,
    struct facet_suggestion out[FACET_SUGGESTIONS_MAX], size_t n)
{
	const struct {
		enum facet_kind kind;
		bool good;
	} kinds[] = {
	    {FACET_COLUMN,
		s->distinct > 1 && s->distinct <= FACET_SIZE && s->most > 1},
	    {FACET_ARRAY, s->values > 0 && s->arrays == s->values},
	    {FACET_DATE, s->dates > 0},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].good && n < FACET_SUGGESTIONS_MAX)
			out[n++] =
			    (struct facet_suggestion){kinds[i].kind, column};
	}
	return n;
}

size_t
facets_suggest(struct db *db, const struct filters *f, int64_t limit_ms,
    struct facet_suggestion out[FACET_SUGGESTIONS_MAX])
{
	const struct table *t = f->table;
	int64_t left_ms = db_time_left_ms(db);
	int64_t all_ms =
	    left_ms / 2 < 4 * limit_ms ? left_ms / 2 : 4 * limit_ms;
	size_t n = 0;

	for (size_t i = 0; i < t->n_columns; i++) {
		struct sample s = {0};

		if (t->n_key == 1 && t->key[0] == i)
			continue;
		begin_budget(db, limit_ms);
		read_sample(db, f, i, &s);
		/* What is slow for one column is slow for the others. */
		if (db_budget_end(db) || db_time_left_ms(db) < left_ms - all_ms)
			break;
		n = suggest(&s, i, out, n);
	}
	return n;
}
