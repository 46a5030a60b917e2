/*
 * The route table.  To add a page: a file beside this one, and a row here.
 */
#include "handlers/routes.h"

#include "handlers/asset.h"
#include "handlers/database.h"
#include "handlers/index.h"
#include "handlers/query.h"
#include "handlers/row.h"
#include "handlers/table.h"

static const struct route rows[] = {
    {
	.name = "index",
	.path = "/",
	.handler = index_page,
	.scope = SCOPE_ALL,
    },
    {
	.name = "asset",
	.path = "/-/static/:file",
	.handler = asset_file,
	.scope = SCOPE_NONE,
	.browser_cache = "public, max-age=31536000, immutable",
	.file = true,
    },
    {
	.name = "database",
	.path = "/:database",
	.handler = database_page,
    },
    {
	.name = "query",
	.path = "/:database/-/query",
	.handler = query_page,
	.params = &query_params,
	.csv = true,
    },
    {
	.name = "table",
	.path = "/:database/:table",
	.handler = table_page,
	.params = &table_params,
	.csv = true,
	.geojson = true,
    },
    {
	.name = "row",
	.path = "/:database/:table/:key",
	.handler = row_page,
	.row_key = true,
    },
};

const struct routes publisher_routes = {rows, sizeof(rows) / sizeof(*rows)};
