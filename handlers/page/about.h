#ifndef SQUALL_HANDLERS_ABOUT_H
#define SQUALL_HANDLERS_ABOUT_H

#include "app/text/html.h"
#include "app/text/json.h"
#include "db/schema/table.h"
#include "db/sqlite/published.h"

/*
 * The operator's description of the site, a database or a table, on its page.
 */

/* The title, or what it is called otherwise. */
const char *about_title(const struct about *, const char *otherwise);

/* A paragraph for each line of the description. */
void about_description(struct buf *, const struct about *);

/*
 * A line with source, licence and more: each the innermost that is given, of
 * a table's (which may be NULL), its database's (likewise) and the site's.
 */
void about_origin(struct buf *, const struct about *table,
    const struct about *database, const struct about *site);

/* Adds the members that are given. */
void about_members(struct buf *, const struct about *);

/* An object of them. */
void about_json(struct buf *, const struct about *);

/* All that is said of a table, as an object. */
void about_table_json(struct buf *, const struct table_metadata *);

/* A column's type and what else the schema says, its unit and description. */
void about_column(
    struct buf *, const struct column *, const struct table_metadata *);

/* All that is said of a database, its tables included, as an object. */
void about_database_json(struct buf *, const struct database_metadata *);

#endif
