/*
 * db/rows/rows.c: finding a row by its key in a URL, writing that key, and what
 * foreign keys refer to.
 */
#include "db/rows/rows.h"

#include "tests/unit/database.h"

/* A table and its rows, open for reading. */
struct open_table {
	struct table table;
	struct rows rows;
};

static void
open_table(struct db *db, const char *name, struct open_table *o)
{
	assert_true(table_read(db, str_of(name), &o->table));
	rows_init(&o->rows, db, &o->table);
}

static void
close_table(struct open_table *o)
{
	rows_release(&o->rows);
	table_release(&o->table);
}

/*
 * What the column called v, or else the first, of the row with this key holds
 * as text; "(none)" if there is no such row.
 */
#define assert_found(d, table, key, lit)                                       \
	check_found((d), (table), LIT(key), LIT(lit), __FILE__, __LINE__)
#define assert_not_found(d, table, key) assert_found(d, table, key, "(none)")

static void
check_found(const struct database *d, const char *table, struct str key,
    struct str want, const char *file, int line)
{
	char *copy = exact_copy(key.s, key.len);
	struct str got = LIT("(none)");
	struct open_table o;
	size_t v;

	open_table(d->db, table, &o);
	v = table_column(&o.table, LIT("v"));
	if (v == o.table.n_columns)
		v = 0;
	if (rows_find(&o.rows, (struct str){copy, key.len})) {
		got = query_text(&o.rows.query, (int)v);
	}
	if (!str_eq(got, want))
		show_bytes("for the key", key);
	check_str(got, want, file, line);
	close_table(&o);
	free(copy);
}

static void
by_integer_primary_key(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(1, 'one'), (-1, 'minus'), (9223372036854775807, 'max'),"
	    "(-9223372036854775808, 'min')");
	assert_found(d, "t", "1", "one");
	assert_found(d, "t", "-1", "minus");
	assert_found(d, "t", "9223372036854775807", "max");
	assert_found(d, "t", "-9223372036854775808", "min");
	assert_not_found(d, "t", "2");
	assert_not_found(d, "t", "x");
	assert_not_found(d, "t", "1x");
	assert_not_found(d, "t", "~");
	assert_not_found(d, "t", "1,1");
	assert_not_found(d, "t", "1~2C1");
	assert_not_found(d, "t", "9223372036854775808");
	end_reading(d->db);
}

static void
by_rowid(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(v); INSERT INTO t(rowid, v) VALUES"
	    "(1, 'one'), (-5, 'minus'), (9223372036854775807, 'max');"
	    "CREATE TABLE u(rowid, v); INSERT INTO u VALUES (7, 'first')");
	assert_found(d, "t", "1", "one");
	assert_found(d, "t", "-5", "minus");
	assert_found(d, "t", "9223372036854775807", "max");
	assert_not_found(d, "t", "2");
	assert_not_found(d, "t", "");
	assert_not_found(d, "t", "~");
	assert_not_found(d, "t", "one");
	assert_not_found(d, "t", "1~2E0");
	assert_not_found(d, "t", "1~2E5");
	assert_not_found(d, "t", "1,1");
	assert_not_found(d, "t", "9223372036854775808");
	/* A column called so is another thing. */
	assert_found(d, "u", "1", "first");
	assert_not_found(d, "u", "7");
	end_reading(d->db);
}

/* To strtoll, the number ends there. */
static void
a_rowid_that_goes_on_after_a_nul_is_none(void **state)
{
	struct database *d = *state;

	read_database_of(
	    d, "CREATE TABLE t(v); INSERT INTO t(rowid, v) VALUES (5, 'x')");
	assert_not_found(d, "t", "5~00");
	assert_not_found(d, "t", "5~00junk");
	end_reading(d->db);
}

static void
by_text(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES"
	    "('a', 'letter'), ('a b', 'space'), ('a/b', 'slash'),"
	    "('a,b', 'comma'), ('a.json', 'dot'), ('5', 'digit'),"
	    "('05', 'zero'), ('é', 'accent'), ('~', 'tilde'), ('%41', '%'),"
	    "(CAST(x'610062' AS TEXT), 'nul'), (CAST(x'ff' AS TEXT), 'ff'),"
	    "('A', 'capital'), ('it''s', 'quote'), ('+', 'plus')");
	assert_found(d, "t", "a", "letter");
	assert_found(d, "t", "a+b", "space");
	assert_found(d, "t", "a~2Fb", "slash");
	assert_found(d, "t", "a~2Cb", "comma");
	assert_found(d, "t", "a~2Ejson", "dot");
	assert_found(d, "t", "5", "digit");
	assert_found(d, "t", "05", "zero");
	assert_found(d, "t", "~C3~A9", "accent");
	assert_found(d, "t", "~7E", "tilde");
	assert_found(d, "t", "~2541", "%");
	assert_found(d, "t", "a~00b", "nul");
	assert_found(d, "t", "~FF", "ff");
	assert_found(d, "t", "A", "capital");
	assert_found(d, "t", "it~27s", "quote");
	assert_found(d, "t", "~2B", "plus");
	assert_not_found(d, "t", "b");
	assert_not_found(d, "t", "~");
	assert_not_found(d, "t", "a,b");
	assert_not_found(d, "t", "5~2E0");
	assert_not_found(d, "t", "a~00");
	end_reading(d->db);
}

static void
by_the_empty_string(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES"
	    "('', 'empty'), ('~', 'tilde');"
	    "CREATE TABLE u(k PRIMARY KEY, v); INSERT INTO u VALUES"
	    "(x'', 'empty blob'), (NULL, 'null')");
	assert_found(d, "t", "~", "empty");
	assert_found(d, "t", "~7E", "tilde");
	assert_found(d, "u", "~", "empty blob");
	end_reading(d->db);
}

static void
by_a_blob(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(k BLOB PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(x'00ff', 'binary'), (x'2c', 'comma'), (x'616263', 'abc');"
	    "CREATE TABLE u(k TEXT PRIMARY KEY, v);"
	    "INSERT INTO u VALUES (x'00ff', 'in a text column')");
	assert_found(d, "t", "~00~FF", "binary");
	assert_found(d, "t", "~2C", "comma");
	assert_found(d, "t", "abc", "abc");
	assert_not_found(d, "t", "~00");
	assert_found(d, "u", "~00~FF", "in a text column");
	end_reading(d->db);
}

static void
by_a_key_without_a_type(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(k PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(5, 'int'), ('x', 'text'), (1.5, 'real'), (x'7a', 'blob'),"
	    "('7', 'digits'), (-3, 'minus'), (1e20, 'large'), ('1e5', '1e5')");
	assert_found(d, "t", "5", "int");
	assert_found(d, "t", "x", "text");
	assert_found(d, "t", "1~2E5", "real");
	assert_found(d, "t", "z", "blob");
	assert_found(d, "t", "7", "digits");
	assert_found(d, "t", "-3", "minus");
	assert_found(d, "t", "1~2E0e~2B20", "large");
	assert_found(d, "t", "1e5", "1e5");
	assert_not_found(d, "t", "6");
	end_reading(d->db);
}

/* url.h: a mark tells the type where the column's does not. */
static void
by_marked_keys(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(k PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(5, 'int'), ('5', 'text'), (x'35', 'blob'), (x'36', 'bytes'),"
	    "('7', 'seven'), (x'37', 'other'), ('', 'empty'), (x'', 'none');"
	    "CREATE TABLE u(k TEXT PRIMARY KEY, v); INSERT INTO u VALUES"
	    "('a', 'text'), (x'61', 'blob')");
	assert_found(d, "t", "5", "int");
	assert_found(d, "t", "~t5", "text");
	assert_found(d, "t", "~x5", "blob");
	assert_found(d, "t", "6", "bytes");
	assert_found(d, "t", "7", "seven");
	assert_found(d, "t", "~x7", "other");
	assert_found(d, "t", "~", "empty");
	assert_found(d, "t", "~t", "empty");
	assert_found(d, "t", "~x", "none");
	assert_not_found(d, "t", "~t6");
	assert_found(d, "u", "a", "text");
	assert_found(d, "u", "~xa", "blob");
	end_reading(d->db);
}

static void
by_compound_keys(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a INT, v, b TEXT, PRIMARY KEY (b, a));"
	    "INSERT INTO t VALUES (1, 'plain', 'x'), (2, 'comma', 'x,1'),"
	    "(3, 'empty', ''), (4, 'tilde', '~'), (5, 'slash', 'a/b')");
	assert_found(d, "t", "x,1", "plain");
	assert_found(d, "t", "x~2C1,2", "comma");
	assert_found(d, "t", ",3", "empty");
	assert_found(d, "t", "~7E,4", "tilde");
	assert_found(d, "t", "~,4", "tilde");
	assert_found(d, "t", "a~2Fb,5", "slash");
	assert_not_found(d, "t", "1,x");
	assert_not_found(d, "t", "x");
	assert_not_found(d, "t", "x,1,1");
	assert_not_found(d, "t", "x,1,");
	assert_not_found(d, "t", "~,3");
	assert_not_found(d, "t", ",");
	end_reading(d->db);
}

static void
by_compound_keys_of_empty_parts(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a TEXT, b TEXT, v, PRIMARY KEY (a, b))"
	    " WITHOUT ROWID;"
	    "INSERT INTO t VALUES ('', '', 'both'), ('x', '', 'second')");
	assert_found(d, "t", ",", "both");
	assert_found(d, "t", "x,", "second");
	assert_not_found(d, "t", "");
	assert_not_found(d, "t", "~");
	assert_not_found(d, "t", ",,");
	end_reading(d->db);
}

static void
by_keys_with_too_many_parts(void **state)
{
	struct database *d = *state;
	struct buf key = {0};

	read_database_of(d, "CREATE TABLE t(v)");
	for (int i = 0; i < 100; i++)
		buf_lit(&key, "1,");
	check_found(
	    d, "t", str_of_buf(&key), LIT("(none)"), __FILE__, __LINE__);
	buf_release(&key);
	end_reading(d->db);
}

static void
views_have_no_rows_to_find(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE VIEW t AS SELECT 1 AS v");
	assert_not_found(d, "t", "1");
	assert_not_found(d, "t", "~");
	end_reading(d->db);
}

static void
full_text_tables_by_rowid(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE VIRTUAL TABLE t USING fts5(v);"
	    "INSERT INTO t(rowid, v) VALUES (5, 'five'), (6, 'six')");
	assert_found(d, "t", "6", "six");
	assert_not_found(d, "t", "7");
	end_reading(d->db);
}

/*
 * That every row of t but those with NULL in their key has a key in the URL
 * dialect, which finds it again.  The column v tells rows apart.
 */
static void
check_keys(struct database *d, const char *sql, size_t n)
{
	static const struct keyset_position beginning;
	struct open_table all, one;
	struct keyset k;
	struct buf key = {0};
	size_t seen = 0, lost = 0, v;

	read_database_of(d, sql);
	open_table(d->db, "t", &all);
	v = table_column(&all.table, LIT("v"));
	keyset_init(&k, &all.table, all.table.n_columns, false);
	rows_page(&all.rows, NULL, &k, &beginning, 1000);
	for (; rows_next(&all.rows); seen++) {
		struct str id = query_text(&all.rows.query, (int)v);

		buf_reset(&key);
		assert_true(rows_key(&all.rows, &key));
		assert_null(memchr(key.data, '/', key.len));
		assert_null(memchr(key.data, '.', key.len));
		open_table(d->db, "t", &one);
		if (!rows_find(&one.rows, str_of_buf(&key)) ||
		    !str_eq(query_text(&one.rows.query, (int)v), id)) {
			print_error("row %.*s is not found by %s\n",
			    (int)id.len, id.s, buf_cstr(&key));
			lost++;
		}
		close_table(&one);
	}
	assert_int_equal(seen, n);
	assert_int_equal(lost, 0);
	close_table(&all);
	buf_release(&key);
	end_reading(d->db);
}

static void
keys_that_differ_in_their_type_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(k PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(5, 1), ('5', 2), (x'35', 3), (1.5, 4), ('1.5', 5), ('', 6),"
	    "(x'', 7), ('~x5', 8), ('~t5', 9), (x'7e', 10), ('1e3', 11),"
	    "(1000, 12), (9e999, 13), (-9e999, 14), ('9e999', 15)",
	    15);
}

static void
keys_of_text_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES"
	    "('', 1), ('~', 2), (',', 3), ('a,b', 4), ('/', 5), ('.json', 6),"
	    "('a b', 7), ('+', 8), ('%', 9), ('é🌍', 10), ('1', 11),"
	    "('01', 12), (CAST(x'610062' AS TEXT), 13),"
	    "(CAST(x'fffe' AS TEXT), 14), ('?&=#', 15), (x'00', 16)",
	    16);
}

static void
keys_of_numbers_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(k INT PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(0, 1), (-1, 2), (9223372036854775807, 3),"
	    "(-9223372036854775808, 4), ('text', 5), (1.5, 6), ('', 7)",
	    7);
}

static void
keys_without_a_type_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(k PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(0, 1), ('a', 2), (x'00ff', 3), (1.5, 4), (-2.25, 5), ('x,y', 6),"
	    "(1e100, 7), (x'', 8), (9223372036854775807, 9)",
	    9);
}

/* Text that looks like a number has to keep its digits. */
static void
keys_of_reals_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(k REAL PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(0.1, 1), (0.1 + 0.2, 2), (1.0 / 3, 3), (1e300, 4), (-0.5, 5)",
	    5);
}

static void
keys_of_blobs_in_a_numeric_column_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(k INT PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(x'00ff', 1), (x'6162', 2)",
	    2);
}

static void
keys_of_strict_tables_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(k ANY PRIMARY KEY, v INT) STRICT;"
	    "INSERT INTO t VALUES (5, 1), ('x', 2), (1.5, 3), (x'00', 4),"
	    "('7', 5)",
	    5);
}

static void
compound_keys_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(v, a TEXT, b, c INT, PRIMARY KEY (c, a, b))"
	    " WITHOUT ROWID; INSERT INTO t VALUES"
	    "(1, '', '', 0), (2, ',', '', 0), (3, '', ',', 0),"
	    "(4, 'a,b', 'c', -1), (5, 'a', 'b,c', -1), (6, '~', 5, 7),"
	    "(7, '/', x'2f', 7), (8, '.json', 1.5, 7)",
	    8);
}

static void
rowids_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(v, rowid); INSERT INTO t(_rowid_, v) VALUES"
	    "(5, 1), (-7, 2), (9223372036854775807, 3),"
	    "(-9223372036854775808, 4), (0, 5)",
	    5);
}

static void
rowids_of_a_key_that_ignores_case_find_their_rows(void **state)
{
	check_keys(*state,
	    "CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY, v);"
	    "INSERT INTO t VALUES ('A', 1), ('b', 2), ('É', 3), ('é', 4)",
	    4);
}

static void
rows_with_null_in_their_key_have_none(void **state)
{
	static const struct keyset_position beginning;
	struct database *d = *state;
	struct open_table o;
	struct keyset k;
	struct buf key = {0};

	read_database_of(d,
	    "CREATE TABLE t(a, b, PRIMARY KEY (a, b)); INSERT INTO t VALUES"
	    "(NULL, NULL), (NULL, 1), (1, NULL), (1, 1)");
	open_table(d->db, "t", &o);
	keyset_init(&k, &o.table, o.table.n_columns, false);
	rows_page(&o.rows, NULL, &k, &beginning, 10);
	for (int i = 0; i < 3; i++) {
		assert_true(rows_next(&o.rows));
		assert_false(rows_key(&o.rows, &key));
		assert_int_equal(key.len, 0);
	}
	assert_true(rows_next(&o.rows));
	assert_true(rows_key(&o.rows, &key));
	assert_wrote(&key, "1,1");
	assert_false(rows_next(&o.rows));
	buf_release(&key);
	close_table(&o);
	end_reading(d->db);
}

static void
rows_of_views_have_no_key(void **state)
{
	static const struct keyset_position beginning;
	struct database *d = *state;
	struct open_table o;
	struct keyset k;
	struct buf key = {0};

	read_database_of(d, "CREATE VIEW t AS SELECT 1 AS a");
	open_table(d->db, "t", &o);
	assert_false(o.rows.has_rowid);
	keyset_init(&k, &o.table, o.table.n_columns, false);
	rows_page(&o.rows, NULL, &k, &beginning, 10);
	assert_true(rows_next(&o.rows));
	assert_false(rows_key(&o.rows, &key));
	assert_int_equal(key.len, 0);
	buf_release(&key);
	close_table(&o);
	end_reading(d->db);
}

static void
pages_end_at_their_limit(void **state)
{
	static const struct keyset_position beginning;
	struct database *d = *state;
	struct open_table o;
	struct keyset k;

	read_database_of(
	    d, "CREATE TABLE t(x); INSERT INTO t VALUES (1), (2), (3)");
	open_table(d->db, "t", &o);
	keyset_init(&k, &o.table, o.table.n_columns, false);
	for (int64_t limit = 0; limit < 5; limit++) {
		int64_t n = 0;

		rows_page(&o.rows, NULL, &k, &beginning, limit);
		while (rows_next(&o.rows))
			n++;
		assert_int_equal(n, limit < 3 ? limit : 3);
		assert_false(rows_next(&o.rows));
	}
	close_table(&o);
	end_reading(d->db);
}

/*
 * What the references of the first row show: "column -> table/key (label)"
 * for each, in the order of the columns.
 */
#define assert_references(d, table, lit)                                       \
	check_references((d), (table), LIT(lit), __FILE__, __LINE__)

static void
check_references(const struct database *d, const char *table, struct str want,
    const char *file, int line)
{
	static const struct keyset_position beginning;
	struct buf got = {0};
	struct open_table o;
	struct keyset k;

	open_table(d->db, table, &o);
	keyset_init(&k, &o.table, o.table.n_columns, false);
	rows_page(&o.rows, NULL, &k, &beginning, 10);
	assert_true(rows_next(&o.rows));
	for (size_t i = 0; i < o.table.n_columns; i++) {
		const struct reference *ref = rows_reference(&o.rows, i);
		struct str label = {0};

		if (ref == NULL)
			continue;
		assert_int_equal(ref->column, i);
		if (ref->label >= 0 &&
		    !query_is_null(&o.rows.query, ref->label))
			label = query_text(&o.rows.query, ref->label);
		buf_printf(&got, "%s%s -> %s/", got.len > 0 ? "; " : "",
		    o.table.columns[i].name, ref->table);
		if (!rows_reference_key(&o.rows, ref, &got))
			buf_lit(&got, "!");
		buf_printf(&got, " (%.*s)", (int)label.len, label.s);
	}
	check_str(str_of_buf(&got), want, file, line);
	buf_release(&got);
	close_table(&o);
}

static void
references_with_keys_and_labels(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE p(id INTEGER PRIMARY KEY, x, name TEXT);"
	    "INSERT INTO p VALUES (1, 'x', 'one'), (2, 'y', 'two');"
	    "CREATE TABLE q(code TEXT PRIMARY KEY, word);"
	    "INSERT INTO q VALUES ('a,b', 'comma');"
	    "CREATE TABLE r(id INTEGER PRIMARY KEY, a, b);"
	    "INSERT INTO r VALUES (7, 8, 9);"
	    "CREATE TABLE t(a, p REFERENCES p(id), q REFERENCES q, "
	    "r REFERENCES r); INSERT INTO t VALUES (1, 2, 'a,b', 7)");
	assert_references(
	    d, "t", "p -> p/2 (two); q -> q/a~2Cb (comma); r -> r/7 ()");
	end_reading(d->db);
}

static void
references_of_a_row_that_was_found(void **state)
{
	struct database *d = *state;
	const struct reference *ref;
	struct open_table o;
	struct buf key = {0};

	read_database_of(d,
	    "CREATE TABLE p(id INTEGER PRIMARY KEY, name);"
	    "INSERT INTO p VALUES (1, 'one'), (2, 'two');"
	    "CREATE TABLE t(k TEXT PRIMARY KEY, p REFERENCES p);"
	    "INSERT INTO t VALUES ('a', 2), ('b', 1)");
	open_table(d->db, "t", &o);
	assert_true(rows_find(&o.rows, LIT("b")));
	ref = rows_reference(&o.rows, 1);
	assert_non_null(ref);
	assert_null(rows_reference(&o.rows, 0));
	assert_true(rows_reference_key(&o.rows, ref, &key));
	assert_wrote(&key, "1");
	assert_str(query_text(&o.rows.query, ref->label), "one");
	buf_release(&key);
	close_table(&o);
	end_reading(d->db);
}

static void
dangling_references_have_no_key(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE p(id INTEGER PRIMARY KEY, name);"
	    "INSERT INTO p VALUES (1, 'one');"
	    "CREATE TABLE t(a REFERENCES p, b REFERENCES p, c REFERENCES p);"
	    "INSERT INTO t VALUES (99, NULL, 1)");
	assert_references(d, "t", "a -> p/! (); b -> p/! (); c -> p/1 (one)");
	end_reading(d->db);
}

static void
references_to_what_is_not_there(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE p(id INTEGER PRIMARY KEY, x, name);"
	    "CREATE VIEW w AS SELECT 1 AS id;"
	    "CREATE TABLE t(a REFERENCES nosuch, b REFERENCES p(nosuch),"
	    " c REFERENCES p(x), d REFERENCES w(id),"
	    " e REFERENCES sqlite_schema(name));"
	    "INSERT INTO t VALUES (1, 1, 1, 1, 1)");
	assert_references(d, "t", "");
	end_reading(d->db);
}

static void
references_to_unique_columns(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT UNIQUE, name);"
	    "INSERT INTO p VALUES (5, 'X', 'five');"
	    "CREATE TABLE q(code UNIQUE, name); "
	    "INSERT INTO q(rowid, code, name) VALUES (9, 'Y', 'nine');"
	    "CREATE TABLE t(p REFERENCES p(code), q REFERENCES q(code));"
	    "INSERT INTO t VALUES ('X', 'Y')");
	/* The key that leads to the row is not what refers to it. */
	assert_references(d, "t", "p -> p/5 (five); q -> q/9 (nine)");
	end_reading(d->db);
}

static void
compound_references_are_shown_by_their_last_column(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE p(a, b, name, PRIMARY KEY (a, b));"
	    "INSERT INTO p VALUES (1, 1, 'one'), (1, 2, 'two'), (2, 1, 'x');"
	    "CREATE TABLE t(x, y, z, FOREIGN KEY (z, x) REFERENCES p(a, b));"
	    "INSERT INTO t VALUES (2, 0, 1)");
	assert_references(d, "t", "x -> p/1,2 (two)");
	end_reading(d->db);
}

static void
compound_references_to_whatever_the_key_is(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE p(a, b, name, PRIMARY KEY (b, a));"
	    "INSERT INTO p VALUES (1, 2, 'right'), (2, 1, 'wrong');"
	    "CREATE TABLE t(x, y, FOREIGN KEY (x, y) REFERENCES p);"
	    "INSERT INTO t VALUES (2, 1);"
	    "CREATE TABLE u(x REFERENCES p); INSERT INTO u VALUES (1)");
	assert_references(d, "t", "y -> p/2,1 (right)");
	assert_references(d, "u", "");
	end_reading(d->db);
}

static void
references_to_the_table_itself(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(id INTEGER PRIMARY KEY, name,"
	    " parent REFERENCES t);"
	    "INSERT INTO t VALUES (1, 'child', 2), (2, 'parent', NULL)");
	assert_references(d, "t", "parent -> t/2 (parent)");
	end_reading(d->db);
}

static void
references_in_another_case(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE Places(Id INTEGER PRIMARY KEY, Name);"
	    "INSERT INTO Places VALUES (1, 'here');"
	    "CREATE TABLE t(p REFERENCES pLACES(iD)); "
	    "INSERT INTO t VALUES (1)");
	assert_references(d, "t", "p -> Places/1 (here)");
	end_reading(d->db);
}

static void
references_among_odd_names(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE \"a\"\"b\"(\"k\"\"1\" TEXT PRIMARY KEY, \"\");"
	    "INSERT INTO \"a\"\"b\" VALUES ('x/y', 'label');"
	    "CREATE TABLE t(\"p\"\"q\" REFERENCES \"a\"\"b\"(\"k\"\"1\"));"
	    "INSERT INTO t VALUES ('x/y')");
	assert_references(d, "t", "p\"q -> a\"b/x~2Fy (label)");
	end_reading(d->db);
}

/* The tables are called t and p in the SQL, too. */
static void
references_among_names_that_the_sql_uses(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE p(t INTEGER PRIMARY KEY, p, name);"
	    "INSERT INTO p VALUES (3, 4, 'right'), (4, 3, 'wrong');"
	    "CREATE TABLE t(p REFERENCES p(t), t); "
	    "INSERT INTO t VALUES (3, 4)");
	assert_references(d, "t", "p -> p/3 (right)");
	end_reading(d->db);
}

static void
two_references_of_one_column_are_one(void **state)
{
	struct database *d = *state;
	struct open_table o;

	read_database_of(d,
	    "CREATE TABLE p(id INTEGER PRIMARY KEY, name);"
	    "CREATE TABLE q(id INTEGER PRIMARY KEY, name);"
	    "CREATE TABLE t(a REFERENCES p REFERENCES q)");
	open_table(d->db, "t", &o);
	assert_int_equal(o.rows.n_references, 1);
	close_table(&o);
	end_reading(d->db);
}

static void
more_references_than_are_followed(void **state)
{
	struct database *d = *state;
	struct buf sql = {0};
	struct open_table o;

	buf_lit(&sql,
	    "CREATE TABLE p(id INTEGER PRIMARY KEY, name);"
	    "CREATE TABLE t(id INTEGER PRIMARY KEY");
	for (int i = 0; i < ROWS_REFERENCES + 8; i++)
		buf_printf(&sql, ", c%d REFERENCES p", i);
	buf_lit(&sql, "); INSERT INTO t(id) VALUES (1)");
	read_database_of(d, buf_cstr(&sql));
	open_table(d->db, "t", &o);
	assert_int_equal(o.rows.n_references, ROWS_REFERENCES);
	assert_true(rows_find(&o.rows, LIT("1")));
	close_table(&o);
	buf_release(&sql);
	end_reading(d->db);
}

/*
 * foreignkeys.html, section 3: the parent's affinity counts, so the number 1
 * refers to the text '1', and not to '01' which equals it as a number.
 */
static void
references_compare_as_foreign_keys_do(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE p(code TEXT PRIMARY KEY, name);"
	    "INSERT INTO p VALUES ('01', 'wrong'), ('1', 'right'),"
	    "('1.0', 'wrong');"
	    "CREATE TABLE t(p INTEGER REFERENCES p);"
	    "PRAGMA foreign_keys = 1; INSERT INTO t VALUES (1)");
	assert_references(d, "t", "p -> p/1 (right)");
	end_reading(d->db);
}

/* That the plan of a statement reads no table called p from end to end. */
static void
assert_no_scan(struct db *db, const char *statement, const char *what)
{
	struct buf sql = {0}, line = {0};
	struct query q;
	size_t lines = 0;

	buf_printf(&sql, "EXPLAIN QUERY PLAN %s", statement);
	query_open_buf(&q, db, &sql);
	for (; query_next(&q); lines++) {
		struct str s = query_text(&q, 3);

		buf_reset(&line);
		buf_add(&line, s.s, s.len);
		if (strstr(buf_cstr(&line), "SCAN p") != NULL)
			print_error("%s: %s\n", what, buf_cstr(&line));
		assert_lacks(buf_cstr(&line), "SCAN p");
	}
	assert_true(lines > 1);
	query_close(&q);
	buf_release(&sql);
	buf_release(&line);
}

/* Looking one up must not read the whole table for each row. */
static void
references_are_found_by_index(void **state)
{
	static const struct keyset_position beginning;
	static const char *const types[] = {"INTEGER", "TEXT", "", "REAL"};
	struct database *d = *state;

	for (size_t i = 0; i < COUNT_OF(types) * COUNT_OF(types); i++) {
		struct buf sql = {0};
		struct open_table o;
		struct keyset k;

		buf_printf(&sql,
		    "DROP TABLE IF EXISTS t; DROP TABLE IF EXISTS p;"
		    "CREATE TABLE p(k %s PRIMARY KEY, name);"
		    "CREATE TABLE t(p %s REFERENCES p);"
		    "INSERT INTO t VALUES (1)",
		    types[i / COUNT_OF(types)], types[i % COUNT_OF(types)]);
		db_free(d->db);
		read_database_of(d, buf_cstr(&sql));
		open_table(d->db, "t", &o);
		assert_int_equal(o.rows.n_references, 1);
		keyset_init(&k, &o.table, o.table.n_columns, false);
		rows_page(&o.rows, NULL, &k, &beginning, 10);
		assert_true(rows_next(&o.rows));
		assert_no_scan(d->db, sqlite3_sql(o.rows.query.statement.stmt),
		    buf_cstr(&sql));
		close_table(&o);
		buf_release(&sql);
		end_reading(d->db);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(by_integer_primary_key),
	    DATABASE_TEST(by_rowid),
	    DATABASE_TEST(a_rowid_that_goes_on_after_a_nul_is_none),
	    DATABASE_TEST(by_text),
	    DATABASE_TEST(by_the_empty_string),
	    DATABASE_TEST(by_a_blob),
	    DATABASE_TEST(by_a_key_without_a_type),
	    DATABASE_TEST(by_marked_keys),
	    DATABASE_TEST(keys_that_differ_in_their_type_find_their_rows),
	    DATABASE_TEST(by_compound_keys),
	    DATABASE_TEST(by_compound_keys_of_empty_parts),
	    DATABASE_TEST(by_keys_with_too_many_parts),
	    DATABASE_TEST(views_have_no_rows_to_find),
	    DATABASE_TEST(full_text_tables_by_rowid),
	    DATABASE_TEST(keys_of_text_find_their_rows),
	    DATABASE_TEST(keys_of_numbers_find_their_rows),
	    DATABASE_TEST(keys_without_a_type_find_their_rows),
	    DATABASE_TEST(keys_of_reals_find_their_rows),
	    DATABASE_TEST(keys_of_blobs_in_a_numeric_column_find_their_rows),
	    DATABASE_TEST(keys_of_strict_tables_find_their_rows),
	    DATABASE_TEST(compound_keys_find_their_rows),
	    DATABASE_TEST(rowids_find_their_rows),
	    DATABASE_TEST(rowids_of_a_key_that_ignores_case_find_their_rows),
	    DATABASE_TEST(rows_with_null_in_their_key_have_none),
	    DATABASE_TEST(rows_of_views_have_no_key),
	    DATABASE_TEST(pages_end_at_their_limit),
	    DATABASE_TEST(references_with_keys_and_labels),
	    DATABASE_TEST(references_of_a_row_that_was_found),
	    DATABASE_TEST(dangling_references_have_no_key),
	    DATABASE_TEST(references_to_what_is_not_there),
	    DATABASE_TEST(references_to_unique_columns),
	    DATABASE_TEST(compound_references_are_shown_by_their_last_column),
	    DATABASE_TEST(compound_references_to_whatever_the_key_is),
	    DATABASE_TEST(references_to_the_table_itself),
	    DATABASE_TEST(references_in_another_case),
	    DATABASE_TEST(references_among_odd_names),
	    DATABASE_TEST(references_among_names_that_the_sql_uses),
	    DATABASE_TEST(two_references_of_one_column_are_one),
	    DATABASE_TEST(more_references_than_are_followed),
	    DATABASE_TEST(references_compare_as_foreign_keys_do),
	    DATABASE_TEST(references_are_found_by_index),
	};

	return RUN("rows", tests);
}
