/*
 * db/catalog.c: the databases by name, and their versions.
 */
#include "db/catalog.h"

#include "db/sqlite/look.h"
#include "tests/unit/database.h"

static void
databases_are_found_by_name(void **state)
{
	static const struct published list[] = {
	    {.name = "a", .file = "/nonexistent/1"},
	    {.name = "B c", .file = "/nonexistent/2"},
	    {.name = "", .file = "x"}};
	struct catalog *c = catalog_new(list, COUNT_OF(list), 100);

	(void)state;
	assert_non_null(c);
	assert_int_equal(catalog_count(c), 3);
	for (size_t i = 0; i < COUNT_OF(list); i++) {
		struct db *db = catalog_at(c, i);

		assert_string_equal(db_name(db), list[i].name);
		assert_string_equal(db_file(db), list[i].file);
		assert_ptr_equal(catalog_find(c, str_of(list[i].name)), db);
	}
	assert_null(catalog_find(c, LIT("b")));
	assert_null(catalog_find(c, LIT("A")));
	assert_null(catalog_find(c, LIT("a\0")));
	catalog_free(c);
	catalog_free(NULL);
}

static void
an_empty_catalog(void **state)
{
	struct catalog *c = catalog_new(NULL, 0, 100);

	(void)state;
	assert_non_null(c);
	assert_int_equal(catalog_count(c), 0);
	assert_null(catalog_find(c, LIT("")));
	catalog_free(c);
}

/* The version of the scope, as it is after a look at the files. */
static uint64_t
version_of(struct catalog *c, enum scope scope, const char *name)
{
	uint64_t version;

	catalog_refresh(c, scope, str_of(name));
	assert_true(catalog_version(c, scope, str_of(name), &version));
	return version;
}

static void
the_version_of_all_tells_which_files_they_are(void **state)
{
	struct database *d = *state;
	char other[96];
	struct published list[] = {
	    {.name = "a", .file = d->file}, {.name = "b", .file = other}};
	struct published turned[] = {
	    {.name = "a", .file = other}, {.name = "b", .file = d->file}};
	struct catalog *c, *t;
	uint64_t one, two, none;

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	c = catalog_new(list, 2, 100);
	t = catalog_new(turned, 2, 100);
	run_sql(d->file, "CREATE TABLE t(x)");
	/* Without one of them it can't be told. */
	catalog_refresh(c, SCOPE_ALL, LIT(""));
	assert_false(catalog_version(c, SCOPE_ALL, LIT(""), &none));
	run_sql(other, "CREATE TABLE t(x)");
	one = version_of(c, SCOPE_ALL, "");
	assert_true(version_of(c, SCOPE_ALL, "") == one);
	assert_true(version_of(t, SCOPE_ALL, "") != one);
	run_sql(other, "INSERT INTO t VALUES (1)");
	two = version_of(c, SCOPE_ALL, "");
	assert_true(two != one);
	/* One is replaced, and the other is not. */
	assert_int_equal(rename(other, d->file), 0);
	run_sql(other, "CREATE TABLE t(x)");
	assert_true(version_of(c, SCOPE_ALL, "") != two);
	assert_true(version_of(c, SCOPE_ALL, "") != one);
	catalog_free(c);
	catalog_free(t);
}

static void
the_version_of_one_is_not_the_others(void **state)
{
	struct database *d = *state;
	char other[96];
	struct published list[] = {
	    {.name = "a", .file = d->file}, {.name = "b", .file = other}};
	struct catalog *c;
	uint64_t a, b;

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	run_sql(d->file, "CREATE TABLE t(x)");
	run_sql(other, "CREATE TABLE t(x)");
	c = catalog_new(list, 2, 100);
	a = version_of(c, SCOPE_DATABASE, "a");
	b = version_of(c, SCOPE_DATABASE, "b");
	assert_true(a != b);
	run_sql(other, "INSERT INTO t VALUES (1)");
	assert_true(version_of(c, SCOPE_DATABASE, "a") == a);
	assert_true(version_of(c, SCOPE_DATABASE, "b") != b);
	catalog_free(c);
}

static bool
is_open(struct catalog *c, size_t i)
{
	return db_look(catalog_at(c, i)).open;
}

static void
only_what_is_in_scope_is_opened(void **state)
{
	struct database *d = *state;
	char other[96];
	struct published list[] = {
	    {.name = "a", .file = d->file}, {.name = "b", .file = other}};
	struct catalog *c;
	uint64_t version;

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	run_sql(d->file, "CREATE TABLE t(x)");
	run_sql(other, "CREATE TABLE t(x)");
	c = catalog_new(list, 2, 100);
	catalog_refresh(c, SCOPE_NONE, LIT("a"));
	assert_true(catalog_version(c, SCOPE_NONE, LIT("a"), &version));
	assert_false(is_open(c, 0) || is_open(c, 1));
	catalog_refresh(c, SCOPE_DATABASE, LIT("a"));
	assert_true(is_open(c, 0));
	assert_true(catalog_version(c, SCOPE_DATABASE, LIT("a"), &version));
	assert_false(is_open(c, 1));
	assert_true(catalog_version(c, SCOPE_ALL, LIT(""), &version));
	assert_true(is_open(c, 1));
	catalog_free(c);
}

/* Nobody else looks whether a file has been replaced. */
static void
versions_are_those_of_the_file_at_the_path(void **state)
{
	struct database *d = *state;
	struct published list[] = {{.name = "a", .file = d->file}};
	uint64_t before, after = 0;
	struct catalog *c;
	char other[96];

	run_sql(d->file, "PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
	c = catalog_new(list, 1, 100);
	assert_true(catalog_version(c, SCOPE_DATABASE, LIT("a"), &before));
	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	run_sql(other,
	    "PRAGMA journal_mode=WAL; CREATE TABLE t(x);"
	    "INSERT INTO t VALUES (1)");
	assert_int_equal(rename(other, d->file), 0);
	for (int i = 0; i < 600; i++) {
		if (catalog_version(c, SCOPE_DATABASE, LIT("a"), &after) &&
		    after != before)
			break;
		usleep(100000);
	}
	assert_true(after != before);
	catalog_free(c);
}

static void
what_needs_no_database_has_one_version(void **state)
{
	static const struct published list[] = {
	    {.name = "a", .file = "/nonexistent/1"}};
	struct catalog *c = catalog_new(list, COUNT_OF(list), 100);
	uint64_t version = 1;

	(void)state;
	assert_true(catalog_version(c, SCOPE_NONE, LIT(""), &version));
	assert_true(version == 0);
	version = 1;
	assert_true(catalog_version(c, SCOPE_DATABASE, LIT("b"), &version));
	assert_true(version == 0);
	assert_false(catalog_version(c, SCOPE_DATABASE, LIT("a"), &version));
	catalog_free(c);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(databases_are_found_by_name),
	    cmocka_unit_test(an_empty_catalog),
	    DATABASE_TEST(the_version_of_all_tells_which_files_they_are),
	    DATABASE_TEST(the_version_of_one_is_not_the_others),
	    DATABASE_TEST(only_what_is_in_scope_is_opened),
	    DATABASE_TEST(versions_are_those_of_the_file_at_the_path),
	    cmocka_unit_test(what_needs_no_database_has_one_version),
	};

	return RUN("catalog", tests);
}
