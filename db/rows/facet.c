/*
 * The SELECTs behind facets.  They group all rows that pass the filters, which
 * may take for ever: so each has a time limit of its own, and a page goes on
 * without what was not ready in time.
 */
#include "db/rows/facet.h"

#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/json.h"
#include "app/text/sqltext.h"
#include "db/rows/keyset.h"
#include "db/schema/label.h"
#include "db/sqlite/published.h"

/* The JSON that stands in column v, as filter.c's arraycontains takes it. */
#define ARRAY                                                                  \
	"json_each(CASE WHEN typeof(v) = 'text' AND json_valid(v) "            \
	"THEN v ELSE '[]' END)"

/* Names next to the filters, as KEYSET_RESULT is one; v and i outside. */
#define VALUE "\"squall:v\""
#define ROW   "\"squall:i\""

static void
begin_budget(struct db *db, int64_t limit_ms)
{
	int64_t half = db_time_left_ms(db) / 2;

	db_budget_begin(db, half < limit_ms ? half : limit_ms);
}

/* "SELECT value, n" of the commonest values. */
static void
add_groups(const struct filters *f, enum facet_kind kind, size_t column,
    struct buf *sql)
{
	const struct table *t = f->table;
	bool has_rowid = t->rowid != NULL || t->rowid_is_key;

	buf_lit(sql, "SELECT v AS value, count(*) AS n FROM (SELECT ");
	/* A row counts once for what it has twice. */
	if (kind == FACET_ARRAY)
		buf_lit(sql,
		    "DISTINCT i, atom AS v FROM (SELECT " ROW " AS i, " VALUE
		    " AS v FROM (SELECT ");
	else
		buf_lit(sql, VALUE " AS v FROM (SELECT ");
	if (kind == FACET_ARRAY) {
		if (has_rowid && t->rowid != NULL)
			keyset_column(t, t->n_columns, sql);
		else if (has_rowid)
			keyset_column(t, t->key[0], sql);
		else
			buf_lit(sql, "row_number() OVER ()");
		buf_lit(sql, " AS " ROW ", ");
	}
	if (kind == FACET_DATE)
		buf_lit(sql, "date(");
	keyset_column(t, column, sql);
	buf_str(sql, kind == FACET_DATE ? ") AS " VALUE : " AS " VALUE);
	filters_rows_sql(f, sql);
	buf_lit(sql, ")");
	if (kind == FACET_ARRAY)
		buf_lit(sql, "), " ARRAY);
	/* The condition comes before the sort, which takes the time. */
	buf_printf(sql,
	    ") WHERE v IS NOT NULL AND typeof(v) <> 'blob' "
	    "AND (typeof(v) <> 'text' OR length(CAST(v AS BLOB)) <= %d) "
	    "GROUP BY v ORDER BY n DESC, value LIMIT ?",
	    FACET_VALUE_MAX);
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
		    table_foreign_key_targets(f, parent, columns) &&
		    table_is_unique(parent, columns, 1)) {
			*to = columns[0];
			return true;
		}
	}
	return false;
}

/* The column of p; of a text no more characters than a value has bytes. */
static void
add_cut(const struct table *parent, size_t column, struct buf *sql)
{
	buf_lit(sql, "CASE WHEN typeof(");
	keyset_column_as(parent, column, 'p', sql);
	buf_lit(sql, ") IN ('text', 'blob') THEN substr(");
	keyset_column_as(parent, column, 'p', sql);
	buf_printf(sql, ", 1, %d) ELSE ", FACET_VALUE_MAX);
	keyset_column_as(parent, column, 'p', sql);
	buf_lit(sql, " END");
}

/* ", (SELECT label …)" for each value, or nothing.  True: there is one. */
static bool
add_label(struct db *db, const struct table *t, size_t column, struct buf *sql)
{
	struct table parent;
	size_t to, label;
	bool found = false;

	if (find_reference(db, t, column, &parent, &to)) {
		label = label_column(db, &parent);
		found = label < parent.n_columns;
		if (found) {
			buf_lit(sql, ", (SELECT ");
			add_cut(&parent, label, sql);
			buf_lit(sql, " FROM ");
			sqltext_name(sql, str_of(parent.name));
			buf_lit(sql, " AS p WHERE ");
			keyset_column_as(&parent, to, 'p', sql);
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
		json_digits(&f->memory, query_real(q, column));
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
facet_parse(const struct table *t, const char *entry, enum facet_kind *kind,
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
facet_read(struct facet *f, struct db *db, const struct filters *filters,
    enum facet_kind kind, size_t column, size_t size, int64_t limit_ms)
{
	struct buf sql = {0}, label = {0};
	bool labelled = kind == FACET_COLUMN &&
	    add_label(db, filters->table, column, &label);
	struct query q;
	int next;

	*f = (struct facet){.kind = kind, .column = column};
	f->values = alloc_array(size, sizeof(*f->values));
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
