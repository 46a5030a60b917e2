#ifndef SQUALL_PUBLISHED_H
#define SQUALL_PUBLISHED_H

#include "app/metadata.h"
#include "db/db.h"

/*
 * A database to publish, and what the operator says of it.  All of it must
 * live as long as whoever has it open.
 */
struct published {
	const char *name;
	const char *file;
	int64_t ttl_s; /* expiry of its pages; 0: as the site has it */
	const struct database_metadata *metadata; /* NULL: nothing is said */
	const struct about *site; /* of all databases together; or NULL */
	uint64_t fingerprint;     /* differs where what is said differs */
};

/* What is said of an open database, and of all; empty where nothing is. */
const struct database_metadata *published_metadata(const struct db *);
const struct about *published_site(const struct db *);

/* What is said of a table or view; empty where nothing is. */
const struct table_metadata *
published_table(const struct db *, const char *table);

#endif
