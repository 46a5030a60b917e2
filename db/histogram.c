/*
 * Numbers of a column, counted.
 */
#include "db/histogram.h"

#include <math.h>
#include <stdlib.h>

/* The numbers of the sample; how many there are. */
static size_t
read_sample(double values[HISTOGRAM_ROWS], bool *more, struct db *db,
    const struct filters *f, size_t column)
{
	struct buf sql = {0};
	struct query q;
	size_t n = 0, rows = 0;
	int next;

	buf_lit(&sql, "SELECT r.");
	sql_name(&sql, str_of(f->table->columns[column].name));
	filters_rows_sql(f, &sql);
	buf_lit(&sql, " LIMIT ?");
	query_open_buf(&q, db, &sql);
	next = filters_bind(f, &q, 1);
	query_bind_int(&q, next, HISTOGRAM_ROWS + 1);
	while (query_next(&q)) {
		enum value_type type = query_type(&q, 0);

		if (++rows > HISTOGRAM_ROWS)
			break;
		if (type != VALUE_INT && type != VALUE_REAL)
			continue;
		values[n] = query_real(&q, 0);
		n += isfinite(values[n]);
	}
	*more = rows > HISTOGRAM_ROWS;
	query_close(&q);
	buf_release(&sql);
	return n;
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
	double *values = calloc(HISTOGRAM_ROWS, sizeof(*values));
	size_t n;

	*h = (struct histogram){0};
	if (values == NULL)
		return false;
	db_budget_begin(db, budget_ms);
	n = read_sample(values, &h->sampled, db, f, column);
	if (db_budget_end(db))
		n = 0;
	if (n > 0)
		count(h, values, n);
	free(values);
	return n > 0;
}
