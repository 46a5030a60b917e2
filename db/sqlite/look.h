#ifndef SQUALL_LOOK_H
#define SQUALL_LOOK_H

#include "db/sqlite/db.h"

/*
 * Facts about a database that take no reading from it, and about the SQLite
 * that reads it.
 */
struct db_look {
	bool open;    /* or closed until somebody asks for it, to make room */
	size_t files; /* the descriptors that it has */
	/* The file at the path was no good when it was last looked at; where
	 * the database is open all the same, it is the file that stood there
	 * before. */
	bool bad;
	int64_t bytes, log_bytes; /* of the files at the path; 0: none */
};

struct db_look db_look(const struct db *);

/*
 * A known fault, of some versions, that matters to a published database.
 * Distributions repair faults without changing the version.
 */
struct sqlite_fault {
	const char *name;  /* under which more can be found */
	const char *what;  /* a sentence */
	const char *fixed; /* since which versions */
};

/*
 * The i-th fault of a version, as sqlite3_libversion_number has it (0: of the
 * linked library); NULL after the last.
 */
const struct sqlite_fault *look_sqlite_fault(int version, size_t i);

#endif
