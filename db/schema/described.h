#ifndef SQUALL_DESCRIBED_H
#define SQUALL_DESCRIBED_H

#include "db/schema/table.h"

/*
 * The tables that a connection has read the descriptions of, so that not every
 * page asks SQLite for them again.  To be cleared when the schema changes, with
 * no table that was found in use.
 */
enum {
	DESCRIBED_TABLES = 32,
	DESCRIBED_COLUMNS = 1000, /* of all of them */
};

struct described {
	struct table *tables; /* room for DESCRIBED_TABLES; NULL: none yet */
	size_t n, n_columns;
};

/* As in SQL, the case of the name does not matter; NULL: it is not known. */
const struct table *described_find(const struct described *, struct str name);

/*
 * Takes over what the table owns; it as it is kept.  NULL, and nothing is
 * taken, if there is no room.
 */
const struct table *described_keep(struct described *, const struct table *);

void described_clear(struct described *);

#endif
