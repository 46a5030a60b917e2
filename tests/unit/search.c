/*
 * db/rows/search.c: which FTS table is a table's index, and that whatever
 * somebody types is a query.
 */
#include "db/rows/search.h"

#include "app/text/sqltext.h"
#include "db/rows/count.h"
#include "db/rows/rows.h"
#include "tests/unit/database.h"

/* "index by key" of a table; "none" if nothing indexes it. */
#define assert_index(d, table, lit)                                            \
	check_index((d), (table), LIT(lit), __FILE__, __LINE__)

static void
check_index(const struct database *d, const char *name, struct str want,
    const char *file, int line)
{
	struct search_index index;
	struct buf b = {0};
	struct table t;

	assert_true(table_read(d->db, str_of(name), &t));
	if (search_find(d->db, &t, &index))
		buf_printf(&b, "%s%d by %s", index.table.name, index.version,
		    index.key < t.n_columns ? t.columns[index.key].name
					    : t.rowid);
	else
		buf_lit(&b, "none");
	check_str(str_of_buf(&b), want, file, line);
	buf_release(&b);
	search_index_release(&index);
	table_release(&t);
}

static void
content_however_it_is_quoted(void **state)
{
	static const char *const tables[] = {"fts5(a, content=t)",
	    "fts5(a, content='t')", "fts5(a, content=\"t\")",
	    "fts5(a, content=[t])", "fts5(a, content=`t`)",
	    "fts5(a, CONTENT = 'T' )", "FTS5(content = \"T\", a)",
	    "fts4(a, content=t)", "fts4(a, content='t')",
	    "fts4(a, content=\"t\")", "fts4(a, content=[T])",
	    "fts4(a, content=`t`)", "fts4(a, Content= t )",
	    "\"fts4\"(a, content=t)", "fts5 (\"content\", content=t)"};
	struct database *d = *state;
	struct buf sql = {0};

	buf_lit(&sql, "CREATE TABLE t(a, content);");
	read_database_of(d, buf_cstr(&sql));
	end_reading(d->db);
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		buf_reset(&sql);
		buf_printf(&sql,
		    "DROP TABLE IF EXISTS i; CREATE VIRTUAL TABLE i USING %s",
		    tables[i]);
		run_sql(d->file, buf_cstr(&sql));
		assert_int_equal(db_begin(d->db), DB_OK);
		if (strcasestr(tables[i], "fts5") != NULL)
			assert_index(d, "t", "i5 by rowid");
		else
			assert_index(d, "t", "i4 by rowid");
		end_reading(d->db);
	}
	buf_release(&sql);
}

static void
content_with_an_odd_name(void **state)
{
	static const char *const names[] = {"two words", "it's", "a\"b",
	    "a`b[c", "select", "a.b", "a,b", "a=b", "x)", "--", "é🌍", "content",
	    "using"};
	struct database *d = *state;
	struct buf sql = {0};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		buf_lit(&sql, "CREATE TABLE ");
		sqltext_name(&sql, str_of(names[i]));
		buf_printf(&sql, "(a); CREATE VIRTUAL TABLE i%zu USING ", i);
		buf_str(&sql, i % 2 == 0 ? "fts5" : "fts4");
		buf_lit(&sql, "(a, content=");
		sqltext_name(&sql, str_of(names[i]));
		buf_lit(&sql, ");");
	}
	read_database_of(d, buf_cstr(&sql));
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char want[32];

		snprintf(want, sizeof(want), "i%zu%d by rowid", i,
		    i % 2 == 0 ? 5 : 4);
		check_index(d, names[i], str_of(want), __FILE__, __LINE__);
	}
	buf_release(&sql);
	end_reading(d->db);
}

static void
the_table_itself(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE VIRTUAL TABLE a USING fts3(x, rowid);"
	    "CREATE VIRTUAL TABLE b USING fts4(x);"
	    "CREATE VIRTUAL TABLE c USING fts5(x);"
	    "CREATE VIRTUAL TABLE d USING fts5(x, content=c);"
	    "CREATE VIRTUAL TABLE e USING rtree(id, x0, x1)");
	assert_index(d, "a", "a3 by _rowid_");
	assert_index(d, "b", "b4 by rowid");
	assert_index(d, "c", "c5 by rowid");
	assert_index(d, "d", "d5 by rowid");
	assert_index(d, "e", "none");
	end_reading(d->db);
}

static void
the_key_of_the_content(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(id INTEGER PRIMARY KEY, x);"
	    "CREATE VIRTUAL TABLE ai USING fts5(x, content=a, "
	    "content_rowid=id);"
	    "CREATE TABLE b(x TEXT, nr INTEGER UNIQUE) STRICT;"
	    "CREATE VIRTUAL TABLE bi USING"
	    " fts5(x, content=b, content_rowid = \"NR\");"
	    "CREATE TABLE c(id INTEGER PRIMARY KEY, x) WITHOUT ROWID;"
	    "CREATE VIRTUAL TABLE ci USING fts5(x, content=c, "
	    "content_rowid=id);"
	    "CREATE TABLE d(id INTEGER PRIMARY KEY, x) WITHOUT ROWID;"
	    "CREATE VIRTUAL TABLE di USING fts5(x, content=d);"
	    "CREATE TABLE e(x);"
	    "CREATE VIRTUAL TABLE ei USING fts5(x, content=e, content_rowid=y);"
	    "CREATE TABLE f(rowid INTEGER PRIMARY KEY, _rowid_, oid);"
	    "CREATE VIRTUAL TABLE fi USING fts4(oid, content=f);"
	    "CREATE VIEW v AS SELECT id, upper(x) AS x FROM a;"
	    "CREATE VIRTUAL TABLE vi USING fts5(x, content=v, "
	    "content_rowid=id);"
	    "CREATE VIEW w AS SELECT id, x FROM a;"
	    "CREATE VIRTUAL TABLE wi USING fts5(x, content=w)");
	assert_index(d, "a", "ai5 by id");
	assert_index(d, "b", "bi5 by nr");
	assert_index(d, "c", "ci5 by id");
	assert_index(d, "d", "none");
	assert_index(d, "e", "none");
	assert_index(d, "f", "fi4 by rowid");
	assert_index(d, "v", "vi5 by id");
	assert_index(d, "w", "none");
	end_reading(d->db);
}

static void
without_content(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(x, y);"
	    "CREATE VIRTUAL TABLE a_fts USING fts5(y, content='');"
	    "CREATE TABLE b(x, nr INTEGER PRIMARY KEY);"
	    "CREATE VIRTUAL TABLE B_FTS USING"
	    " fts5(x, content=\"\", content_rowid=nr);"
	    "CREATE TABLE c(x);"
	    "CREATE VIRTUAL TABLE c_fts USING fts4(z, content='');"
	    "CREATE TABLE d(x);"
	    "CREATE VIRTUAL TABLE d_fts USING fts5(x);"
	    "CREATE TABLE e(x);"
	    "CREATE VIRTUAL TABLE e_idx USING fts5(x, content='');"
	    "CREATE TABLE f(x);"
	    "CREATE VIRTUAL TABLE f_fts USING fts4(x, content='')");
	assert_index(d, "a", "a_fts5 by rowid");
	assert_index(d, "b", "B_FTS5 by nr");
	assert_index(d, "c", "none");
	assert_index(d, "d", "none");
	assert_index(d, "e", "none");
	assert_index(d, "f", "f_fts4 by rowid");
	end_reading(d->db);
}

static void
tables_that_nothing_indexes(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(a, content); CREATE TABLE u(a);"
	    "CREATE VIEW v AS SELECT a FROM t; CREATE TABLE \"\"(a);"
	    "CREATE VIRTUAL TABLE i USING fts3(a, content=t);"
	    "CREATE VIRTUAL TABLE k USING fts5(a, content=other);"
	    "CREATE TABLE \"create virtual table x using fts5(content=u)\"(a);"
	    "CREATE TABLE s(a DEFAULT 'CREATE VIRTUAL TABLE USING fts5"
	    "(content=t)')");
	assert_index(d, "t", "none");
	assert_index(d, "u", "none");
	assert_index(d, "v", "none");
	assert_index(d, "s", "none");
	assert_index(d, "", "none");
	end_reading(d->db);
}

/* A search of a table, by the index that it has or that was asked for. */
struct searching {
	struct database *d;
	struct table table;
	struct search_index index;
	struct search search;
	struct buf found, why;
};

static void
start(struct searching *s, struct database *d, const char *table)
{
	*s = (struct searching){.d = d};
	assert_true(table_read(d->db, str_of(table), &s->table));
	assert_true(search_find(d->db, &s->table, &s->index));
	search_init(&s->search, &s->table, &s->index);
}

static void
stop(struct searching *s)
{
	search_release(&s->search);
	search_index_release(&s->index);
	table_release(&s->table);
	buf_release(&s->found);
	buf_release(&s->why);
}

/* The rowids, or keys, of what is found: "1 2"; or why nothing can be. */
static struct str
find(struct searching *s)
{
	const struct table *t = &s->table;
	struct buf sql = {0};
	struct filters f;
	struct query q;

	buf_reset(&s->found);
	if (!search_check(s->d->db, &s->search, &s->found))
		goto out;
	buf_lit(&sql, "SELECT ");
	sqltext_name(&sql,
	    str_of(s->index.key < t->n_columns ? t->columns[s->index.key].name
					       : t->rowid));
	buf_lit(&sql, " FROM ");
	sqltext_name(&sql, str_of(t->name));
	filters_init(&f, t);
	assert_true(search_apply(&s->search, &f));
	filters_sql(&f, &sql);
	buf_lit(&sql, " ORDER BY 1");
	query_open_buf(&q, s->d->db, &sql);
	filters_bind(&f, &q, 1);
	while (query_next(&q)) {
		buf_printf(&s->found, "%s%lld", s->found.len > 0 ? " " : "",
		    (long long)query_int(&q, 0));
	}
	query_close(&q);
	filters_release(&f);
out:
	search_release(&s->search);
	buf_release(&sql);
	return str_of_buf(&s->found);
}

static struct str
find_words(struct searching *s, struct str words)
{
	assert_true(
	    search_add(&s->search, s->index.table.n_columns, words, false));
	return s->search.n == 0 ? LIT("all") : find(s);
}

static struct str
find_raw(struct searching *s, struct str words)
{
	assert_true(
	    search_add(&s->search, s->index.table.n_columns, words, true));
	return find(s);
}

static const char places[] =
    "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, about TEXT);"
    "INSERT INTO t VALUES (1, 'rob roy', 'of the and'),"
    "(2, 'robert', 'or rather not'), (3, 'São Paulo', 'foo-bar'),"
    "(4, 'it''s', 'a \"quoted\" word'), (5, 'roy rob', 'near');";

static const char *const modules[] = {"fts3", "fts4", "fts5"};

static void
make_index(struct database *d, const char *module, struct searching *s)
{
	struct buf sql = {0};
	const char *content = strcmp(module, "fts3") == 0 ? "" : ", content=t";

	buf_str(&sql, places);
	buf_printf(&sql,
	    "CREATE VIRTUAL TABLE i USING %s(name, about%s);"
	    "INSERT INTO i(rowid, name, about) SELECT id, name, about FROM t",
	    module, content);
	read_database_of(d, buf_cstr(&sql));
	start(s, d, *content == '\0' ? "i" : "t");
	buf_release(&sql);
}

static void
drop(struct searching *s)
{
	stop(s);
	end_reading(s->d->db);
	db_free(s->d->db);
	s->d->db = NULL;
	unlink(s->d->file);
}

static void
words_are_found(void **state)
{
	struct searching s;

	for (size_t i = 0; i < COUNT_OF(modules); i++) {
		make_index(*state, modules[i], &s);
		assert_str(find_words(&s, LIT("rob")), "1 5");
		assert_str(find_words(&s, LIT("rob*")), "1 2 5");
		assert_str(find_words(&s, LIT("  ROY \t rob\n")), "1 5");
		assert_str(find_words(&s, LIT("\"rob roy\"")), "1");
		assert_str(find_words(&s, LIT("\"rob roy")), "1");
		assert_str(find_words(&s, LIT("\"roy\"rob")), "1 5");
		assert_str(find_words(&s, LIT("nothing")), "");
		assert_str(find_words(&s, LIT("foo-bar")), "3");
		assert_str(find_words(&s, LIT("it's")), "4");
		assert_str(find_words(&s, LIT("rob - roy")), "1 5");
		assert_str(find_words(&s, LIT("rob **")), "1 5");
		assert_str(find_words(&s, LIT("quoted\0word")), "4");
		drop(&s);
	}
}

static void
operators_are_words(void **state)
{
	struct searching s;

	for (size_t i = 0; i < COUNT_OF(modules); i++) {
		make_index(*state, modules[i], &s);
		assert_str(find_words(&s, LIT("OR")), "2");
		assert_str(find_words(&s, LIT("AND")), "1");
		assert_str(find_words(&s, LIT("NOT OR")), "2");
		assert_str(find_words(&s, LIT("NEAR")), "5");
		assert_str(find_words(&s, LIT("name:rob")), "");
		assert_str(find_words(&s, LIT("^rob")), "1 5");
		assert_str(find_words(&s, LIT("-rob")), "1 5");
		drop(&s);
	}
}

static void
no_words_are_no_search(void **state)
{
	struct searching s;

	for (size_t i = 0; i < COUNT_OF(modules); i++) {
		make_index(*state, modules[i], &s);
		assert_str(find_words(&s, LIT("")), "all");
		assert_str(find_words(&s, LIT(" \t")), "all");
		assert_str(find_words(&s, LIT("\"")), "all");
		assert_str(find_words(&s, LIT("\"\"\"")), "all");
		assert_str(find_words(&s, LIT("*")), "all");
		drop(&s);
	}
}

static void
in_a_column(void **state)
{
	struct searching s;

	for (size_t i = 0; i < COUNT_OF(modules); i++) {
		make_index(*state, modules[i], &s);
		assert_true(search_add(&s.search, 0, LIT("rob*"), false));
		assert_str(find(&s), "1 2 5");
		assert_true(search_add(&s.search, 1, LIT("rob*"), false));
		assert_str(find(&s), "");
		assert_true(search_add(&s.search, 0, LIT("rob*"), false));
		assert_true(search_add(&s.search, 1, LIT("or"), false));
		assert_str(find(&s), "2");
		drop(&s);
	}
}

static void
the_language_of_fts(void **state)
{
	struct searching s;

	for (size_t i = 0; i < COUNT_OF(modules); i++) {
		make_index(*state, modules[i], &s);
		assert_str(find_raw(&s, LIT("robert OR paulo")), "2 3");
		assert_str(find_raw(&s, LIT("name:rob*")), "1 2 5");
		assert_has(find_raw(&s, LIT("\"rob")).s,
		    i == 2 ? "unterminated string" : "malformed MATCH");
		drop(&s);
	}
	make_index(*state, "fts5", &s);
	assert_str(
	    find_raw(&s, LIT("rob AND")), "fts5: syntax error near \"\"");
	assert_str(find_raw(&s, LIT("nope: rob")), "no such column: nope");
	assert_str(find_raw(&s, LIT("rob NOT roy")), "");
	drop(&s);
	make_index(*state, "fts4", &s);
	assert_str(find_raw(&s, LIT("(")), "malformed MATCH expression: [(]");
	drop(&s);
}

/* Whatever bytes are typed, FTS takes them, and the page goes on. */
static void
any_words_at_all(void **state)
{
	static const char alphabet[] =
	    "ab \t\n\"\"'*^-+:(){}[],.;\\/%&|!?<>=@#~`$_0\x7f\xc3\xa9\xff";
	uint64_t random = 42;
	struct searching s;

	for (size_t i = 0; i < COUNT_OF(modules); i++) {
		make_index(*state, modules[i], &s);
		for (size_t round = 0; round < 3000; round++) {
			size_t len = next_random(&random) % 12;
			char words[16];

			for (size_t k = 0; k < len; k++)
				words[k] = alphabet[next_random(&random) %
				    sizeof(alphabet)];
			search_add(&s.search, s.index.table.n_columns,
			    (struct str){words, len}, false);
			if (!search_check(s.d->db, &s.search, &s.why))
				show_bytes("for", (struct str){words, len});
			assert_wrote(&s.why, "");
			search_release(&s.search);
		}
		drop(&s);
	}
}

static void
too_many_terms(void **state)
{
	struct searching s;

	make_index(*state, "fts5", &s);
	for (int i = 0; i < SEARCH_TERMS; i++)
		assert_true(search_add(&s.search, 0, LIT("rob"), false));
	assert_false(search_add(&s.search, 0, LIT("rob"), false));
	assert_str(find(&s), "1 5");
	drop(&s);
}

static void
an_index_that_takes_no_phrases(void **state)
{
	struct database *d = *state;
	struct searching s;

	read_database_of(d,
	    "CREATE VIRTUAL TABLE t USING fts5(a, detail=none);"
	    "INSERT INTO t VALUES ('foo-bar')");
	start(&s, d, "t");
	assert_str(find_words(&s, LIT("foo")), "1");
	assert_has(find_words(&s, LIT("foo-bar")).s,
	    "phrase queries are not supported");
	assert_str(find_words(&s, LIT("bar")), "1");
	stop(&s);
	end_reading(d->db);
}

static void
views_when_asked_for(void **state)
{
	struct database *d = *state;
	struct search_index index;
	struct searching s = {.d = d};

	read_database_of(d,
	    "CREATE TABLE t(id INTEGER PRIMARY KEY, a);"
	    "INSERT INTO t VALUES (3, 'x y'), (5, 'z');"
	    "CREATE VIEW v AS SELECT id AS nr, upper(a) AS b FROM t;"
	    "CREATE VIRTUAL TABLE i USING fts5(a, content=t);"
	    "INSERT INTO i(i) VALUES ('rebuild')");
	assert_true(table_read(d->db, LIT("v"), &s.table));
	assert_false(search_find(d->db, &s.table, &index));
	assert_false(
	    search_use(d->db, &s.table, LIT("i"), (struct str){0}, &index));
	assert_false(
	    search_use(d->db, &s.table, LIT("i"), LIT("nope"), &index));
	assert_false(search_use(d->db, &s.table, LIT("t"), LIT("nr"), &index));
	assert_false(search_use(d->db, &s.table, LIT("no"), LIT("nr"), &index));
	assert_true(search_use(d->db, &s.table, LIT("i"), LIT("NR"), &s.index));
	search_init(&s.search, &s.table, &s.index);
	assert_str(find_words(&s, LIT("x")), "3");
	stop(&s);
	end_reading(d->db);
}

static void
in_utf16_and_large_pages(void **state)
{
	struct database *d = *state;
	struct searching s;

	read_database_of(d,
	    "PRAGMA encoding='UTF-16le'; PRAGMA page_size=65536;"
	    "CREATE TABLE \"é t\"(id INTEGER PRIMARY KEY, a);"
	    "INSERT INTO \"é t\" VALUES (7, 'naïve São');"
	    "CREATE VIRTUAL TABLE i USING"
	    " fts4(a, content=\"é t\", tokenize=unicode61);"
	    "INSERT INTO i(i) VALUES ('rebuild')");
	start(&s, d, "é t");
	assert_str(find_words(&s, LIT("sao naive")), "7");
	stop(&s);
	end_reading(d->db);
}

static void
generated_columns_and_references_to_itself(void **state)
{
	struct database *d = *state;
	struct searching s;

	read_database_of(d,
	    "CREATE TABLE t(id INTEGER PRIMARY KEY, parent REFERENCES t,"
	    " a TEXT, b TEXT GENERATED ALWAYS AS (a || ' tail') VIRTUAL);"
	    "INSERT INTO t(id, a) VALUES (2, 'x');"
	    "CREATE VIRTUAL TABLE i USING fts5(b, content=t);"
	    "INSERT INTO i(i) VALUES ('rebuild')");
	start(&s, d, "t");
	assert_str(find_words(&s, LIT("tail")), "2");
	stop(&s);
	end_reading(d->db);
}

/* SQLite's own statements within FTS are interrupted as well. */
static void
one_that_takes_too_long_spoils_nothing(void **state)
{
	static const char *const names[] = {"four", "five"};
	struct database *d = *state;
	struct searching s;
	struct filters f;

	read_database_of(d,
	    "CREATE VIRTUAL TABLE four USING fts4(a);"
	    "CREATE VIRTUAL TABLE five USING fts5(a);"
	    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c"
	    " WHERE x < 20000) INSERT INTO five SELECT"
	    " 'w' || x || ' w' || (x % 97) || ' w' || (x % 7) FROM c;"
	    "INSERT INTO four SELECT a FROM five");
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		start(&s, d, names[i]);
		search_add(
		    &s.search, s.index.table.n_columns, LIT("w*"), false);
		filters_init(&f, &s.table);
		assert_true(search_apply(&s.search, &f));
		for (int64_t ms = 0; ms < 20; ms++)
			count_up_to(&f, d->db, 100000, ms);
		assert_int_equal(
		    count_up_to(&f, d->db, 100000, LIMIT_MS), 20000);
		filters_release(&f);
		stop(&s);
	}
	end_reading(d->db);
}

/* The ids of a page of what is found, and how many there are in all. */
static void
show_page(struct searching *s, struct filters *f, struct str next, bool down,
    int64_t limit, struct buf *b)
{
	struct keyset_position position = {0};
	struct keyset keyset;
	struct rows rows;

	buf_reset(b);
	keyset_init(&keyset, &s->table, down ? 0 : s->table.n_columns, down);
	if (next.len > 0)
		assert_true(keyset_parse(&keyset, next, &position));
	rows_init(&rows, s->d->db, &s->table);
	rows_page(&rows, f, &keyset, &position, limit);
	while (rows_next(&rows))
		buf_printf(b, "%lld ", (long long)query_int(&rows.query, 0));
	buf_printf(
	    b, "of %lld", (long long)count_up_to(f, s->d->db, 9, LIMIT_MS));
	rows_release(&rows);
	keyset_position_release(&position);
}

/* So many rows as a page has are enough, unless the index knows of others. */
static void
pages_of_what_is_found(void **state)
{
	static const char *const indexes[] = {"fts5(a, content='')",
	    "fts4(a, content='')", "fts5(a, content=t, content_rowid=id)",
	    "fts4(a, content=t)"};
	struct database *d = *state;
	struct searching s;
	struct filters f;
	struct buf b = {0};

	run_sql(d->file,
	    "CREATE TABLE t(id INTEGER PRIMARY KEY, a);"
	    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c"
	    " WHERE x < 40) INSERT INTO t SELECT x, 'word' FROM c");
	d->db = db_new("test", d->file, LIMIT_MS);
	for (size_t i = 0; i < COUNT_OF(indexes); i++) {
		char sql[500];

		snprintf(sql, sizeof(sql),
		    "DROP TABLE IF EXISTS t_fts;"
		    "CREATE VIRTUAL TABLE t_fts USING %s;"
		    "INSERT OR IGNORE INTO t SELECT value, 'word' FROM"
		    " json_each('[3,4,5,6,7,8,9,10,38,39,40]');"
		    "INSERT INTO t_fts(rowid, a) SELECT id, a FROM t;"
		    "DELETE FROM t WHERE id BETWEEN 3 AND 10 OR id > 37",
		    indexes[i]);
		run_sql(d->file, sql);
		assert_int_equal(db_begin(d->db), DB_OK);
		start(&s, d, "t");
		search_add(
		    &s.search, s.index.table.n_columns, LIT("word"), false);
		filters_init(&f, &s.table);
		assert_true(search_apply(&s.search, &f));
		show_page(&s, &f, LIT(""), false, 4, &b);
		assert_wrote(&b, "1 2 11 12 of 10");
		show_page(&s, &f, LIT("i12"), false, 3, &b);
		assert_wrote(&b, "13 14 15 of 10");
		show_page(&s, &f, LIT("i34"), false, 9, &b);
		assert_wrote(&b, "35 36 37 of 10");
		show_page(&s, &f, LIT(""), true, 2, &b);
		assert_wrote(&b, "37 36 of 10");
		show_page(&s, &f, LIT("i12"), true, 4, &b);
		assert_wrote(&b, "11 2 1 of 10");
		/* as the column has it, a text is a number */
		show_page(&s, &f, LIT("t5"), false, 4, &b);
		assert_wrote(&b, "11 12 13 14 of 10");
		filters_release(&f);
		stop(&s);
		end_reading(d->db);
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DATABASE_TEST(content_however_it_is_quoted),
	    DATABASE_TEST(content_with_an_odd_name),
	    DATABASE_TEST(the_table_itself),
	    DATABASE_TEST(the_key_of_the_content),
	    DATABASE_TEST(without_content),
	    DATABASE_TEST(tables_that_nothing_indexes),
	    DATABASE_TEST(words_are_found),
	    DATABASE_TEST(operators_are_words),
	    DATABASE_TEST(no_words_are_no_search),
	    DATABASE_TEST(in_a_column),
	    DATABASE_TEST(the_language_of_fts),
	    DATABASE_TEST(any_words_at_all),
	    DATABASE_TEST(too_many_terms),
	    DATABASE_TEST(an_index_that_takes_no_phrases),
	    DATABASE_TEST(views_when_asked_for),
	    DATABASE_TEST(in_utf16_and_large_pages),
	    DATABASE_TEST(pages_of_what_is_found),
	    DATABASE_TEST(one_that_takes_too_long_spoils_nothing),
	    DATABASE_TEST(generated_columns_and_references_to_itself),
	};

	return RUN("search", tests);
}
