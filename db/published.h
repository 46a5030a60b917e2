#ifndef SQUALL_PUBLISHED_H
#define SQUALL_PUBLISHED_H

#include "app/metadata.h"
#include "app/stored.h"
#include "db/schema.h"

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
	bool denies_robots;
	int64_t max_rows;                     /* of a query; 0: as usual */
	const struct stored_queries *queries; /* NULL: none */
};

/* What is said of an open database, and of all; empty where nothing is. */
const struct database_metadata *published_metadata(const struct db *);
const struct about *published_site(const struct db *);

/*
 * The column that names a row to people, as the configuration has it, or else
 * table_label; n_columns if there is none.
 */
size_t published_label(const struct db *, const struct table *);

/* How many rows a query may give. */
enum { PUBLISHED_MAX_ROWS = 1000 };
int64_t published_max_rows(const struct db *);

/* Whether programs that read the web may read it. */
bool published_allows_robots(const struct db *);

const struct stored_queries *published_queries(const struct db *);

/* NULL: there is none of this name. */
const struct stored_query *published_query(const struct db *, struct str name);

/* What is said of a table or view; empty where nothing is. */
const struct table_metadata *
published_table(const struct db *, const char *table);

#endif
