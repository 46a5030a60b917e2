/*
 * The API described for programs that make clients of descriptions: a path for
 * each page, with names of databases, tables and columns as they are now.
 */
#include "handlers/openapi.h"

#include "app/text/json.h"
#include "app/text/url.h"
#include "handlers/openapi_schema.h"
#include "handlers/page/about.h"
#include "handlers/routes.h"
#include "handlers/sql/query.h"
#include "handlers/table/table.h"

static void
parameter(struct buf *b, const struct param *p, const struct settings *settings)
{
	json_begin_object(b);
	json_member(b, "name", p->name);
	json_raw(b, ",\"in\":\"query\",");
	if (p == &query_params.rows[QUERY_SQL])
		json_raw(b, "\"required\":true,");
	json_raw(b, "\"schema\":");
	openapi_schema_value(b, p, settings);
	json_raw(b, "}");
}

/* True if a path of rows has the parameter; `sql`: SQL may be asked. */
static bool
covers(const struct param *p, bool sql)
{
	return p == &table_params.rows[TABLE_WHERE] ? sql
						    : openapi_schema_covers(p);
}

static bool
any_sql(struct catalog *catalog)
{
	bool sql = false;

	for (size_t i = 0; i < catalog_count(catalog); i++)
		sql |= published_metadata(catalog_at(catalog, i))->sql != 0;
	return sql;
}

/* The components that paths refer to: parameters, each once, and schemas. */
static void
components(struct buf *b, const struct settings *settings, bool sql)
{
	struct buf name = {0};

	json_raw(b,
	    "\"components\":{\"responses\":{\"error\":{\"description\":"
	    "\"It can't be shown; why stands in error\",\"content\":"
	    "{\"application/json\":{\"schema\":{\"$ref\":"
	    "\"#/components/schemas/error\"}}}}},\"parameters\":{");
	for (size_t i = 0; i < routes_publisher.n; i++) {
		const struct route *r = &routes_publisher.rows[i];
		const struct params *params = route_params(r);

		for (size_t j = 0; j < params->n; j++) {
			if (!covers(&params->rows[j], sql))
				continue;
			buf_reset(&name);
			buf_printf(
			    &name, "%s.%s", r->name, params->rows[j].name);
			json_key_text(b, str_of_buf(&name));
			parameter(b, &params->rows[j], settings);
		}
	}
	buf_release(&name);
	json_raw(b, "},\"schemas\":");
	openapi_schema_components(b);
	json_raw(b, "}");
}

/* References to the components of a route. */
static void
references(struct buf *b, const struct route *r, bool sql)
{
	const struct params *params = route_params(r);

	for (size_t i = 0; i < params->n; i++) {
		if (!covers(&params->rows[i], sql))
			continue;
		json_begin_object(b);
		buf_printf(b, "\"$ref\":\"#/components/parameters/%s.%s\"}",
		    r->name, params->rows[i].name);
	}
}

/* "/" for the site's pages, "/atlas" for a database's. */
static void
tag(struct buf *b, const char *database)
{
	struct buf name = {0};

	buf_char(&name, '/');
	if (database != NULL)
		url_name(&name, str_of(database));
	json_text(b, str_of_buf(&name));
	buf_release(&name);
}

/* A page: what stands behind its names, and what makes it. */
struct operation {
	const char *route, *summary;
	const char *database, *table; /* NULL: it is not about one */
	const char *rest;
};

/* Adds the names that the operation is about, encoded, each behind a mark. */
static void
add_names(struct buf *text, const struct operation *o, char mark)
{
	const char *const names[] = {o->database, o->table};

	for (size_t i = 0; i < 2 && names[i] != NULL; i++) {
		buf_char(text, mark);
		url_name(text, str_of(names[i]));
	}
}

/* Begins a path's GET, up to its parameters. */
static void
begin_path(struct buf *b, const struct operation *o)
{
	struct buf path = {0}, id = {0};

	add_names(&path, o, '/');
	buf_printf(&path, "%s.json", o->rest);
	buf_str(&id, o->route);
	add_names(&id, o, '.');
	json_next_line(b);
	json_key_text(b, str_of_buf(&path));
	json_raw(b, "{\"get\":{");
	json_member_text(b, "operationId", str_of_buf(&id));
	json_raw(b, ",\"tags\":[");
	tag(b, o->database);
	json_raw(b, "]");
	json_member(b, "summary", o->summary);
	json_raw(b, ",\"parameters\":[");
	buf_release(&path);
	buf_release(&id);
}

/* Ends the parameters and begins the schema of the answer. */
static void
begin_answer(struct buf *b)
{
	json_raw(b,
	    "],\"responses\":{\"default\":{\"$ref\":"
	    "\"#/components/responses/error\"},\"200\":{\"description\":"
	    "\"As asked for\",\"content\":{\"application/json\":{\"schema\":");
}

/* Rows can come as lines as well (_nl). */
static void
end_path(struct buf *b, bool lines)
{
	json_raw(b, "}");
	if (lines)
		json_raw(b, ",\"application/x-ndjson\":{\"schema\":{}}");
	json_raw(b, "}}}}}");
}

/* A column as a filter; what else can be asked of it is said once. */
static void
filters(struct buf *b, const struct table *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const char *name = t->columns[i].name;

		if (*name == '_' || *name == '\0')
			continue;
		json_begin_object(b);
		json_member(b, "name", name);
		json_raw(b,
		    ",\"in\":\"query\",\"description\":\"Rows that have this "
		    "value; with __gt, __contains and the like behind the "
		    "name, other comparisons\",\"schema\":"
		    "{\"type\":\"string\"}}");
	}
}

static bool
is_below(const struct route *r, const char *names)
{
	size_t len = strlen(names);

	return r->summary != NULL && strncmp(r->path, names, len) == 0 &&
	    (r->path[len] == '\0' || r->path[len] == '/');
}

static void
row_path(struct buf *b, const struct operation *o, const struct route *r,
    const struct db *db, const struct table *t)
{
	begin_path(b, o);
	json_raw(b,
	    "{\"name\":\"key\",\"in\":\"path\",\"required\":true,"
	    "\"description\":\"Its primary key: values in tilde-encoding, with "
	    "commas between them\",\"schema\":{\"type\":\"string\"}}");
	references(b, r, false);
	begin_answer(b);
	openapi_schema_rows(b, db, t, false);
	end_path(b, false);
}

static void
rows_path(struct buf *b, const struct operation *o, const struct route *r,
    const struct db *db, const struct table *t)
{
	begin_path(b, o);
	references(b, r, published_metadata(db)->sql != 0);
	filters(b, t);
	begin_answer(b);
	openapi_schema_rows(b, db, t, true);
	end_path(b, true);
}

/* A page without rows. */
static void
plain_path(struct buf *b, const struct operation *o, const struct route *r)
{
	begin_path(b, o);
	references(b, r, false);
	begin_answer(b);
	openapi_schema_page(b, r->name);
	end_path(b, false);
}

static void
table_paths(struct buf *b, const struct db *db, const struct table *t)
{
	static const char names[] = "/:database/:table";

	for (size_t i = 0; i < routes_publisher.n; i++) {
		const struct route *r = &routes_publisher.rows[i];
		struct operation o = {
		    .route = r->name,
		    .summary = r->summary,
		    .database = db_name(db),
		    .table = t->name,
		};

		if (!is_below(r, names))
			continue;
		o.rest = r->row_key ? "/{key}" : r->path + sizeof(names) - 1;
		if (*o.rest == '\0')
			rows_path(b, &o, r, db, t);
		else if (!r->row_key)
			plain_path(b, &o, r);
		else if (t->n_key > 0 || t->rowid != NULL)
			row_path(b, &o, r, db, t);
	}
}

/* The statement that is asked for in SQL. */
static void
sql_path(struct buf *b, const struct operation *o, const struct route *r)
{
	begin_path(b, o);
	references(b, r, false);
	begin_answer(b);
	openapi_schema_page(b, "statement");
	end_path(b, true);
}

/* A stored query: its parameters have the values of its file. */
static void
stored_path(struct buf *b, const struct db *db, const struct stored_query *q)
{
	const struct operation o = {
	    .route = "stored",
	    .summary = q->title != NULL ? q->title : q->name,
	    .database = db_name(db),
	    .table = q->name,
	    .rest = "",
	};

	begin_path(b, &o);
	for (size_t i = 0; i < RESULT_PARAMS; i++) {
		if (openapi_schema_covers(&result_params[i]))
			parameter(b, &result_params[i], published_settings(db));
	}
	for (size_t i = 0; i < q->n_params; i++) {
		json_begin_object(b);
		json_member(b, "name", q->params[i].name);
		json_raw(b,
		    ",\"in\":\"query\",\"schema\":{\"type\":\"string\","
		    "\"default\":");
		json_str(b, q->params[i].value);
		json_raw(b, "}}");
	}
	begin_answer(b);
	openapi_schema_page(b, "statement");
	end_path(b, true);
}

/* The pages of a database but those of its tables. */
static void
database_paths(struct buf *b, const struct db *db)
{
	static const char names[] = "/:database";

	for (size_t i = 0; i < routes_publisher.n; i++) {
		const struct route *r = &routes_publisher.rows[i];
		const struct operation o = {
		    .route = r->name,
		    .summary = r->summary,
		    .database = db_name(db),
		    .rest = r->path + sizeof(names) - 1,
		};

		if (!is_below(r, names) || strncmp(o.rest, "/:", 2) == 0)
			continue;
		if (r->params != &query_params)
			plain_path(b, &o, r);
		else if (published_metadata(db)->sql)
			sql_path(b, &o, r);
	}
	for (size_t i = 0; i < published_queries(db)->n; i++)
		stored_path(b, db, &published_queries(db)->list[i]);
}

/* Tables that are in the list, each with its columns. */
static void
tables(struct buf *b, struct db *db)
{
	const struct table_name *list;
	size_t n = table_list(db, &list);

	for (size_t i = 0; i < n; i++) {
		struct table t;

		if (list[i].hidden || published_table(db, list[i].name)->hidden)
			continue;
		if (table_read(db, str_of(list[i].name), &t))
			table_paths(b, db, &t);
		table_release(&t);
	}
}

/* The pages of the site. */
static void
site_paths(struct buf *b)
{
	for (size_t i = 0; i < routes_publisher.n; i++) {
		const struct route *r = &routes_publisher.rows[i];
		const struct operation o = {
		    .route = r->name,
		    .summary = r->summary,
		    .rest = r->path,
		};

		if (r->summary != NULL && strchr(r->path, ':') == NULL)
			plain_path(b, &o, r);
	}
}

/* The tags, by which operations are sorted. */
static void
tags(struct buf *b, struct catalog *catalog)
{
	json_raw(b, "\"tags\":[{\"name\":");
	tag(b, NULL);
	for (size_t i = 0; i < catalog_count(catalog); i++) {
		json_raw(b, "},{\"name\":");
		tag(b, db_name(catalog_at(catalog, i)));
	}
	json_raw(b, "}]");
}

static void
info(struct buf *b, const struct about *site)
{
	json_key(b, "info");
	json_begin_object(b);
	json_member(b, "title", about_title(site, "squall"));
	json_member(b, "version", SQUALL_VERSION);
	json_member(b, "description",
	    site->description != NULL ? site->description
				      : "What is published here, as JSON");
	if (site->license != NULL || site->license_url != NULL) {
		json_key(b, "license");
		json_begin_object(b);
		json_member(b, "name",
		    site->license != NULL ? site->license : site->license_url);
		if (site->license_url != NULL)
			json_member(b, "url", site->license_url);
		json_end_object(b);
	}
	json_end_object(b);
}

int
openapi_file(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct buf *b = &page->body;
	struct buf prefix = {0};

	page->type = MEDIA_JSON;
	json_raw(b, "{\"openapi\":\"3.1.0\",");
	info(b, published_site(catalog_at(catalog, 0)));
	url_path(&prefix, req->prefix);
	json_raw(b, ",\"servers\":[{\"url\":");
	json_str(b, prefix.len == 0 ? "/" : buf_cstr(&prefix));
	buf_release(&prefix);
	json_raw(b, "}],");
	tags(b, catalog);
	json_raw(b, ",\"paths\":{\n");
	site_paths(b);
	for (size_t i = 0; i < catalog_count(catalog); i++) {
		struct db *db = catalog_at(catalog, i);

		database_paths(b, db);
		if (db_begin(db) == DB_OK)
			tables(b, db);
		if (db_end(db) != DB_OK)
			page->transient = true;
	}
	json_raw(b, "},\n");
	components(
	    b, published_settings(catalog_at(catalog, 0)), any_sql(catalog));
	json_raw(b, "}\n");
	return 200;
}
