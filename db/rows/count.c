/*
 * Counting within bounds: SQLite keeps no number of a table's rows, and the
 * largest rowid does not tell it.
 */
#include "db/rows/count.h"

#include "db/schema/inventory.h"

enum {
	SMALL_FILE = 64 << 20, /* bytes; reading all of them takes a moment */
	PROMISED_MAX = 500000, /* rows that can be counted in the budget */
};

/* Runs a count with the filters' parameters, then `max`; -1: took too long. */
static int64_t
run_count(
    const struct filters *f, struct db *db, const struct buf *sql, int64_t max)
{
	int64_t count = -1;
	struct query q;
	int next;

	query_open_buf(&q, db, sql);
	next = filters_bind(f, &q, 1);
	query_bind_int(&q, next, max);
	if (query_next(&q))
		count = query_int(&q, 0);
	query_close(&q);
	return count;
}

int64_t
count_up_to(
    const struct filters *f, struct db *db, int64_t max, int64_t budget_ms)
{
	struct buf sql = {0}, limit = {0};
	int64_t count = -1;

	db_budget_begin(db, budget_ms);
	/* A chosen rowid may lack its row: only more than `max` is certain. */
	if (filters_choice(f) != NULL) {
		buf_lit(&limit, " LIMIT ?");
		buf_lit(&sql, "SELECT count(*)");
		filters_table_sql(f, &sql);
		filters_choice_sql(f, &limit, &sql);
		count = run_count(f, db, &sql, max + 1);
	}
	if (count <= max) {
		buf_reset(&sql);
		buf_lit(&sql, "SELECT count(*) FROM (SELECT 1");
		filters_rows_sql(f, &sql);
		buf_lit(&sql, " LIMIT ?)");
		count = run_count(f, db, &sql, max + 1);
	}
	db_budget_end(db);
	buf_release(&limit);
	buf_release(&sql);
	return count;
}

/* The integer that a query about the table answers; -1: there is none. */
static int64_t
ask_count(struct db *db, const char *sql, const struct table *t)
{
	int64_t answer = -1;
	struct query q;

	db_budget_begin(db, COUNT_BUDGET_MS);
	query_open(&q, db, sql);
	query_bind_text(&q, 1, str_of(t->name));
	if (query_next(&q) && query_type(&q, 0) == VALUE_INT)
		answer = query_int(&q, 0);
	query_close(&q);
	db_budget_end(db);
	return answer;
}

/* The number that sqlite-utils keeps in _counts, if its triggers are there. */
static int64_t
stored_count(struct db *db, const struct table *t)
{
	if (inventory_find(db, str_of("_counts")) == NULL)
		return -1;
	return ask_count(db,
	    "SELECT count FROM _counts WHERE \"table\" = ?1 "
	    "AND (SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' "
	    "AND tbl_name = ?1 AND name IN (?1 || '_counts_insert', "
	    "?1 || '_counts_delete')) = 2",
	    t);
}

/* ANALYZE's estimate; the maximum, since a partial index has fewer rows. */
static int64_t
estimated_count(struct db *db, const struct table *t)
{
	return ask_count(db,
	    "SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 "
	    "WHERE tbl = ?",
	    t);
}

static struct count
count_all(struct db *db, const struct filters *f, int64_t budget_ms)
{
	struct count count = {.n = stored_count(db, f->table)};
	struct buf sql = {0};
	struct query q;
	int64_t rows;

	if (count.n >= 0)
		return count;
	if (db_size(db) > SMALL_FILE) {
		rows = estimated_count(db, f->table);
		if (rows >= 0 && rows <= PROMISED_MAX)
			count.n = count_up_to(f, db, PROMISED_MAX, budget_ms);
		if (count.n > PROMISED_MAX)
			count.n = -1;
		return count;
	}
	/* SQLite counts in one step, which no limit interrupts. */
	buf_lit(&sql, "SELECT count(*)");
	filters_rows_sql(f, &sql);
	query_open_buf(&q, db, &sql);
	if (query_next(&q))
		count.n = query_int(&q, 0);
	query_close(&q);
	buf_release(&sql);
	return count;
}

struct count
count_rows(struct db *db, const struct filters *f, int64_t budget_ms)
{
	struct count count = {.n = -1};

	if (f->n == 0 && f->table->kind == TABLE_PLAIN)
		count = count_all(db, f, budget_ms);
	if (count.n >= 0)
		return count;
	count.n = count_up_to(f, db, COUNT_MAX, budget_ms);
	count.more = count.n > COUNT_MAX;
	if (count.more)
		count.n = COUNT_MAX;
	return count;
}
