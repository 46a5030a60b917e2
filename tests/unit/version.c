/*
 * db/sqlite/version.c, with real files in every journal mode: whatever is
 * committed changes the version, and never back.
 */
#include "db/sqlite/version.h"

#include "tests/unit/database.h"

/* A connection that only reads, as squall's. */
struct reader {
	char log[128];
	sqlite3 *handle;
	struct version_source source;
};

static int
exec(sqlite3 *handle, const char *sql)
{
	return sqlite3_exec(handle, sql, NULL, NULL, NULL);
}

static void
must(sqlite3 *handle, const char *sql)
{
	int rc = exec(handle, sql);

	if (rc != SQLITE_OK)
		print_error("%s: %s\n", sql, sqlite3_errmsg(handle));
	assert_int_equal(rc, SQLITE_OK);
}

/* The name of the file's log; the reader's. */
static const char *
log_of(struct reader *r, const char *file)
{
	snprintf(r->log, sizeof(r->log), "%s-wal", file);
	return r->log;
}

static struct reader *
open_reader(const char *file)
{
	struct reader *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	assert_int_equal(
	    sqlite3_open_v2(file, &r->handle, SQLITE_OPEN_READONLY, NULL),
	    SQLITE_OK);
	must(r->handle, "PRAGMA user_version");
	version_init(&r->source, r->handle, file, log_of(r, file));
	return r;
}

static void
close_reader(struct reader *r)
{
	assert_int_equal(sqlite3_close(r->handle), SQLITE_OK);
	free(r);
}

static uint64_t
version_of(struct reader *r)
{
	uint64_t version = 0, again = 0;

	assert_true(version_read(&r->source, &version));
	assert_true(version_read(&r->source, &again));
	assert_true(version == again);
	return version;
}

static bool
can_tell(struct reader *r)
{
	uint64_t version;

	return version_read(&r->source, &version);
}

/* As a connection that is new would see it. */
static uint64_t
version_anew(const char *file)
{
	struct reader *r = open_reader(file);
	uint64_t version = version_of(r);

	close_reader(r);
	return version;
}

static sqlite3 *
open_writer(const char *file)
{
	sqlite3 *handle;

	assert_int_equal(sqlite3_open(file, &handle), SQLITE_OK);
	must(handle, "PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=0");
	return handle;
}

static const char *const modes[] = {"WAL", "DELETE", "TRUNCATE", "PERSIST"};

/* A writer of a database with a table of ten rows, in a mode of its own. */
static sqlite3 *
make_database(const char *file, const char *mode)
{
	sqlite3 *w = open_writer(file);
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA journal_mode=%s", mode);
	must(w, sql);
	must(w,
	    "CREATE TABLE t(k INTEGER PRIMARY KEY, x);"
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c "
	    "LIMIT 10) INSERT INTO t SELECT i, 0 FROM c");
	return w;
}

static void
remove_database(const char *file)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};

	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s%s", file, ends[i]);
		unlink(name);
	}
}

/* All the versions that there have been. */
struct history {
	uint64_t versions[2000];
	size_t n;
};

static void
must_be_new(struct history *h, uint64_t version)
{
	for (size_t i = 0; i < h->n; i++)
		assert_true(h->versions[i] != version);
	assert_true(h->n < COUNT_OF(h->versions));
	h->versions[h->n++] = version;
}

static void
every_commit_is_a_new_version(void **state)
{
	struct database *d = *state;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		sqlite3 *w = make_database(d->file, modes[i]);
		struct reader *r = open_reader(d->file);
		struct reader *other = open_reader(d->file);
		struct history h = {.n = 0};

		must_be_new(&h, version_of(r));
		for (int n = 0; n < 300; n++) {
			char sql[64];

			/* The contents come back, and the version does not. */
			snprintf(sql, sizeof(sql),
			    "UPDATE t SET x = %d WHERE k = 5", n % 3 + 1);
			must(w, sql);
			must_be_new(&h, version_of(r));
			assert_true(version_of(other) == version_of(r));
		}
		close_reader(r);
		close_reader(other);
		sqlite3_close(w);
		remove_database(d->file);
	}
}

static void
every_kind_of_commit_is_a_new_version(void **state)
{
	static const char *const commits[] = {
	    "INSERT INTO t(x) VALUES ('new')",
	    "DELETE FROM t WHERE k = 1",
	    "BEGIN; UPDATE t SET x = 1; UPDATE t SET x = 2; COMMIT",
	    ("BEGIN; UPDATE t SET x = 7; SAVEPOINT s; DELETE FROM t; "
	     "ROLLBACK TO s; COMMIT"),
	    "CREATE TABLE u(x)",
	    "ALTER TABLE u ADD COLUMN y",
	    "INSERT INTO u VALUES (zeroblob(100000), 1)",
	    "CREATE INDEX i ON t(x)",
	    "ANALYZE",
	    "DROP TABLE u",
	    "CREATE VIEW v AS SELECT 1",
	    "PRAGMA user_version=7",
	    "VACUUM",
	};
	struct database *d = *state;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		sqlite3 *w = make_database(d->file, modes[i]);
		struct reader *r = open_reader(d->file);
		struct history h = {.n = 0};

		must_be_new(&h, version_of(r));
		for (size_t j = 0; j < COUNT_OF(commits); j++) {
			must(w, commits[j]);
			must_be_new(&h, version_of(r));
		}
		close_reader(r);
		sqlite3_close(w);
		remove_database(d->file);
	}
}

/* Writers that come, commit and go, as the sqlite3 shell does. */
static void
every_writer_that_comes_and_goes_is_seen(void **state)
{
	struct database *d = *state;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		struct history h = {.n = 0};
		struct reader *r;

		sqlite3_close(make_database(d->file, modes[i]));
		r = open_reader(d->file);
		must_be_new(&h, version_of(r));
		for (int n = 0; n < 100; n++) {
			run_sql(d->file, "UPDATE t SET x = x + 1 WHERE k = 5");
			must_be_new(&h, version_of(r));
		}
		close_reader(r);
		remove_database(d->file);
	}
}

static void
what_commits_nothing_changes_nothing(void **state)
{
	static const char *const nothings[] = {
	    "SELECT * FROM t",
	    "BEGIN; SELECT * FROM t; COMMIT",
	    "UPDATE t SET x = 1 WHERE k = 99",
	    "DELETE FROM t WHERE k = 99",
	    "BEGIN IMMEDIATE; COMMIT",
	    "BEGIN; UPDATE t SET x = 5; ROLLBACK",
	    ("BEGIN; CREATE TABLE u(x); INSERT INTO u VALUES "
	     "(zeroblob(50000)); "
	     "ROLLBACK"),
	    "BEGIN EXCLUSIVE; DELETE FROM t; ROLLBACK",
	    "CREATE TABLE IF NOT EXISTS t(x)",
	    "PRAGMA wal_checkpoint(PASSIVE)",
	};
	struct database *d = *state;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		sqlite3 *w = make_database(d->file, modes[i]);
		struct reader *r = open_reader(d->file);
		uint64_t was = version_of(r);

		for (size_t j = 0; j < COUNT_OF(nothings); j++) {
			must(w, nothings[j]);
			if (version_of(r) != was)
				print_error("%s: %s\n", modes[i], nothings[j]);
			assert_true(version_of(r) == was);
		}
		close_reader(r);
		sqlite3_close(w);
		remove_database(d->file);
	}
}

/* What is being written is not there yet. */
static void
an_open_transaction_changes_nothing_before_it_commits(void **state)
{
	struct database *d = *state;
	sqlite3 *w = make_database(d->file, "WAL");
	struct reader *r = open_reader(d->file);
	uint64_t was = version_of(r);

	/* So small a cache that the log is written before the commit. */
	must(w, "PRAGMA cache_size=2; BEGIN");
	for (int i = 0; i < 20; i++) {
		must(w, "INSERT INTO t(x) VALUES (zeroblob(20000))");
		assert_true(version_of(r) == was);
	}
	must(w, "COMMIT");
	assert_true(version_of(r) != was);
	close_reader(r);
	sqlite3_close(w);
}

static void
a_new_connection_sees_the_same(void **state)
{
	struct database *d = *state;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		sqlite3 *w = make_database(d->file, modes[i]);
		struct reader *r = open_reader(d->file);

		for (int n = 0; n < 20; n++) {
			must(w, "UPDATE t SET x = x + 1");
			assert_true(version_anew(d->file) == version_of(r));
		}
		close_reader(r);
		sqlite3_close(w);
		remove_database(d->file);
	}
}

/* Nobody has it open, and then somebody has again. */
static void
a_static_database_keeps_its_version(void **state)
{
	struct database *d = *state;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		uint64_t was;

		sqlite3_close(make_database(d->file, modes[i]));
		was = version_anew(d->file);
		for (int n = 0; n < 5; n++)
			assert_true(version_anew(d->file) == was);
		run_sql(d->file, "UPDATE t SET x = 4");
		assert_true(version_anew(d->file) != was);
		was = version_anew(d->file);
		assert_true(version_anew(d->file) == was);
		remove_database(d->file);
	}
}

/* The log stays, since who goes last may not write. */
static void
a_log_that_is_left_keeps_its_version(void **state)
{
	struct database *d = *state;
	sqlite3 *w = make_database(d->file, "WAL");
	struct reader *r = open_reader(d->file);
	char name[128];
	struct stat st;
	uint64_t was;

	sqlite3_close(w);
	was = version_of(r);
	close_reader(r);
	snprintf(name, sizeof(name), "%s-wal", d->file);
	assert_int_equal(stat(name, &st), 0);
	assert_true(st.st_size > 0);
	assert_true(version_anew(d->file) == was);
	/* The index is made anew from the log, as after a crash. */
	snprintf(name, sizeof(name), "%s-shm", d->file);
	unlink(name);
	assert_true(version_anew(d->file) == was);
}

static void
checkpoints_and_vacuum_lead_to_no_earlier_version(void **state)
{
	static const char *const between[] = {"PRAGMA wal_checkpoint(TRUNCATE)",
	    "PRAGMA wal_checkpoint(RESTART)", "PRAGMA wal_checkpoint(FULL)",
	    "PRAGMA wal_checkpoint(PASSIVE)", "VACUUM",
	    "PRAGMA wal_checkpoint(RESTART)", "VACUUM"};
	struct database *d = *state;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		sqlite3 *w = make_database(d->file, modes[i]);
		struct reader *r = open_reader(d->file);
		struct history h = {.n = 0};
		uint64_t now = version_of(r);

		must_be_new(&h, now);
		for (int n = 0; n < 200; n++) {
			must(w, "UPDATE t SET x = 1 - x WHERE k = 5");
			now = version_of(r);
			must_be_new(&h, now);
			/* The same contents may have another version. */
			must(w, between[(size_t)n % COUNT_OF(between)]);
			if (version_of(r) != now)
				must_be_new(&h, version_of(r));
			assert_true(version_anew(d->file) == version_of(r));
		}
		close_reader(r);
		sqlite3_close(w);
		remove_database(d->file);
	}
}

/* After RESTART, whoever writes next begins the log anew, and may roll back. */
static void
a_rollback_after_a_restart_leads_to_no_earlier_version(void **state)
{
	struct database *d = *state;
	sqlite3 *w = make_database(d->file, "WAL");
	struct reader *r = open_reader(d->file);
	struct history h = {.n = 0};

	for (int n = 0; n < 50; n++) {
		uint64_t now;

		must(w, "UPDATE t SET x = 1 - x WHERE k = 5");
		now = version_of(r);
		must_be_new(&h, now);
		must(w, "PRAGMA wal_checkpoint(RESTART)");
		must(w, "BEGIN; UPDATE t SET x = 9; ROLLBACK");
		if (version_of(r) != now)
			must_be_new(&h, version_of(r));
	}
	close_reader(r);
	sqlite3_close(w);
}

static void
lives_of_a_log_are_told_apart(void **state)
{
	struct database *d = *state;
	struct history h = {.n = 0};

	sqlite3_close(make_database(d->file, "WAL"));
	for (int n = 0; n < 20; n++) {
		sqlite3 *w = open_writer(d->file);
		struct reader *r;

		must(w, "UPDATE t SET x = 1 - x WHERE k = 5");
		r = open_reader(d->file);
		must_be_new(&h, version_of(r));
		close_reader(r);
		sqlite3_close(w); /* the last: it empties the log */
		/* The file's time is as coarse as the kernel's clock. */
		usleep(10000);
		must_be_new(&h, version_anew(d->file));
	}
}

static void
a_switch_to_wal_and_back_is_noticed(void **state)
{
	struct database *d = *state;
	sqlite3 *w = make_database(d->file, "DELETE");
	struct reader *r = open_reader(d->file);
	uint64_t was = version_of(r), in_wal;

	must(w, "PRAGMA journal_mode=WAL");
	assert_false(can_tell(r));
	must(w, "UPDATE t SET x = 2");
	assert_false(can_tell(r));
	must(r->handle, "PRAGMA user_version");
	version_init(&r->source, r->handle, d->file, log_of(r, d->file));
	in_wal = version_of(r);
	assert_true(in_wal != was);
	must(w, "UPDATE t SET x = 3");
	assert_true(version_of(r) != in_wal);
	/* And while it is open, nobody gets it out of WAL mode. */
	assert_int_not_equal(exec(w, "PRAGMA journal_mode=DELETE"), SQLITE_OK);
	in_wal = version_of(r);
	close_reader(r);
	must(w, "PRAGMA journal_mode=DELETE");
	assert_true(version_anew(d->file) != was);
	assert_true(version_anew(d->file) != in_wal);
	sqlite3_close(w);
}

static void
a_file_that_was_replaced_is_noticed(void **state)
{
	struct database *d = *state;
	char other[96];

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		struct reader *r;
		uint64_t was;

		sqlite3_close(make_database(d->file, modes[i]));
		sqlite3_close(make_database(other, modes[i]));
		r = open_reader(d->file);
		was = version_of(r);
		assert_int_equal(rename(other, d->file), 0);
		/*
		 * In WAL mode, where reading takes no system call, it is for
		 * db_refresh to look at the file.
		 */
		if (strcmp(modes[i], "WAL") != 0)
			assert_false(can_tell(r));
		close_reader(r);
		r = open_reader(d->file);
		assert_true(version_of(r) != was);
		close_reader(r);
		remove_database(d->file);
	}
}

static void
a_file_that_is_gone_is_noticed(void **state)
{
	struct database *d = *state;
	sqlite3 *w = make_database(d->file, "DELETE");
	struct reader *r = open_reader(d->file);

	version_of(r);
	unlink(d->file);
	assert_false(can_tell(r));
	close_reader(r);
	sqlite3_close(w);
}

/* Two files of one size, one time and one counter. */
static void
copies_have_versions_of_their_own(void **state)
{
	struct database *d = *state;
	char other[96], command[256];

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	snprintf(command, sizeof(command), "cp -p %s %s", d->file, other);
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		sqlite3_close(make_database(d->file, modes[i]));
		assert_int_equal(system(command), 0); // NOLINT(cert-env33-c)
		assert_true(version_anew(d->file) != version_anew(other));
		remove_database(d->file);
		remove_database(other);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(every_commit_is_a_new_version),
	    DATABASE_TEST(every_kind_of_commit_is_a_new_version),
	    DATABASE_TEST(every_writer_that_comes_and_goes_is_seen),
	    DATABASE_TEST(what_commits_nothing_changes_nothing),
	    DATABASE_TEST(
		an_open_transaction_changes_nothing_before_it_commits),
	    DATABASE_TEST(a_new_connection_sees_the_same),
	    DATABASE_TEST(a_static_database_keeps_its_version),
	    DATABASE_TEST(a_log_that_is_left_keeps_its_version),
	    DATABASE_TEST(checkpoints_and_vacuum_lead_to_no_earlier_version),
	    DATABASE_TEST(
		a_rollback_after_a_restart_leads_to_no_earlier_version),
	    DATABASE_TEST(lives_of_a_log_are_told_apart),
	    DATABASE_TEST(a_switch_to_wal_and_back_is_noticed),
	    DATABASE_TEST(a_file_that_was_replaced_is_noticed),
	    DATABASE_TEST(a_file_that_is_gone_is_noticed),
	    DATABASE_TEST(copies_have_versions_of_their_own),
	};

	return RUN("version", tests);
}
