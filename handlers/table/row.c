/*
 * A row's page: all its values, in full.
 */
#include "handlers/table/row.h"

#include <stdio.h>

#include "app/text/json.h"
#include "app/text/sqltext.h"
#include "app/text/url.h"
#include "app/text/utf8.h"
#include "db/rows/rows.h"
#include "db/schema/label.h"
#include "handlers/map/points.h"
#include "handlers/page/about.h"
#include "handlers/page/cell.h"
#include "handlers/page/column_details.h"
#include "handlers/page/extras.h"
#include "handlers/page/layout.h"
#include "handlers/page/reader.h"
#include "handlers/table/row_links.h"

enum { NAMES_MAX_BYTES = 1000 };

static const struct param params[ROW_PARAMS] = {
    [ROW_EXTRA] = {"_extra", PARAM_LIST, .max = NAMES_MAX_BYTES},
};

const struct params row_params = {.rows = params, .n = ROW_PARAMS};

/* The name of the row: its label, or its key. */
static void
add_title(const struct rows *r, struct str key, struct buf *title)
{
	size_t label = label_column(r->db, r->table);
	struct str s = {0};

	if (label < r->table->n_columns &&
	    query_type(&r->query, (int)label) != VALUE_BLOB)
		s = utf8_cut(query_text(&r->query, (int)label), 100);
	if (s.len > 0)
		buf_add(title, s.s, s.len);
	else
		buf_printf(
		    title, "%s %.*s", r->table->name, (int)key.len, key.s);
}

/* The values, and the rows that refer to it. */
static void
html_values(const struct request *req, struct db *db, const struct rows *r,
    struct buf *b)
{
	const struct table *t = r->table;

	html_raw(b, "<table class=\"row\">\n<tbody>\n");
	if (r->has_rowid) {
		html_raw(b, "<tr><th scope=\"row\">");
		html(b, t->rowid);
		html_raw(b, "</th><td>");
		cell_html(b, &r->query, (int)t->n_columns, 0);
		html_raw(b, "</td></tr>\n");
	}
	for (size_t i = 0; i < t->n_columns; i++) {
		html_raw(b, "<tr><th scope=\"row\">");
		layout_name(b, str_of(t->columns[i].name));
		html_raw(b, "</th><td>");
		cell_reference(b, req, db_name(db), r, i, 0);
		html_raw(b, "</td></tr>\n");
	}
	html_raw(b, "</tbody></table>\n");
	row_links_html(b, req, db, r);
}

/* Beside them, where it is on the globe, if it is. */
static void
html_body(const struct request *req, struct db *db, const struct rows *r,
    struct buf *b)
{
	struct points points = {0};

	if (geojson_find_table(&points.columns, r->table))
		points_add(&points, &r->query);
	if (points.n > 0)
		html_raw(b, "<div class=\"beside\">\n<div>\n");
	html_values(req, db, r, b);
	if (points.n > 0) {
		html_raw(b, "</div>\n<div>\n");
		points_map(b, &points, "The row on the map", MAP_SMALL);
		html_raw(b, "</div>\n</div>\n");
	}
	points_release(&points);
}

static void
page_html(const struct request *req, struct db *db, const struct rows *r,
    struct buf *b)
{
	const struct table *t = r->table;
	struct buf title = {0};

	add_title(r, req->segments[2], &title);
	layout_begin(b, req,
	    &(struct layout){
		.title = buf_cstr(&title),
		.database = str_of(db_name(db)),
		.table = str_of(t->name),
		.json = true,
	    });
	html_body(req, db, r, b);
	about_origin(b, &published_table(db, t->name)->about,
	    &published_metadata(db)->about, published_site(db));
	layout_formats(b, req);
	layout_end(b);
	buf_release(&title);
}

/* The source of all extras. */
struct row {
	const struct request *req;
	struct db *db;
	const struct rows *rows;
};

/* The key's components as they stand in the address, decoded; named p0, p1 and
 * so on, or not. */
static void
each_key_part(struct str key, bool named, struct buf *b)
{
	bool alone = url_key_is_single(key), more;
	struct buf part = {0};
	char name[16];
	size_t i = 0;

	do {
		more = !url_key_is_single(key);
		buf_reset(&part);
		buf_reserve(&part, key.len + 1);
		snprintf(name, sizeof(name), "p%zu", i++);
		if (named)
			json_key(b, name);
		json_text(b, url_key_cut(&key, alone, &part).s);
	} while (more);
	buf_release(&part);
}

static void
write_columns(const struct extras_page *p, struct buf *b)
{
	const struct row *row = p->page;

	column_details_names(row->rows->table, false, b);
}

static void
write_links(const struct extras_page *p, struct buf *b)
{
	const struct row *row = p->page;

	row_links_json(b, row->req, row->db, row->rows);
}

static void
write_details(const struct extras_page *p, struct buf *b)
{
	const struct row *row = p->page;

	column_details(row->db, row->rows->table, b);
}

static void
write_metadata(const struct extras_page *p, struct buf *b)
{
	const struct row *row = p->page;

	about_table_json(b, published_table(row->db, row->rows->table->name));
}

/* The SQL that finds the row by the names of its key's columns. */
static void
write_query(const struct extras_page *p, struct buf *b)
{
	const struct row *row = p->page;
	const struct table *t = row->rows->table;
	struct buf sql = {0};
	bool rowid = row->rows->has_rowid;
	size_t n = rowid ? 1 : t->n_key;

	buf_lit(&sql, "SELECT ");
	if (rowid)
		buf_printf(&sql, "%s, ", t->rowid);
	buf_lit(&sql, "* FROM ");
	sqltext_name(&sql, str_of(t->name));
	for (size_t i = 0; i < n; i++) {
		buf_str(&sql, i == 0 ? " WHERE " : " AND ");
		sqltext_name(&sql,
		    str_of(rowid ? t->rowid : t->columns[t->key[i]].name));
		buf_printf(&sql, " = :p%zu", i);
	}
	json_begin_object(b);
	json_member_text(b, "sql", str_of_buf(&sql));
	json_key(b, "params");
	json_begin_object(b);
	each_key_part(row->req->segments[2], true, b);
	json_end_object(b);
	json_end_object(b);
	buf_release(&sql);
}

static void
write_render_cell(const struct extras_page *p, struct buf *b)
{
	const struct row *row = p->page;

	json_raw(b, "[{");
	for (size_t i = 0; i < row->rows->table->n_columns; i++)
		cell_json_link(b, row->req, db_name(row->db), row->rows, i);
	json_raw(b, "}]");
}

static const struct extra extra_rows[] = {
    {"columns", "The columns of the row", write_columns},
    {"primary_keys", "The columns of the primary key", NULL},
    {"database", "The name of the database", NULL},
    {"table", "The name of the table", NULL},
    {"column_details", "What SQLite tells of each column", write_details},
    {"query", "The SQL that finds the row", write_query},
    {"request", "What was asked for", extras_request},
    {"metadata", "What the operator says of the table", write_metadata},
    {"foreign_key_tables", "What refers to the row", write_links},
    {"render_cell", "The HTML of references to other rows", write_render_cell},
    {"column_types", "Types that columns have been given", extras_types},
    {"database_color", "A colour for the database, from its name",
	extras_color},
    {"debug", "The parts of the path", extras_debug},
    {"private", "Whether not everybody may see it", extras_private},
    {"extras", "What _extra may ask for", extras_list},
};

static const struct extras extras = {
    extra_rows, sizeof(extra_rows) / sizeof(*extra_rows), ROW_EXTRA};

static void
page_json(struct row *row, struct buf *b)
{
	const struct request *req = row->req;

	json_begin_object(b);
	json_member_bool(b, "ok", true);
	json_member(b, "database", db_name(row->db));
	json_member(b, "table", row->rows->table->name);
	json_key(b, "rows");
	json_begin_array(b);
	cell_json_row(b, row->rows);
	json_end_array(b);
	json_key(b, "primary_keys");
	column_details_names(row->rows->table, true, b);
	json_key(b, "primary_key_values");
	json_begin_array(b);
	each_key_part(req->segments[2], false, b);
	json_end_array(b);
	extras_write(
	    &(struct extras_page){&extras, req, row->db, row}, NULL, b);
	json_raw(b, ",\"truncated\":false}\n");
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct str key = req->segments[2];
	struct str shown = utf8_cut(key, 200);
	struct table t;
	struct rows r = {0};
	int status = extras_check(&extras, req, page);

	if (status != 200)
		return status;
	status = reader_table(req, db, page, &t);
	if (status == 200) {
		rows_init(&r, db, &t);
		if (!rows_find(&r, key)) {
			status = page_error(page, 404,
			    "%s has no row with the key %.*s.", t.name,
			    (int)shown.len, shown.s);
		} else if (req->format == FORMAT_JSON) {
			page->type = MEDIA_JSON;
			page_json(&(struct row){req, db, &r}, &page->body);
		} else {
			page_html(req, db, &r, &page->body);
		}
		rows_release(&r);
	}
	table_release(&t);
	return status;
}

int
row_page(const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, read);
}
