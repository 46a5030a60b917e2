/*
 * db/schema/referrers.c, db/schema/indexes.c, db/rows/through.c: what refers to
 * a table's rows, whether that is found by an index, and filters that follow
 * it.
 */
#include "db/schema/referrers.h"

#include "db/rows/count.h"
#include "db/rows/through.h"
#include "db/schema/indexes.h"
#include "tests/unit/database.h"

/* "table(column->to, ...)" for each, with "!" where an index finds it. */
#define assert_referrers(d, table, lit)                                        \
	check_referrers((d), (table), LIT(lit), __FILE__, __LINE__)

static void
check_referrers(const struct database *d, const char *table, struct str want,
    const char *file, int line)
{
	struct referrer *list;
	struct buf b = {0};
	struct table t, other;
	size_t n;

	assert_true(table_read(d->db, str_of(table), &t));
	n = referrers_find(d->db, &t, &list);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, "%s%s(", i > 0 ? " " : "", list[i].table);
		for (size_t k = 0; k < list[i].n; k++)
			buf_printf(&b, "%s%s->%s", k > 0 ? ", " : "",
			    list[i].columns[k].column,
			    t.columns[list[i].columns[k].to].name);
		assert_true(table_read(d->db, str_of(list[i].table), &other));
		buf_printf(&b, ")%s",
		    referrer_is_indexed(d->db, &list[i], &other) ? "!" : "");
		table_release(&other);
	}
	check_str(str_of_buf(&b), want, file, line);
	buf_release(&b);
	free(list);
	table_release(&t);
}

static void
what_refers_to_a_table(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE Cities(id INTEGER PRIMARY KEY, twin REFERENCES "
	    "cities,"
	    " code TEXT UNIQUE, x, y, UNIQUE (x, y));"
	    "CREATE TABLE b(city REFERENCES CITIES, code REFERENCES"
	    " cities(CODE)); CREATE INDEX b_code ON b(code, city);"
	    "CREATE TABLE a(y, x, FOREIGN KEY (x, y) REFERENCES cities(x, y));"
	    "CREATE INDEX a_yx ON a(y, x);"
	    "CREATE TABLE c(p REFERENCES cities(gone));"
	    "CREATE TABLE d(city INTEGER PRIMARY KEY REFERENCES cities);"
	    "CREATE TABLE e(city REFERENCES other);"
	    "CREATE TABLE f(city REFERENCES cities, n, PRIMARY KEY (city, n))"
	    " WITHOUT ROWID;"
	    "CREATE TABLE \"o \"\"dd\"(\"c i\" REFERENCES cities)");
	assert_referrers(d, "Cities",
	    "Cities(twin->id) a(x->x, y->y)! b(code->code)! b(city->id) "
	    "d(city->id)! f(city->id)! o \"dd(c i->id)");
	assert_referrers(d, "e", "");
	end_reading(d->db);
}

/* Whether the columns "x" or "x,y" of the table t have an index. */
static bool
has_index(const struct database *d, const char *first, const char *second)
{
	size_t columns[2];
	struct table t;
	bool has;

	assert_true(table_read(d->db, LIT("t"), &t));
	columns[0] = table_column(&t, str_of(first));
	columns[1] = table_column(&t, str_of(second));
	has = indexes_have(d->db, &t, columns, *second == '\0' ? 1 : 2);
	table_release(&t);
	return has;
}

static void
indexes_that_begin_with_columns(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b, c, e, p,"
	    " n TEXT COLLATE NOCASE, m TEXT COLLATE NOCASE);"
	    "CREATE INDEX ab ON t(a, b); CREATE INDEX ce ON t(lower(c), e);"
	    "CREATE INDEX pp ON t(p) WHERE p > 1; CREATE INDEX ni ON t(n);"
	    "CREATE INDEX mi ON t(m COLLATE BINARY)");
	assert_true(has_index(d, "id", ""));
	assert_true(has_index(d, "a", ""));
	assert_true(has_index(d, "a", "b"));
	assert_true(has_index(d, "b", "a"));
	assert_false(has_index(d, "b", ""));
	assert_false(has_index(d, "a", "a"));
	assert_false(has_index(d, "c", ""));
	assert_false(has_index(d, "e", ""));
	assert_false(has_index(d, "p", ""));
	assert_true(has_index(d, "n", ""));
	assert_false(has_index(d, "m", ""));
	end_reading(d->db);
}

static void
the_index_that_would_help(void **state)
{
	struct database *d = *state;
	struct buf b = {0};
	struct table t;

	read_database_of(d,
	    "CREATE TABLE \"a \"\"t\"(\"c d\"); CREATE VIEW v AS SELECT 1 AS x;"
	    "CREATE VIRTUAL TABLE f USING fts5(x)");
	assert_true(table_read(d->db, LIT("a \"t"), &t));
	indexes_advise(&t, 0, &b);
	assert_wrote(
	    &b, "CREATE INDEX \"a \"\"t_c d\" ON \"a \"\"t\" (\"c d\")");
	indexes_advise(&t, 1, &b);
	assert_wrote(&b, "");
	table_release(&t);
	assert_true(table_read(d->db, LIT("v"), &t));
	indexes_advise(&t, 0, &b);
	assert_wrote(&b, "");
	table_release(&t);
	assert_true(table_read(d->db, LIT("f"), &t));
	indexes_advise(&t, 0, &b);
	assert_wrote(&b, "");
	table_release(&t);
	buf_release(&b);
	end_reading(d->db);
}

/* How many rows of the table t pass; or else why it is no filter. */
#define assert_through(d, table, json, lit)                                    \
	check_through((d), (table), LIT(json), LIT(lit), __FILE__, __LINE__)

static void
check_through(const struct database *d, const char *table, struct str json,
    struct str want, const char *file, int line)
{
	char *copy = exact_copy(json.s, json.len);
	struct through through = {0};
	struct filters f;
	struct buf b = {0};
	struct table t;

	assert_true(table_read(d->db, str_of(table), &t));
	filters_init(&f, &t);
	if (through_add(
		&through, d->db, &f, (struct str){copy, json.len}, &b)) {
		buf_printf(&b, "%lld ",
		    (long long)count_up_to(&f, d->db, 100, LIMIT_MS));
		filters_describe(&f, &b);
	}
	check_str(str_of_buf(&b), want, file, line);
	filters_release(&f);
	through_release(&through);
	table_release(&t);
	buf_release(&b);
	free(copy);
}

static void
many_to_many(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE tags(id INTEGER PRIMARY KEY, tag TEXT);"
	    "INSERT INTO tags VALUES (1, 'x'), (2, 'y');"
	    "CREATE TABLE posts(id INTEGER PRIMARY KEY, title);"
	    "INSERT INTO posts VALUES (10, 'a'), (11, 'b'), (12, 'c');"
	    "CREATE TABLE links(tag INTEGER REFERENCES tags,"
	    " post INTEGER REFERENCES posts, note, odd);"
	    "INSERT INTO links VALUES (1, 10, 'n', 5), (1, 11, 'm', '5'),"
	    " (2, 11, 'n', 5.5), (1, 10, 'again', NULL);"
	    "CREATE TABLE friends(a REFERENCES people, b REFERENCES people);"
	    "CREATE TABLE people(name TEXT PRIMARY KEY);"
	    "INSERT INTO people VALUES ('p'), ('q'), ('r');"
	    "INSERT INTO friends VALUES ('p', 'q'), ('p', 'r'), ('q', 'p');"
	    "CREATE TABLE pairs(x, y, PRIMARY KEY (x, y));"
	    "INSERT INTO pairs VALUES (1, 1), (1, 2), (2, 1);"
	    "CREATE TABLE uses(x, y, what, FOREIGN KEY (x, y) REFERENCES "
	    "pairs);"
	    "INSERT INTO uses VALUES (1, 2, 'u'), (2, 1, 'u'), (1, 1, 'v')");
	assert_through(d, "posts",
	    "{\"table\":\"links\",\"column\":\"tag\",\"value\":\"1\"}",
	    "2 where links.tag = \"1\"");
	assert_through(d, "posts",
	    "{\"table\":\"LINKS\",\"column\":\"TAG\",\"value\":2}",
	    "1 where links.tag = \"2\"");
	assert_through(d, "tags",
	    "{\"table\":\"links\",\"column\":\"note\",\"value\":\"n\"}",
	    "2 where links.note = \"n\"");
	assert_through(d, "posts",
	    "{\"table\":\"links\",\"column\":\"odd\",\"value\":5}",
	    "2 where links.odd = \"5\"");
	assert_through(d, "posts",
	    "{\"table\":\"links\",\"column\":\"odd\",\"value\":\"5\"}",
	    "2 where links.odd = \"5\"");
	assert_through(d, "posts",
	    "{\"table\":\"links\",\"column\":\"odd\",\"value\":5.5}",
	    "1 where links.odd = \"5.5\"");
	assert_through(d, "people",
	    "{\"table\":\"friends\",\"column\":\"a\",\"value\":\"p\"}",
	    "2 where friends.a = \"p\"");
	assert_through(d, "people",
	    "{\"table\":\"friends\",\"column\":\"b\",\"value\":\"p\"}",
	    "1 where friends.b = \"p\"");
	assert_through(d, "pairs",
	    "{\"table\":\"uses\",\"column\":\"what\",\"value\":\"u\"}",
	    "2 where uses.what = \"u\"");
	end_reading(d->db);
}

#define EXPECTED "_through: expected {\"table\":…,\"column\":…,\"value\":…}."

static void
what_is_no_relationship(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE t(id INTEGER PRIMARY KEY);"
	    "CREATE TABLE o(t REFERENCES t, x); CREATE TABLE u(x);"
	    "CREATE TABLE g(t REFERENCES t(gone), x)");
	assert_through(d, "t", "", EXPECTED);
	assert_through(d, "t", "{", EXPECTED);
	assert_through(d, "t", "[]", EXPECTED);
	assert_through(d, "t", "{}", EXPECTED);
	assert_through(d, "t", "null", EXPECTED);
	assert_through(d, "t", "{\"table\":\"o\",\"column\":\"x\"}", EXPECTED);
	assert_through(
	    d, "t", "{\"table\":1,\"column\":\"x\",\"value\":1}", EXPECTED);
	assert_through(
	    d, "t", "{\"table\":\"o\",\"column\":2,\"value\":1}", EXPECTED);
	assert_through(d, "t",
	    "{\"table\":\"o\",\"column\":\"x\",\"value\":null}", EXPECTED);
	assert_through(d, "t", "{\"table\":\"u\",\"column\":\"x\",\"value\":1}",
	    "_through: “u” does not refer to t.");
	assert_through(d, "t", "{\"table\":\"g\",\"column\":\"x\",\"value\":1}",
	    "_through: “g” does not refer to t.");
	assert_through(d, "t",
	    "{\"table\":\"no\\\" such\",\"column\":\"x\",\"value\":1}",
	    "_through: “no\" such” does not refer to t.");
	assert_through(d, "t",
	    "{\"table\":\"o\",\"column\":\"x y\",\"value\":1}",
	    "_through: “o” has no column “x y”.");
	assert_through(d, "t",
	    "{\"table\":\"sqlite_schema\",\"column\":\"name\",\"value\":1}",
	    "_through: “sqlite_schema” does not refer to t.");
	end_reading(d->db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DATABASE_TEST(what_refers_to_a_table),
	    DATABASE_TEST(indexes_that_begin_with_columns),
	    DATABASE_TEST(the_index_that_would_help),
	    DATABASE_TEST(many_to_many),
	    DATABASE_TEST(what_is_no_relationship),
	};

	return RUN("referrers", tests);
}
