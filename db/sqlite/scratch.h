#ifndef SQUALL_SCRATCH_H
#define SQUALL_SCRATCH_H

/*
 * A VFS of SQLite's that keeps temporary files in memory, from SQLite's own
 * allocator, and is the default one for all others.  A sorter that believes to
 * write files sorts what fits in its cache, again and again, and is interrupted
 * in between; one that knows that it is in memory sorts all in one step.
 *
 * Its name, for sqlite3_open_v2; NULL: it can't be had.
 */
const char *scratch_vfs(void);

#endif
