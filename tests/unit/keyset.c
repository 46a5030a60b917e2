/*
 * db/rows/keyset.c: the terms of an order, and tokens there and back.  That
 * tokens lead through whole tables is tested in paging.c.
 */
#include "db/rows/keyset.h"

#include <math.h>

#include "app/text/url.h"
#include "tests/unit/database.h"

/* The terms as "a, b DESC, rowid". */
static void
describe(const struct keyset *k, struct buf *b)
{
	buf_reset(b);
	for (size_t i = 0; i < k->n; i++) {
		const struct table *t = k->table;
		size_t column = k->terms[i].column;

		buf_printf(b, "%s%s%s", i == 0 ? "" : ", ",
		    column < t->n_columns ? t->columns[column].name : t->rowid,
		    k->terms[i].descending ? " DESC" : "");
	}
}

#define assert_terms(d, table, sort, lit)                                      \
	check_terms((d), (table), (sort), (lit), __FILE__, __LINE__)

/* `sort` is a column, after '-' for descending; "" for none. */
static void
check_terms(const struct database *d, const char *table, const char *sort,
    const char *want, const char *file, int line)
{
	bool descending = *sort == '-';
	struct buf b = {0};
	struct keyset k;
	struct table t;

	assert_true(table_read(d->db, str_of(table), &t));
	keyset_init(&k, &t,
	    *sort == '\0' ? t.n_columns
			  : table_column(&t, str_of(sort + descending)),
	    descending);
	describe(&k, &b);
	check_str(str_of_buf(&b), str_of(want), file, line);
	buf_release(&b);
	table_release(&t);
}

static void
the_order_ends_with_the_key(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(id INTEGER PRIMARY KEY, x, y);"
	    "CREATE TABLE b(x, y, z, PRIMARY KEY (z, x)) WITHOUT ROWID;"
	    "CREATE TABLE c(x, y)");
	assert_terms(d, "a", "", "id");
	assert_terms(d, "a", "x", "x, id");
	assert_terms(d, "a", "-x", "x DESC, id");
	assert_terms(d, "b", "", "z, x");
	assert_terms(d, "b", "-y", "y DESC, z, x");
	assert_terms(d, "c", "", "rowid");
	assert_terms(d, "c", "-y", "y DESC, rowid");
	end_reading(d->db);
}

static void
a_column_of_the_key_is_no_term_twice(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(id INTEGER PRIMARY KEY, x);"
	    "CREATE TABLE b(x, y, z, PRIMARY KEY (x, y, z)) WITHOUT ROWID");
	assert_terms(d, "a", "id", "id");
	assert_terms(d, "a", "-id", "id DESC");
	assert_terms(d, "b", "-y", "y DESC, x, z");
	assert_terms(d, "b", "x", "x, y, z");
	end_reading(d->db);
}

/* A key of a rowid table may hold NULL, any number of times. */
static void
a_key_that_may_be_null_is_followed_by_the_rowid(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(k TEXT PRIMARY KEY, x);"
	    "CREATE TABLE c(x TEXT NOT NULL, y, PRIMARY KEY (x, y));"
	    "CREATE TABLE d(rowid TEXT PRIMARY KEY)");
	assert_terms(d, "a", "", "k, rowid");
	assert_terms(d, "a", "-k", "k DESC, rowid");
	assert_terms(d, "c", "", "x, y, rowid");
	assert_terms(d, "d", "", "rowid, _rowid_");
	end_reading(d->db);
}

static void
views_have_no_total_order(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE VIEW v AS SELECT 1 AS a, 2 AS b;"
	    "CREATE TABLE t(rowid, _rowid_, oid)");
	assert_terms(d, "v", "", "");
	assert_terms(d, "v", "-b", "");
	assert_terms(d, "t", "", "");
	end_reading(d->db);
}

/* A table of pairs, ordered by the first and then the rowid. */
struct pairs {
	struct table table;
	struct keyset keyset;
	struct query query;
	struct buf token;
	struct keyset_position position;
};

static void
open_pairs(struct database *d, const char *rows, struct pairs *p)
{
	struct buf sql = {0};

	*p = (struct pairs){0};
	buf_printf(&sql, "CREATE TABLE t(v); %s", rows);
	read_database_of(d, buf_cstr(&sql));
	buf_release(&sql);
	assert_true(table_read(d->db, LIT("t"), &p->table));
	keyset_init(&p->keyset, &p->table, 0, false);
	assert_int_equal(p->keyset.n, 2);
	query_open(&p->query, d->db, "SELECT v, rowid FROM t ORDER BY rowid");
}

static void
close_pairs(struct database *d, struct pairs *p)
{
	query_close(&p->query);
	buf_release(&p->token);
	keyset_position_release(&p->position);
	table_release(&p->table);
	end_reading(d->db);
}

/* The token of the next row, through a query string, and read again. */
static const struct keyset_value *
next_value(struct pairs *p)
{
	struct buf arg = {0}, back = {0};

	assert_true(query_next(&p->query));
	buf_reset(&p->token);
	keyset_token(&p->keyset, &p->query, &p->token);
	for (size_t i = 0; i < p->token.len; i++) {
		assert_true(p->token.data[i] > 0x20);
		assert_true(p->token.data[i] < 0x7f);
	}
	url_arg(&arg, str_of_buf(&p->token));
	url_unarg(&back, str_of_buf(&arg));
	keyset_position_release(&p->position);
	assert_true(keyset_parse(&p->keyset, str_of_buf(&back), &p->position));
	assert_true(p->position.given);
	buf_release(&arg);
	buf_release(&back); /* the position has its own memory */
	assert_int_equal(p->position.values[1].type, VALUE_INT);
	assert_int_equal(p->position.values[1].number, query_int(&p->query, 1));
	return &p->position.values[0];
}

static void
whole_numbers_round_trip(void **state)
{
	static const int64_t want[] = {
	    0, 1, -1, 42, -42, INT64_MAX, INT64_MIN, INT64_MIN + 1};
	struct database *d = *state;
	struct pairs p;

	open_pairs(d,
	    "INSERT INTO t VALUES (0), (1), (-1), (42), (-42),"
	    "(9223372036854775807), (-9223372036854775808),"
	    "(-9223372036854775807)",
	    &p);
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		const struct keyset_value *v = next_value(&p);

		assert_int_equal(v->type, VALUE_INT);
		assert_true(v->number == want[i]);
	}
	close_pairs(d, &p);
}

static void
reals_round_trip(void **state)
{
	static const double want[] = {0.5, -0.5, 0.1 + 0.2, 1e308, 5e-324,
	    -1.7976931348623157e308, 1.0 / 3, 1.0, INFINITY, -INFINITY,
	    9007199254740993.0, 1e-7};
	struct database *d = *state;
	struct pairs p;

	open_pairs(d,
	    "INSERT INTO t VALUES (0.5), (-0.5), (0.1 + 0.2), (1e308),"
	    "(5e-324), (-1.7976931348623157e308), (1.0 / 3), (1.0), (9e999),"
	    "(-9e999), (9007199254740993.0), (1e-7)",
	    &p);
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		const struct keyset_value *v = next_value(&p);

		assert_int_equal(v->type, VALUE_REAL);
		assert_true(v->real == query_real(&p.query, 0));
		assert_true(signbit(v->real) == signbit(want[i]));
	}
	close_pairs(d, &p);
}

static void
null_round_trips(void **state)
{
	struct database *d = *state;
	struct pairs p;

	open_pairs(d, "INSERT INTO t VALUES (NULL)", &p);
	assert_int_equal(next_value(&p)->type, VALUE_NULL);
	close_pairs(d, &p);
}

static void
text_round_trips(void **state)
{
	static const struct str want[] = {{"", 0}, {"plain", 5}, {"a,b", 3},
	    {",", 1}, {"a~2Cb+c d", 9}, {"é€🌍", 9}, {"a\0b", 3}, {"it's", 4},
	    {"~", 1}, {"123", 3}, {"\xff\xc3", 2}, {"%&=?#/.", 7}};
	struct database *d = *state;
	struct pairs p;

	open_pairs(d,
	    "INSERT INTO t VALUES (''), ('plain'), ('a,b'), (','),"
	    "('a~2Cb+c d'), ('é€🌍'), (CAST(x'610062' AS TEXT)), ('it''s'),"
	    "('~'), ('123'), (CAST(x'ffc3' AS TEXT)), ('%&=?#/.')",
	    &p);
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		const struct keyset_value *v = next_value(&p);

		assert_int_equal(v->type, VALUE_TEXT);
		assert_same(v->text, want[i]);
	}
	close_pairs(d, &p);
}

static void
blobs_round_trip(void **state)
{
	struct database *d = *state;
	const struct keyset_value *v;
	struct pairs p;
	char all[N_BYTES];

	open_pairs(d,
	    "INSERT INTO t VALUES (x''), (x'00'), (x'2c2c'), (x'7e2b20');"
	    "CREATE TABLE b(i INTEGER PRIMARY KEY, hex);",
	    &p);
	v = next_value(&p);
	assert_int_equal(v->type, VALUE_BLOB);
	assert_int_equal(v->text.len, 0);
	assert_str(next_value(&p)->text, "\0");
	assert_str(next_value(&p)->text, ",,");
	v = next_value(&p);
	assert_str(v->text, "~+ ");
	assert_int_equal(v->type, VALUE_BLOB);
	/* Every byte there is. */
	query_close(&p.query);
	for (int i = 0; i < N_BYTES; i++)
		all[i] = (char)i;
	query_open(&p.query, d->db, "SELECT ?, 1");
	query_bind_blob(&p.query, 1, (struct str){all, sizeof(all)});
	v = next_value(&p);
	assert_int_equal(v->type, VALUE_BLOB);
	assert_same(v->text, ((struct str){all, sizeof(all)}));
	close_pairs(d, &p);
}

static void
check_rejected(const struct keyset *k, const char *const *tokens, size_t n)
{
	size_t accepted = 0;

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(tokens[i]);
		char *copy = exact_copy(tokens[i], len);
		struct keyset_position p;

		if (keyset_parse(k, (struct str){copy, len}, &p)) {
			print_error("\"%s\" was accepted\n", tokens[i]);
			accepted++;
		}
		keyset_position_release(&p);
		free(copy);
	}
	assert_int_equal(accepted, 0);
}

static void
malformed_tokens_are_rejected(void **state)
{
	static const char *const tokens[] = {"", ",", "i5", "i5,", ",i5",
	    "i5,i6,i7", "i5,i6,", "5,6", "x5,i6", "I5,i6", "N,i6", "i,i6",
	    "ix,i6", "i5x,i6", "i5.0,i6", "i--5,i6", "i0x5,i6",
	    "i9223372036854775808,i6", "i-9223372036854775809,i6", "n1,i6",
	    "n~00,i6", "r,i6", "rx,i6", "r1.5x,i6", "rnan,i6", "r-nan,i6",
	    "r1~2E5~2E5,i6", "i5;i6", "o5", "o5,i6", "~69~35,i6", "i5~2Ci6"};
	struct database *d = *state;
	struct pairs p;

	open_pairs(d, "", &p);
	check_rejected(&p.keyset, tokens, COUNT_OF(tokens));
	close_pairs(d, &p);
}

/* To strtoll and strtod, a number ends there. */
static void
numbers_that_go_on_after_a_nul_are_rejected(void **state)
{
	static const char *const tokens[] = {
	    "i5~00,i6", "i5~00x,i6", "r1~00,i6", "r1~2E5~00junk,i6"};
	struct database *d = *state;
	struct pairs p;

	open_pairs(d, "", &p);
	check_rejected(&p.keyset, tokens, COUNT_OF(tokens));
	close_pairs(d, &p);
}

/* One place, one token: or one page had many keys. */
static void
numbers_in_a_form_that_is_never_written_are_rejected(void **state)
{
	static const char *const tokens[] = {"i+5,i6", "i~2B5,i6", "i~0A5,i6",
	    "i05,i6", "i-0,i6", "r+1,i6", "r0x10,i6", "rinfinity,i6"};
	struct database *d = *state;
	struct pairs p;

	open_pairs(d, "", &p);
	check_rejected(&p.keyset, tokens, COUNT_OF(tokens));
	close_pairs(d, &p);
}

static void
a_token_for_another_order_is_rejected(void **state)
{
	static const char *const tokens[] = {"i5,i6", "o5", "", "t"};
	struct database *d = *state;
	struct keyset_position p;
	struct keyset k;
	struct table t;

	read_database_of(d, "CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
	assert_true(table_read(d->db, LIT("t"), &t));
	keyset_init(&k, &t, t.n_columns, false);
	check_rejected(&k, tokens, 3);
	assert_true(keyset_parse(&k, LIT("i6"), &p));
	keyset_position_release(&p);
	table_release(&t);
	end_reading(d->db);
}

/* keyset.h: a value that is too long stands in the row itself. */
static void
long_values_are_left_in_their_row(void **state)
{
	struct database *d = *state;
	struct pairs p;

	open_pairs(d,
	    "INSERT INTO t VALUES (hex(zeroblob(300))), (zeroblob(300)),"
	    "(hex(zeroblob(50000))), (zeroblob(50000))",
	    &p);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(next_value(&p)->far, i >= 2);
		assert_true(p.token.len < 1500);
	}
	close_pairs(d, &p);
}

static void
only_the_column_that_is_sorted_by_may_be_left_in_its_row(void **state)
{
	static const char *const tokens[] = {
	    "i5,k", "kx,i6", "k~00,i6", "k5,i6", "k", "k,k", "K,i6"};
	static const char *const alone[] = {"k", "k,i6"};
	struct database *d = *state;
	struct keyset by_key;
	struct pairs p;

	open_pairs(d, "", &p);
	check_rejected(&p.keyset, tokens, COUNT_OF(tokens));
	assert_true(keyset_parse(&p.keyset, LIT("k,i6"), &p.position));
	assert_true(p.position.values[0].far);
	keyset_init(&by_key, &p.table, p.table.n_columns, false);
	check_rejected(&by_key, alone, COUNT_OF(alone));
	close_pairs(d, &p);
}

static void
offsets_round_trip(void **state)
{
	static const int64_t offsets[] = {0, 1, 100, INT64_MAX};
	const struct keyset k = {0};
	struct buf token = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(offsets); i++) {
		struct keyset_position p;

		keyset_offset_token(offsets[i], &token);
		assert_true(keyset_parse(&k, str_of_buf(&token), &p));
		assert_true(p.given);
		assert_true(p.offset == offsets[i]);
		keyset_position_release(&p);
		buf_reset(&token);
	}
	buf_release(&token);
}

static void
malformed_offsets_are_rejected(void **state)
{
	static const char *const tokens[] = {"", "o", "5", "o-1", "ox", "o5x",
	    "O5", "i5", "o9223372036854775808", "o5,", "oo5", "o0x5",
	    "o00000000000000000000000000000005"};
	const struct keyset k = {0};

	(void)state;
	check_rejected(&k, tokens, COUNT_OF(tokens));
}

static void
offsets_that_go_on_after_a_nul_are_rejected(void **state)
{
	const struct keyset k = {0};
	struct keyset_position p;

	(void)state;
	assert_false(keyset_parse(&k, LIT("o5\0x"), &p));
	keyset_position_release(&p);
	assert_false(keyset_parse(&k, LIT("o5\0"), &p));
	keyset_position_release(&p);
}

static void
the_beginning_is_one_range(void **state)
{
	static const struct keyset_position beginning;
	struct database *d = *state;
	struct buf sql = {0};
	struct pairs p;

	open_pairs(d, "", &p);
	assert_int_equal(keyset_ranges(&p.keyset, &beginning), 1);
	keyset_sql(&p.keyset, &beginning, 0, " WHERE ", &sql);
	assert_has(buf_cstr(&sql), " ORDER BY ");
	assert_lacks(buf_cstr(&sql), "WHERE");
	assert_lacks(buf_cstr(&sql), "?");
	buf_release(&sql);
	close_pairs(d, &p);
}

static void
names_in_the_sql_are_quoted(void **state)
{
	struct database *d = *state;
	struct keyset_position p = {0};
	struct buf sql = {0};
	struct keyset k;
	struct table t;

	read_database_of(
	    d, "CREATE TABLE t(\"a\"\"; --\" TEXT, id INTEGER PRIMARY KEY)");
	assert_true(table_read(d->db, LIT("t"), &t));
	keyset_init(&k, &t, 0, true);
	keyset_sql(&k, &p, 0, " WHERE ", &sql);
	assert_has(buf_cstr(&sql), "\"a\"\"; --\" DESC, ");
	assert_has(buf_cstr(&sql), "\"id\"");
	buf_release(&sql);
	table_release(&t);
	end_reading(d->db);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(the_order_ends_with_the_key),
	    DATABASE_TEST(a_column_of_the_key_is_no_term_twice),
	    DATABASE_TEST(a_key_that_may_be_null_is_followed_by_the_rowid),
	    DATABASE_TEST(views_have_no_total_order),
	    DATABASE_TEST(whole_numbers_round_trip),
	    DATABASE_TEST(reals_round_trip),
	    DATABASE_TEST(null_round_trips),
	    DATABASE_TEST(text_round_trips),
	    DATABASE_TEST(blobs_round_trip),
	    DATABASE_TEST(malformed_tokens_are_rejected),
	    DATABASE_TEST(numbers_that_go_on_after_a_nul_are_rejected),
	    DATABASE_TEST(numbers_in_a_form_that_is_never_written_are_rejected),
	    DATABASE_TEST(a_token_for_another_order_is_rejected),
	    DATABASE_TEST(long_values_are_left_in_their_row),
	    DATABASE_TEST(
		only_the_column_that_is_sorted_by_may_be_left_in_its_row),
	    cmocka_unit_test(offsets_round_trip),
	    cmocka_unit_test(malformed_offsets_are_rejected),
	    cmocka_unit_test(offsets_that_go_on_after_a_nul_are_rejected),
	    DATABASE_TEST(the_beginning_is_one_range),
	    DATABASE_TEST(names_in_the_sql_are_quoted),
	};

	return RUN("keyset", tests);
}
