/*
 * Pages of stored queries: what the operator's files ask for.
 */
#include "handlers/sql/stored_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/sqltext.h"
#include "handlers/page/about.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"
#include "handlers/page/reader.h"
#include "handlers/sql/result.h"

enum { VALUE_MAX = 8192 }; /* bytes of a parameter */

static const char *
title_of(const struct stored_query *q)
{
	return q->title != NULL ? q->title : q->name;
}

static void
form(const struct asked *asked, struct buf *b)
{
	if (asked->n == 0)
		return;
	html_raw(b, "<form class=\"sql\" method=\"get\" action=\"");
	link_table(
	    b, asked->req, asked->req->segments[0], asked->req->segments[1]);
	html_raw(b, "\">\n");
	for (size_t i = 0; i < asked->n; i++)
		result_field(
		    b, asked->bindings[i].name, asked->bindings[i].value);
	html_raw(b, "<button type=\"submit\">Show</button>\n</form>\n");
}

static void
before(const struct asked *asked, struct buf *b)
{
	const struct stored_query *q = asked->context;
	const struct about about = {.description = q->description};

	layout_begin(b, asked->req,
	    &(struct layout){
		.title = asked->title,
		.database = asked->req->segments[0],
		.json = true,
	    });
	about_description(b, &about);
	form(asked, b);
}

static void
after(const struct asked *asked, struct buf *b)
{
	const struct stored_query *q = asked->context;

	if (!q->hide_sql) {
		html_raw(b, "<details><summary>SQL</summary>\n<pre>");
		html(b, q->sql);
		html_raw(b, "</pre></details>\n");
	}
	about_origin(b, NULL, &published_metadata(asked->db)->about,
	    published_site(asked->db));
	layout_end(b);
}

/* The file's description of a query, as members of an object. */
static void
describe(const struct stored_query *q, struct buf *b)
{
	json_member(b, "title", q->title);
	json_member(b, "description", q->description);
	json_key(b, "params");
	json_begin_array(b);
	for (size_t i = 0; i < q->n_params; i++)
		json_str(b, q->params[i].name);
	json_end_array(b);
	if (!q->hide_sql)
		json_member(b, "sql", q->sql);
}

static void
metadata(const struct asked *asked, struct buf *b)
{
	const struct stored_query *q = asked->context;

	json_begin_object(b);
	json_member(b, "database", db_name(asked->db));
	json_member(b, "name", q->name);
	describe(q, b);
	json_member_bool(b, "hide_sql", q->hide_sql);
	json_end_object(b);
}

int
stored_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct db *db = reader_named(req, catalog, page);
	const struct stored_query *q =
	    db == NULL ? NULL : published_query(db, req->segments[1]);
	struct binding bindings[SQLTEXT_PARAMS];
	struct asked asked = {
	    .req = req,
	    .bindings = bindings,
	    .before = before,
	    .after = after,
	    .metadata = metadata,
	    .context = q,
	};

	if (q == NULL)
		return db == NULL
		    ? page->status
		    : page_error(page, 404, "There is no such query.");
	asked.sql = str_of(q->sql);
	asked.title = title_of(q);
	asked.name = q->name;
	asked.hides_sql = q->hide_sql;
	asked.chart = &q->chart;
	asked.n = q->n_params;
	for (size_t i = 0; i < q->n_params; i++) {
		const struct value *v = &req->values[RESULT_PARAMS + i];

		bindings[i] = (struct binding){str_of(q->params[i].name),
		    v->given ? v->text : str_of(q->params[i].value)};
	}
	db = catalog_guarded(catalog, req->segments[0], GUARD_OPERATOR);
	if (db == NULL)
		return page_error(page, 503, "Out of memory.");
	return result_page(db, &asked, page, q->ttl_s > 0);
}

/* The parameters of a stored query, in one piece of memory. */
struct own_params {
	struct params params;
	struct param rows[];
};

static struct own_params *
own_params(const struct stored_query *q)
{
	size_t n = RESULT_PARAMS + q->n_params;
	struct own_params *p =
	    alloc_array(1, sizeof(*p) + n * sizeof(*p->rows));

	if (p == NULL)
		return NULL;
	p->params = (struct params){.rows = p->rows, .n = n};
	memcpy(p->rows, result_params, sizeof(result_params));
	p->rows[RESULT_CHART].def = q->chart.kind;
	for (size_t i = 0; i < q->n_params; i++)
		p->rows[RESULT_PARAMS + i] = (struct param){
		    .name = q->params[i].name,
		    .type = PARAM_TEXT,
		    .max = VALUE_MAX,
		};
	return p;
}

bool
stored_page_route(
    struct route *route, const char *database, const struct stored_query *q)
{
	struct own_params *own = own_params(q);

	*route = (struct route){
	    .handler = stored_page,
	    .params = own == NULL ? NULL : &own->params,
	    .database = database,
	    .ttl_s = (int)q->ttl_s,
	    .csv = true,
	    .geojson = true,
	};
	route->name = alloc_printf("query-%016" PRIx64, q->hash);
	route->path = alloc_printf("/:database/%s", q->name);
	return own != NULL && route->name != NULL && route->path != NULL;
}

void
stored_page_route_release(struct route *route)
{
	free((void *)route->params);
	free((void *)route->name);
	free((void *)route->path);
	*route = (struct route){0};
}

void
stored_page_list_html(
    struct buf *b, const struct request *req, const struct db *db)
{
	const struct stored_queries *queries = published_queries(db);

	if (queries->n == 0)
		return;
	html_raw(b, "<h2>Queries</h2>\n<ul class=\"cards\">\n");
	for (size_t i = 0; i < queries->n; i++) {
		const struct stored_query *q = &queries->list[i];
		const struct about about = {.description = q->description};

		html_raw(b, "<li><h3><a href=\"");
		link_table(b, req, str_of(db_name(db)), str_of(q->name));
		html_raw(b, "\">");
		html(b, title_of(q));
		html_raw(b, "</a></h3>\n");
		about_description(b, &about);
		html_raw(b, "</li>\n");
	}
	html_raw(b, "</ul>\n");
}

void
stored_page_list_json(
    struct buf *b, const struct request *req, const struct db *db)
{
	const struct stored_queries *queries = published_queries(db);

	json_begin_array(b);
	for (size_t i = 0; i < queries->n; i++) {
		const struct stored_query *q = &queries->list[i];

		json_begin_object(b);
		json_member(b, "name", q->name);
		json_raw(b, ",\"path\":\"");
		link_table(b, req, str_of(db_name(db)), str_of(q->name));
		json_raw(b, "\"");
		describe(q, b);
		json_end_object(b);
	}
	json_end_array(b);
}
