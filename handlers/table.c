/*
 * A table's or view's page: rows in an order, a page at a time.
 */
#include "handlers/table.h"

#include "app/json.h"
#include "app/url.h"
#include "db/rows.h"
#include "handlers/cell.h"
#include "handlers/layout.h"
#include "handlers/reader.h"

enum {
	SIZE_DEFAULT = 100,
	SIZE_MAX_ROWS = 1000,
	CELL_MAX = 300, /* bytes of text in a cell */
	NAME_MAX_BYTES = 1000,
	TOKEN_MAX = 8192,
};

const struct param table_params[TABLE_PARAMS] = {
    [TABLE_NEXT] = {"_next", PARAM_TEXT, .max = TOKEN_MAX},
    [TABLE_SIZE] = {"_size", PARAM_INT, 1, SIZE_MAX_ROWS, SIZE_DEFAULT},
    [TABLE_SORT] = {"_sort", PARAM_TEXT, .max = NAME_MAX_BYTES},
    [TABLE_SORT_DESC] = {"_sort_desc", PARAM_TEXT, .max = NAME_MAX_BYTES},
};

/* What the page shows, and where it is up to. */
struct view {
	const struct request *req;
	struct db *db;
	struct table table;
	size_t sort; /* the column, or n_columns */
	bool descending;
	int64_t size;
	struct keyset keyset;
	struct keyset_position position;
	struct rows rows;
	struct buf next; /* the token of the next page, empty on the last */
};

/* The address of this table in another order, or further on. */
static void
link_order(struct view *v, size_t sort, bool descending, const char *next,
    struct buf *b)
{
	const char *mark = "?";

	link_table(b, v->req, str_of(db_name(v->db)), str_of(v->table.name));
	if (sort < v->table.n_columns) {
		buf_str(b, descending ? "?_sort_desc=" : "?_sort=");
		url_arg(b, str_of(v->table.columns[sort].name));
		mark = "&amp;";
	}
	if (v->size != SIZE_DEFAULT) {
		buf_str(b, mark);
		buf_printf(b, "_size=%lld", (long long)v->size);
		mark = "&amp;";
	}
	if (next != NULL) {
		buf_str(b, mark);
		buf_lit(b, "_next=");
		url_arg(b, str_of(next));
	}
}

static void
html_heading(struct view *v, size_t column, struct buf *b)
{
	bool sorted = column == v->sort;
	bool turn = sorted && !v->descending;

	html_raw(b, "<th scope=\"col\"");
	if (sorted)
		buf_str(b,
		    v->descending ? " aria-sort=\"descending\""
				  : " aria-sort=\"ascending\"");
	html_raw(b, "><a rel=\"nofollow\" href=\"");
	link_order(v, column, turn, NULL, b);
	html_raw(b, "\">");
	layout_name(b, str_of(v->table.columns[column].name));
	html_raw(b, "</a></th>");
}

/* Rows are linked where the key stands, or else from a column before. */
static bool
key_is_link(const struct view *v)
{
	return v->table.n_key == 1 &&
	    rows_reference(&v->rows, v->table.key[0]) == NULL;
}

static bool
has_link_column(const struct view *v)
{
	return !key_is_link(v) &&
	    (v->table.n_key > 0 || v->table.rowid != NULL);
}

static void
begin_row_link(struct view *v, struct str key, struct buf *b)
{
	html_raw(b, "<a href=\"");
	link_row(b, v->req, str_of(db_name(v->db)), str_of(v->table.name), key);
	html_raw(b, "\">");
}

static void
html_link_cell(struct view *v, struct buf *b)
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
html_cell(struct view *v, size_t column, struct buf *b)
{
	const struct query *q = &v->rows.query;
	bool key_link = key_is_link(v) && v->table.key[0] == column;
	struct buf key = {0};

	buf_str(
	    b, cell_is_number(q, (int)column) ? "<td class=\"n\">" : "<td>");
	if (key_link && rows_key(&v->rows, &key)) {
		begin_row_link(v, str_of_buf(&key), b);
		cell_html(b, q, (int)column, CELL_MAX);
		html_raw(b, "</a>");
	} else {
		cell_reference(
		    b, v->req, db_name(v->db), &v->rows, column, CELL_MAX);
	}
	html_raw(b, "</td>");
	buf_release(&key);
}

static void
html_row(struct view *v, struct buf *b)
{
	html_raw(b, "<tr>");
	if (has_link_column(v))
		html_link_cell(v, b);
	for (size_t i = 0; i < v->table.n_columns; i++)
		html_cell(v, i, b);
	html_raw(b, "</tr>\n");
}

/* Writes the rows of the page, and notes where the next one begins. */
static int64_t
write_rows(struct view *v, struct buf *b)
{
	bool json = v->req->format == FORMAT_JSON;
	int64_t n = 0;

	/* One more than is shown tells whether there is a next page. */
	rows_page(&v->rows, NULL, &v->keyset, &v->position, v->size + 1);
	while (rows_next(&v->rows)) {
		if (n == v->size)
			return n;
		if (json && n > 0)
			json_raw(b, ",\n");
		if (json)
			cell_json_row(b, &v->rows);
		else
			html_row(v, b);
		n++;
		if (n < v->size)
			continue;
		if (v->keyset.n > 0)
			keyset_token(&v->keyset, &v->rows.query, &v->next);
		else
			keyset_offset_token(v->position.offset + n, &v->next);
	}
	buf_reset(&v->next);
	return n;
}

static void
html_columns(struct view *v, struct buf *b)
{
	html_raw(b, "<details><summary>Columns</summary>\n<dl>\n");
	for (size_t i = 0; i < v->table.n_columns; i++) {
		const struct column *c = &v->table.columns[i];

		html_raw(b, "<dt>");
		layout_name(b, str_of(c->name));
		html_raw(b, "</dt><dd>");
		html(b, *c->type == '\0' ? "any type" : c->type);
		if (c->key > 0)
			html_raw(b, ", primary key");
		if (c->not_null)
			html_raw(b, ", not null");
		html_raw(b, "</dd>\n");
	}
	html_raw(b, "</dl></details>\n");
}

static void
html_pager(struct view *v, struct buf *b)
{
	html_raw(b, "<nav class=\"pager\" aria-label=\"Pages\">");
	if (v->position.given) {
		html_raw(b, "<a href=\"");
		link_order(v, v->sort, v->descending, NULL, b);
		html_raw(b, "\">First page</a> ");
	}
	if (v->next.len > 0) {
		html_raw(b, "<a rel=\"next\" href=\"");
		link_order(v, v->sort, v->descending, buf_cstr(&v->next), b);
		html_raw(b, "\">Next page</a>");
	}
	html_raw(b, "</nav>\n");
}

static void
page_html(struct view *v, struct buf *b)
{
	const char *name = *v->table.name == '\0' ? "(no name)" : v->table.name;
	int64_t count =
	    table_count(v->db, &v->table, COUNT_MAX, COUNT_BUDGET_MS);
	int64_t n;

	layout_begin(b, v->req,
	    &(struct layout){
		.title = name,
		.database = str_of(db_name(v->db)),
		.json = true,
	    });
	html_raw(b, "<h1>");
	html(b, name);
	html_raw(b, "</h1>\n<p class=\"meta\">");
	html(b, v->table.kind == TABLE_VIEW ? "View" : "Table");
	if (count >= 0)
		html_raw(b, " of ");
	layout_count(b, count, COUNT_MAX);
	html_raw(b, "</p>\n");
	html_columns(v, b);
	html_raw(b,
	    "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	    "aria-label=\"Rows\"><table>\n<thead><tr>");
	if (has_link_column(v))
		html_raw(b, "<th scope=\"col\">Link</th>");
	for (size_t i = 0; i < v->table.n_columns; i++)
		html_heading(v, i, b);
	html_raw(b, "</tr></thead>\n<tbody>\n");
	n = write_rows(v, b);
	html_raw(b, "</tbody></table></div>\n");
	if (n == 0)
		html_raw(b, "<p>There are no rows here.</p>\n");
	html_pager(v, b);
	layout_json_link(b, v->req);
	layout_end(b);
}

static void
page_json(struct view *v, struct buf *b)
{
	json_raw(b, "{\"ok\":true,\"rows\":[");
	write_rows(v, b);
	json_raw(b, "],\"next\":");
	if (v->next.len > 0)
		json_text(b, str_of_buf(&v->next));
	else
		json_raw(b, "null");
	json_raw(b, ",\"truncated\":false}\n");
}

/* The order that is asked for; 200 or page_error's status. */
static int
read_order(struct view *v, struct page *page)
{
	const struct value *up = &v->req->values[TABLE_SORT];
	const struct value *down = &v->req->values[TABLE_SORT_DESC];
	struct str name = down->given ? down->text : up->text;

	v->sort = v->table.n_columns;
	v->descending = down->given;
	if (up->given && down->given)
		return page_error(page, 400,
		    "_sort and _sort_desc: expected one of the two.");
	if (!up->given && !down->given)
		return 200;
	v->sort = table_column(&v->table, name);
	if (v->sort == v->table.n_columns)
		return page_error(page, 400,
		    "%s: expected a column of %s, got “%.*s”.",
		    down->given ? "_sort_desc" : "_sort", v->table.name,
		    (int)name.len, name.s);
	return 200;
}

static int
read_position(struct view *v, struct page *page)
{
	const struct value *next = &v->req->values[TABLE_NEXT];

	keyset_init(&v->keyset, &v->table, v->sort, v->descending);
	if (!next->given)
		return 200;
	if (!keyset_parse(&v->keyset, next->text, &v->position))
		return page_error(page, 400,
		    "_next: expected what a page of this table, in this "
		    "order, gave for its next page.");
	if (!keyset_exists(v->db, &v->keyset, &v->position))
		return page_error(page, 400,
		    "_next: the row that the page before ended with is gone: "
		    "begin again with the first page.");
	return 200;
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct view v = {.req = req, .db = db};
	int status = read_table(req, db, page, &v.table);

	v.size = req->values[TABLE_SIZE].number;
	if (status == 200)
		status = read_order(&v, page);
	if (status == 200)
		status = read_position(&v, page);
	if (status == 200) {
		rows_init(&v.rows, db, &v.table);
		if (req->format == FORMAT_JSON) {
			page->type = "application/json; charset=utf-8";
			page_json(&v, &page->body);
		} else {
			page_html(&v, &page->body);
		}
		rows_release(&v.rows);
	}
	keyset_position_release(&v.position);
	table_release(&v.table);
	buf_release(&v.next);
	return status;
}

int
table_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return read_database(req, catalog, page, read);
}
