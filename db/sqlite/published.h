#ifndef SQUALL_PUBLISHED_H
#define SQUALL_PUBLISHED_H

#include "app/config/metadata.h"
#include "app/config/settings.h"
#include "app/config/stored.h"
#include "db/sqlite/db.h"

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
	const struct settings *settings;      /* NULL: the defaults */
	const struct stored_queries *queries; /* NULL: none */
};

/* Descriptions of an open database and of the site; empty if there are none. */
const struct database_metadata *published_metadata(const struct db *);
const struct about *published_site(const struct db *);

const struct settings *published_settings(const struct db *);

/* True if visitors may choose columns to facet by. */
bool published_allows_facets(const struct db *);

const struct stored_queries *published_queries(const struct db *);

/* NULL: there is none of this name. */
const struct stored_query *published_query(const struct db *, struct str name);

/* The description of a table or view; empty if there is none. */
const struct table_metadata *
published_table(const struct db *, const char *table);

#endif
