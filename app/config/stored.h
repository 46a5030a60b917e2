#ifndef SQUALL_STORED_H
#define SQUALL_STORED_H

#include <stdint.h>

#include "app/config/chart_spec.h"
#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * Stored queries: files FOLDER/DATABASE/NAME.sql, each with one statement.
 * Comments at its beginning say more:
 *
 *	-- title: The largest cities
 *	-- description: may be repeated, a paragraph each
 *	-- param country: DE
 *	-- ttl: 3600
 *	-- hide_sql: on
 *	-- chart: bar x=name y=population
 */
struct stored_param {
	char *name;
	char *value; /* what it is unless it is given; "" if nothing is said */
};

struct stored_query {
	char *name; /* letters, digits, '_' and '-' */
	char *file;
	char *sql;                 /* the file's text */
	char *title, *description; /* NULL: none */
	struct chart_spec chart;   /* CHART_NONE: none */
	int chart_line;            /* of the file */
	int64_t ttl_s;             /* 0: as the database has it */
	bool hide_sql;
	struct stored_param *params; /* those of the statement, in its order */
	size_t n_params;
	uint64_t hash; /* of the text */
};

struct stored_queries {
	struct stored_query *list; /* by name */
	size_t n;
};

/*
 * Reads the queries of a database; none, where the folder has no folder of its
 * name.  False, and `why` has the file, the line and what is wrong there.  To
 * be released in any case.
 */
bool stored_read(struct stored_queries *, const char *folder,
    const char *database, struct buf *why);

void stored_release(struct stored_queries *);

/* A query from its text, as from a file; what else is there is released. */
bool stored_parse(
    struct stored_query *, const char *file, struct str text, struct buf *why);

#endif
