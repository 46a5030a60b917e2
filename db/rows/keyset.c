/*
 * Total orders, positions in them, and the ranges that follow a position.
 * Used by rows.c; knows SQL text but no pages.
 */
#include "db/rows/keyset.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/text/sqltext.h"
#include "app/text/url.h"

/* How a token writes numbers. */
#define INT_FORMAT  "%" PRId64
#define REAL_FORMAT "%.17g"
enum {
	DIGITS_MAX = 40,
	FAR_BYTES = 1000, /* a longer value does not go into a token */
};

/* The letter that a token's value begins with, by type. */
static const char letters[] = {
    [VALUE_NULL] = 'n',
    [VALUE_INT] = 'i',
    [VALUE_REAL] = 'r',
    [VALUE_TEXT] = 't',
    [VALUE_BLOB] = 'b',
};

/* A range: the terms before `term` are equal, and this one compares so. */
enum comparison {
	AFTER,   /* follows the value, NULL or not */
	IS_NULL, /* descending: the NULLs after all values */
};

struct range {
	size_t term;
	enum comparison comparison;
};

static void
add_term(struct keyset *k, size_t column, bool descending)
{
	for (size_t i = 0; i < k->n; i++) {
		if (k->terms[i].column == column)
			return;
	}
	k->terms[k->n++] = (struct keyset_term){column, descending};
}

/* The order of an index needs no comparison, what follows a position does. */
static bool
can_compare_key(const struct table *t)
{
	for (size_t i = 0; i < t->n_key; i++) {
		if (t->columns[t->key[i]].odd_collation)
			return false;
	}
	return true;
}

void
keyset_init(struct keyset *k, const struct table *t, size_t sort_column,
    bool descending)
{
	*k = (struct keyset){
	    .table = t,
	    .sort = {sort_column, descending},
	    .sorted = sort_column < t->n_columns,
	};
	if (!t->has_order ||
	    (k->sorted && t->columns[sort_column].odd_collation))
		return;
	if (k->sorted)
		add_term(k, sort_column, descending);
	for (size_t i = 0; i < t->n_key && can_compare_key(t); i++)
		add_term(k, t->key[i], false);
	/*
	 * Rows with NULL in their key need not differ in it, nor do those whose
	 * key is unique by another collation than the column's.
	 */
	if (!t->rowid_is_key && t->rowid != NULL)
		add_term(k, t->n_columns, false);
}

void
keyset_column(const struct table *t, size_t column, struct buf *sql)
{
	sqltext_name(sql, str_of(t->name));
	buf_char(sql, '.');
	sqltext_name(sql, str_of(table_column_name(t, column)));
}

void
keyset_column_as(
    const struct table *t, size_t column, char alias, struct buf *sql)
{
	buf_char(sql, alias);
	buf_char(sql, '.');
	sqltext_name(sql, str_of(table_column_name(t, column)));
}

void
keyset_position_release(struct keyset_position *p)
{
	buf_release(&p->memory);
}

/*
 * The first of the terms, up to the last, that find the row by themselves: the
 * rowid, or the key behind the column that is sorted by.  k->n: there are none.
 */
static size_t
far_key(const struct keyset *k)
{
	const struct table *t = k->table;

	if (k->n > 0 && k->terms[k->n - 1].column == t->n_columns)
		return k->n - 1;
	if (k->n < 2 || !k->sorted || t->columns[k->terms[0].column].key > 0)
		return k->n;
	return 1;
}

static bool
may_be_far(const struct keyset *k, size_t term)
{
	size_t key = far_key(k);

	return key < k->n && term < key;
}

/* One place, one token: a number counts only as keyset_token writes it. */
static bool
parse_value(struct keyset_position *p, struct str part, struct keyset_value *v)
{
	size_t from = p->memory.len;
	char digits[DIGITS_MAX];
	const char *text;

	if (part.len == 0)
		return false;
	url_unpart(&p->memory, (struct str){part.s + 1, part.len - 1});
	buf_char(&p->memory, '\0');
	if (p->memory.failed)
		return false;
	text = p->memory.data + from;
	v->text = (struct str){text, p->memory.len - from - 1};
	switch (part.s[0]) {
	case 'n':
		v->type = VALUE_NULL;
		return v->text.len == 0;
	case 'i':
		v->type = VALUE_INT;
		v->number = strtoll(text, NULL, 10);
		snprintf(digits, sizeof(digits), INT_FORMAT, v->number);
		return str_is(v->text, digits);
	case 'r':
		v->type = VALUE_REAL;
		v->real = strtod(text, NULL);
		snprintf(digits, sizeof(digits), REAL_FORMAT, v->real);
		return str_is(v->text, digits) && v->real == v->real;
	case 't':
		v->type = VALUE_TEXT;
		return true;
	case 'b':
		v->type = VALUE_BLOB;
		return true;
	case 'k':
		v->type = VALUE_TEXT;
		v->far = true;
		return v->text.len == 0;
	default:
		return false;
	}
}

static bool
parse_offset(struct str token, int64_t *offset)
{
	char digits[DIGITS_MAX];

	if (token.len < 2 || token.len >= sizeof(digits) || token.s[0] != 'o')
		return false;
	memcpy(digits, token.s + 1, token.len - 1);
	digits[token.len - 1] = '\0';
	*offset = strtoll(digits, NULL, 10);
	snprintf(digits, sizeof(digits), INT_FORMAT, *offset);
	return *offset >= 0 &&
	    str_is((struct str){token.s + 1, token.len - 1}, digits);
}

bool
keyset_parse(
    const struct keyset *k, struct str token, struct keyset_position *p)
{
	const char *s = token.s, *end = token.s + token.len;

	*p = (struct keyset_position){.given = true};
	if (k->n == 0)
		return parse_offset(token, &p->offset);
	/* Reserved at once: the values point into it. */
	buf_reserve(&p->memory, token.len + KEYSET_TERMS);
	for (size_t i = 0; i < k->n; i++) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		const char *stop = comma == NULL ? end : comma;

		if ((comma == NULL) != (i + 1 == k->n) ||
		    (stop > s && *s == 'k' && !may_be_far(k, i)) ||
		    !parse_value(
			p, (struct str){s, (size_t)(stop - s)}, &p->values[i]))
			return false;
		s = stop + 1;
	}
	return true;
}

void
keyset_token(const struct keyset *k, const struct query *q, struct buf *b)
{
	for (size_t i = 0; i < k->n; i++) {
		int column = (int)k->terms[i].column;
		enum value_type type = query_type(q, column);

		if (i > 0)
			buf_char(b, ',');
		if (may_be_far(k, i) &&
		    (type == VALUE_TEXT || type == VALUE_BLOB) &&
		    query_blob(q, column).len > FAR_BYTES) {
			buf_char(b, 'k');
			continue;
		}
		buf_char(b, letters[type]);
		switch (type) {
		case VALUE_NULL:
			break;
		case VALUE_INT:
			buf_printf(b, INT_FORMAT, query_int(q, column));
			break;
		case VALUE_REAL: {
			char digits[40];

			snprintf(digits, sizeof(digits), "%.17g",
			    query_real(q, column));
			url_part(b, str_of(digits));
			break;
		}
		case VALUE_TEXT:
			url_part(b, query_text(q, column));
			break;
		case VALUE_BLOB:
			url_part(b, query_blob(q, column));
			break;
		}
	}
}

void
keyset_offset_token(int64_t offset, struct buf *token)
{
	buf_printf(token, "o" INT_FORMAT, offset);
}

/* The ranges after a position, nearest first.  Returns how many. */
static size_t
ranges(const struct keyset *k, const struct keyset_position *p,
    struct range out[2 * KEYSET_TERMS])
{
	size_t n = 0;

	for (size_t i = k->n; i-- > 0;) {
		bool null = p->values[i].type == VALUE_NULL;
		size_t column = k->terms[i].column;
		bool may_be_null = column < k->table->n_columns &&
		    !k->table->columns[column].not_null;

		if (!k->terms[i].descending || !null)
			out[n++] = (struct range){i, AFTER};
		if (k->terms[i].descending && !null && may_be_null)
			out[n++] = (struct range){i, IS_NULL};
	}
	return n;
}

size_t
keyset_ranges(const struct keyset *k, const struct keyset_position *p)
{
	struct range all[2 * KEYSET_TERMS];

	/* Nothing can follow NULL in descending order but equal NULLs. */
	return k->n == 0 || !p->given ? 1 : ranges(k, p, all);
}

static void
order_by(const struct keyset *k, struct buf *sql)
{
	const struct keyset_term *terms = k->n > 0 ? k->terms : &k->sort;
	size_t n = k->n > 0 ? k->n : k->sorted ? 1 : 0;

	for (size_t i = 0; i < n; i++) {
		buf_str(sql, i == 0 ? " ORDER BY " : ", ");
		keyset_column(k->table, terms[i].column, sql);
		if (terms[i].descending)
			buf_lit(sql, " DESC");
	}
}

/* Compares a column with itself in the row that the position is after. */
static void
add_far_value(const struct keyset *k, const struct keyset_position *p,
    size_t term, struct buf *sql)
{
	buf_lit(sql, "(SELECT ");
	keyset_column_as(k->table, k->terms[term].column, 'f', sql);
	buf_lit(sql, " FROM ");
	sqltext_name(sql, str_of(k->table->name));
	buf_lit(sql, " AS f");
	for (size_t i = far_key(k); i < k->n; i++) {
		buf_str(sql, i == far_key(k) ? " WHERE " : " AND ");
		keyset_column_as(k->table, k->terms[i].column, 'f', sql);
		buf_str(
		    sql, p->values[i].type == VALUE_NULL ? " IS NULL" : " = ?");
	}
	buf_lit(sql, ")");
}

/* Binds a value's parameter, if it has one; the number of the next. */
static int
bind(struct query *q, int i, const struct keyset_value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		return i;
	case VALUE_INT:
		query_bind_int(q, i, v->number);
		break;
	case VALUE_REAL:
		query_bind_real(q, i, v->real);
		break;
	case VALUE_TEXT:
		query_bind_text(q, i, v->text);
		break;
	case VALUE_BLOB:
		query_bind_blob(q, i, v->text);
		break;
	}
	return i + 1;
}

bool
keyset_exists(
    struct db *db, const struct keyset *k, const struct keyset_position *p)
{
	struct buf sql = {0};
	struct query q;
	bool far = false, found;
	int next = 1;

	for (size_t i = 0; i < k->n; i++)
		far |= p->given && p->values[i].far;
	if (!far)
		return true;
	buf_lit(&sql, "SELECT 1 WHERE EXISTS ");
	add_far_value(k, p, 0, &sql);
	query_open_buf(&q, db, &sql);
	for (size_t i = far_key(k); i < k->n; i++)
		next = bind(&q, next, &p->values[i]);
	found = query_next(&q);
	query_close(&q);
	buf_release(&sql);
	return found;
}

/* Adds an operator and what stands to its right. */
static void
add_comparison(const struct keyset *k, const struct keyset_position *p,
    size_t term, const char *operator, struct buf * sql)
{
	buf_str(sql, operator);
	if (p->values[term].far)
		add_far_value(k, p, term, sql);
	else
		buf_char(sql, '?');
}

void
keyset_sql(const struct keyset *k, const struct keyset_position *p,
    size_t range, const char *glue, struct buf *sql)
{
	struct range all[2 * KEYSET_TERMS], r;

	if (k->n == 0 || !p->given) {
		order_by(k, sql);
		return;
	}
	ranges(k, p, all);
	r = all[range];
	buf_str(sql, glue);
	for (size_t i = 0; i < r.term; i++) {
		keyset_column(k->table, k->terms[i].column, sql);
		if (p->values[i].type == VALUE_NULL)
			buf_lit(sql, " IS NULL");
		else
			add_comparison(k, p, i, " = ", sql);
		buf_lit(sql, " AND ");
	}
	keyset_column(k->table, k->terms[r.term].column, sql);
	if (r.comparison == IS_NULL)
		buf_lit(sql, " IS NULL");
	else if (p->values[r.term].type == VALUE_NULL)
		buf_lit(sql, " IS NOT NULL");
	else
		add_comparison(k, p, r.term,
		    k->terms[r.term].descending ? " < " : " > ", sql);
	order_by(k, sql);
}

int
keyset_bind(const struct keyset *k, const struct keyset_position *p,
    size_t range, struct query *q, int i)
{
	struct range all[2 * KEYSET_TERMS], r;

	if (k->n == 0 || !p->given)
		return i;
	ranges(k, p, all);
	r = all[range];
	for (size_t t = 0; t <= r.term; t++) {
		/* A term that is compared with NULL has no parameter. */
		if (t == r.term && r.comparison == IS_NULL)
			break;
		if (!p->values[t].far) {
			i = bind(q, i, &p->values[t]);
			continue;
		}
		for (size_t key = far_key(k); key < k->n; key++)
			i = bind(q, i, &p->values[key]);
	}
	return i;
}
