#ifndef SQUALL_OPENINGS_H
#define SQUALL_OPENINGS_H

#include "db/sqlite/db.h"

/*
 * The open connections of one thread, and the descriptors that these may have.
 * Where there would be more, those not used for longest are closed; they are
 * opened again when they are asked for.  A handle is in use between db_begin
 * and db_end, and is not closed then.
 */
enum { OPENINGS_FILES = 3 }; /* the file, its log and the index of that */

struct openings {
	struct db *oldest, *newest;
	size_t files; /* of all of them */
	size_t max;   /* at least one connection may be open, however few */
};

/* Where a connection stands among them; `files` is 0 while it is closed. */
struct opening {
	struct openings *all; /* NULL: nobody counts */
	struct db *older, *newer;
	size_t files;
	bool rests; /* closed, to make room */
};

/* Counts the handle's connection among these; it is closed yet. */
void openings_join(struct openings *, struct db *);

/* The handle's connection has been opened, used, or closed. */
void openings_add(struct db *);
void openings_use(struct db *);
void openings_remove(struct db *);

/* Makes room for one more, which is not counted yet. */
void openings_make_room(struct db *);

/* Closes one that is not in use; false if there is none. */
bool openings_close_one(struct db *);

#endif
