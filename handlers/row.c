/*
 * A row's page: all its values, in full.
 */
#include "handlers/row.h"

#include "app/json.h"
#include "app/utf8.h"
#include "db/rows.h"
#include "handlers/cell.h"
#include "handlers/layout.h"
#include "handlers/reader.h"

/* What the row is called: its label, or its key. */
static void
add_title(const struct rows *r, struct str key, struct buf *title)
{
	size_t label = published_label(r->db, r->table);
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
	html_raw(b, "<h1>");
	html(b, buf_cstr(&title));
	html_raw(b, "</h1>\n<table class=\"row\">\n<tbody>\n");
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
	layout_formats(b, req);
	layout_end(b);
	buf_release(&title);
}

static void
json_names(const struct table *t, bool key, bool rowid, struct buf *b)
{
	const char *comma = "";

	if (rowid) {
		json_str(b, t->rowid);
		comma = ",";
	}
	for (size_t i = 0; i < (key ? t->n_key : t->n_columns); i++) {
		buf_str(b, comma);
		json_str(b, t->columns[key ? t->key[i] : i].name);
		comma = ",";
	}
}

static void
page_json(struct db *db, const struct rows *r, struct buf *b)
{
	const struct table *t = r->table;

	json_raw(b, "{\"ok\":true,\"database\":");
	json_str(b, db_name(db));
	json_raw(b, ",\"table\":");
	json_str(b, t->name);
	json_raw(b, ",\"rows\":[");
	cell_json_row(b, r);
	json_raw(b, "],\"columns\":[");
	json_names(t, false, r->has_rowid, b);
	json_raw(b, "],\"primary_keys\":[");
	json_names(t, true, r->has_rowid, b);
	json_raw(b, "],\"truncated\":false}\n");
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct str key = req->segments[2];
	struct str shown = utf8_cut(key, 200);
	struct table t;
	struct rows r = {0};
	int status = read_table(req, db, page, &t);

	if (status == 200) {
		rows_init(&r, db, &t);
		if (!rows_find(&r, key)) {
			status = page_error(page, 404,
			    "%s has no row with the key %.*s.", t.name,
			    (int)shown.len, shown.s);
		} else if (req->format == FORMAT_JSON) {
			page->type = "application/json; charset=utf-8";
			page_json(db, &r, &page->body);
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
	return read_database(req, catalog, page, read);
}
