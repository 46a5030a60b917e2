/*
 * Numbers of a column, counted.
 */
#include "db/rows/histogram.h"

#include <math.h>
#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/sqltext.h"
#include "db/rows/keyset.h"

enum {
	PARTS = 100, /* of a large table, which rows are read from */
	FEW = 1000,  /* rows that are no sample of more than HISTOGRAM_ROWS */
};

/* The part of the sample that has been read. */
struct sample {
	struct db *db;
	const struct filters *filters;
	const char *rowid; /* NULL: there is none */
	size_t column;
	double *values; /* HISTOGRAM_ROWS */
	size_t n;       /* of these */
	size_t rows;    /* that were read */
	int64_t last;   /* the rowid of the last row */
};

static void
add_value(struct sample *s, const struct query *q)
{
	enum value_type type = query_type(q, 0);

	s->rows++;
	if (type != VALUE_INT && type != VALUE_REAL)
		return;
	s->values[s->n] = query_real(q, 0);
	if (isfinite(s->values[s->n]))
		s->n++;
}

/*
 * Reads up to `max` rows, from a rowid on; more are there if it returns true.
 * By an index of the column they would be the smallest or the largest.
 */
static bool
read_rows(struct sample *s, int64_t from, size_t max)
{
	const struct table *t = s->filters->table;
	struct buf sql = {0};
	bool filtered, more = false;
	struct query q;
	int next;

	buf_lit(&sql, "SELECT ");
	keyset_column(t, s->column, &sql);
	buf_lit(&sql, ", ");
	if (s->rowid == NULL)
		buf_lit(&sql, "0");
	else
		keyset_column(t, t->n_columns, &sql);
	filters_table_sql(s->filters, &sql);
	if (s->filters->n == 0 && s->rowid != NULL)
		buf_lit(&sql, " NOT INDEXED");
	filtered = filters_sql(s->filters, &sql);
	if (s->rowid != NULL) {
		buf_str(&sql, filtered ? " AND " : " WHERE ");
		keyset_column(t, t->n_columns, &sql);
		buf_lit(&sql, " >= ? ORDER BY ");
		keyset_column(t, t->n_columns, &sql);
	}
	buf_lit(&sql, " LIMIT ?");
	query_open_buf(&q, s->db, &sql);
	next = filters_bind(s->filters, &q, 1);
	if (s->rowid != NULL)
		query_bind_int(&q, next++, from);
	query_bind_int(&q, next, (int64_t)max + 1);
	for (size_t n = 0; !more && query_next(&q); n++) {
		more = n == max;
		if (more)
			break;
		s->last = query_int(&q, 1);
		add_value(s, &q);
	}
	query_close(&q);
	buf_release(&sql);
	return more;
}

/* The first rowid, and the last. */
static bool
read_ends(struct sample *s, int64_t *first, int64_t *last)
{
	struct buf sql = {0};
	struct query q;
	bool found;

	buf_printf(&sql, "SELECT (SELECT min(%s)", s->rowid);
	buf_lit(&sql, " FROM ");
	sqltext_name(&sql, str_of(s->filters->table->name));
	buf_printf(&sql, "), (SELECT max(%s)", s->rowid);
	buf_lit(&sql, " FROM ");
	sqltext_name(&sql, str_of(s->filters->table->name));
	buf_lit(&sql, ")");
	query_open_buf(&q, s->db, &sql);
	found = query_next(&q);
	*first = query_int(&q, 0);
	*last = query_int(&q, 1);
	query_close(&q);
	buf_release(&sql);
	return found;
}

/* Rows from all over the table, in the order of its rowids. */
static void
read_parts(struct sample *s)
{
	int64_t first, last;
	uint64_t step;

	if (!read_ends(s, &first, &last))
		return;
	step = ((uint64_t)last - (uint64_t)first) / PARTS;
	s->n = s->rows = 0;
	s->last = first;
	for (uint64_t i = 0; i < PARTS; i++) {
		int64_t from = (int64_t)((uint64_t)first + step * i);

		if (i > 0 && s->last == INT64_MAX)
			break;
		if (i > 0 && from <= s->last)
			from = s->last + 1;
		read_rows(s, from, HISTOGRAM_ROWS / PARTS);
	}
}

/* True: there are more rows than the sample has. */
static bool
read_sample(struct sample *s)
{
	bool more = read_rows(s, INT64_MIN, HISTOGRAM_ROWS);

	if (!more || s->rowid == NULL || s->filters->n > 0)
		return more;
	read_parts(s);
	/* Most rowids are close together, and others far away. */
	if (s->rows < FEW) {
		s->n = s->rows = 0;
		read_rows(s, INT64_MIN, HISTOGRAM_ROWS);
	}
	return true;
}

/* The range of all doubles is no double. */
static size_t
bin(const struct histogram *h, double value)
{
	long double range = (long double)h->max - h->min;
	long double place =
	    range > 0 ? (value - (long double)h->min) / range : 0;
	size_t i = place > 0 ? (size_t)(place * h->bins) : 0;

	return i < h->bins ? i : h->bins - 1;
}

static void
count(struct histogram *h, const double *values, size_t n)
{
	h->n = (int64_t)n;
	h->min = h->max = values[0];
	for (size_t i = 1; i < n; i++) {
		h->min = fmin(h->min, values[i]);
		h->max = fmax(h->max, values[i]);
	}
	h->bins = h->min < h->max ? HISTOGRAM_BINS : 1;
	for (size_t i = 0; i < n; i++)
		h->counts[bin(h, values[i])]++;
}

bool
histogram_read(struct histogram *h, struct db *db, const struct filters *f,
    size_t column, int64_t budget_ms)
{
	const struct table *t = f->table;
	struct sample s = {
	    .db = db,
	    .filters = f,
	    .rowid = t->kind == TABLE_PLAIN ? t->rowid : NULL,
	    .column = column,
	    .values = alloc_array(HISTOGRAM_ROWS, sizeof(*s.values)),
	};

	*h = (struct histogram){0};
	if (s.values == NULL)
		return false;
	db_budget_begin(db, budget_ms);
	h->sampled = read_sample(&s);
	if (db_budget_end(db))
		s.n = 0;
	if (s.n > 0)
		count(h, s.values, s.n);
	free(s.values);
	return s.n > 0;
}
