/*
 * db/rows/keyset.c with db/rows/rows.c: walking through tables page by page, by
 * tokens, gives the rows of one query in the order that it asks for, each once.
 * Every case is a test of its own.
 */
#include "app/text/sqltext.h"
#include "app/text/url.h"
#include "db/rows/rows.h"
#include "tests/unit/database.h"

struct paging_case {
	const char *name;
	const char *sql;      /* makes table t */
	const char *sort;     /* a column, after '-' for descending; or "" */
	const char *order_by; /* the same, as SQL, and total */
	const char *from;     /* where it is read from; NULL: t */
};

#define NUMBERS(n)                                                             \
	"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c "      \
	"LIMIT " #n ") "

#define MIXED                                                                  \
	"INSERT INTO t(v) VALUES (3), (NULL), ('3'), (x'33'), (2.5), (3.0),"   \
	"(''), (x''), (-1), ('abc'), ('ABC'), (NULL), (3), ('3'), (x'3300'),"  \
	"(9e999), (-9e999), (9223372036854775807), (9.2233720368547758e18),"   \
	"('a,b'), (x'2c'), ('é'), (CAST(x'610062' AS TEXT)), ('a'),"          \
	"(CAST(x'ff' AS TEXT)), (9007199254740993), (9007199254740992.0)"

#define NULLS                                                                  \
	NUMBERS(40)                                                            \
	"INSERT INTO t(v) SELECT CASE WHEN i % 3 = 0 THEN NULL ELSE i % 7 END" \
	" FROM c"

/* Some are equal, and some differ only at their end, far from the token's. */
#define LONG                                                                   \
	NUMBERS(30)                                                            \
	"INSERT INTO t(v) SELECT CASE i % 6 WHEN 0 THEN NULL"                  \
	" WHEN 1 THEN 'short' WHEN 2 THEN zeroblob(1500)"                      \
	" WHEN 3 THEN x'00' || zeroblob(1500) ELSE hex(zeroblob(600))"         \
	" || CASE i % 5 WHEN 0 THEN 'a' WHEN 1 THEN 'B' ELSE 'b' END END"      \
	" FROM c"

static const struct paging_case cases[] = {
    {"an_empty_table", "CREATE TABLE t(x)", "", "rowid", NULL},
    {"one_row", "CREATE TABLE t(x); INSERT INTO t VALUES (1)", "", "rowid",
	NULL},
    {"rowid_alone",
	"CREATE TABLE t(x);" NUMBERS(21) "INSERT INTO t SELECT i FROM c", "",
	"rowid", NULL},
    {"rowids_with_gaps_and_extremes",
	"CREATE TABLE t(x); INSERT INTO t(rowid) VALUES (5), (-5), (0),"
	"(9223372036854775807), (-9223372036854775808), (1000), (-1)",
	"", "rowid", NULL},
    {"integer_primary_key",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, x);" NUMBERS(
	    20) "INSERT INTO t SELECT i * 7 % 23 - 10, i FROM c",
	"", "id", NULL},
    {"integer_primary_key_descending",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, x);" NUMBERS(
	    20) "INSERT INTO t SELECT i * 7 % 23 - 10, i FROM c",
	"-id", "id DESC", NULL},
    {"ties",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v);" NUMBERS(
	    30) "INSERT INTO t(v) SELECT i * 11 % 4 FROM c",
	"v", "v, id", NULL},
    {"ties_descending",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v);" NUMBERS(
	    30) "INSERT INTO t(v) SELECT i * 11 % 4 FROM c",
	"-v", "v DESC, id", NULL},
    {"ties_that_are_all_equal",
	"CREATE TABLE t(v);" NUMBERS(25) "INSERT INTO t SELECT 1 FROM c", "v",
	"v, rowid", NULL},
    {"nulls", "CREATE TABLE t(v);" NULLS, "v", "v, rowid", NULL},
    {"nulls_descending", "CREATE TABLE t(v);" NULLS, "-v", "v DESC, rowid",
	NULL},
    {"nothing_but_nulls",
	"CREATE TABLE t(v);" NUMBERS(15) "INSERT INTO t SELECT NULL FROM c",
	"v", "v, rowid", NULL},
    {"nothing_but_nulls_descending",
	"CREATE TABLE t(v);" NUMBERS(15) "INSERT INTO t SELECT NULL FROM c",
	"-v", "v DESC, rowid", NULL},
    {"not_null_column_descending",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v INT NOT NULL);" NUMBERS(
	    30) "INSERT INTO t(v) SELECT i % 5 FROM c",
	"-v", "v DESC, id", NULL},
    {"mixed_types", "CREATE TABLE t(v);" MIXED, "v", "v, rowid", NULL},
    {"mixed_types_descending", "CREATE TABLE t(v);" MIXED, "-v",
	"v DESC, rowid", NULL},
    {"mixed_types_in_an_integer_column",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER);" MIXED, "v",
	"v, id", NULL},
    {"mixed_types_in_an_integer_column_descending",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER);" MIXED, "-v",
	"v DESC, id", NULL},
    {"mixed_types_in_a_text_column",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT);" MIXED, "v", "v, id",
	NULL},
    {"mixed_types_in_a_real_column",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v REAL);" MIXED, "-v",
	"v DESC, id", NULL},
    {"mixed_types_in_a_blob_column",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB);" MIXED, "v", "v, id",
	NULL},
    {"mixed_types_with_an_index",
	"CREATE TABLE t(v); CREATE INDEX i ON t(v);" MIXED, "-v",
	"v DESC, rowid", NULL},
    {"reals_that_differ_in_the_last_digit",
	"CREATE TABLE t(v REAL); INSERT INTO t VALUES (0.3), (0.1 + 0.2),"
	"(0.30000000000000002), (1e-320), (5e-324), (0.0), (-0.0), (1.0),"
	"(0.99999999999999989), (1.0000000000000002)",
	"v", "v, rowid", NULL},
    {"compound_key",
	"CREATE TABLE t(a INT NOT NULL, b TEXT NOT NULL, c,"
	" PRIMARY KEY (b, a));" NUMBERS(
	    30) "INSERT INTO t SELECT i % 5, 'b' || (i / 5), i FROM c",
	"", "b, a", NULL},
    {"compound_key_by_a_column_of_it",
	"CREATE TABLE t(a INT NOT NULL, b TEXT NOT NULL, c,"
	" PRIMARY KEY (b, a));" NUMBERS(
	    30) "INSERT INTO t SELECT i % 5, 'b' || (i / 5), i FROM c",
	"-a", "a DESC, b", NULL},
    {"compound_key_with_nulls",
	"CREATE TABLE t(a, b, c, PRIMARY KEY (a, b));" NUMBERS(
	    30) "INSERT INTO t SELECT nullif(i % 4, 0), nullif(i, i / 3 * 3), "
		"i % 2"
		" FROM c",
	"", "a, b, rowid", NULL},
    {"compound_key_with_nulls_by_a_column_of_it",
	"CREATE TABLE t(a, b, c, PRIMARY KEY (a, b));" NUMBERS(
	    30) "INSERT INTO t SELECT nullif(i % 4, 0), nullif(i, i / 3 * 3), "
		"i % 2"
		" FROM c",
	"-b", "b DESC, a, rowid", NULL},
    {"compound_key_with_nulls_by_another_column",
	"CREATE TABLE t(a, b, c, PRIMARY KEY (a, b));" NUMBERS(
	    30) "INSERT INTO t SELECT nullif(i % 4, 0), nullif(i, i / 3 * 3), "
		"i % 2"
		" FROM c",
	"-c", "c DESC, a, b, rowid", NULL},
    {"without_rowid",
	"CREATE TABLE t(a, b, c, PRIMARY KEY (a, b)) WITHOUT ROWID;" NUMBERS(
	    30) "INSERT INTO t SELECT i % 4, i, i % 3 FROM c",
	"", "a, b", NULL},
    {"without_rowid_by_another_column",
	"CREATE TABLE t(a, b, c, PRIMARY KEY (a, b)) WITHOUT ROWID;" NUMBERS(
	    30) "INSERT INTO t SELECT i % 4, i, nullif(i % 3, 1) FROM c",
	"-c", "c DESC, a, b", NULL},
    {"without_rowid_with_a_descending_key",
	"CREATE TABLE t(a, b, PRIMARY KEY (a DESC, b)) WITHOUT ROWID;" NUMBERS(
	    30) "INSERT INTO t SELECT i % 4, i FROM c",
	"", "a, b", NULL},
    {"nullable_text_key",
	"CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t(k) VALUES"
	"('b'), (NULL), ('a'), (NULL), (''), ('B'), (NULL), ('a,b'), ('é')",
	"", "k, rowid", NULL},
    {"nullable_text_key_descending",
	"CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t(k) VALUES"
	"('b'), (NULL), ('a'), (NULL), (''), ('B'), (NULL), ('a,b'), ('é')",
	"-k", "k DESC, rowid", NULL},
    {"nullable_text_key_by_another_column",
	"CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES"
	"('b', 1), (NULL, 1), ('a', NULL), (NULL, 1), ('', NULL), ('B', 2)",
	"v", "v, k, rowid", NULL},
    {"text_that_ignores_case",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT COLLATE NOCASE);"
	"INSERT INTO t(v) VALUES ('b'), ('A'), ('a'), ('B'), ('aB'), ('Ab'),"
	"('a'), ('A')",
	"v", "v, id", NULL},
    {"a_key_that_ignores_case",
	"CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, v);"
	"INSERT INTO t(k) VALUES ('b'), ('A'), ('C'), ('aB'), ('ac')",
	"-k", "k DESC", NULL},
    {"text_that_ignores_spaces",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT COLLATE RTRIM);"
	"INSERT INTO t(v) VALUES ('a'), ('a '), ('a  '), ('b'), ('a'), (' a')",
	"-v", "v DESC, id", NULL},
    {"a_key_with_another_collation_than_its_column",
	"CREATE TABLE t(k TEXT COLLATE NOCASE NOT NULL, v,"
	" PRIMARY KEY (k COLLATE BINARY));"
	"INSERT INTO t(k) VALUES ('b'), ('A'), ('a'), ('B'), ('c')",
	"", "k, rowid", NULL},
    {"without_rowid_and_a_key_with_another_collation",
	"CREATE TABLE t(k TEXT COLLATE NOCASE, v,"
	" PRIMARY KEY (k COLLATE BINARY)) WITHOUT ROWID;"
	"INSERT INTO t(k) VALUES ('b'), ('A'), ('a'), ('B'), ('c')",
	"", "k COLLATE BINARY", NULL},
    {"an_integer_primary_key_desc_with_nulls",
	"CREATE TABLE t(k INTEGER PRIMARY KEY DESC, v);"
	"INSERT INTO t VALUES (NULL, 'a'), (NULL, 'b'), (7, 'c'),"
	"(NULL, 'd'), (3, 'e')",
	"", "k, rowid", NULL},
    {"a_key_of_17_columns",
	"CREATE TABLE t(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q,"
	" PRIMARY KEY (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q))"
	" WITHOUT ROWID;" NUMBERS(
	    10) "INSERT INTO t SELECT 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,i % 2,i "
		"FROM c",
	"", "a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q", NULL},
    {"columns_that_are_called_rowid",
	"CREATE TABLE t(rowid TEXT, oid TEXT);" NUMBERS(
	    20) "INSERT INTO t SELECT i % 3, i FROM c",
	"rowid", "rowid, _rowid_", NULL},
    {"columns_that_take_all_names_of_the_rowid",
	"CREATE TABLE t(rowid, _rowid_, oid);" NUMBERS(
	    20) "INSERT INTO t SELECT i % 3, i, i FROM c",
	"-oid", "oid DESC", NULL},
    {"a_key_with_nulls_among_columns_that_take_all_names",
	"CREATE TABLE t(rowid, _rowid_, oid TEXT PRIMARY KEY);"
	"INSERT INTO t VALUES (1, 1, NULL), (2, 2, NULL), (3, 3, NULL),"
	"(4, 4, 'a'), (5, 5, 'b')",
	"", "oid", NULL},
    {"odd_names",
	"CREATE TABLE \"a\"\"b c\"(\"d\"\"e f\" TEXT, \"\" PRIMARY "
	"KEY);" NUMBERS(20) "INSERT INTO \"a\"\"b c\" SELECT i % 3, i FROM c",
	"-d\"e f", "\"d\"\"e f\" DESC, \"\", rowid", "a\"b c"},
    {"names_that_are_keywords",
	"CREATE TABLE t(\"true\", \"false\", \"null\", \"order\");" NUMBERS(
	    20) "INSERT INTO t SELECT i % 3, i % 4, i, i FROM c",
	"-false", "t.\"false\" DESC, rowid", NULL},
    {"names_that_the_sql_may_use",
	"CREATE TABLE t(c2, c1, c0, t, p, i INTEGER PRIMARY KEY);" NUMBERS(
	    20) "INSERT INTO t SELECT i % 3, i % 5, i % 7, -i, i % 2, i FROM c",
	"c0", "t.c0, t.i", NULL},
    {"names_that_the_sql_may_use_descending",
	"CREATE TABLE t(c2, c1, c0, t, p, i INTEGER PRIMARY KEY);" NUMBERS(
	    20) "INSERT INTO t SELECT i % 3, i % 5, i % 7, -i, i % 2, i FROM c",
	"-c1", "t.c1 DESC, t.i", NULL},
    {"a_generated_column",
	"CREATE TABLE t(a INT, b INT AS (a % 4), c INT AS (-a) "
	"STORED);" NUMBERS(20) "INSERT INTO t(a) SELECT i FROM c",
	"-b", "b DESC, rowid", NULL},
    {"a_strict_table",
	"CREATE TABLE t(k ANY PRIMARY KEY, v INT) STRICT;"
	"INSERT INTO t VALUES (1, 1), ('1', 1), (x'31', 2), (1.5, NULL),"
	"('', NULL), (2, 2)",
	"v", "v, k", NULL},
    {"utf16_text",
	"PRAGMA encoding = 'UTF-16le'; CREATE TABLE t(v TEXT);"
	"INSERT INTO t VALUES ('é'), ('e'), ('🌍'), ('z'), ('a,b'), (NULL),"
	"('é'), (''), ('中'), ('ﬀ')",
	"v", "v, rowid", NULL},
    {"a_full_text_index",
	"CREATE VIRTUAL TABLE t USING fts5(a, b);" NUMBERS(
	    20) "INSERT INTO t SELECT i % 3, i FROM c",
	"-a", "a DESC, rowid", NULL},
    {"a_view",
	"CREATE TABLE u(x);" NUMBERS(
	    20) "INSERT INTO u SELECT i FROM c;"
		"CREATE VIEW t AS SELECT x, x * 2 AS y FROM u ORDER BY x",
	"", "x", NULL},
    {"a_view_that_is_sorted",
	"CREATE TABLE u(x);" NUMBERS(
	    20) "INSERT INTO u SELECT i FROM c;"
		"CREATE VIEW t AS SELECT x, -x AS y FROM u ORDER BY x",
	"y", "y", NULL},
    {"values_too_long_for_a_token", "CREATE TABLE t(v);" LONG, "v", "v, rowid",
	NULL},
    {"values_too_long_for_a_token_descending", "CREATE TABLE t(v);" LONG, "-v",
	"v DESC, rowid", NULL},
    {"long_values_with_an_index",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT);"
	"CREATE INDEX i ON t(v);" LONG,
	"-v", "v DESC, id", NULL},
    {"long_values_that_ignore_case",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT COLLATE NOCASE);" LONG,
	"v", "v, id", NULL},
    {"long_values_in_utf16",
	"PRAGMA encoding = 'UTF-16be'; CREATE TABLE t(v);" LONG, "v",
	"v, rowid", NULL},
    {"long_values_beside_a_nullable_key",
	"CREATE TABLE t(v, k TEXT PRIMARY KEY);" LONG
	"; UPDATE t SET k = rowid WHERE rowid % 3 = 0",
	"-v", "v DESC, k, rowid", NULL},
    {"long_values_beside_a_compound_key",
	"CREATE TABLE t(a, v, b, PRIMARY KEY (a, b)) WITHOUT ROWID;" NUMBERS(
	    24) "INSERT INTO t SELECT i % 5, hex(zeroblob(600 + i % 3)), i "
		"FROM c",
	"v", "v, a, b", NULL},
    {"long_values_within_a_compound_key",
	"CREATE TABLE t(a, v, PRIMARY KEY (a, v)) WITHOUT ROWID;" NUMBERS(
	    24) "INSERT INTO t SELECT i % 5, hex(zeroblob(600 + i)) FROM c",
	"v", "v, a", NULL},
    {"long_values_that_are_the_key",
	"CREATE TABLE t(v TEXT PRIMARY KEY);" NUMBERS(
	    15) "INSERT INTO t SELECT hex(zeroblob(600 + i % 9 * 2 + i / 9)) "
		"FROM c",
	"-v", "v DESC, rowid", NULL},
    {"many_rows",
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE INDEX i ON "
	"t(v);" NUMBERS(
	    700) "INSERT INTO t(v) SELECT CASE i % 5 WHEN 0 THEN NULL"
		 " WHEN 1 THEN i % 30 WHEN 2 THEN 'text ' || (i % 12)"
		 " WHEN 3 THEN i % 9 / 2.0 ELSE zeroblob(i % 6) END FROM c",
	"-v", "v DESC, id", NULL},
};

/* The case that runs; the fixture takes the place of cmocka's state. */
static const struct paging_case *now;

static int
set_up(void **state)
{
	now = *state;
	return database_set_up(state);
}

static void
add_value(const struct query *q, int column, struct buf *b)
{
	struct str s = {0};

	switch (query_type(q, column)) {
	case VALUE_NULL:
		buf_lit(b, "NULL");
		break;
	case VALUE_INT:
		buf_printf(b, "%lld", (long long)query_int(q, column));
		break;
	case VALUE_REAL:
		buf_printf(b, "%a", query_real(q, column));
		break;
	case VALUE_TEXT:
		s = query_text(q, column);
		buf_printf(b, "text %zu:", s.len);
		break;
	case VALUE_BLOB:
		s = query_blob(q, column);
		buf_printf(b, "blob %zu:", s.len);
		break;
	}
	for (size_t i = 0; i < s.len; i++)
		buf_printf(b, "%02x", (unsigned char)s.s[i]);
	buf_char(b, '|');
}

/* keyset.h: the rowid follows the columns where the order uses it. */
static bool
uses_rowid(const struct keyset *k)
{
	return k->n > 0 && k->terms[k->n - 1].column == k->table->n_columns;
}

/* A row as a line. */
static void
add_row(const struct query *q, const struct keyset *k, struct buf *b)
{
	size_t n = k->table->n_columns + uses_rowid(k);

	for (size_t i = 0; i < n; i++)
		add_value(q, (int)i, b);
	buf_char(b, '\n');
}

/* All rows by one query. */
static size_t
read_at_once(struct db *db, const struct keyset *k, struct buf *b)
{
	struct buf sql = {0};
	struct query q;
	size_t n = 0;

	buf_lit(&sql, "SELECT *");
	if (uses_rowid(k))
		buf_printf(&sql, ", %s", k->table->rowid);
	buf_lit(&sql, " FROM ");
	sqltext_name(&sql, str_of(k->table->name));
	buf_printf(&sql, " ORDER BY %s", now->order_by);
	query_open_buf(&q, db, &sql);
	for (; query_next(&q); n++)
		add_row(&q, k, b);
	query_close(&q);
	buf_release(&sql);
	return n;
}

/* One page as handlers make it; false if it was the last. */
static bool
read_page(struct rows *r, const struct keyset *k, int64_t size,
    struct keyset_position *p, struct buf *b)
{
	struct buf token = {0}, arg = {0}, back = {0};
	int64_t n = 0, offset = p->offset;
	bool more = false;

	rows_page(r, NULL, k, p, size + 1);
	while (rows_next(r)) {
		if (n == size) {
			more = true;
			break;
		}
		add_row(&r->query, k, b);
		n++;
		if (n < size)
			continue;
		if (k->n > 0)
			keyset_token(k, &r->query, &token);
		else
			keyset_offset_token(offset + n, &token);
	}
	if (more) {
		url_arg(&arg, str_of_buf(&token));
		url_unarg(&back, str_of_buf(&arg));
		keyset_position_release(p);
		assert_true(keyset_parse(k, str_of_buf(&back), p));
	}
	buf_release(&token);
	buf_release(&arg);
	buf_release(&back);
	return more;
}

static void
check_pages(struct db *db, const struct table *t, const struct keyset *k,
    int64_t size, struct str want, size_t n_rows)
{
	size_t n_pages = n_rows == 0 ? 1 : (n_rows - 1) / (size_t)size + 1;
	struct keyset_position p = {0};
	struct buf got = {0};
	size_t pages = 0;
	bool more = true;

	while (more && pages <= n_pages) {
		struct rows r;

		rows_init(&r, db, t);
		more = read_page(&r, k, size, &p, &got);
		rows_release(&r);
		pages++;
	}
	if (!str_eq(str_of_buf(&got), want) && want.len < 4000)
		print_error("in pages of %lld, expected\n%.*sgot\n%s",
		    (long long)size, (int)want.len, want.s, buf_cstr(&got));
	assert_true(str_eq(str_of_buf(&got), want));
	assert_int_equal(pages, n_pages);
	keyset_position_release(&p);
	buf_release(&got);
}

static void
all_rows_come_once_and_in_order(void **state)
{
	static const int64_t sizes[] = {1, 2, 3, 7, 1000};
	struct database *d = *state;
	bool descending = *now->sort == '-';
	const char *sort = now->sort + descending;
	struct buf want = {0};
	struct keyset k;
	struct table t;
	size_t n;

	read_database_of(d, now->sql);
	assert_true(
	    table_read(d->db, str_of(now->from == NULL ? "t" : now->from), &t));
	keyset_init(&k, &t,
	    *sort == '\0' ? t.n_columns : table_column(&t, str_of(sort)),
	    descending);
	assert_int_equal(*sort != '\0', k.sorted);
	n = read_at_once(d->db, &k, &want);
	for (size_t i = 0; i < COUNT_OF(sizes); i++)
		check_pages(d->db, &t, &k, sizes[i], str_of_buf(&want), n);
	buf_release(&want);
	table_release(&t);
	end_reading(d->db);
}

int
main(void)
{
	struct CMUnitTest tests[COUNT_OF(cases)];

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		tests[i] = (struct CMUnitTest){
		    .name = cases[i].name,
		    .test_func = all_rows_come_once_and_in_order,
		    .setup_func = set_up,
		    .teardown_func = database_tear_down,
		    .initial_state = (void *)(uintptr_t)&cases[i],
		};
	}
	return RUN("paging", tests);
}
