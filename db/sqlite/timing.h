#ifndef SQUALL_TIMING_H
#define SQUALL_TIMING_H

#include "db/sqlite/db.h"

/*
 * Reading the schema is not what a page's limits are for: it happens once for
 * every change of the schema, and a small limit would keep it from ever being
 * done.  Between these two it has a limit of its own, and the page's limit and
 * budget stand still; nor does it count that views call functions.
 */
struct db_clock {
	int64_t since_us, deadline_us, budget_deadline_us;
	bool budget_over, time_dependent;
};

void db_schema_begin(struct db *, struct db_clock *);
void db_schema_end(struct db *, const struct db_clock *);

/* Is the time limit over, or the budget within it?  Notes the latter. */
bool db_over_time(struct db *);

/*
 * Within a snapshot, and until db_end: interrupts come when the time is over
 * that there is now (see deadline.h).
 */
void db_watch(struct db *);

#endif
