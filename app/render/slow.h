#ifndef SQUALL_SLOW_H
#define SQUALL_SLOW_H

#include "app/render/job.h"
#include "db/sqlite/db.h"

/*
 * The slow log: an event about a finished job, if it took `limit_ms` or more
 * since it was begun.  It says where the time went, and which
 * statement of `work` took most of it, with SQLite's plan for it; making that
 * takes the database's connection for a moment.
 */
void slow_log(const struct job *, const struct db_work *work, int64_t limit_ms);

#endif
