#ifndef SQUALL_OPENAPI_SCHEMA_H
#define SQUALL_OPENAPI_SCHEMA_H

#include "app/http/params.h"
#include "db/schema/table.h"
#include "db/sqlite/published.h"

/*
 * Replies in JSON as JSON Schema (json-schema.org, 2020-12), for the
 * description of the API.  Each function adds one schema.
 */

/* The object "components.schemas", which the others refer to. */
void openapi_schema_components(struct buf *);

/*
 * A reply that is the same for all: of the route of this name, or "statement",
 * the rows of one.
 */
void openapi_schema_page(struct buf *, const char *name);

/* A reply with rows of a table; with `shapes`, in any that _shape may have. */
void openapi_schema_rows(
    struct buf *, const struct db *, const struct table *, bool shapes);

/* The value of a parameter. */
void openapi_schema_value(
    struct buf *, const struct param *, const struct settings *);

/*
 * True for a parameter of JSON that leaves replies as they are described: none
 * for CSV or forms, and none after which a column may hold anything.
 */
bool openapi_schema_covers(const struct param *);

#endif
