/*
 * Keeps a thread's connections within the descriptors that it may have.  Called
 * by db.c, which opens and closes them.
 */
#include "db/sqlite/openings.h"

#include "db/sqlite/internal.h"

static void
unlink_one(struct db *db)
{
	struct opening *o = &db->opening;

	*(o->older == NULL ? &o->all->oldest : &o->older->opening.newer) =
	    o->newer;
	*(o->newer == NULL ? &o->all->newest : &o->newer->opening.older) =
	    o->older;
	o->older = o->newer = NULL;
}

static void
link_newest(struct db *db)
{
	struct opening *o = &db->opening;

	o->older = o->all->newest;
	*(o->older == NULL ? &o->all->oldest : &o->older->opening.newer) = db;
	o->all->newest = db;
}

void
openings_join(struct openings *all, struct db *db)
{
	db->opening = (struct opening){.all = all};
}

void
openings_add(struct db *db)
{
	struct opening *o = &db->opening;

	o->rests = false;
	if (o->all == NULL || o->files > 0)
		return;
	o->files = connection_files(&db->conn);
	o->all->files += o->files;
	link_newest(db);
}

void
openings_use(struct db *db)
{
	if (db->opening.files == 0 || db->opening.all->newest == db)
		return;
	unlink_one(db);
	link_newest(db);
}

void
openings_remove(struct db *db)
{
	struct opening *o = &db->opening;

	if (o->files == 0)
		return;
	o->all->files -= o->files;
	o->files = 0;
	unlink_one(db);
}

bool
openings_close_one(struct db *db)
{
	struct db *other =
	    db->opening.all == NULL ? NULL : db->opening.all->oldest;

	while (other != NULL && (other == db || other->in_snapshot))
		other = other->opening.newer;
	if (other == NULL)
		return false;
	openings_remove(other);
	connection_rest(&other->conn);
	other->opening.rests = true;
	return true;
}

void
openings_make_room(struct db *db)
{
	const struct openings *all = db->opening.all;

	while (all != NULL && all->files + OPENINGS_FILES > all->max &&
	    openings_close_one(db))
		;
}
