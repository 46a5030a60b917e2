/*
 * db/schema/table.c: what is read of tables with odd names, keys and columns.
 */
#include "app/text/sqltext.h"
#include "db/rows/count.h"
#include "db/schema/table.h"
#include "tests/unit/database.h"

static void
reader_table(struct db *db, const char *name, struct table *t)
{
	bool found = table_read(db, str_of(name), t);

	if (!found)
		print_error("there is no table \"%s\"\n", name);
	assert_true(found);
}

static int64_t
count(struct db *db, const struct table *t)
{
	struct filters all;

	filters_init(&all, t);
	return count_rows(db, &all, LIMIT_MS).n;
}

/*
 * A table's description in one line: each column's name, type, affinity,
 * "!" for not null, and its place in the key; then the key, and the rowid.
 */
static void
describe(const struct table *t, struct buf *b)
{
	static const char *const affinities[] = {
	    [AFFINITY_BLOB] = "b",
	    [AFFINITY_TEXT] = "t",
	    [AFFINITY_NUMERIC] = "n",
	};

	buf_reset(b);
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct column *c = &t->columns[i];

		buf_printf(b, "%s %s %s%s", c->name, c->type,
		    affinities[c->affinity], c->not_null ? "!" : "");
		if (c->key > 0)
			buf_printf(b, " %zu", c->key);
		buf_lit(b, "; ");
	}
	buf_lit(b, "key");
	for (size_t i = 0; i < t->n_key; i++)
		buf_printf(b, " %s", t->columns[t->key[i]].name);
	if (t->rowid != NULL)
		buf_printf(b, "; %s%s", t->rowid, t->rowid_is_key ? "=" : "");
}

#define assert_table(d, name, lit)                                             \
	check_table((d), (name), (lit), __FILE__, __LINE__)

static void
check_table(const struct database *d, const char *name, const char *want,
    const char *file, int line)
{
	struct buf b = {0};
	struct table t;

	reader_table(d->db, name, &t);
	describe(&t, &b);
	check_str(str_of_buf(&b), str_of(want), file, line);
	buf_release(&b);
	table_release(&t);
}

static void
columns_with_their_types(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT NOT NULL, c,"
	    " d REAL, e BLOB, f VARCHAR(10))");
	assert_table(d, "t",
	    "a INTEGER n 1; b TEXT t!; c  b; d REAL n; e BLOB b; "
	    "f VARCHAR(10) t; key a; rowid=");
	end_reading(d->db);
}

/* By what SQLite makes of the text '1' and of the number 1 in such a column. */
static enum affinity
sqlites_affinity(const char *type)
{
	enum affinity affinity = AFFINITY_BLOB;
	struct buf sql = {0};
	sqlite3_stmt *stmt;
	sqlite3 *handle;

	buf_printf(&sql,
	    "CREATE TABLE x(c %s); INSERT INTO x VALUES ('1'), (1)", type);
	assert_int_equal(sqlite3_open(":memory:", &handle), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(handle, buf_cstr(&sql), NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(handle,
		"SELECT group_concat(typeof(c) = 'text', '') FROM x", -1, &stmt,
		NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	if (strcmp((const char *)sqlite3_column_text(stmt, 0), "11") == 0)
		affinity = AFFINITY_TEXT;
	else if (strcmp((const char *)sqlite3_column_text(stmt, 0), "00") == 0)
		affinity = AFFINITY_NUMERIC;
	sqlite3_finalize(stmt);
	sqlite3_close(handle);
	buf_release(&sql);
	return affinity;
}

/* datatype3.html, section 3.1.1, with its traps. */
static void
affinities_as_sqlite_finds_them(void **state)
{
	static const char *const types[] = {"INT", "INTEGER", "TINYINT",
	    "BIGINT", "UNSIGNED BIG INT", "INT2", "CHARACTER(20)",
	    "NATIVE CHARACTER(70)", "NVARCHAR(100)", "TEXT", "CLOB", "BLOB", "",
	    "REAL", "DOUBLE", "DOUBLE PRECISION", "FLOAT", "NUMERIC",
	    "DECIMAL(10,5)", "BOOLEAN", "DATE", "DATETIME", "FLOATING POINT",
	    "STRING", "CHARINT", "text", "bLoB", "ANY", "JSON"};
	struct database *d = *state;
	struct buf sql = {0};
	struct table t;

	buf_lit(&sql, "CREATE TABLE t(");
	for (size_t i = 0; i < COUNT_OF(types); i++)
		buf_printf(&sql, "%sc%zu %s", i == 0 ? "" : ", ", i, types[i]);
	buf_lit(&sql, ")");
	read_database_of(d, buf_cstr(&sql));
	reader_table(d->db, "t", &t);
	assert_int_equal(t.n_columns, COUNT_OF(types));
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		enum affinity want = sqlites_affinity(types[i]);

		if (t.columns[i].affinity != want)
			print_error("type \"%s\"\n", types[i]);
		assert_int_equal(t.columns[i].affinity, want);
	}
	table_release(&t);
	buf_release(&sql);
	end_reading(d->db);
}

static void
compound_keys_in_their_own_order(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a, b, c, PRIMARY KEY (c, a));"
	    "CREATE TABLE w(a, b, c, PRIMARY KEY (c, a)) WITHOUT ROWID");
	assert_table(d, "t", "a  b 2; b  b; c  b 1; key c a; rowid");
	assert_table(d, "w", "a  b! 2; b  b; c  b! 1; key c a");
	end_reading(d->db);
}

static void
tables_without_a_key(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(a INT, b)");
	assert_table(d, "t", "a INT n; b  b; key; rowid");
	end_reading(d->db);
}

static void
the_rowid_goes_by_a_name_that_is_free(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(rowid TEXT);"
	    "CREATE TABLE b(ROWID TEXT, _rowid_ TEXT);"
	    "CREATE TABLE c(rowid TEXT, _RowId_ TEXT, oid TEXT);"
	    "CREATE TABLE d(oid TEXT);"
	    "CREATE TABLE e(rowid INTEGER PRIMARY KEY)");
	assert_table(d, "a", "rowid TEXT t; key; _rowid_");
	assert_table(d, "b", "ROWID TEXT t; _rowid_ TEXT t; key; oid");
	assert_table(d, "c", "rowid TEXT t; _RowId_ TEXT t; oid TEXT t; key");
	assert_table(d, "d", "oid TEXT t; key; rowid");
	assert_table(d, "e", "rowid INTEGER n 1; key rowid; _rowid_=");
	end_reading(d->db);
}

static void
only_integer_primary_keys_are_the_rowid(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(k INTEGER PRIMARY KEY);"
	    "CREATE TABLE b(k integer, PRIMARY KEY (k));"
	    "CREATE TABLE c(k INT PRIMARY KEY);"
	    "CREATE TABLE d(k INTEGER PRIMARY KEY) WITHOUT ROWID;"
	    "CREATE TABLE e(k INTEGER, l, PRIMARY KEY (k, l));"
	    "CREATE TABLE f(k INTEGER, l, PRIMARY KEY (k DESC))");
	assert_table(d, "a", "k INTEGER n 1; key k; rowid=");
	assert_table(d, "b", "k INTEGER n 1; key k; rowid=");
	assert_table(d, "c", "k INT n 1; key k; rowid");
	assert_table(d, "d", "k INTEGER n! 1; key k");
	assert_table(d, "e", "k INTEGER n 1; l  b 2; key k l; rowid");
	assert_table(d, "f", "k INTEGER n 1; l  b; key k; rowid=");
	end_reading(d->db);
}

/* lang_createtable.html, section 5: a quirk that SQLite keeps. */
static void
integer_primary_key_desc_is_not_the_rowid(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(k INTEGER PRIMARY KEY DESC, v);"
	    "INSERT INTO t VALUES (NULL, 'a'), (NULL, 'b'), (7, 'c')");
	assert_int_equal(
	    read_int(d->db, "SELECT count(*) FROM t WHERE k IS NULL"), 2);
	assert_table(d, "t", "k INTEGER n 1; v  b; key k; rowid");
	end_reading(d->db);
}

/* Whether key and rowid tell all rows of a table apart. */
static bool
has_order(struct database *d, const char *name)
{
	struct table t;
	bool has;

	reader_table(d->db, name, &t);
	has = t.has_order;
	table_release(&t);
	return has;
}

static void
tables_whose_rows_can_be_told_apart(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(x); CREATE TABLE b(x INTEGER PRIMARY KEY);"
	    "CREATE TABLE c(rowid, _rowid_, oid);"
	    "CREATE TABLE d(rowid INTEGER PRIMARY KEY, _rowid_, oid);"
	    "CREATE TABLE e(rowid TEXT PRIMARY KEY, _rowid_, oid);"
	    "CREATE TABLE f(rowid TEXT PRIMARY KEY NOT NULL, _rowid_, oid);"
	    "CREATE TABLE g(x PRIMARY KEY) WITHOUT ROWID;"
	    "CREATE VIEW h AS SELECT 1 AS x;"
	    "CREATE VIRTUAL TABLE i USING fts5(x)");
	assert_true(has_order(d, "a"));
	assert_true(has_order(d, "b"));
	assert_false(has_order(d, "c"));
	assert_true(has_order(d, "d"));
	assert_false(has_order(d, "e"));
	assert_true(has_order(d, "f"));
	assert_true(has_order(d, "g"));
	assert_false(has_order(d, "h"));
	assert_true(has_order(d, "i"));
	end_reading(d->db);
}

static void
odd_names(void **state)
{
	static const char *const names[] = {"two words", "it's", "a\"b",
	    "a`b[c]", "select", "a.b", "a/b", "a;--", "%_?*", "é🌍", " lead",
	    "trail ", "-", "123", "a\nb", ""};
	struct database *d = *state;
	struct buf sql = {0};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		buf_lit(&sql, "CREATE TABLE ");
		sqltext_name(&sql, str_of(names[i]));
		buf_lit(&sql, "(");
		sqltext_name(&sql, str_of(names[i]));
		buf_lit(&sql, " PRIMARY KEY, x REFERENCES ");
		sqltext_name(&sql, str_of(names[i]));
		buf_lit(&sql, ");");
	}
	read_database_of(d, buf_cstr(&sql));
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct table t;

		reader_table(d->db, names[i], &t);
		assert_string_equal(t.name, names[i]);
		assert_int_equal(t.n_columns, 2);
		assert_string_equal(t.columns[0].name, names[i]);
		assert_int_equal(table_column(&t, str_of(names[i])), 0);
		assert_int_equal(t.n_key, 1);
		assert_int_equal(t.n_foreign_keys, 1);
		assert_string_equal(t.foreign_keys[0].table, names[i]);
		assert_int_equal(count(d->db, &t), 0);
		table_release(&t);
	}
	buf_release(&sql);
	end_reading(d->db);
}

static void
names_in_another_case(void **state)
{
	struct database *d = *state;
	struct table t;

	read_database_of(
	    d, "CREATE TABLE Places(Id INTEGER PRIMARY KEY, NaMe)");
	reader_table(d->db, "pLACES", &t);
	assert_string_equal(t.name, "Places");
	assert_int_equal(table_column(&t, LIT("id")), 0);
	assert_int_equal(table_column(&t, LIT("NAME")), 1);
	table_release(&t);
	end_reading(d->db);
}

static void
columns_that_do_not_exist(void **state)
{
	struct database *d = *state;
	struct table t;

	read_database_of(d, "CREATE TABLE t(ab, c)");
	reader_table(d->db, "t", &t);
	assert_int_equal(table_column(&t, LIT("a")), 2);
	assert_int_equal(table_column(&t, LIT("abc")), 2);
	assert_int_equal(table_column(&t, LIT("")), 2);
	assert_int_equal(table_column(&t, LIT("ab\0")), 2);
	assert_int_equal(table_column(&t, LIT("rowid")), 2);
	table_release(&t);
	end_reading(d->db);
}

static void
tables_that_do_not_exist(void **state)
{
	static const char *const names[] = {"nosuch", "", "t ", "sqlite_schema",
	    "sqlite_master", "SQLITE_MASTER", "sqlite_sequence", "sqlite_stat1",
	    "main.t", "\"t\"", "pragma_table_list", "t\nx"};
	struct database *d = *state;
	struct table t;

	read_database_of(d,
	    "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT);"
	    "INSERT INTO t DEFAULT VALUES; CREATE INDEX i ON t(a); ANALYZE");
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (table_read(d->db, str_of(names[i]), &t))
			print_error("found \"%s\"\n", names[i]);
		assert_null(t.name);
		table_release(&t);
	}
	assert_false(table_read(d->db, LIT("t\0"), &t));
	table_release(&t);
	end_reading(d->db);
}

static void
names_that_only_look_like_sqlites_own(void **state)
{
	struct database *d = *state;

	read_database_of(
	    d, "CREATE TABLE sqlitex(a); CREATE TABLE xsqlite_(b)");
	assert_table(d, "sqlitex", "a  b; key; rowid");
	assert_table(d, "xsqlite_", "b  b; key; rowid");
	end_reading(d->db);
}

static void
views(void **state)
{
	struct database *d = *state;
	struct table t;

	read_database_of(d,
	    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
	    "CREATE VIEW v AS SELECT b AS \"the b\", a + 1 AS c FROM t");
	reader_table(d->db, "v", &t);
	assert_int_equal(t.kind, TABLE_VIEW);
	assert_int_equal(t.n_columns, 2);
	assert_string_equal(t.columns[0].name, "the b");
	assert_int_equal(t.n_key, 0);
	assert_null(t.rowid);
	assert_int_equal(t.n_foreign_keys, 0);
	assert_false(table_is_unique(&t, (size_t[]){0}, 1));
	table_release(&t);
	end_reading(d->db);
}

static void
virtual_tables(void **state)
{
	struct database *d = *state;
	struct table t;

	read_database_of(d,
	    "CREATE VIRTUAL TABLE f USING fts5(a, b);"
	    "CREATE VIRTUAL TABLE r USING rtree(id, x0, x1);"
	    "INSERT INTO f VALUES ('hello', 'world')");
	reader_table(d->db, "f", &t);
	assert_int_equal(t.kind, TABLE_VIRTUAL);
	/* The hidden columns, "f" and "rank", are left out. */
	assert_int_equal(t.n_columns, 2);
	assert_string_equal(t.rowid, "rowid");
	assert_false(t.rowid_is_key);
	assert_false(table_is_unique(&t, (size_t[]){0}, 1));
	assert_int_equal(count(d->db, &t), 1);
	table_release(&t);
	reader_table(d->db, "r", &t);
	assert_int_equal(t.kind, TABLE_VIRTUAL);
	assert_int_equal(t.n_columns, 3);
	table_release(&t);
	/* What a virtual table keeps its content in is a plain table. */
	reader_table(d->db, "f_content", &t);
	assert_int_equal(t.kind, TABLE_PLAIN);
	table_release(&t);
	end_reading(d->db);
}

/* fts5vocab has rowids, but a row has another with each condition. */
static void
rowids_that_change_are_none(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE VIRTUAL TABLE w USING fts5(x);"
	    "CREATE VIRTUAL TABLE v USING \"FTS5vocab\"(w, row);"
	    "CREATE VIRTUAL TABLE y USING fts4(x);"
	    "CREATE VIRTUAL TABLE a USING fts4aux(y);"
	    "INSERT INTO w VALUES ('one two')");
	assert_int_equal(
	    read_int(d->db, "SELECT rowid FROM v WHERE term = 'two'"), 1);
	assert_table(d, "v", "term  b; doc  b; cnt  b; key");
	assert_table(
	    d, "a", "term  b; col  b; documents  b; occurrences  b; key");
	assert_table(d, "w", "x  b; key; rowid");
	end_reading(d->db);
}

static void
generated_columns_are_columns(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a INT, b INT AS (a * 2), c TEXT AS (a) STORED,"
	    " d GENERATED ALWAYS AS (b + 1) VIRTUAL)");
	assert_table(d, "t", "a INT n; b INT n; c TEXT t; d  b; key; rowid");
	end_reading(d->db);
}

static void
foreign_keys(void **state)
{
	struct database *d = *state;
	const struct foreign_key *f;
	struct table t;

	read_database_of(d,
	    "CREATE TABLE p(a, b, PRIMARY KEY (a, b));"
	    "CREATE TABLE t(x, y, z REFERENCES Other(name),"
	    " FOREIGN KEY (y, x) REFERENCES p(a, b))");
	reader_table(d->db, "t", &t);
	assert_int_equal(t.n_foreign_keys, 2);
	for (size_t i = 0; i < 2; i++) {
		f = &t.foreign_keys[i];
		if (f->n == 1) {
			assert_string_equal(f->table, "Other");
			assert_int_equal(f->from[0], 2);
			assert_string_equal(f->to[0], "name");
		} else {
			assert_int_equal(f->n, 2);
			assert_string_equal(f->table, "p");
			assert_int_equal(f->from[0], 1);
			assert_int_equal(f->from[1], 0);
			assert_string_equal(f->to[0], "a");
			assert_string_equal(f->to[1], "b");
		}
	}
	table_release(&t);
	end_reading(d->db);
}

static void
foreign_keys_to_whatever_the_key_is(void **state)
{
	struct database *d = *state;
	struct table t;

	read_database_of(d,
	    "CREATE TABLE p(k INTEGER PRIMARY KEY);"
	    "CREATE TABLE t(a REFERENCES p, b REFERENCES t,"
	    " c REFERENCES nosuch)");
	reader_table(d->db, "t", &t);
	assert_int_equal(t.n_foreign_keys, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(t.foreign_keys[i].n, 1);
		assert_null(t.foreign_keys[i].to[0]);
	}
	table_release(&t);
	end_reading(d->db);
}

static void
foreign_keys_from_a_column_in_another_case(void **state)
{
	struct database *d = *state;
	struct table t;

	read_database_of(d,
	    "CREATE TABLE p(k INTEGER PRIMARY KEY);"
	    "CREATE TABLE t(Abc, FOREIGN KEY (aBC) REFERENCES P(K))");
	reader_table(d->db, "t", &t);
	assert_int_equal(t.n_foreign_keys, 1);
	assert_int_equal(t.foreign_keys[0].from[0], 0);
	assert_int_equal(t.foreign_keys[0].n, 1);
	table_release(&t);
	end_reading(d->db);
}

/* Whether the columns, as letters from 'a' on, are unique in table t. */
static bool
is_unique(struct database *d, const char *letters)
{
	size_t columns[SCHEMA_KEY_MAX], n = 0;
	struct table t;
	bool unique;

	reader_table(d->db, "t", &t);
	for (; *letters != '\0'; letters++)
		columns[n++] = (size_t)(*letters - 'a');
	unique = table_is_unique(&t, columns, n);
	table_release(&t);
	return unique;
}

static void
the_key_is_unique(void **state)
{
	struct database *d = *state;

	read_database_of(d, "CREATE TABLE t(a, b, c, PRIMARY KEY (a, b))");
	assert_true(is_unique(d, "ab"));
	assert_true(is_unique(d, "ba"));
	assert_false(is_unique(d, "a"));
	assert_false(is_unique(d, "b"));
	assert_false(is_unique(d, "c"));
	assert_false(is_unique(d, "ac"));
	assert_false(is_unique(d, ""));
	end_reading(d->db);
}

static void
the_columns_of_a_unique_index_are(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a UNIQUE, b, c, d, e, f, UNIQUE (b, c));"
	    "CREATE UNIQUE INDEX i ON t(d); CREATE INDEX j ON t(e)");
	assert_true(is_unique(d, "a"));
	assert_true(is_unique(d, "bc"));
	assert_true(is_unique(d, "cb"));
	assert_true(is_unique(d, "d"));
	assert_false(is_unique(d, "b"));
	assert_false(is_unique(d, "c"));
	assert_false(is_unique(d, "e"));
	assert_false(is_unique(d, "f"));
	assert_false(is_unique(d, "ad"));
	end_reading(d->db);
}

/* A join by it would find more than one row. */
static void
an_index_that_compares_otherwise_is_not(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a TEXT COLLATE NOCASE, b TEXT COLLATE NOCASE"
	    " UNIQUE, c); CREATE UNIQUE INDEX i ON t(a COLLATE BINARY);"
	    "CREATE UNIQUE INDEX j ON t(c COLLATE RTRIM)");
	assert_false(is_unique(d, "a"));
	assert_true(is_unique(d, "b"));
	assert_false(is_unique(d, "c"));
	end_reading(d->db);
}

static void
every_one_of_many_indexes_is_looked_at(void **state)
{
	static const char *const letters[] = {"a", "b", "c", "d", "ab", "cd"};
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a, b, c, d, e);"
	    "CREATE UNIQUE INDEX i1 ON t(a); CREATE UNIQUE INDEX i2 ON t(b);"
	    "CREATE UNIQUE INDEX i3 ON t(c); CREATE UNIQUE INDEX i4 ON t(d);"
	    "CREATE UNIQUE INDEX i5 ON t(a, b);"
	    "CREATE UNIQUE INDEX i6 ON t(d, c)");
	for (size_t i = 0; i < COUNT_OF(letters); i++)
		assert_true(is_unique(d, letters[i]));
	assert_false(is_unique(d, "e"));
	assert_false(is_unique(d, "ac"));
	assert_false(is_unique(d, "abcd"));
	end_reading(d->db);
}

static void
indexes_of_some_rows_or_of_expressions_are_not_unique(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a, b, c);"
	    "CREATE UNIQUE INDEX i ON t(a) WHERE b > 0;"
	    "CREATE UNIQUE INDEX j ON t(lower(b));"
	    "CREATE UNIQUE INDEX k ON t(c, a + 1)");
	assert_false(is_unique(d, "a"));
	assert_false(is_unique(d, "b"));
	assert_false(is_unique(d, "c"));
	end_reading(d->db);
}

/* A key that is too long to follow must not pass for its first columns. */
static void
keys_of_too_many_columns_are_not_unique_in_the_first(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q,"
	    " UNIQUE (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q))");
	assert_false(is_unique(d, "abcdefghijklmnop"));
	end_reading(d->db);
}

static void
primary_keys_of_too_many_columns_are_not_unique_in_the_first(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q,"
	    " PRIMARY KEY (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q))"
	    " WITHOUT ROWID");
	assert_false(is_unique(d, "abcdefghijklmnop"));
	end_reading(d->db);
}

static void
tables_are_listed_by_name(void **state)
{
	static const struct {
		const char *name;
		enum table_kind kind;
		bool hidden;
	} want[] = {
	    {"alpha", TABLE_PLAIN, false},
	    {"Beta", TABLE_VIEW, false},
	    {"fts", TABLE_VIRTUAL, false},
	    {"fts_config", TABLE_PLAIN, true},
	    {"fts_content", TABLE_PLAIN, true},
	    {"fts_data", TABLE_PLAIN, true},
	    {"fts_docsize", TABLE_PLAIN, true},
	    {"fts_idx", TABLE_PLAIN, true},
	    {"sqlitex", TABLE_PLAIN, false},
	    {"Zeta", TABLE_PLAIN, false},
	};
	struct database *d = *state;
	const struct table_name *list;
	size_t n;

	read_database_of(d,
	    "CREATE TABLE Zeta(k INTEGER PRIMARY KEY AUTOINCREMENT);"
	    "CREATE TABLE alpha(x); CREATE TABLE sqlitex(x);"
	    "CREATE VIRTUAL TABLE fts USING fts5(a);"
	    "CREATE VIEW Beta AS SELECT 1 AS one;"
	    "INSERT INTO Zeta DEFAULT VALUES; CREATE INDEX i ON alpha(x);"
	    "ANALYZE");
	n = table_list(d->db, &list);
	assert_int_equal(n, COUNT_OF(want));
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(list[i].name, want[i].name);
		assert_int_equal(list[i].kind, want[i].kind);
		assert_int_equal(list[i].hidden, want[i].hidden);
	}
	end_reading(d->db);
}

static void
a_database_without_tables(void **state)
{
	struct database *d = *state;
	const struct table_name *list;

	read_database_of(d, "PRAGMA user_version = 1");
	assert_int_equal(table_list(d->db, &list), 0);
	assert_null(list);
	end_reading(d->db);
}

static void
reading_after_a_failure_finds_nothing(void **state)
{
	struct database *d = *state;
	const struct table_name *list;
	struct table t;

	read_database_of(d, "CREATE TABLE t(x)");
	read_int(d->db, "SELECT nonsense");
	assert_false(table_read(d->db, LIT("t"), &t));
	table_release(&t);
	assert_int_equal(table_list(d->db, &list), 0);
	assert_int_equal(db_end(d->db), DB_FAILED);
}

/*
 * One view that refers to what is gone, as real databases have them, must not
 * take the page of all others away.
 */
static void
a_broken_view_spoils_no_other_table(void **state)
{
	struct database *d = *state;
	const struct table_name *list;
	struct table t;
	size_t n;

	read_database_of(d,
	    "CREATE TABLE a(x); CREATE TABLE gone(x); CREATE TABLE z(x);"
	    "CREATE VIEW broken AS SELECT x FROM gone; DROP TABLE gone");
	n = table_list(d->db, &list);
	assert_int_equal(n, 3);
	if (table_read(d->db, LIT("broken"), &t))
		count(d->db, &t);
	table_release(&t);
	reader_table(d->db, "z", &t);
	assert_int_equal(count(d->db, &t), 0);
	table_release(&t);
	end_reading(d->db);
}

/* A table of an extension that squall has not, as spatial databases have. */
static void
a_table_of_an_unknown_module_spoils_no_other(void **state)
{
	struct database *d = *state;
	const struct table_name *list;
	struct table t;
	size_t n;

	read_database_of(d,
	    "CREATE TABLE a(x); CREATE TABLE z(x);"
	    "PRAGMA writable_schema = 1;"
	    "INSERT INTO sqlite_schema VALUES ('table', 'v', 'v', 0,"
	    " 'CREATE VIRTUAL TABLE v USING nosuchmodule(x)')");
	n = table_list(d->db, &list);
	assert_int_equal(n, 3);
	if (table_read(d->db, LIT("v"), &t))
		count(d->db, &t);
	table_release(&t);
	reader_table(d->db, "z", &t);
	assert_int_equal(count(d->db, &t), 0);
	table_release(&t);
	end_reading(d->db);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(columns_with_their_types),
	    DATABASE_TEST(affinities_as_sqlite_finds_them),
	    DATABASE_TEST(compound_keys_in_their_own_order),
	    DATABASE_TEST(tables_without_a_key),
	    DATABASE_TEST(the_rowid_goes_by_a_name_that_is_free),
	    DATABASE_TEST(only_integer_primary_keys_are_the_rowid),
	    DATABASE_TEST(integer_primary_key_desc_is_not_the_rowid),
	    DATABASE_TEST(tables_whose_rows_can_be_told_apart),
	    DATABASE_TEST(odd_names),
	    DATABASE_TEST(names_in_another_case),
	    DATABASE_TEST(columns_that_do_not_exist),
	    DATABASE_TEST(tables_that_do_not_exist),
	    DATABASE_TEST(names_that_only_look_like_sqlites_own),
	    DATABASE_TEST(views),
	    DATABASE_TEST(virtual_tables),
	    DATABASE_TEST(rowids_that_change_are_none),
	    DATABASE_TEST(generated_columns_are_columns),
	    DATABASE_TEST(foreign_keys),
	    DATABASE_TEST(foreign_keys_to_whatever_the_key_is),
	    DATABASE_TEST(foreign_keys_from_a_column_in_another_case),
	    DATABASE_TEST(the_key_is_unique),
	    DATABASE_TEST(the_columns_of_a_unique_index_are),
	    DATABASE_TEST(an_index_that_compares_otherwise_is_not),
	    DATABASE_TEST(every_one_of_many_indexes_is_looked_at),
	    DATABASE_TEST(
		indexes_of_some_rows_or_of_expressions_are_not_unique),
	    DATABASE_TEST(keys_of_too_many_columns_are_not_unique_in_the_first),
	    DATABASE_TEST(
		primary_keys_of_too_many_columns_are_not_unique_in_the_first),
	    DATABASE_TEST(tables_are_listed_by_name),
	    DATABASE_TEST(a_database_without_tables),
	    DATABASE_TEST(reading_after_a_failure_finds_nothing),
	    DATABASE_TEST(a_broken_view_spoils_no_other_table),
	    DATABASE_TEST(a_table_of_an_unknown_module_spoils_no_other),
	};

	return RUN("schema", tests);
}
