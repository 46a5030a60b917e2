/*
 * db/sqlite/look.c: faults of SQLite's versions, and what a database's file is
 * like.
 */
#include "db/sqlite/look.h"

#include "db/sqlite/engine.h"
#include "tests/unit/database.h"

static size_t
count_faults(int version)
{
	size_t n = 0;

	while (look_sqlite_fault(version, n) != NULL)
		n++;
	return n;
}

static bool
has_fault(int version, const char *name)
{
	const struct sqlite_fault *f;

	for (size_t i = 0; (f = look_sqlite_fault(version, i)) != NULL; i++) {
		if (strcmp(f->name, name) == 0)
			return true;
	}
	return false;
}

static void
faults_end_with_the_versions_that_repair_them(void **state)
{
	(void)state;
	assert_int_equal(count_faults(3051003), 0);
	assert_int_equal(count_faults(3053000), 0);
	assert_int_equal(count_faults(3039001), 3);
	assert_true(has_fault(3051002, "WAL-reset bug"));
	assert_true(has_fault(3050006, "WAL-reset bug"));
	assert_false(has_fault(3050007, "WAL-reset bug"));
	assert_true(has_fault(3049002, "WAL-reset bug"));
	assert_false(has_fault(3044006, "WAL-reset bug"));
	assert_true(has_fault(3044005, "WAL-reset bug"));
	assert_true(has_fault(3040001, "CVE-2025-6965"));
	assert_false(has_fault(3050002, "CVE-2025-6965"));
	assert_false(has_fault(3039002, "CVE-2022-35737"));
}

static void
the_linked_version_is_the_default(void **state)
{
	(void)state;
	assert_int_equal(
	    count_faults(0), count_faults(sqlite3_libversion_number()));
	assert_string_equal(engine_version(), sqlite3_libversion());
}

static void
files_that_come_and_go(void **state)
{
	struct database *d = *state;
	char other[96], good[96];
	struct db_look look;

	d->db = db_new("db", d->file, LIMIT_MS);
	assert_non_null(d->db);
	look = db_look(d->db);
	assert_false(look.open || look.bad);
	assert_int_equal(look.bytes, 0);
	assert_int_equal(look.log_bytes, 0);

	run_sql(d->file, "CREATE TABLE t(v)");
	db_refresh(d->db);
	look = db_look(d->db);
	assert_true(look.open && !look.bad);
	assert_true(look.bytes >= 4096);

	/* Another takes its place, which is none. */
	snprintf(good, sizeof(good), "%s/good", d->folder);
	snprintf(other, sizeof(other), "%s/other", d->folder);
	assert_int_equal(link(d->file, good), 0);
	fclose(fopen(other, "w"));
	assert_int_equal(rename(other, d->file), 0);
	db_refresh(d->db);
	look = db_look(d->db);
	assert_true(look.open && look.bad);
	assert_int_equal(look.bytes, 0);

	/* And back. */
	assert_int_equal(rename(good, d->file), 0);
	db_refresh(d->db);
	look = db_look(d->db);
	assert_true(look.open && !look.bad);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(faults_end_with_the_versions_that_repair_them),
	    cmocka_unit_test(the_linked_version_is_the_default),
	    DATABASE_TEST(files_that_come_and_go),
	};

	return RUN("look", tests);
}
