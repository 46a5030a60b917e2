/*
 * db/sqlite/query.c: values into statements and out of rows, and names into
 * SQL.
 */
#include "db/sqlite/query.h"

#include <math.h>

#include "app/text/sqltext.h"
#include "tests/unit/database.h"

static void
values_of_every_type_come_out(void **state)
{
	struct database *d = *state;
	struct query q;

	read_database_of(d, "CREATE TABLE t(x)");
	query_open(&q, d->db, "SELECT NULL, 5, 1.5, 'text', x'6200ff'");
	assert_true(query_next(&q));
	assert_int_equal(query_type(&q, 0), VALUE_NULL);
	assert_true(query_is_null(&q, 0));
	assert_int_equal(query_type(&q, 1), VALUE_INT);
	assert_false(query_is_null(&q, 1));
	assert_int_equal(query_int(&q, 1), 5);
	assert_int_equal(query_type(&q, 2), VALUE_REAL);
	assert_true(query_real(&q, 2) == 1.5);
	assert_int_equal(query_type(&q, 3), VALUE_TEXT);
	assert_str(query_text(&q, 3), "text");
	assert_int_equal(query_type(&q, 4), VALUE_BLOB);
	assert_str(query_blob(&q, 4), "b\0\xff");
	assert_false(query_next(&q));
	query_close(&q);
	end_reading(d->db);
}

/* Binds one value, and has SQLite say what it got. */
static void
assert_bound(struct query *q, const char *want)
{
	assert_true(query_next(q));
	assert_same(query_text(q, 0), str_of(want));
	query_close(q);
}

static void
values_of_every_type_go_in(void **state)
{
	static const char sql[] = "SELECT typeof(?1) || ' ' || quote(?1)";
	struct database *d = *state;
	struct query q;

	read_database_of(d, "CREATE TABLE t(x)");
	query_open(&q, d->db, sql);
	assert_bound(&q, "null NULL");
	query_open(&q, d->db, sql);
	query_bind_int(&q, 1, INT64_MIN);
	assert_bound(&q, "integer -9223372036854775808");
	query_open(&q, d->db, sql);
	query_bind_real(&q, 1, -0.5);
	assert_bound(&q, "real -0.5");
	query_open(&q, d->db, sql);
	query_bind_text(&q, 1, LIT("it's"));
	assert_bound(&q, "text 'it''s'");
	query_open(&q, d->db, sql);
	query_bind_blob(&q, 1, LIT("\0\xff"));
	assert_bound(&q, "blob X'00FF'");
	end_reading(d->db);
}

static void
empty_values_keep_their_type(void **state)
{
	static const char sql[] = "SELECT typeof(?1) || ' ' || quote(?1)";
	struct database *d = *state;
	struct query q;

	read_database_of(d, "CREATE TABLE t(x)");
	query_open(&q, d->db, sql);
	query_bind_text(&q, 1, (struct str){NULL, 0});
	assert_bound(&q, "text ''");
	query_open(&q, d->db, sql);
	query_bind_blob(&q, 1, (struct str){NULL, 0});
	assert_bound(&q, "blob X''");
	query_open(&q, d->db, "SELECT '', x''");
	assert_true(query_next(&q));
	assert_int_equal(query_type(&q, 0), VALUE_TEXT);
	assert_int_equal(query_text(&q, 0).len, 0);
	assert_non_null(query_text(&q, 0).s);
	assert_int_equal(query_type(&q, 1), VALUE_BLOB);
	assert_int_equal(query_blob(&q, 1).len, 0);
	assert_non_null(query_blob(&q, 1).s);
	query_close(&q);
	end_reading(d->db);
}

static void
text_may_hold_nul(void **state)
{
	struct database *d = *state;
	struct query q;

	read_database_of(d, "CREATE TABLE t(x)");
	query_open(&q, d->db, "SELECT ?1, length(CAST(?1 AS BLOB))");
	query_bind_text(&q, 1, LIT("a\0b"));
	assert_true(query_next(&q));
	assert_str(query_text(&q, 0), "a\0b");
	assert_int_equal(query_int(&q, 1), 3);
	query_close(&q);
	end_reading(d->db);
}

static void
rows_come_one_by_one(void **state)
{
	struct database *d = *state;
	struct query q;

	read_database_of(
	    d, "CREATE TABLE t(x); INSERT INTO t VALUES (1), (2), (3)");
	query_open(&q, d->db, "SELECT x FROM t WHERE x >= ? ORDER BY x DESC");
	query_bind_int(&q, 1, 2);
	assert_true(query_next(&q));
	assert_int_equal(query_int(&q, 0), 3);
	assert_true(query_next(&q));
	assert_int_equal(query_int(&q, 0), 2);
	assert_false(query_next(&q));
	query_close(&q);
	query_close(&q);
	end_reading(d->db);
}

static void
binding_what_is_not_there_is_a_failure(void **state)
{
	struct database *d = *state;
	struct query q;

	read_database_of(d, "CREATE TABLE t(x)");
	query_open(&q, d->db, "SELECT ?");
	query_bind_int(&q, 2, 1);
	assert_false(query_next(&q));
	query_close(&q);
	assert_int_equal(db_end(d->db), DB_FAILED);
}

static void
a_query_that_failed_takes_everything(void **state)
{
	struct database *d = *state;
	struct query q;

	read_database_of(d, "CREATE TABLE t(x)");
	query_open(&q, d->db, "SELECT nonsense");
	query_bind_int(&q, 1, 1);
	query_bind_real(&q, 1, 1);
	query_bind_text(&q, 1, LIT("a"));
	query_bind_blob(&q, 1, LIT("a"));
	query_bind_blob(&q, 1, LIT(""));
	assert_false(query_next(&q));
	query_close(&q);
	assert_int_equal(db_end(d->db), DB_FAILED);
}

static void
sql_that_did_not_fit_is_out_of_memory(void **state)
{
	struct database *d = *state;
	struct buf sql = {0};
	struct query q;

	read_database_of(d, "CREATE TABLE t(x)");
	buf_lit(&sql, "SELECT 1");
	buf_reserve(&sql, BUF_MAX + 1);
	assert_true(sql.failed);
	query_open_buf(&q, d->db, &sql);
	assert_false(query_next(&q));
	query_close(&q);
	assert_int_equal(db_end(d->db), DB_NO_MEMORY);
	buf_release(&sql);
}

static void
names_are_quoted(void **state)
{
	static const struct {
		const char *name, *quoted;
	} cases[] = {
	    {"plain", "\"plain\""},
	    {"", "\"\""},
	    {"two words", "\"two words\""},
	    {"\"", "\"\"\"\""},
	    {"a\"b\"\"c", "\"a\"\"b\"\"\"\"c\""},
	    {"it's", "\"it's\""},
	    {"select", "\"select\""},
	    {"x\"; DROP TABLE t; --", "\"x\"\"; DROP TABLE t; --\""},
	    {"é", "\"é\""},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		sqltext_name(&b, str_of(cases[i].name));
		assert_string_equal(buf_cstr(&b), cases[i].quoted);
		buf_reset(&b);
	}
	buf_release(&b);
}

static void
quoted_names_are_names_to_sqlite(void **state)
{
	static const char name[] = "a\"b'c]d`e";
	struct database *d = *state;
	struct buf sql = {0};

	read_database_of(
	    d, "CREATE TABLE t(\"a\"\"b'c]d`e\"); INSERT INTO t VALUES (9)");
	buf_lit(&sql, "SELECT ");
	sqltext_name(&sql, str_of(name));
	buf_lit(&sql, " FROM t");
	assert_int_equal(read_int(d->db, buf_cstr(&sql)), 9);
	end_reading(d->db);
	buf_release(&sql);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(values_of_every_type_come_out),
	    DATABASE_TEST(values_of_every_type_go_in),
	    DATABASE_TEST(empty_values_keep_their_type),
	    DATABASE_TEST(text_may_hold_nul),
	    DATABASE_TEST(rows_come_one_by_one),
	    DATABASE_TEST(binding_what_is_not_there_is_a_failure),
	    DATABASE_TEST(a_query_that_failed_takes_everything),
	    DATABASE_TEST(sql_that_did_not_fit_is_out_of_memory),
	    cmocka_unit_test(names_are_quoted),
	    DATABASE_TEST(quoted_names_are_names_to_sqlite),
	};

	return RUN("query", tests);
}
