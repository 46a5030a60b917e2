/*
 * Fuzzes keyset_parse with what may stand in a `_next`, for tables of several
 * kinds.  What it takes has values of the types it says, none reaches beyond
 * the position's memory, and the place that it names, written as a token again,
 * is the same place.  Every range of rows after it gets a statement that binds
 * as many values as it has.
 */
#include "db/rows/keyset.h"

#include <inttypes.h>

#include "app/text/url.h"
#include "tests/fuzz/fuzz.h"

enum { N_COLUMNS = 4 };

static struct column columns[N_COLUMNS] = {
    {.name = "id", .not_null = true},
    {.name = "a \"quoted\" name", .key = 1, .not_null = true},
    {.name = "real", .key = 2, .affinity = AFFINITY_NUMERIC},
    {.name = "text", .affinity = AFFINITY_TEXT},
};

static const struct table tables[] = {
    /* a view */
    {.name = "v", .columns = columns, .n_columns = N_COLUMNS},
    /* keys with and without a rowid, the rowid as key, and alone */
    {.name = "t",
	.columns = columns,
	.n_columns = N_COLUMNS,
	.key = {1, 2},
	.n_key = 2,
	.rowid = "rowid",
	.has_order = true},
    {.name = "t",
	.columns = columns,
	.n_columns = N_COLUMNS,
	.key = {1, 2},
	.n_key = 2,
	.has_order = true},
    {.name = "t",
	.columns = columns,
	.n_columns = N_COLUMNS,
	.key = {0},
	.n_key = 1,
	.rowid = "rowid",
	.rowid_is_key = true,
	.has_order = true},
    {.name = "t",
	.columns = columns,
	.n_columns = N_COLUMNS,
	.rowid = "rowid",
	.has_order = true},
};

/* What the first byte of an input chooses: a table and its order. */
static void
choose(uint8_t choice, struct keyset *k)
{
	size_t n = sizeof(tables) / sizeof(*tables);
	const struct table *t = &tables[choice % n];

	choice /= (uint8_t)n;
	keyset_init(k, t, choice / 2 % (N_COLUMNS + 1), choice % 2 != 0);
}

static bool
is_inside(struct str s, const struct buf *b)
{
	return s.s >= b->data && s.s + s.len < b->data + b->len;
}

/* As keyset_token does, but from values instead of a row. */
static void
write_token(
    const struct keyset *k, const struct keyset_position *p, struct buf *b)
{
	static const char *const letters[] = {"n", "i", "r", "t", "b"};

	if (k->n == 0)
		keyset_offset_token(p->offset, b);
	for (size_t i = 0; i < k->n; i++) {
		const struct keyset_value *v = &p->values[i];

		if (i > 0)
			buf_char(b, ',');
		buf_str(b, v->far ? "k" : letters[v->type]);
		if (v->type == VALUE_INT)
			buf_printf(b, "%" PRId64, v->number);
		else if (v->type != VALUE_NULL)
			url_part(b, v->text);
	}
}

static void
check_same_place(const struct keyset *k, const struct keyset_position *p)
{
	struct keyset_position again;
	struct buf token = {0}, once_more = {0};

	write_token(k, p, &token);
	CHECK(keyset_parse(k, str_of_buf(&token), &again));
	CHECK(again.given && again.offset == p->offset);
	for (size_t i = 0; i < k->n; i++) {
		CHECK(again.values[i].type == p->values[i].type);
		CHECK(again.values[i].far == p->values[i].far);
		CHECK(again.values[i].number == p->values[i].number);
		CHECK(again.values[i].real == p->values[i].real);
		CHECK(str_eq(again.values[i].text, p->values[i].text));
	}
	write_token(k, &again, &once_more);
	CHECK(str_eq(str_of_buf(&once_more), str_of_buf(&token)));
	keyset_position_release(&again);
	buf_release(&token);
	buf_release(&once_more);
}

static void
check_values(const struct keyset *k, const struct keyset_position *p)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct keyset_value *v = &p->values[i];

		CHECK(is_inside(v->text, &p->memory));
		CHECK(v->text.s[v->text.len] == '\0');
		CHECK(
		    v->type == VALUE_REAL ? v->real == v->real : v->real == 0);
		CHECK(!v->far || v->text.len == 0);
	}
}

static size_t
count(const struct buf *sql, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < sql->len; i++)
		n += sql->data[i] == c;
	return n;
}

/* A query without a statement takes whatever is bound. */
static void
check_ranges(const struct keyset *k, const struct keyset_position *p)
{
	size_t n = keyset_ranges(k, p);

	CHECK(n <= 2 * KEYSET_TERMS);
	for (size_t i = 0; i < n; i++) {
		struct query q = {0};
		struct buf sql = {0};
		int next = keyset_bind(k, p, i, &q, 1);

		keyset_sql(k, p, i, " WHERE ", &sql);
		CHECK(count(&sql, '?') == (size_t)next - 1);
		CHECK(count(&sql, '(') == count(&sql, ')'));
		buf_release(&sql);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = {(const char *)data, size};
	struct keyset_position position;
	struct keyset keyset;
	char *token;

	choose(take_byte(&in), &keyset);
	token = exact_copy(in);
	if (keyset_parse(&keyset, (struct str){token, in.len}, &position)) {
		memset(token, 'x', in.len);
		check_values(&keyset, &position);
		check_same_place(&keyset, &position);
		check_ranges(&keyset, &position);
	}
	keyset_position_release(&position);
	free(token);
	return 0;
}
