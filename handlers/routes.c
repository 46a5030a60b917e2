/*
 * The route table.  To add a page: a file beside this one, and a row here.
 */
#include "handlers/routes.h"

#include "handlers/openapi.h"
#include "handlers/page/asset.h"
#include "handlers/page/error.h"
#include "handlers/site/database.h"
#include "handlers/site/definition.h"
#include "handlers/site/index.h"
#include "handlers/site/introspect.h"
#include "handlers/sql/query.h"
#include "handlers/status/healthz.h"
#include "handlers/status/metrics.h"
#include "handlers/status/status.h"
#include "handlers/table/columns.h"
#include "handlers/table/row.h"
#include "handlers/table/table.h"

static const struct route rows[] = {
    {
	.name = "index",
	.summary = "The databases",
	.path = "/",
	.handler = index_page,
	.scope = SCOPE_ALL,
    },
    {
	.name = "asset",
	.path = "/-/static/:file",
	.handler = asset_page,
	.scope = SCOPE_NONE,
	.browser_cache = "public, max-age=31536000, immutable",
	.file = true,
    },
    {
	.name = "status",
	.path = "/-/status",
	.live = status_page,
	.guarded = true,
    },
    {
	.name = "metrics",
	.path = "/-/metrics",
	.live = metrics_page,
	.guarded = true,
	.file = true,
    },
    {
	.name = "healthz",
	.path = "/-/healthz",
	.live = healthz_page,
	.file = true,
    },
    {
	.name = "robots",
	.path = "/robots.txt",
	.handler = introspect_robots,
	.scope = SCOPE_ALL,
	.file = true,
    },
    {
	.name = "versions",
	.summary = "The versions of squall and SQLite",
	.path = "/-/versions",
	.handler = introspect_versions,
	.scope = SCOPE_NONE,
	.ttl_s = TTL_NEVER, /* no commit tells that another one is running */
    },
    {
	.name = "databases",
	.summary = "The files of the databases",
	.path = "/-/databases",
	.handler = introspect_databases,
	.scope = SCOPE_ALL,
    },
    {
	.name = "metadata",
	.summary = "What is said of all of them",
	.path = "/-/metadata",
	.handler = introspect_metadata,
	.scope = SCOPE_ALL,
    },
    {
	.name = "openapi",
	.path = "/-/openapi.json",
	.handler = openapi_file,
	.scope = SCOPE_ALL,
	.file = true,
    },
    {
	.name = "schemas",
	.summary = "The SQL that defines all databases",
	.path = "/-/schema",
	.handler = definition_all,
	.scope = SCOPE_ALL,
	.markdown = true,
    },
    {
	.name = "database",
	.summary = "The tables, views and queries of a database",
	.path = "/:database",
	.handler = database_page,
    },
    {
	.name = "query",
	.summary = "The rows of a statement in SQL",
	.path = "/:database/-/query",
	.handler = query_page,
	.params = &query_params,
	.csv = true,
	.geojson = true,
    },
    {
	.name = "schema",
	.summary = "The SQL that defines a database",
	.path = "/:database/-/schema",
	.handler = definition_database,
	.markdown = true,
    },
    {
	.name = "table",
	.summary = "Rows of a table or view",
	.path = "/:database/:table",
	.handler = table_page,
	.params = &table_params,
	.csv = true,
	.geojson = true,
    },
    {
	.name = "map",
	.path = "/:database/:table/-/map",
	.handler = table_map_page,
	.params = &table_params,
	.only_html = true,
    },
    {
	.name = "columns",
	.path = "/:database/:table/-/columns",
	.handler = columns_page,
	.only_html = true,
    },
    {
	.name = "definition",
	.summary = "The SQL that defines a table or view",
	.path = "/:database/:table/-/schema",
	.handler = definition_table,
	.markdown = true,
    },
    {
	.name = "row",
	.summary = "A row",
	.path = "/:database/:table/:key",
	.handler = row_page,
	.params = &row_params,
	.row_key = true,
    },
};

const struct routes routes_publisher = {
    .rows = rows,
    .n = sizeof(rows) / sizeof(*rows),
    .error = error_page,
};
