#ifndef SQUALL_OPTIONS_H
#define SQUALL_OPTIONS_H

#include "app/config/config.h"

/*
 * The options: one table (options.c) of what the command line and the keys of
 * the INI file set.  Failures are a line in `why`.
 */

/* An expiry in seconds, of whatever is cached. */
enum { OPTIONS_MAX_TTL_S = 30 * 24 * 3600 };

bool options_defaults(struct config *, struct buf *why);

/*
 * One pass over the command line.  With `only_file` nothing is set but the
 * name of the INI file and the flags; without, all but that name.  The words
 * that are no options begin at `optind`.
 */
bool options_read(struct config *, int argc, char *const argv[], bool only_file,
    struct buf *why);

/* Sets one from a key of the INI file. */
bool options_key(
    struct config *, const char *key, const char *value, struct buf *why);

void options_release(struct config *);

/* A line for each, as --help prints it. */
void options_usage(struct buf *);

#endif
