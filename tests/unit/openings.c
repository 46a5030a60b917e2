/*
 * db/sqlite/openings.c: no more connections than there are descriptors for, and
 * those that are closed for it are as good as open.
 */
#include "db/sqlite/openings.h"

#include <fcntl.h>

#include "db/catalog.h"
#include "db/sqlite/look.h"
#include "tests/unit/database.h"

enum { DATABASES = 6 };

struct many {
	char files[DATABASES][96];
	struct published list[DATABASES];
	struct catalog *catalog;
};

/* Databases "0", "1", ..., of which two in rollback mode may be open at once.
 */
static void
make_many(struct many *m, const struct database *d, const char *mode)
{
	char name[2] = "0", sql[100];

	for (size_t i = 0; i < DATABASES; i++, name[0]++) {
		snprintf(m->files[i], sizeof(m->files[i]), "%s/%zu.db",
		    d->folder, i);
		snprintf(sql, sizeof(sql),
		    "PRAGMA journal_mode=%s; CREATE TABLE t(x);"
		    "INSERT INTO t VALUES (%zu)",
		    mode, i);
		run_sql(m->files[i], sql);
		m->list[i].file = m->files[i];
		m->list[i].name = strdup(name);
	}
	m->catalog = catalog_new(m->list, DATABASES, LIMIT_MS);
	assert_non_null(m->catalog);
}

static void
release(struct many *m)
{
	catalog_free(m->catalog);
	for (size_t i = 0; i < DATABASES; i++)
		free((char *)m->list[i].name);
}

/* The descriptors that the connections have. */
static size_t
files_of(const struct many *m)
{
	size_t n = 0;

	for (size_t i = 0; i < DATABASES; i++)
		n += db_look(catalog_at(m->catalog, i)).files;
	return n;
}

static int64_t
value_of(struct db *db)
{
	int64_t value;

	assert_int_equal(db_begin(db), DB_OK);
	value = read_int(db, "SELECT x FROM t");
	end_reading(db);
	return value;
}

static void
read_all(const struct many *m, size_t most)
{
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < DATABASES; i++) {
			assert_int_equal(
			    value_of(catalog_at(m->catalog, i)), (int64_t)i);
			assert_true(files_of(m) <= most);
		}
	}
}

static void
all_are_read_with_few_descriptors(void **state)
{
	static const char *const modes[] = {"delete", "wal"};

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		struct many m = {0};

		make_many(&m, *state, modes[i]);
		catalog_bound_files(m.catalog, 7);
		read_all(&m, 7);
		catalog_bound_files(m.catalog, 1);
		read_all(&m, OPENINGS_FILES);
		for (size_t k = 0; k < DATABASES; k++)
			unlink(m.files[k]);
		release(&m);
	}
}

static void
those_not_used_for_longest_are_closed(void **state)
{
	struct many m = {0};

	make_many(&m, *state, "delete");
	catalog_bound_files(m.catalog, OPENINGS_FILES + 2);
	for (size_t i = 0; i < 3; i++)
		value_of(catalog_at(m.catalog, i));
	value_of(catalog_at(m.catalog, 0));
	value_of(catalog_at(m.catalog, 3));
	assert_int_equal(db_look(catalog_at(m.catalog, 0)).files, 1);
	assert_int_equal(db_look(catalog_at(m.catalog, 1)).files, 0);
	assert_true(db_look(catalog_at(m.catalog, 1)).open);
	assert_false(db_look(catalog_at(m.catalog, 4)).open);
	release(&m);
}

static void
what_is_being_read_stays_open(void **state)
{
	struct many m = {0};
	struct db *db;

	make_many(&m, *state, "delete");
	catalog_bound_files(m.catalog, 1);
	db = catalog_at(m.catalog, 0);
	assert_int_equal(db_begin(db), DB_OK);
	for (size_t i = 1; i < DATABASES; i++)
		value_of(catalog_at(m.catalog, i));
	assert_int_equal(read_int(db, "SELECT x FROM t"), 0);
	end_reading(db);
	release(&m);
}

static void
versions_stay_the_same_and_change_with_the_file(void **state)
{
	static const char *const modes[] = {"delete", "wal"};
	uint64_t before[DATABASES], after;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		struct many m = {0};

		make_many(&m, *state, modes[i]);
		catalog_bound_files(m.catalog, 1);
		for (size_t k = 0; k < DATABASES; k++)
			assert_true(
			    db_version(catalog_at(m.catalog, k), &before[k]));
		run_sql(m.files[2], "UPDATE t SET x = 7");
		for (size_t k = 0; k < DATABASES; k++) {
			assert_true(
			    db_version(catalog_at(m.catalog, k), &after));
			assert_int_equal(after != before[k], k == 2);
		}
		assert_int_equal(value_of(catalog_at(m.catalog, 2)), 7);
		for (size_t k = 0; k < DATABASES; k++)
			unlink(m.files[k]);
		release(&m);
	}
}

/* Its stamp has settled: no need to open it for that. */
static void
the_version_of_a_closed_file_is_still_known(void **state)
{
	struct many m = {0};
	uint64_t before, after;
	struct timespec times[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
	struct db *db;

	make_many(&m, *state, "delete");
	catalog_bound_files(m.catalog, 1);
	db = catalog_at(m.catalog, 0);
	assert_int_equal(utimensat(AT_FDCWD, m.files[0], times, 0), 0);
	assert_true(db_version(db, &before));
	value_of(catalog_at(m.catalog, 1));
	assert_int_equal(db_look(db).files, 0);
	assert_true(db_version(db, &after));
	assert_true(before == after);
	assert_int_equal(db_look(db).files, 0);
	/* Another file in its place. */
	assert_int_equal(rename(m.files[3], m.files[0]), 0);
	assert_true(db_version(db, &after));
	assert_true(before != after);
	assert_int_equal(value_of(db), 3);
	release(&m);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(all_are_read_with_few_descriptors),
	    DATABASE_TEST(those_not_used_for_longest_are_closed),
	    DATABASE_TEST(what_is_being_read_stays_open),
	    DATABASE_TEST(versions_stay_the_same_and_change_with_the_file),
	    DATABASE_TEST(the_version_of_a_closed_file_is_still_known),
	};

	return RUN("openings", tests);
}
