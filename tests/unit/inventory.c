/*
 * db/schema/inventory.c: what the schema names is read once, however much it
 * is.
 */
#include "db/schema/inventory.h"

#include <time.h>

#include "app/watch/clock.h"
#include "db/rows/search.h"
#include "db/schema/referrers.h"
#include "tests/unit/database.h"

/* A table hub, and n tables t1, t2, ... that refer to it. */
static struct db *
read_many(struct database *d, size_t n)
{
	struct buf sql = {0};

	buf_lit(&sql,
	    "BEGIN; CREATE TABLE hub(id INTEGER PRIMARY KEY);"
	    "CREATE VIRTUAL TABLE hub_fts USING fts5(x);");
	for (size_t i = 1; i <= n; i++)
		buf_printf(&sql,
		    "CREATE TABLE t%zu(id INTEGER PRIMARY KEY, x,"
		    " hub REFERENCES hub);",
		    i);
	buf_lit(&sql, "COMMIT");
	read_database_of(d, buf_cstr(&sql));
	buf_release(&sql);
	return d->db;
}

static void
begin_again(struct db *db)
{
	end_reading(db);
	db_take_work(db);
	assert_int_equal(db_begin(db), DB_OK);
}

/* Everything that a page may want to know of a table. */
static size_t
look_up(struct db *db, const char *name)
{
	struct search_index index;
	struct referrer *list;
	struct table t;
	size_t n;

	assert_true(table_read(db, str_of(name), &t));
	search_find(db, &t, &index);
	search_index_release(&index);
	n = referrers_find(db, &t, &list);
	free(list);
	table_release(&t);
	return n;
}

static void
nothing_is_asked_for_twice(void **state)
{
	struct db *db = read_many(*state, 50);
	const struct table_name *list;

	for (int round = 0; round < 2; round++) {
		assert_int_equal(look_up(db, "hub"), 50);
		assert_int_equal(look_up(db, "T7"), 0);
		assert_true(table_list(db, &list) > 50);
		if (round == 0)
			begin_again(db);
	}
	assert_int_equal(db_take_work(db).queries, 0);
	end_reading(db);
}

static void
a_changed_schema_is_read_anew(void **state)
{
	struct database *d = *state;
	struct db *db = read_many(d, 3);
	const struct table_name *list;

	assert_int_equal(look_up(db, "hub"), 3);
	assert_non_null(inventory_find(db, LIT("t3")));
	end_reading(db);
	run_sql(d->file,
	    "DROP TABLE t3; DROP TABLE t2; CREATE TABLE u(h REFERENCES HUB,"
	    " t REFERENCES t1); CREATE VIRTUAL TABLE f USING fts4(x)");
	assert_int_equal(db_begin(db), DB_OK);
	assert_int_equal(look_up(db, "hub"), 2);
	assert_int_equal(look_up(db, "t1"), 1);
	assert_null(inventory_find(db, LIT("t3")));
	assert_non_null(inventory_virtual(db, "F"));
	assert_string_equal(inventory_find(db, LIT("U"))->name, "u");
	assert_int_equal(table_list(db, &list), 15);
	end_reading(db);
}

static int64_t
cpu_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t), 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A table's bytes on average, before anything of it is known. */
static int64_t
us_of_one(size_t n)
{
	struct database *d;
	const struct table_name *list;
	int64_t since;
	size_t tables;
	void *state;

	assert_int_equal(database_set_up(&state), 0);
	d = state;
	read_many(d, n);
	since = cpu_us();
	tables = table_list(d->db, &list);
	for (size_t i = 0; i < tables; i++)
		look_up(d->db, list[i].name);
	since = cpu_us() - since;
	end_reading(d->db);
	database_tear_down(&state);
	return since / (int64_t)tables;
}

static void
a_table_takes_no_longer_among_many(void **state)
{
	int64_t few = us_of_one(200), many = us_of_one(4000);

	(void)state;
	if (many > 4 * few)
		print_error("%lld us, and %lld among many\n", (long long)few,
		    (long long)many);
	assert_true(many <= 4 * few);
}

/* Else a small limit would be over on each page, and never end. */
static void
reading_the_schema_is_not_the_pages_time(void **state)
{
	struct database *d = *state;
	const struct table_name *list;
	int64_t since, took_us, cpu;

	read_many(d, 4000);
	end_reading(d->db);
	db_free(d->db);
	d->db = db_new("test", d->file, LIMIT_MS);
	since = clock_mono_us();
	cpu = cpu_us();
	assert_int_equal(db_begin(d->db), DB_OK);
	assert_int_equal(table_list(d->db, &list), 4007);
	cpu = cpu_us() - cpu;
	took_us = clock_mono_us() - since;
	assert_true(cpu > 10000);
	assert_true(took_us + db_time_left_ms(d->db) * 1000 >
	    LIMIT_MS * 1000 + cpu / 2);
	end_reading(d->db);
}

/* Nor is it the rest of a budget, within which an attempt may be over. */
static void
reading_the_schema_within_a_budget(void **state)
{
	struct db *db = read_many(*state, 10);

	db_budget_begin(db, 0);
	assert_int_equal(read_int(db, "SELECT 1"), -1);
	assert_non_null(inventory_find(db, LIT("t3")));
	assert_int_equal(read_int(db, "SELECT 1"), -1);
	assert_true(db_budget_end(db));
	assert_int_equal(look_up(db, "hub"), 10);
	end_reading(db);
}

/* References by pairs of columns, in any case, and of a table to itself. */
static void
references_are_in_order(void **state)
{
	static const struct {
		const char *table;
		int64_t id, place;
		const char *from, *to;
	} want[] = {
	    {"T", 0, 0, "self", NULL},
	    {"a", 0, 0, "x", "k"},
	    {"a", 0, 1, "y", "l"},
	    {"b", 0, 0, "p", NULL},
	    {"b", 1, 0, "q", "L"},
	};
	struct db *db = read_database_of(*state,
	    "CREATE TABLE T(k, l UNIQUE, self references t, PRIMARY KEY (k, "
	    "l)); CREATE TABLE b(q REFERENCES \"t\"(L), p REFERENCES T);"
	    "CREATE TABLE a(y, x, FOREIGN KEY (x, y) REFERENCES t(k, l));"
	    "CREATE TABLE c(z REFERENCES a, w REFERENCES tt)");
	const struct reference *list;
	size_t n = inventory_references(db, "t", &list);

	assert_int_equal(n, COUNT_OF(want));
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(list[i].table, want[i].table);
		assert_int_equal(list[i].id, want[i].id);
		assert_int_equal(list[i].place, want[i].place);
		assert_string_equal(list[i].from, want[i].from);
		if (want[i].to == NULL)
			assert_null(list[i].to);
		else
			assert_string_equal(list[i].to, want[i].to);
	}
	assert_int_equal(inventory_references(db, "c", &list), 0);
	end_reading(db);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(nothing_is_asked_for_twice),
	    DATABASE_TEST(a_changed_schema_is_read_anew),
	    cmocka_unit_test(a_table_takes_no_longer_among_many),
	    DATABASE_TEST(reading_the_schema_is_not_the_pages_time),
	    DATABASE_TEST(reading_the_schema_within_a_budget),
	    DATABASE_TEST(references_are_in_order),
	};

	return RUN("inventory", tests);
}
