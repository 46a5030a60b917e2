#ifndef SQUALL_SECTIONS_H
#define SQUALL_SECTIONS_H

#include "app/config/config.h"

/*
 * The databases of the configuration, and what the sections of the INI file
 * say of them: [site], [database NAME] and [table NAME.TABLE].  Failures are
 * a line in `why`.
 */

/* Reads the INI file that config->file names; its options as well. */
bool sections_read(struct config *, struct buf *why);

/* A database of the command line: "/srv/world.db" is published as "world". */
bool sections_add_file(struct config *, const char *file, struct buf *why);

/*
 * When all is read: whether every database has a file, and gives each table's
 * section to the database of the longest name that it begins with.
 */
bool sections_finish(struct config *, struct buf *why);

void sections_release(struct config *);

#endif
