/*
 * How long queries may take: a page's limit, a budget within it, and the time
 * that reading the schema has for itself.  Called by db.c, query.c and whoever
 * reads.
 */
#include "db/sqlite/timing.h"

#include "app/watch/clock.h"
#include "db/sqlite/internal.h"

/*
 * Each pass that reads the schema has this time at least, enough for hundreds
 * of thousands of tables, and a page's limit if that is longer.  A page needs
 * three passes at most.
 */
enum { SCHEMA_LIMIT_MS = 3000 };

bool
db_over_time(struct db *db)
{
	int64_t now = clock_mono_us();

	if (now >= db->deadline_us)
		return true;
	if (db->budget_deadline_us != 0 && now >= db->budget_deadline_us) {
		db->budget_over = true;
		db->work.cut_short = true;
	}
	return db->budget_over;
}

void
db_watch(struct db *db)
{
	int64_t until_us = db->deadline_us;

	if (db->budget_deadline_us != 0 && !db->budget_is_inner &&
	    db->budget_deadline_us < until_us)
		until_us = db->budget_deadline_us;
	deadline_watch(&db->interrupt, db->conn.handle, until_us);
}

static void
watch_anew(struct db *db)
{
	if (db->interrupt.handle != NULL)
		db_watch(db);
}

void
db_schema_begin(struct db *db, struct db_clock *clock)
{
	*clock = (struct db_clock){
	    .since_us = clock_mono_us(),
	    .deadline_us = db->deadline_us,
	    .budget_deadline_us = db->budget_deadline_us,
	    .budget_over = db->budget_over,
	    .time_dependent = db->work.time_dependent,
	};
	db->deadline_us = clock->since_us +
	    (db->time_limit_us > SCHEMA_LIMIT_MS * 1000
		    ? db->time_limit_us
		    : SCHEMA_LIMIT_MS * 1000);
	db->budget_deadline_us = 0;
	db->budget_over = false;
	watch_anew(db);
}

void
db_schema_end(struct db *db, const struct db_clock *clock)
{
	int64_t took_us = clock_mono_us() - clock->since_us;

	/* INT64_MAX is no deadline, as when only a version is asked for. */
	db->deadline_us = clock->deadline_us;
	if (clock->deadline_us != INT64_MAX)
		db->deadline_us += took_us;
	if (clock->budget_deadline_us != 0)
		db->budget_deadline_us = clock->budget_deadline_us + took_us;
	db->budget_over = clock->budget_over;
	db->work.time_dependent = clock->time_dependent;
	watch_anew(db);
}

void
db_limit(struct db *db, int64_t ms)
{
	int64_t deadline_us = clock_mono_us() + ms * 1000;

	if (deadline_us < db->deadline_us)
		db->deadline_us = deadline_us;
	if (deadline_us < db->lock_deadline_us)
		db->lock_deadline_us = deadline_us;
	watch_anew(db);
}

/* Is a statement between two of its rows?  An interrupt would end that, too. */
static bool
is_stepping(const struct db *db)
{
	sqlite3_stmt *s = NULL;

	while ((s = sqlite3_next_stmt(db->conn.handle, s)) != NULL &&
	    !sqlite3_stmt_busy(s))
		;
	return s != NULL;
}

void
db_budget_begin(struct db *db, int64_t ms)
{
	db->budget_over = false;
	db->refusal[0] = '\0';
	db->budget_deadline_us = clock_mono_us() + ms * 1000;
	db->budget_is_inner = db->conn.handle != NULL && is_stepping(db);
	watch_anew(db);
}

bool
db_budget_end(struct db *db)
{
	bool over = db->budget_over;

	db->budget_over = false;
	db->budget_deadline_us = 0;
	watch_anew(db);
	return over;
}

int64_t
db_time_left_ms(const struct db *db)
{
	return (db->deadline_us - clock_mono_us()) / 1000;
}
