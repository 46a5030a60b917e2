/*
 * A table's or view's page: its parameters, and which format writes it.
 */
#include "handlers/table/table.h"

#include "app/config/settings.h"
#include "app/text/url.h"
#include "handlers/page/reader.h"
#include "handlers/table/table_csv.h"
#include "handlers/table/table_geojson.h"
#include "handlers/table/table_html.h"
#include "handlers/table/table_json.h"
#include "handlers/table/table_map.h"
#include "handlers/table/table_view.h"
#include "handlers/table/table_where.h"

enum {
	NAME_MAX_BYTES = 1000,
	TOKEN_MAX = 8192,
	VALUE_MAX = 8192,
	YEAR_S = 365 * 24 * 3600,
	HOUR_MS = 3600 * 1000,
	HEADER_MAX = 2000, /* web servers take 4 KB of all headers together */
	NOT_GIVEN = -1,    /* on or off, as the format has it */
};

static const char *const sizes[] = {"max", NULL};
static const char *const shapes[] = {
    [SHAPE_OBJECTS] = "objects",
    [SHAPE_ARRAYS] = "arrays",
    [SHAPE_ARRAY] = "array",
    [SHAPE_ARRAYFIRST] = "arrayfirst",
    [SHAPE_OBJECT] = "object",
    NULL,
};

static const char *const searchmodes[] = {
    [SEARCHMODE_ESCAPED] = "escaped",
    [SEARCHMODE_RAW] = "raw",
    NULL,
};

#define NAMES .type = PARAM_LIST, .max = NAME_MAX_BYTES

static const struct param params[TABLE_PARAMS] = {
    [TABLE_NEXT] = {"_next", PARAM_TEXT, .max = TOKEN_MAX},
    [TABLE_SIZE] = {"_size", PARAM_INT, 0, SETTINGS_MAX_ROWS, NOT_GIVEN,
	.words = sizes, .rows = true},
    [TABLE_SORT] = {"_sort", PARAM_TEXT, .max = NAME_MAX_BYTES},
    [TABLE_SORT_DESC] = {"_sort_desc", PARAM_TEXT, .max = NAME_MAX_BYTES},
    [TABLE_COL] = {"_col", NAMES},
    [TABLE_NOCOL] = {"_nocol", NAMES},
    [TABLE_LABELS] = {"_labels", PARAM_FLAG, .def = NOT_GIVEN},
    [TABLE_LABEL] = {"_label", NAMES},
    [TABLE_NOCOUNT] = {"_nocount", .type = PARAM_FLAG},
    [TABLE_SHAPE] = {"_shape", PARAM_WORD, .words = shapes},
    [TABLE_NL] = {"_nl", .type = PARAM_FLAG},
    [TABLE_JSON] = {"_json", NAMES},
    [TABLE_JSON_INFINITY] = {"_json_infinity", .type = PARAM_FLAG},
    [TABLE_EXTRA] = {"_extra", NAMES},
    [TABLE_HEADER] = {"_header", PARAM_FLAG, .def = 1},
    [TABLE_DL] = {"_dl", .type = PARAM_FLAG},
    [TABLE_STREAM] = {"_stream", PARAM_FLAG, .uncached = true},
    [TABLE_TTL] = {"_ttl", PARAM_INT, 0, YEAR_S, .def = NOT_GIVEN},
    [TABLE_TIMELIMIT] = {"_timelimit", PARAM_INT, 1, HOUR_MS, .def = NOT_GIVEN},
    [TABLE_WHERE] = {"_where", PARAM_LIST, .max = VALUE_MAX},
    [TABLE_FILTER_COLUMN] = {"_filter_column", PARAM_TEXT, .max = VALUE_MAX},
    [TABLE_FILTER_OP] = {"_filter_op", PARAM_TEXT, .max = VALUE_MAX},
    [TABLE_FILTER_VALUE] = {"_filter_value", PARAM_TEXT, .max = VALUE_MAX},
    [TABLE_SEARCH] = {"_search", PARAM_TEXT, .max = VALUE_MAX},
    [TABLE_SEARCHMODE] = {"_searchmode", PARAM_WORD, .def = NOT_GIVEN,
	.words = searchmodes},
    [TABLE_FTS_TABLE] = {"_fts_table", PARAM_TEXT, .max = NAME_MAX_BYTES},
    [TABLE_FTS_PK] = {"_fts_pk", PARAM_TEXT, .max = NAME_MAX_BYTES},
    [TABLE_THROUGH] = {"_through", PARAM_LIST, .max = VALUE_MAX},
    [TABLE_FACET] = {"_facet", NAMES},
    [TABLE_FACET_ARRAY] = {"_facet_array", NAMES},
    [TABLE_FACET_DATE] = {"_facet_date", NAMES},
    [TABLE_FACET_SIZE] = {"_facet_size", PARAM_INT, 1, SETTINGS_MAX_ROWS,
	NOT_GIVEN, .words = sizes, .rows = true},
    [TABLE_NOFACET] = {"_nofacet", .type = PARAM_FLAG},
    [TABLE_NOSUGGEST] = {"_nosuggest", .type = PARAM_FLAG},
};

static bool
takes(struct str name)
{
	return filter_is_name(name) || table_search_takes(name);
}

const struct params table_params = {
    .rows = params,
    .n = TABLE_PARAMS,
    .takes = takes,
};

/*
 * A form without JavaScript can't name its fields after a column: what it sends
 * is another address for a filter.
 */
static int
redirect_form(const struct request *req, struct page *page)
{
	const struct value *column = &req->values[TABLE_FILTER_COLUMN];
	const struct value *op = &req->values[TABLE_FILTER_OP];
	const struct value *value = &req->values[TABLE_FILTER_VALUE];
	uint64_t form = PARAM_BIT(TABLE_FILTER_COLUMN) |
	    PARAM_BIT(TABLE_FILTER_OP) | PARAM_BIT(TABLE_FILTER_VALUE) |
	    PARAM_BIT(TABLE_NEXT);
	struct buf *to = &page->header;
	char mark;

	if (str_starts(req->prefix, str_of("//")))
		return page_error(page, 400, "Forms don’t work here.");
	buf_lit(to, "Location: ");
	url_path(to, req->prefix);
	request_path(req, to);
	buf_str(to, request_suffix(req->format));
	mark = params_write(&table_params, req, form, ARGUMENT_NONE, to);
	if (column->given && column->text.len > 0) {
		buf_char(to, mark);
		url_arg(to, column->text);
		buf_lit(to, "__");
		url_arg(to,
		    op->given && op->text.len > 0 ? op->text : str_of("exact"));
		buf_char(to, '=');
		url_arg(to, value->text);
	}
	buf_lit(to, "\r\n");
	if (to->len > HEADER_MAX) {
		buf_reset(to);
		return page_error(
		    page, 414, "The filters are longer than can be sent.");
	}
	return page_error(page, 302, "The page is at another address.");
}

/*
 * The browser's own cache, and a shared one's: as the request wants it, but
 * what was cut short no longer than squall's own.
 */
static void
set_ttl(const struct table_view *v, struct page *page)
{
	const struct value *ttl = &v->req->values[TABLE_TTL];
	int64_t ttl_s = ttl->number;

	if (!ttl->given)
		return;
	if (db_was_cut_short(v->db) && ttl_s > PAGE_CUT_SHORT_S)
		ttl_s = PAGE_CUT_SHORT_S;
	if (ttl_s == 0)
		buf_lit(&page->header, "Cache-Control: no-cache\r\n");
	else
		buf_printf(&page->header, "Cache-Control: max-age=%lld\r\n",
		    (long long)ttl_s);
}

static int
write_page(struct table_view *v, struct page *page)
{
	switch (v->req->format) {
	case FORMAT_JSON:
		return table_json(v, page);
	case FORMAT_CSV:
		return table_csv(v, page);
	case FORMAT_GEOJSON:
		return table_geojson(v, page);
	default:
		return table_html(v, page);
	}
}

/* For programs that read a format without it; a long address goes without. */
static void
link_next(const struct table_view *v, struct page *page)
{
	struct buf url = {0};

	if (v->next.len > 0 && page->next.len == 0)
		table_view_next_url(v, &url);
	if (url.len > 0 && url.len <= HEADER_MAX)
		buf_printf(&page->header, "Link: <%s>; rel=\"next\"\r\n",
		    buf_cstr(&url));
	buf_release(&url);
}

/* Programs find the data of a page by this (Datasette's). */
static void
link_alternate(const struct table_view *v, struct page *page)
{
	struct buf url = {0};

	if (v->req->format == FORMAT_HTML)
		table_view_url(v, FORMAT_JSON, 0, ARGUMENT_NONE, &url);
	if (url.len > 0 && url.len <= HEADER_MAX / 2)
		buf_printf(&page->header,
		    "Link: <%s>; rel=\"alternate\"; "
		    "type=\"application/json+datasette\"\r\n",
		    buf_cstr(&url));
	buf_release(&url);
}

static int
read_page(const struct request *req, struct db *db, struct page *page)
{
	struct table_view v;
	int status = table_view_init(&v, req, db, page);

	if (status == 200)
		status = write_page(&v, page);
	if (status == 200) {
		link_alternate(&v, page);
		link_next(&v, page);
		set_ttl(&v, page);
	}
	table_view_release(&v);
	return status;
}

static int
read_map(const struct request *req, struct db *db, struct page *page)
{
	struct table_view v;
	int status = table_view_init(&v, req, db, page);

	if (status == 200)
		status = table_map(&v, page);
	table_view_release(&v);
	return status;
}

int
table_map_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return table_where_reader(req, catalog, page, read_map);
}

int
table_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	if (req->values[TABLE_FILTER_COLUMN].given ||
	    req->values[TABLE_FILTER_OP].given ||
	    req->values[TABLE_FILTER_VALUE].given)
		return redirect_form(req, page);
	return table_where_reader(req, catalog, page, read_page);
}
