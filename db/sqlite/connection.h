#ifndef SQUALL_CONNECTION_H
#define SQUALL_CONNECTION_H

#include <sys/stat.h>

#include "db/sqlite/db.h"
#include "db/sqlite/statements.h"
#include "db/sqlite/version.h"

/*
 * The open file of a struct db.  Empty (all zero) while nothing is open.
 */
struct connection {
	struct sqlite3 *handle;
	struct sqlite3_stmt *begin, *end, *schema_version;
	struct statements statements;
	int64_t schema; /* the schema's version when a page was last begun */
	bool schema_known;
	int cache_kb; /* of its page cache, at most */
	struct version_source version;
	dev_t device; /* of the file */
	ino_t inode;
	bool immutable;          /* opened as one, for want of a log */
	struct timespec changed; /* the immutable file's time of change */
	int64_t size;            /* and its size */
};

/*
 * Opens the file of `db` as it stands at its path (`st` is what stat said of
 * it) into db->conn, which is empty.  A result code of SQLite's; after a
 * failure the connection is to be closed as well.
 */
int connection_open(struct db *, const struct stat *st);

/*
 * Has SQLite read the schema, for as long as it does not change; a result code
 * of SQLite's.  Opening reads nothing of it, so whoever is only after versions
 * has neither its time to spend nor its memory.
 */
int connection_read_schema(struct connection *);

/* Closes what is open, if anything is. */
void connection_close(struct connection *);

/* The same, but the version is still known where the file alone tells it. */
void connection_rest(struct connection *);

/* How many descriptors it has, about; 0: it is not open. */
size_t connection_files(const struct connection *);

/*
 * Begins to follow the version of the open file.  The connection must have read
 * something to know of the WAL: this reads nothing but the header.
 */
int connection_start_version(struct db *);

/* True if the file is by stat still as it was when it was opened. */
bool connection_is_unchanged(const struct db *, const struct stat *st);

#endif
