/*
 * db/catalog.c: the databases by name, and the label of their files.
 */
#include "db/catalog.h"

#include "tests/unit/database.h"

static void
databases_are_found_by_name(void **state)
{
	static const struct published list[] = {
	    {"a", "/nonexistent/1"}, {"B c", "/nonexistent/2"}, {"", "x"}};
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

static void
the_label_tells_which_files_they_are(void **state)
{
	struct database *d = *state;
	char other[96];
	struct published list[] = {{"a", d->file}, {"b", other}};
	struct published turned[] = {{"a", other}, {"b", d->file}};
	struct catalog *c, *t;
	uint64_t none, one, two;

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	c = catalog_new(list, 2, 100);
	t = catalog_new(turned, 2, 100);
	none = catalog_label(c);
	run_sql(d->file, "CREATE TABLE t(x)");
	one = catalog_label(c);
	assert_true(one != none);
	run_sql(other, "CREATE TABLE t(x)");
	two = catalog_label(c);
	assert_true(two != one && two != none);
	assert_true(catalog_label(t) != two);
	assert_true(catalog_label(c) == two);
	/* One is replaced, and the other is not. */
	assert_int_equal(rename(other, d->file), 0);
	run_sql(other, "CREATE TABLE t(x)");
	assert_true(catalog_label(c) != two);
	catalog_free(c);
	catalog_free(t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(databases_are_found_by_name),
	    cmocka_unit_test(an_empty_catalog),
	    DATABASE_TEST(the_label_tells_which_files_they_are),
	};

	return RUN("catalog", tests);
}
