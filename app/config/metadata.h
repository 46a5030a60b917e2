#ifndef SQUALL_METADATA_H
#define SQUALL_METADATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * The operator's description of the site, a database and a table, under the
 * names that Datasette's metadata has.  Strings are owned; NULL: not given.
 */
struct about {
	char *title;
	char *description; /* lines, if it was given more than once */
	char *source, *source_url;
	char *license, *license_url;
	char *about, *about_url;
	uint64_t given; /* for metadata_about_set: which of them were */
};

struct words {
	char **items;
	size_t n;
	bool given; /* though there may be none */
};

struct column_metadata {
	char *column;
	char *description, *unit;
};

struct table_metadata {
	char *name;
	struct about about;
	char *label_column;
	char *sort, *sort_desc; /* columns; one of them at most */
	char *fts_table, *fts_pk;
	int64_t size;       /* rows of a page; 0: as usual */
	int64_t facet_size; /* values of a facet; likewise */
	int64_t raw_search; /* 1: words are a query of FTS */
	int64_t hidden;     /* 1: not in the list of tables */
	struct words sortable_columns;
	struct words facets; /* see facet_parse */
	struct column_metadata *columns;
	size_t n_columns;
	uint64_t given; /* likewise */
};

struct database_metadata {
	struct about about;
	int64_t sql; /* 1: visitors may query it in SQL */
	int64_t
	    allow_facet; /* likewise, choose facets; -1: as the site has it */
	struct table_metadata *tables;
	size_t n_tables;
	uint64_t given;
};

/*
 * Set what a key of the INI file says.  False if there is no such key, if its
 * value is wrong or if it was given before: `why` says so.
 */
bool metadata_about_set(
    struct about *, const char *key, const char *value, struct buf *why);
bool metadata_table_set(struct table_metadata *, const char *key,
    const char *value, struct buf *why);
bool metadata_database_set(struct database_metadata *, const char *key,
    const char *value, struct buf *why);

/* True if nothing is given. */
bool metadata_about_is_empty(const struct about *);

/* NULL if nothing is said of the column.  Case does not matter. */
const struct column_metadata *
metadata_table_column(const struct table_metadata *, struct str column);

bool metadata_words_have(const struct words *, struct str);

/* Free what they own. */
void metadata_about_release(struct about *);
void metadata_table_release(struct table_metadata *);
void metadata_database_release(struct database_metadata *);

#endif
