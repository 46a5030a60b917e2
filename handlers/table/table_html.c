/*
 * A table's page for people: its rows, in pages, and a form for filters that
 * works without JavaScript.
 */
#include "handlers/table/table_html.h"

#include "app/text/url.h"
#include "handlers/map/points.h"
#include "handlers/page/about.h"
#include "handlers/page/cell.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"
#include "handlers/page/reader.h"
#include "handlers/table/facet_list.h"
#include "handlers/table/facets_html.h"
#include "handlers/table/table.h"

enum { CELL_MAX = 300 }; /* bytes of text in a cell */

/* An address of this table, ready for an attribute. */
static void
link_self(const struct table_view *v, uint64_t without, size_t argument,
    const char *name, struct str value, struct buf *b)
{
	struct buf url = {0};
	char mark = table_view_url(v, FORMAT_HTML, without, argument, &url);

	if (name != NULL) {
		buf_char(&url, mark);
		buf_str(&url, name);
		buf_char(&url, '=');
		url_arg(&url, value);
	}
	html_str(b, str_of_buf(&url));
	buf_release(&url);
}

static void
html_heading(struct table_view *v, size_t column, struct buf *b)
{
	bool sorted = column == v->sort;
	bool turn = sorted && !v->descending;

	html_raw(b, "<th scope=\"col\"");
	if (v->table.columns[column].affinity == AFFINITY_NUMERIC &&
	    rows_reference(&v->rows, column) == NULL)
		html_raw(b, " class=\"n\"");
	if (sorted)
		buf_str(b,
		    v->descending ? " aria-sort=\"descending\""
				  : " aria-sort=\"ascending\"");
	if (!table_view_may_sort(v, column)) {
		html_raw(b, ">");
		layout_name(b, str_of(v->table.columns[column].name));
		html_raw(b, "</th>");
		return;
	}
	html_raw(b, "><a");
	layout_nofollow(b, v->db);
	html_raw(b, " href=\"");
	link_self(v,
	    PARAM_BIT(TABLE_SORT) | PARAM_BIT(TABLE_SORT_DESC) |
		PARAM_BIT(TABLE_NEXT),
	    ARGUMENT_NONE, turn ? "_sort_desc" : "_sort",
	    str_of(v->table.columns[column].name), b);
	html_raw(b, "\">");
	layout_name(b, str_of(v->table.columns[column].name));
	html_raw(b, "</a></th>");
}

/* Rows are linked where the key stands, or else from a column before. */
static bool
key_is_link(const struct table_view *v)
{
	return v->table.n_key == 1 &&
	    rows_reference(&v->rows, v->table.key[0]) == NULL;
}

static bool
has_link_column(const struct table_view *v)
{
	return !key_is_link(v) &&
	    (v->table.n_key > 0 || v->table.rowid != NULL);
}

static void
begin_row_link(struct table_view *v, struct str key, struct buf *b)
{
	html_raw(b, "<a href=\"");
	link_row(b, v->req, str_of(db_name(v->db)), str_of(v->table.name), key);
	html_raw(b, "\">");
}

static void
html_link_cell(struct table_view *v, struct buf *b)
{
	const struct query *q = &v->rows.query;
	const struct table *t = &v->table;
	struct buf key = {0};

	html_raw(b, "<td>");
	if (rows_key(&v->rows, &key)) {
		begin_row_link(v, str_of_buf(&key), b);
		if (t->n_key == 0)
			cell_html(b, q, (int)t->n_columns, CELL_MAX);
		for (size_t i = 0; i < t->n_key; i++) {
			if (i > 0)
				html_raw(b, ", ");
			cell_html(b, q, (int)t->key[i], CELL_MAX);
		}
		html_raw(b, "</a>");
	}
	html_raw(b, "</td>");
	buf_release(&key);
}

static void
html_cell(struct table_view *v, const struct shown *s, struct buf *b)
{
	const struct query *q = &v->rows.query;
	size_t column = s->column;
	bool key_link = key_is_link(v) && v->table.key[0] == column;
	struct buf key = {0};

	buf_str(
	    b, cell_is_number(q, (int)column) ? "<td class=\"n\">" : "<td>");
	if (key_link && rows_key(&v->rows, &key)) {
		begin_row_link(v, str_of_buf(&key), b);
		cell_html(b, q, (int)column, CELL_MAX);
		html_raw(b, "</a>");
	} else if ((s->style & CELL_LABEL) == 0) {
		cell_html(b, q, (int)column, CELL_MAX);
	} else {
		cell_reference(
		    b, v->req, db_name(v->db), &v->rows, column, CELL_MAX);
	}
	html_raw(b, "</td>");
	buf_release(&key);
}

static void
html_row(struct table_view *v, struct buf *b)
{
	html_raw(b, "<tr>");
	if (has_link_column(v))
		html_link_cell(v, b);
	for (size_t i = 0; i < v->n_shown; i++) {
		if (v->shown[i].column < v->table.n_columns)
			html_cell(v, &v->shown[i], b);
	}
	html_raw(b, "</tr>\n");
}

static void
html_columns(struct table_view *v, struct buf *b)
{
	html_raw(b, "<details><summary>Columns</summary>\n<dl>\n");
	for (size_t i = 0; i < v->table.n_columns; i++) {
		const struct column *c = &v->table.columns[i];

		html_raw(b, "<dt>");
		layout_name(b, str_of(c->name));
		html_raw(b, "</dt><dd>");
		about_column(b, c, v->metadata);
		html_raw(b, "</dd>\n");
	}
	html_raw(b, "</dl>\n<p><a href=\"");
	link_table(b, v->req, v->req->segments[0], str_of(v->table.name));
	html_raw(b, "/-/columns\">More about the columns</a></p></details>\n");
}

/* The filters there are, each with a way to be rid of it. */
static void
html_filters(const struct table_view *v, struct buf *b)
{
	if (v->filters.n == 0)
		return;
	html_raw(b, "<ul class=\"filters\">\n");
	for (size_t i = 0; i < v->filters.n; i++) {
		size_t argument = v->arguments[i];
		uint64_t without = PARAM_BIT(TABLE_NEXT);
		struct buf words = {0};

		if (argument == ARGUMENT_NONE)
			without |= PARAM_BIT(TABLE_SEARCH);
		filter_describe(&v->filters, i, &words);
		html_raw(b, "<li>");
		html_str(b, str_of_buf(&words));
		html_raw(b, " <a");
		layout_nofollow(b, v->db);
		html_raw(b, " href=\"");
		link_self(v, without, argument, NULL, (struct str){0}, b);
		html_raw(b, "\">remove</a></li>\n");
		buf_release(&words);
	}
	html_raw(b, "</ul>\n");
}

static void
begin_form(const struct table_view *v, const char *class, uint64_t without,
    struct buf *b)
{
	buf_printf(b, "<form class=\"%s\" method=\"get\" action=\"", class);
	link_table(b, v->req, v->req->segments[0], str_of(v->table.name));
	html_raw(b, "\">\n");
	params_each(&table_params, v->req, PARAM_BIT(TABLE_NEXT) | without,
	    layout_hidden_field, b);
}

static void
html_search(const struct table_view *v, struct buf *b)
{
	if (v->search.index.version == 0)
		return;
	begin_form(v, "search", PARAM_BIT(TABLE_SEARCH), b);
	html_raw(b,
	    "<label>Search <input type=\"search\" name=\"_search\" value=\"");
	html_str(b, v->req->values[TABLE_SEARCH].text);
	html_raw(b, "\"></label>\n<button>Search</button>\n</form>\n");
}

static void
html_form(const struct table_view *v, struct buf *b)
{
	begin_form(v, "filter", 0, b);
	html_raw(b,
	    "<label>Column <select name=\"_filter_column\">\n"
	    "<option value=\"\"></option>\n");
	for (size_t i = 0; i < v->table.n_columns; i++) {
		struct str name = str_of(v->table.columns[i].name);

		layout_option(b, name, name, false);
	}
	html_raw(b,
	    "</select></label>\n"
	    "<label>Operation <select name=\"_filter_op\">\n");
	for (const struct filter_op *op = filter_ops; op->name != NULL; op++)
		layout_option(b, str_of(op->name), str_of(op->label), false);
	html_raw(b,
	    "</select></label>\n"
	    "<label>Value <input name=\"_filter_value\"></label>\n"
	    "<button>Filter</button>\n</form>\n");
}

static void
html_pager(struct table_view *v, struct buf *b)
{
	html_raw(b, "<nav class=\"pager\" aria-label=\"Pages\">");
	if (v->position.given) {
		html_raw(b, "<a href=\"");
		link_self(v, PARAM_BIT(TABLE_NEXT), ARGUMENT_NONE, NULL,
		    (struct str){0}, b);
		html_raw(b, "\">First page</a> ");
	}
	if (v->next.len > 0) {
		html_raw(b, "<a rel=\"next\" href=\"");
		link_self(v, PARAM_BIT(TABLE_NEXT), ARGUMENT_NONE, "_next",
		    str_of_buf(&v->next), b);
		html_raw(b, "\">Next page</a>");
	}
	html_raw(b, "</nav>\n");
}

/* The table's description, the number of rows, and the choices of the page. */
static void
html_summary(struct table_view *v, struct buf *b)
{
	struct buf words = {0};
	struct count count = {.n = -1};

	if (v->req->values[TABLE_NOCOUNT].number == 0)
		count = count_rows(v->db, &v->filters, COUNT_BUDGET_MS);
	html_raw(b, "<p class=\"meta\">");
	html(b, v->table.kind == TABLE_VIEW ? "View" : "Table");
	if (count.n >= 0)
		html_raw(b, " of ");
	layout_count(b, count);
	table_view_describe(v, &words);
	if (words.len > 0) {
		html_raw(b, " ");
		html_str(b, str_of_buf(&words));
	}
	html_raw(b, "</p>\n");
	buf_release(&words);
}

/* The table, and where its rows are, if they are somewhere. */
static void
html_rows(struct table_view *v, struct points *points, struct buf *b)
{
	layout_begin_table(b, "Rows");
	if (has_link_column(v))
		html_raw(b, "<th scope=\"col\">Link</th>");
	for (size_t i = 0; i < v->n_shown; i++) {
		if (v->shown[i].column < v->table.n_columns)
			html_heading(v, v->shown[i].column, b);
	}
	html_raw(b, "</tr></thead>\n<tbody>\n");
	while (table_view_next(v)) {
		html_row(v, b);
		if (points != NULL)
			points_add(points, &v->rows.query);
	}
	layout_end_table(b);
	if (v->n == 0)
		html_raw(b, "<p>There are no rows here.</p>\n");
}

/* A map of the rows that have a place on the globe. */
static void
html_map(struct table_view *v, const struct points *points, struct buf *b)
{
	if (points->n == 0)
		return;
	points_map(b, points, "These rows on the map", MAP_SMALL);
	html_raw(b, "<p><a");
	layout_nofollow(b, v->db);
	html_raw(b, " href=\"");
	table_view_link(v, "/-/map", b);
	html_raw(b, "\">All rows on the map</a></p>\n");
}

/*
 * The rows, and beside them a map and the facets, which may take the time that
 * is left.
 */
static void
html_body(struct table_view *v, struct buf *b)
{
	bool facets = facet_list_wanted(v);
	struct points points = {0};
	bool map = geojson_find_table(&points.columns, &v->table);

	if (facets || map)
		html_raw(b, "<div class=\"beside\">\n<div>\n");
	html_rows(v, map ? &points : NULL, b);
	html_pager(v, b);
	if (facets || map) {
		html_raw(b, "</div>\n<div>\n");
		html_map(v, &points, b);
		if (facets)
			facets_html(v, b);
		html_raw(b, "</div>\n</div>\n");
	}
	facets_html_suggestions(v, b);
	points_release(&points);
}

int
table_html(struct table_view *v, struct page *page)
{
	const struct about *about = &v->metadata->about;
	const char *name = about_title(
	    about, *v->table.name == '\0' ? "(no name)" : v->table.name);
	struct buf *b = &page->body;

	layout_begin(b, v->req,
	    &(struct layout){
		.title = name,
		.database = str_of(db_name(v->db)),
		.json = true,
		.noindex = published_settings(v->db)->noindex &&
		    (v->filters.n > 0 || facet_list_asked(v)),
	    });
	about_description(b, about);
	html_summary(v, b);
	html_filters(v, b);
	html_raw(b, "<div class=\"tools\">\n");
	html_search(v, b);
	html_form(v, b);
	html_raw(b, "</div>\n");
	html_columns(v, b);
	html_body(v, b);
	about_origin(
	    b, about, &published_metadata(v->db)->about, published_site(v->db));
	layout_formats(b, v->req);
	layout_end(b);
	return 200;
}
