/*
 * The API described for programs that make clients of descriptions: a path for
 * each page, with names of databases, tables and columns as they are now.
 */
#include "handlers/openapi.h"

#include "app/json.h"
#include "app/url.h"
#include "db/schema.h"
#include "handlers/about.h"
#include "handlers/query.h"
#include "handlers/routes.h"

struct writer {
	struct buf *b;
	bool comma; /* before the next path */
};

/* What a parameter's value may be. */
static void
value_schema(
    struct buf *b, const struct param *p, const struct settings *settings)
{
	switch (p->type) {
	case PARAM_INT:
		json_raw(b, "{\"type\":\"integer\",\"minimum\":");
		json_int(b, p->min);
		json_raw(b, ",\"maximum\":");
		json_int(b, p->rows ? settings->max_rows : p->max);
		if (p->def >= p->min && p->def <= p->max) {
			json_raw(b, ",\"default\":");
			json_int(b, p->def);
		}
		json_raw(b, "}");
		break;
	case PARAM_FLAG:
		json_raw(b, "{\"type\":\"string\",\"enum\":[\"on\",\"off\"]}");
		break;
	case PARAM_WORD:
		json_raw(b, "{\"type\":\"string\",\"enum\":[");
		for (size_t i = 0; p->words[i] != NULL; i++) {
			if (i > 0)
				json_raw(b, ",");
			json_str(b, p->words[i]);
		}
		json_raw(b, "]}");
		break;
	case PARAM_TEXT:
		json_raw(b, "{\"type\":\"string\"}");
		break;
	case PARAM_LIST:
		json_raw(
		    b, "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}");
		break;
	}
}

static void
parameter(struct buf *b, const struct param *p, const struct settings *settings)
{
	json_raw(b, "{\"name\":");
	json_str(b, p->name);
	json_raw(b, ",\"in\":\"query\",\"schema\":");
	value_schema(b, p, settings);
	json_raw(b, "}");
}

/* The parameters of routes, each once, for all paths to refer to. */
static void
components(struct buf *b, const struct settings *settings)
{
	bool comma = false;

	json_raw(b,
	    "\"components\":{\"responses\":{\"error\":{\"description\":"
	    "\"It can't be shown; why stands in error\",\"content\":"
	    "{\"application/json\":{\"schema\":{\"$ref\":"
	    "\"#/components/schemas/error\"}}}}},\"schemas\":{\"error\":"
	    "{\"type\":\"object\",\"required\":[\"ok\",\"error\",\"errors\","
	    "\"status\"],\"properties\":{\"ok\":{\"const\":false},\"error\":"
	    "{\"type\":\"string\"},\"errors\":{\"type\":\"array\",\"items\":"
	    "{\"type\":\"string\"}},\"status\":{\"type\":\"integer\"}}},"
	    "\"blob\":{\"type\":\"object\",\"required\":[\"$base64\","
	    "\"encoded\"],\"properties\":{\"$base64\":{\"const\":true},"
	    "\"encoded\":{\"type\":\"string\"}}}},\"parameters\":{");
	for (size_t i = 0; i < publisher_routes.n; i++) {
		const struct route *r = &publisher_routes.rows[i];
		const struct params *params = route_params(r);

		for (size_t j = 0; j < params->n; j++) {
			buf_str(b, comma ? ",\"" : "\"");
			comma = true;
			buf_printf(
			    b, "%s.%s\":", r->name, params->rows[j].name);
			parameter(b, &params->rows[j], settings);
		}
	}
	json_raw(b, "}}");
}

/* References to what components has of a route. */
static void
references(struct buf *b, const struct route *r)
{
	const struct params *params = route_params(r);

	for (size_t i = 0; i < params->n; i++)
		buf_printf(b, "%s{\"$ref\":\"#/components/parameters/%s.%s\"}",
		    i == 0 ? "" : ",", r->name, params->rows[i].name);
}

/* Begins a path's GET: up to its parameters, of which the first may follow. */
static void
begin_path(struct writer *w, struct str path, const char *summary)
{
	struct buf *b = w->b;

	if (w->comma)
		json_raw(b, ",\n");
	w->comma = true;
	json_text(b, path);
	json_raw(b, ":{\"get\":{\"summary\":");
	json_str(b, summary);
	json_raw(b, ",\"parameters\":[");
}

/* From behind the parameters up to what an answer looks like. */
static void
begin_answer(struct writer *w)
{
	json_raw(w->b,
	    "],\"responses\":{\"default\":{\"$ref\":"
	    "\"#/components/responses/error\"},\"200\":{\"description\":"
	    "\"As asked for\",\"content\":{\"application/json\":{\"schema\":");
}

static void
end_path(struct writer *w)
{
	json_raw(w->b, "}}}}}}");
}

/* What the values of a column may be: SQLite's types bind none of them. */
static void
column_schema(
    struct buf *b, const struct column *c, const struct column_metadata *m)
{
	json_raw(b, "{");
	if (c->affinity != AFFINITY_BLOB) {
		json_raw(b, "\"type\":[");
		if (c->affinity == AFFINITY_NUMERIC)
			json_raw(b, "\"number\",");
		json_raw(b, "\"string\",\"object\"");
		buf_str(b, c->not_null ? "]" : ",\"null\"]");
		json_raw(b, ",");
	}
	json_raw(b, "\"description\":");
	if (m != NULL && m->description != NULL)
		json_str(b, m->description);
	else
		json_str(b, c->type);
	json_raw(b, "}");
}

static void
row_schema(struct buf *b, const struct table *t, const struct db *db)
{
	const struct table_metadata *m = published_table(db, t->name);

	json_raw(b, "{\"type\":\"object\",\"properties\":{");
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct column *c = &t->columns[i];

		if (i > 0)
			json_raw(b, ",");
		json_str(b, c->name);
		json_raw(b, ":");
		column_schema(b, c, table_metadata_column(m, str_of(c->name)));
	}
	json_raw(b, "}}");
}

/* An envelope of rows; those of a statement may be any. */
static void
rows_schema(struct buf *b, const struct table *t, const struct db *db)
{
	json_raw(b,
	    "{\"type\":\"object\",\"required\":[\"ok\",\"rows\"],"
	    "\"properties\":{\"ok\":{\"const\":true},\"rows\":"
	    "{\"type\":\"array\",\"items\":");
	if (t == NULL)
		json_raw(b, "{}");
	else
		row_schema(b, t, db);
	json_raw(b, "},\"truncated\":{\"type\":\"boolean\"}");
	if (t != NULL)
		json_raw(b,
		    ",\"next\":{\"type\":[\"string\",\"null\"]},\"next_url\":"
		    "{\"type\":[\"string\",\"null\"]}");
	json_raw(b, "}}");
}

static void
any_object(struct buf *b)
{
	json_raw(b, "{\"type\":[\"object\",\"array\"]}");
}

/* A column as a filter; what else can be asked of it is said once. */
static void
filters(struct buf *b, const struct table *t, bool comma)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const char *name = t->columns[i].name;

		if (*name == '_' || *name == '\0')
			continue;
		buf_str(b, comma ? ",{\"name\":" : "{\"name\":");
		comma = true;
		json_str(b, name);
		json_raw(b,
		    ",\"in\":\"query\",\"description\":\"Rows that have this "
		    "value; with __gt, __contains and the like behind the "
		    "name, other comparisons\",\"schema\":"
		    "{\"type\":\"string\"}}");
	}
}

/* "/atlas/places" and what the route has behind them. */
static struct str
make_path(
    struct buf *path, const struct db *db, const char *table, const char *rest)
{
	buf_reset(path);
	buf_char(path, '/');
	url_name(path, str_of(db_name(db)));
	if (table != NULL) {
		buf_char(path, '/');
		url_name(path, str_of(table));
	}
	buf_str(path, rest);
	buf_lit(path, ".json");
	return str_of_buf(path);
}

/* What a route's pattern has behind the names. */
static const char *
rest_of(const struct route *r, const char *names)
{
	return r->path + strlen(names);
}

static bool
is_below(const struct route *r, const char *names)
{
	size_t len = strlen(names);

	return r->summary != NULL && strncmp(r->path, names, len) == 0 &&
	    (r->path[len] == '\0' || r->path[len] == '/');
}

static void
row_path(struct writer *w, const struct route *r, const struct db *db,
    const struct table *t)
{
	struct buf path = {0};

	begin_path(w, make_path(&path, db, t->name, "/{key}"), r->summary);
	json_raw(w->b,
	    "{\"name\":\"key\",\"in\":\"path\",\"required\":true,"
	    "\"description\":\"Its primary key: values in tilde-encoding, with "
	    "commas between them\",\"schema\":{\"type\":\"string\"}}");
	begin_answer(w);
	rows_schema(w->b, t, db);
	end_path(w);
	buf_release(&path);
}

static void
table_paths(struct writer *w, const struct db *db, const struct table *t)
{
	static const char names[] = "/:database/:table";
	struct buf path = {0};

	for (size_t i = 0; i < publisher_routes.n; i++) {
		const struct route *r = &publisher_routes.rows[i];
		const char *rest;

		if (!is_below(r, names))
			continue;
		rest = rest_of(r, names);
		if (r->row_key) {
			if (t->n_key > 0 || t->rowid != NULL)
				row_path(w, r, db, t);
			continue;
		}
		begin_path(w, make_path(&path, db, t->name, rest), r->summary);
		references(w->b, r);
		if (*rest == '\0')
			filters(w->b, t, route_params(r)->n > 0);
		begin_answer(w);
		if (*rest == '\0')
			rows_schema(w->b, t, db);
		else
			any_object(w->b);
		end_path(w);
	}
	buf_release(&path);
}

/* A stored query: its parameters have the values of its file. */
static void
query_path(struct writer *w, const struct db *db, const struct stored_query *q)
{
	struct buf path = {0};

	begin_path(w, make_path(&path, db, q->name, ""),
	    q->title != NULL ? q->title : q->name);
	for (size_t i = 0; i < RESULT_PARAMS; i++) {
		if (i > 0)
			json_raw(w->b, ",");
		parameter(w->b, &result_params[i], published_settings(db));
	}
	for (size_t i = 0; i < q->n_params; i++) {
		json_raw(w->b, ",{\"name\":");
		json_str(w->b, q->params[i].name);
		json_raw(w->b,
		    ",\"in\":\"query\",\"schema\":{\"type\":\"string\","
		    "\"default\":");
		json_str(w->b, q->params[i].value);
		json_raw(w->b, "}}");
	}
	begin_answer(w);
	rows_schema(w->b, NULL, db);
	end_path(w);
	buf_release(&path);
}

/* The pages of a database but those of its tables. */
static void
database_paths(struct writer *w, const struct db *db)
{
	static const char names[] = "/:database";
	struct buf path = {0};

	for (size_t i = 0; i < publisher_routes.n; i++) {
		const struct route *r = &publisher_routes.rows[i];
		const char *rest = rest_of(r, names);
		bool is_query = r->params == &query_params;

		if (!is_below(r, names) || strncmp(rest, "/:", 2) == 0 ||
		    (is_query && !published_metadata(db)->sql))
			continue;
		begin_path(w, make_path(&path, db, NULL, rest), r->summary);
		references(w->b, r);
		begin_answer(w);
		if (is_query)
			rows_schema(w->b, NULL, db);
		else
			any_object(w->b);
		end_path(w);
	}
	buf_release(&path);
	for (size_t i = 0; i < published_queries(db)->n; i++)
		query_path(w, db, &published_queries(db)->list[i]);
}

/* Tables that are in the list, each with its columns. */
static void
tables(struct writer *w, struct db *db)
{
	struct table_name *list = NULL;
	size_t n = table_list(db, &list);

	for (size_t i = 0; i < n; i++) {
		struct table t;

		if (list[i].hidden || published_table(db, list[i].name)->hidden)
			continue;
		if (table_read(db, str_of(list[i].name), &t))
			table_paths(w, db, &t);
		table_release(&t);
	}
	table_list_free(list, n);
}

/* The pages of the site. */
static void
site_paths(struct writer *w)
{
	for (size_t i = 0; i < publisher_routes.n; i++) {
		const struct route *r = &publisher_routes.rows[i];
		struct buf path = {0};

		if (r->summary == NULL || strchr(r->path, ':') != NULL)
			continue;
		buf_printf(&path, "%s.json", r->path);
		begin_path(w, str_of_buf(&path), r->summary);
		references(w->b, r);
		begin_answer(w);
		any_object(w->b);
		end_path(w);
		buf_release(&path);
	}
}

static void
info(struct buf *b, const struct about *site)
{
	json_raw(b, "\"info\":{\"title\":");
	json_str(b, about_title(site, "squall"));
	json_raw(b, ",\"version\":");
	json_str(b, SQUALL_VERSION);
	if (site->description != NULL) {
		json_raw(b, ",\"description\":");
		json_str(b, site->description);
	}
	if (site->license != NULL || site->license_url != NULL) {
		json_raw(b, ",\"license\":{\"name\":");
		json_str(b,
		    site->license != NULL ? site->license : site->license_url);
		if (site->license_url != NULL) {
			json_raw(b, ",\"url\":");
			json_str(b, site->license_url);
		}
		json_raw(b, "}");
	}
	json_raw(b, "}");
}

int
openapi_file(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct writer w = {.b = &page->body};
	struct buf prefix = {0};

	page->type = "application/json; charset=utf-8";
	json_raw(w.b, "{\"openapi\":\"3.1.0\",");
	info(w.b, published_site(catalog_at(catalog, 0)));
	url_path(&prefix, req->prefix);
	json_raw(w.b, ",\"servers\":[{\"url\":");
	json_str(w.b, prefix.len == 0 ? "/" : buf_cstr(&prefix));
	buf_release(&prefix);
	json_raw(w.b, "}],\"paths\":{\n");
	site_paths(&w);
	for (size_t i = 0; i < catalog_count(catalog); i++) {
		struct db *db = catalog_at(catalog, i);

		database_paths(&w, db);
		if (db_begin(db) == DB_OK)
			tables(&w, db);
		if (db_end(db) != DB_OK)
			page->transient = true;
	}
	json_raw(w.b, "},\n");
	components(w.b, published_settings(catalog_at(catalog, 0)));
	json_raw(w.b, "}\n");
	return 200;
}
