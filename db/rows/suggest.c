/*
 * Which columns are worth a facet, by a sample that is read once for all of
 * them.
 */
#include "db/rows/suggest.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "app/text/alloc.h"
#include "app/text/json_valid.h"
#include "db/rows/keyset.h"

#define SAMPLE_ROWS "1000"

enum { FIRST = 100 }; /* values of a column that are looked at more closely */

/* The findings of the sample about a column. */
struct sample {
	uint64_t values[FACET_SIZE]; /* hashes of those that differ */
	size_t distinct;             /* FACET_SIZE + 1: more than that */
	bool repeats;                /* one of them at least */
	size_t first, arrays, dates; /* of the first values */
};

/* Each type has its own: 1 is not '1'. */
static uint64_t
hash_value(const struct query *q, int column)
{
	enum value_type type = query_type(q, column);
	struct str text;
	int64_t number;
	double real;

	switch (type) {
	case VALUE_INT:
		number = query_int(q, column);
		return XXH3_64bits_withSeed(&number, sizeof(number), type);
	case VALUE_REAL:
		real = query_real(q, column);
		return XXH3_64bits_withSeed(&real, sizeof(real), type);
	default:
		text = query_text(q, column);
		return XXH3_64bits_withSeed(text.s, text.len, type);
	}
}

static void
count_value(struct sample *s, uint64_t hash)
{
	for (size_t i = 0; i < s->distinct; i++) {
		if (s->values[i] == hash) {
			s->repeats = true;
			return;
		}
	}
	if (s->distinct < FACET_SIZE)
		s->values[s->distinct] = hash;
	s->distinct++;
}

/* Is it a JSON array with elements, none of which is an array or object? */
static bool
is_flat_array(struct str s)
{
	bool quoted = false;
	size_t i = 1;

	if (s.len < 2 || s.s[0] != '[' || !json_valid(s))
		return false;
	while (
	    s.s[i] == ' ' || s.s[i] == '\t' || s.s[i] == '\n' || s.s[i] == '\r')
		i++;
	if (s.s[i] == ']')
		return false;
	for (; i < s.len; i++) {
		if (s.s[i] == '"')
			quoted = !quoted;
		else if (quoted && s.s[i] == '\\')
			i++;
		else if (!quoted && (s.s[i] == '[' || s.s[i] == '{'))
			return false;
	}
	return true;
}

/* Does it begin as YYYY-MM-DD? */
static bool
is_date(struct str s)
{
	static const char form[] = "2999-19-39"; /* the highest digits */

	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		if (s.len <= i || (form[i] == '-') != (s.s[i] == '-') ||
		    (form[i] != '-' && (s.s[i] < '0' || s.s[i] > form[i])))
			return false;
	}
	return s.s[0] != '0';
}

/* The first values are those that say something. */
static void
look_closely(struct sample *s, const struct query *q, int column)
{
	struct str text = {"", 0};

	if (query_type(q, column) == VALUE_TEXT) {
		text = query_text(q, column);
		if (text.len == 0 || str_is(text, "[]"))
			return;
	}
	s->first++;
	s->arrays += text.len <= FACET_VALUE_MAX && is_flat_array(text);
	s->dates += is_date(text);
}

static bool
is_facet_value(const struct query *q, int column, enum value_type type)
{
	return type == VALUE_INT || type == VALUE_REAL ||
	    (type == VALUE_TEXT &&
		query_text(q, column).len <= FACET_VALUE_MAX);
}

/* Looks at a value; false: the column has no secrets any more. */
static bool
look(struct sample *s, const struct query *q, int column)
{
	bool closely = s->first < FIRST, counting = s->distinct <= FACET_SIZE;
	enum value_type type;

	if (!closely && !counting)
		return false;
	type = query_type(q, column);
	if (closely && type != VALUE_NULL)
		look_closely(s, q, column);
	if (counting && is_facet_value(q, column, type))
		count_value(s, hash_value(q, column));
	return true;
}

static bool
is_key(const struct table *t, size_t column)
{
	return t->n_key == 1 && t->key[0] == column;
}

/*
 * A column of the sample.  Bytes are not looked at: SQLite need not read the
 * pages that they fill.  In a view it would compute each value twice for that.
 */
static void
add_sampled(const struct table *t, size_t column, struct buf *sql)
{
	if (t->kind != TABLE_PLAIN) {
		keyset_column(t, column, sql);
		return;
	}
	buf_lit(sql, "CASE typeof(");
	keyset_column(t, column, sql);
	buf_lit(sql, ") WHEN 'blob' THEN x'' ELSE ");
	keyset_column(t, column, sql);
	buf_lit(sql, " END");
}

static void
read_samples(struct db *db, const struct filters *f, struct sample *samples)
{
	const struct table *t = f->table;
	struct buf sql = {0};
	struct query q;
	bool more = true;

	buf_lit(&sql, "SELECT ");
	for (size_t i = 0; i < t->n_columns; i++) {
		buf_str(&sql, i == 0 ? "" : ", ");
		add_sampled(t, i, &sql);
	}
	filters_rows_sql(f, &sql);
	buf_lit(&sql, " LIMIT " SAMPLE_ROWS);
	query_open_buf(&q, db, &sql);
	filters_bind(f, &q, 1);
	while (more && query_next(&q)) {
		more = false;
		for (size_t i = 0; i < t->n_columns; i++)
			more |= !is_key(t, i) && look(&samples[i], &q, (int)i);
	}
	query_close(&q);
	buf_release(&sql);
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
		s->distinct > 1 && s->distinct <= FACET_SIZE && s->repeats},
	    {FACET_ARRAY, s->first > 0 && s->arrays == s->first},
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
suggest_facets(struct db *db, const struct filters *f, int64_t limit_ms,
    struct facet_suggestion out[FACET_SUGGESTIONS_MAX])
{
	const struct table *t = f->table;
	struct sample *samples = alloc_array(t->n_columns, sizeof(*samples));
	int64_t half_ms = db_time_left_ms(db) / 2;
	size_t n = 0;

	if (samples == NULL)
		return 0;
	db_budget_begin(db, half_ms < limit_ms ? half_ms : limit_ms);
	read_samples(db, f, samples);
	if (!db_budget_end(db)) {
		for (size_t i = 0; i < t->n_columns; i++)
			n = suggest(&samples[i], i, out, n);
	}
	free(samples);
	return n;
}
