/*
 * db/schema/label.c: which column says what a row is about.
 */
#include "db/schema/label.h"

#include "tests/unit/database.h"

/* The label column of a table, by name; "" for none. */
static void
assert_label(struct database *d, const char *table, const char *want)
{
	struct table t;
	size_t label;

	assert_true(table_read(d->db, str_of(table), &t));
	label = label_guess(&t);
	assert_string_equal(
	    label < t.n_columns ? t.columns[label].name : "", want);
	table_release(&t);
}

static void
labels_are_called_so(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(id, title, name, x);"
	    "CREATE TABLE b(id, x, Title);"
	    "CREATE TABLE c(id, x, y);"
	    "CREATE TABLE d(id, username, caption, x);"
	    "CREATE TABLE e(NAME, x, y);"
	    "CREATE VIEW v AS SELECT 1 AS a, 2 AS label, 3 AS c");
	assert_label(d, "a", "name");
	assert_label(d, "b", "Title");
	assert_label(d, "c", "");
	assert_label(d, "d", "caption");
	assert_label(d, "e", "NAME");
	assert_label(d, "v", "label");
	end_reading(d->db);
}

static void
the_only_column_beside_the_key_is_the_label(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(code PRIMARY KEY, word);"
	    "CREATE TABLE b(word, code PRIMARY KEY);"
	    "CREATE TABLE c(code PRIMARY KEY);"
	    "CREATE TABLE d(x, y);"
	    "CREATE TABLE e(x, y, PRIMARY KEY (x, y));"
	    "CREATE TABLE f(code PRIMARY KEY, x, y)");
	assert_label(d, "a", "word");
	assert_label(d, "b", "word");
	assert_label(d, "c", "");
	assert_label(d, "d", "");
	assert_label(d, "e", "");
	assert_label(d, "f", "");
	end_reading(d->db);
}

static void
bytes_are_no_label(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(id INTEGER PRIMARY KEY, data BLOB NOT NULL);"
	    "CREATE TABLE b(id, name longblob, title, x)");
	assert_label(d, "a", "");
	assert_label(d, "b", "title");
	end_reading(d->db);
}

static void
a_key_is_no_label(void **state)
{
	struct database *d = *state;

	read_database_of(d,
	    "CREATE TABLE a(name TEXT PRIMARY KEY, title, x);"
	    "CREATE TABLE b(name TEXT PRIMARY KEY, x, y);"
	    "CREATE TABLE c(name TEXT PRIMARY KEY, n INTEGER);"
	    "CREATE TABLE d(iso2 TEXT PRIMARY KEY, iso3, name) WITHOUT ROWID;"
	    "CREATE TABLE e(name, title, x, PRIMARY KEY (name, x))");
	assert_label(d, "a", "title");
	assert_label(d, "b", "");
	assert_label(d, "c", "");
	assert_label(d, "d", "name");
	assert_label(d, "e", "title");
	end_reading(d->db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DATABASE_TEST(labels_are_called_so),
	    DATABASE_TEST(the_only_column_beside_the_key_is_the_label),
	    DATABASE_TEST(bytes_are_no_label),
	    DATABASE_TEST(a_key_is_no_label),
	};

	return RUN("label", tests);
}
