/*
 * SQL of visitors: a form, and the rows of what it is sent with.
 */
#include "handlers/sql/query.h"

#include "app/text/sqltext.h"
#include "handlers/page/about.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"
#include "handlers/page/reader.h"

static bool
takes(struct str name)
{
	return name.s[0] != '_';
}

/* Parameters that the SQL does not name make no other page. */
static void
settle(struct request *req)
{
	struct sqltext_params params;
	size_t n = 0;

	sqltext_params(req->values[QUERY_SQL].text, &params);
	for (size_t i = 0; i < req->n_arguments; i++) {
		struct argument *a = &req->arguments[i];

		if (a->param == RESULT_EXTRA ||
		    (sqltext_has(&params, a->name) &&
			(n == 0 ||
			    !str_eq(req->arguments[n - 1].name, a->name))))
			req->arguments[n++] = *a;
	}
	req->n_arguments = n;
}

static const struct param rows[QUERY_PARAMS] = {
    RESULT_PARAM_ROWS,
    [QUERY_SQL] = {"sql", PARAM_TEXT, .max = REQUEST_MAX},
};

const struct params query_params = {rows, QUERY_PARAMS, takes, settle};

static struct str
argument(const struct request *req, struct str name)
{
	for (size_t i = 0; i < req->n_arguments; i++) {
		if (str_eq(req->arguments[i].name, name))
			return req->arguments[i].text;
	}
	return str_of("");
}

static void
form(struct buf *b, const struct request *req, struct str database,
    struct str sql)
{
	struct sqltext_params params;

	html_raw(b, "<form class=\"sql\" method=\"get\" action=\"");
	link_database(b, req, database);
	html_raw(b,
	    "/-/query\">\n<textarea name=\"sql\" rows=\"6\" "
	    "spellcheck=\"false\" aria-label=\"SQL\">\n");
	html_str(b, sql);
	html_raw(b, "</textarea>\n");
	sqltext_params(sql, &params);
	for (size_t i = 0; i < params.n; i++)
		result_field(
		    b, params.names[i], argument(req, params.names[i]));
	html_raw(b, "<button type=\"submit\">Run SQL</button>\n</form>\n");
}

void
query_form(struct buf *b, const struct request *req, struct str database)
{
	form(b, req, database, str_of(""));
}

static void
before(const struct asked *asked, struct buf *b)
{
	const struct request *req = asked->req;

	layout_begin(b, req,
	    &(struct layout){
		.title = asked->title,
		.database = req->segments[0],
	    });
	form(b, req, req->segments[0], asked->sql);
}

static void
after(const struct asked *asked, struct buf *b)
{
	about_origin(b, NULL, &published_metadata(asked->db)->about,
	    published_site(asked->db));
	layout_end(b);
}

/* Without a statement: the form alone. */
static int
ask(struct asked *asked, struct db *db, struct page *page)
{
	asked->db = db;
	if (asked->req->format != FORMAT_HTML)
		return page_error(
		    page, 400, "sql: expected a statement that gives rows.");
	before(asked, &page->body);
	after(asked, &page->body);
	return 200;
}

static int
run(struct asked *asked, struct db *db, struct page *page)
{
	struct binding bindings[REQUEST_ARGUMENTS];

	asked->bindings = bindings;
	for (size_t i = 0; i < asked->req->n_arguments; i++) {
		const struct argument *a = &asked->req->arguments[i];

		if (a->param == QUERY_PARAMS)
			bindings[asked->n++] =
			    (struct binding){a->name, a->text};
	}
	return result_page(db, asked, page, false);
}

int
query_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct str sql = req->values[QUERY_SQL].text;
	struct asked asked = {
	    .req = req,
	    .sql = {sql.s == NULL ? "" : sql.s, sql.len},
	    .title = "SQL",
	    .name = "query",
	    .before = before,
	    .after = after,
	};
	struct db *db = reader_named(req, catalog, page);

	if (db == NULL)
		return page->status;
	if (!published_metadata(db)->sql)
		return page_error(page, 403,
		    "Queries in SQL are not turned on for the database %s.",
		    db_name(db));
	db = catalog_guarded(catalog, req->segments[0], GUARD_VISITOR);
	if (db == NULL)
		return page_error(page, 503, "Out of memory.");
	return sql.len == 0 ? ask(&asked, db, page) : run(&asked, db, page);
}
