/*
 * Rows of a statement: read up to a limit, and written as they come.  Called
 * by the pages that take SQL.
 */
#include "handlers/sql/result.h"

#include <inttypes.h>

#include "app/http/route.h"
#include "app/text/csv.h"
#include "app/text/json.h"
#include "app/text/url.h"
#include "db/sqlite/guard.h"
#include "db/sqlite/published.h"
#include "handlers/map/geojson.h"
#include "handlers/page/cell.h"
#include "handlers/page/error.h"
#include "handlers/page/layout.h"
#include "handlers/sql/pictures.h"
#include "handlers/sql/result_extras.h"

enum {
	CELL_MAX = 1000,       /* bytes of text in a cell of HTML */
	RESULT_MAX = 16 << 20, /* bytes of a page */
};

enum shape { SHAPE_OBJECTS, SHAPE_ARRAYS, SHAPE_ARRAY, SHAPE_ARRAYFIRST };

const char *const result_shapes[] = {
    "objects", "arrays", "array", "arrayfirst", NULL};

const struct param result_params[RESULT_PARAMS] = {RESULT_PARAM_ROWS};

struct result {
	const struct asked *asked;
	const struct request *req;
	struct query query;
	size_t n_columns;
	int64_t max_rows;
	int64_t n;      /* rows so far */
	bool truncated; /* there are more than max_rows */
	bool too_large; /* they are longer than a page may be */
};

struct str
result_asked(const struct asked *asked, struct str name)
{
	for (size_t i = 0; i < asked->n; i++) {
		if (str_eq(asked->bindings[i].name, name))
			return asked->bindings[i].value;
	}
	return str_of("");
}

/* Binds the parameters, which all have names that are not squall's own. */
static bool
bind(struct result *r, const struct asked *asked)
{
	for (size_t i = 0; i < guard_parameters(&r->query); i++) {
		const char *name = guard_parameter(&r->query, i);

		if (name == NULL)
			guard_reject(
			    &r->query, "a parameter needs a name, as :name");
		else if (*name == '_')
			guard_reject(
			    &r->query, "a parameter's name can't begin with _");
		else
			query_bind_text(&r->query, (int)i + 1,
			    result_asked(asked, str_of(name)));
		if (name == NULL || *name == '_')
			return false;
	}
	return true;
}

static struct str
column(const struct result *r, size_t i)
{
	return guard_column(&r->query, i);
}

/* Steps to the next row that is shown. */
static bool
next(struct result *r, const struct buf *b)
{
	if (b->len > RESULT_MAX)
		r->too_large = true;
	if (r->too_large || !query_next(&r->query))
		return false;
	if (r->n == r->max_rows) {
		r->truncated = true;
		return false;
	}
	r->n++;
	return true;
}

/* The statement's fault stands where its rows would. */
static int
blame(const struct asked *asked, struct page *page, const char *why)
{
	struct buf *b = &page->body;

	page_error(page, 400, "%s", why);
	if (asked->req->format != FORMAT_HTML)
		return 400;
	buf_reset(b);
	page->whole = true;
	asked->before(asked, b);
	html_raw(b, "<p class=\"error\" role=\"alert\">");
	html(b, why);
	html_raw(b, "</p>\n");
	asked->after(asked, b);
	return 400;
}

static void
html_row(struct result *r, struct buf *b)
{
	html_raw(b, "<tr>");
	for (size_t i = 0; i < r->n_columns; i++) {
		if (cell_is_number(&r->query, (int)i))
			html_raw(b, "<td class=\"n\">");
		else
			html_raw(b, "<td>");
		cell_html(b, &r->query, (int)i, CELL_MAX);
		html_raw(b, "</td>");
	}
	html_raw(b, "</tr>\n");
}

/* A column is one of numbers if its first value is. */
static void
html_rows(struct result *r, struct pictures *pictures, struct buf *b)
{
	bool more = next(r, b);

	layout_begin_table(b, "Rows");
	for (size_t i = 0; i < r->n_columns; i++) {
		if (more && cell_is_number(&r->query, (int)i))
			html_raw(b, "<th scope=\"col\" class=\"n\">");
		else
			html_raw(b, "<th scope=\"col\">");
		layout_name(b, column(r, i));
		html_raw(b, "</th>");
	}
	html_raw(b, "</tr></thead>\n<tbody>\n");
	for (; more; more = next(r, b)) {
		html_row(r, b);
		pictures_add(pictures, &r->query);
	}
	layout_end_table(b);
	if (r->n == 0)
		html_raw(b, "<p>There are no rows.</p>\n");
	if (r->truncated) {
		html_raw(b, "<p>These are the first ");
		html_int(b, r->max_rows);
		html_raw(b, " rows; there are more.</p>\n");
	}
}

/* The pictures stand before the rows that they are made from. */
static int
write_html(struct result *r, const struct asked *asked, struct page *page)
{
	struct buf *b = &page->body, rows = {0}, why = {0};
	struct pictures pictures;
	int status = 200;

	if (pictures_init(&pictures, asked, &r->query, &why))
		html_rows(r, &pictures, &rows);
	if (why.len == 0 && !r->too_large)
		pictures_check(&pictures, &why);
	if (why.len > 0) {
		status = blame(asked, page, buf_cstr(&why));
	} else {
		asked->before(asked, b);
		pictures_write(&pictures, r->truncated, b);
		buf_add(b, rows.data, rows.len);
		b->failed |= rows.failed;
		layout_formats(b, asked->req);
		asked->after(asked, b);
	}
	pictures_release(&pictures);
	buf_release(&rows);
	buf_release(&why);
	return status;
}

/* True if a later column has the same name: an object has only the last. */
static bool
is_hidden(const struct result *r, size_t which)
{
	struct str name = column(r, which);

	for (size_t i = which + 1; i < r->n_columns; i++) {
		if (str_eq(name, column(r, i)))
			return true;
	}
	return false;
}

static void
json_object(struct result *r, struct buf *b)
{
	json_begin_object(b);
	for (size_t i = 0; i < r->n_columns; i++) {
		if (is_hidden(r, i))
			continue;
		json_key_text(b, column(r, i));
		cell_json(b, &r->query, (int)i);
	}
	json_end_object(b);
}

static void
json_array(struct result *r, struct buf *b)
{
	json_begin_array(b);
	for (size_t i = 0; i < r->n_columns; i++)
		cell_json(b, &r->query, (int)i);
	json_end_array(b);
}

static void
json_first(struct result *r, struct buf *b)
{
	cell_json(b, &r->query, 0);
}

static void
json_rows(struct result *r, struct buf *b,
    void (*write)(struct result *, struct buf *))
{
	while (next(r, b)) {
		json_next_line(b);
		write(r, b);
	}
}

static void
json_envelope(struct result *r, struct buf *b,
    void (*write)(struct result *, struct buf *))
{
	json_raw(b, "{\"ok\":true,\"rows\":[");
	json_rows(r, b, write);
	json_raw(b, "]");
	result_extras(r->asked, &r->query, b);
	json_raw(b, ",\"truncated\":");
	buf_str(b, r->truncated ? "true}\n" : "false}\n");
}

static void
json_list(struct result *r, struct buf *b,
    void (*write)(struct result *, struct buf *))
{
	json_raw(b, "[");
	json_rows(r, b, write);
	json_raw(b, "]\n");
}

static void
json_lines(struct result *r, struct page *page)
{
	page->type = MEDIA_NDJSON;
	while (next(r, &page->body)) {
		json_object(r, &page->body);
		json_raw(&page->body, "\n");
	}
}

static void
write_json(struct result *r, struct page *page)
{
	struct buf *b = &page->body;

	page->type = MEDIA_JSON;
	switch ((enum shape)r->req->values[RESULT_SHAPE].number) {
	case SHAPE_OBJECTS:
		json_envelope(r, b, json_object);
		break;
	case SHAPE_ARRAYS:
		json_envelope(r, b, json_array);
		break;
	case SHAPE_ARRAY:
		if (r->req->values[RESULT_NL].number != 0)
			json_lines(r, page);
		else
			json_list(r, b, json_object);
		break;
	case SHAPE_ARRAYFIRST:
		json_list(r, b, json_first);
		break;
	}
}

static void
write_csv(struct result *r, struct page *page, const char *name)
{
	struct buf *b = &page->body;

	page->type = MEDIA_CSV;
	if (r->req->values[RESULT_DL].number != 0)
		cell_csv_download(&page->header, str_of(name));
	for (size_t i = 0;
	     r->req->values[RESULT_HEADER].number != 0 && i < r->n_columns;
	     i++) {
		if (i > 0)
			csv_raw(b, ",");
		cell_csv_text(b, r->asked->db, column(r, i));
		if (i + 1 == r->n_columns)
			csv_raw(b, "\r\n");
	}
	while (next(r, b)) {
		for (size_t i = 0; i < r->n_columns; i++) {
			if (i > 0)
				csv_raw(b, ",");
			cell_csv(b, &r->query, (int)i);
		}
		csv_raw(b, "\r\n");
	}
}

static struct str
name_of(const void *result, size_t i)
{
	return column(result, i);
}

static void
write_feature(struct result *r, const struct geojson *g, struct buf *b)
{
	json_raw(b, "{\"type\":\"Feature\",\"geometry\":");
	geojson_geometry(g, &r->query, b);
	json_raw(b, ",\"properties\":{");
	for (size_t i = 0; i < r->n_columns; i++) {
		if (i == g->lat || i == g->lon || is_hidden(r, i))
			continue;
		json_key_text(b, column(r, i));
		cell_json(b, &r->query, (int)i);
	}
	json_raw(b, "}}");
}

static int
write_geojson(struct result *r, struct page *page)
{
	struct buf *b = &page->body;
	struct geojson g;

	if (!geojson_find(&g, r->n_columns, name_of, r))
		return page_error(page, 404,
		    "The rows are not on the map: they have no columns called "
		    "latitude and longitude.");
	page->type = MEDIA_GEOJSON;
	json_raw(b, "{\"type\":\"FeatureCollection\",\"features\":[");
	while (next(r, b)) {
		json_next_line(b);
		write_feature(r, &g, b);
	}
	json_raw(b, "]}\n");
	return 200;
}

void
result_field(struct buf *b, struct str name, struct str value)
{
	html_raw(b, "<label>");
	html_str(b, name);
	html_raw(b, " <input type=\"text\" name=\"");
	html_str(b, name);
	html_raw(b, "\" value=\"");
	html_str(b, value);
	html_raw(b, "\"></label>\n");
}

static int
write_rows(struct result *r, const struct asked *asked, struct page *page)
{
	switch (asked->req->format) {
	case FORMAT_JSON:
		write_json(r, page);
		break;
	case FORMAT_CSV:
		write_csv(r, page, asked->name);
		break;
	case FORMAT_GEOJSON:
		return write_geojson(r, page);
	default:
		return write_html(r, asked, page);
	}
	return 200;
}

static int64_t
time_limit_ms(const struct asked *asked)
{
	const struct value *own = &asked->req->values[RESULT_TIMELIMIT];
	int64_t ms = db_time_limit_ms(asked->db);

	return own->given && own->number < ms ? own->number : ms;
}

static int
fail(const struct asked *asked, struct page *page, enum db_status status)
{
	struct buf why = {0};

	switch (status) {
	case DB_OK:
		buf_printf(&why,
		    "The rows are longer than the %d MB that a page may be.",
		    RESULT_MAX >> 20);
		break;
	case DB_REJECTED:
		buf_str(&why, db_message(asked->db));
		break;
	case DB_TIMEOUT:
		buf_printf(&why,
		    "The query took longer than the %" PRId64
		    " milliseconds that it may.",
		    time_limit_ms(asked));
		break;
	default:
		return error_database(page, asked->db, status);
	}
	blame(asked, page, buf_cstr(&why));
	buf_release(&why);
	return 400;
}

int
result_page(
    struct db *db, struct asked *asked, struct page *page, bool keeps_time)
{
	struct result r = {
	    .asked = asked,
	    .req = asked->req,
	    .max_rows = published_settings(db)->max_rows,
	};
	const struct value *limit = &asked->req->values[RESULT_TIMELIMIT];
	enum db_status failure;
	int status = 200;

	if (asked->req->format == FORMAT_JSON &&
	    result_extras_check(asked->req, page) != 200)
		return page->status;
	asked->db = db;
	if (db_begin(db) == DB_OK && limit->given)
		db_limit(db, limit->number);
	if (guard_open(&r.query, db, asked->sql)) {
		r.n_columns = guard_columns(&r.query);
		if (bind(&r, asked))
			status = write_rows(&r, asked, page);
		page->transient |=
		    !keeps_time && guard_is_time_dependent(&r.query);
		guard_close(&r.query);
	}
	failure = db_end(db);
	if (failure == DB_OK && !r.too_large)
		return status;
	return fail(asked, page, failure);
}
