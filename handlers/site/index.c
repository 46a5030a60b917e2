/*
 * The front page: which databases there are.  One that can't be read is
 * listed all the same, and says why.
 */
#include "handlers/site/index.h"

#include "app/text/json.h"
#include "db/catalog.h"
#include "db/schema/table.h"
#include "handlers/page/about.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"

struct summary {
	struct db *db;
	enum db_status status;
	size_t tables, views;
	int64_t size;
};

static struct summary
summarise(struct db *db)
{
	struct summary s = {.db = db};
	const struct table_name *list;
	size_t n;

	if (db_begin(db) == DB_OK) {
		n = table_list(db, &list);
		for (size_t i = 0; i < n; i++) {
			if (list[i].hidden ||
			    published_table(db, list[i].name)->hidden)
				continue;
			s.views += list[i].kind == TABLE_VIEW;
			s.tables += list[i].kind != TABLE_VIEW;
		}
		s.size = db_size(db);
	}
	s.status = db_end(db);
	return s;
}

static void
as_html(const struct request *req, const struct summary *s, struct buf *b)
{
	const struct about *about = &published_metadata(s->db)->about;

	html_raw(b, "<li><h2><a href=\"");
	link_database(b, req, str_of(db_name(s->db)));
	html_raw(b, "\">");
	html(b, about_title(about, db_name(s->db)));
	html_raw(b, "</a></h2>\n");
	about_description(b, about);
	html_raw(b, "<p>");
	if (s->status != DB_OK) {
		html_raw(b, "It can’t be read at the moment: ");
		html(b, db_message(s->db));
	} else {
		html_int(b, (long long)s->tables);
		html(b, s->tables == 1 ? " table" : " tables");
		if (s->views > 0) {
			html_raw(b, ", ");
			html_int(b, (long long)s->views);
			html(b, s->views == 1 ? " view" : " views");
		}
		html_raw(b, ", ");
		layout_size(b, s->size);
	}
	html_raw(b, "</p></li>\n");
}

static void
as_json(const struct request *req, const struct summary *s, struct buf *b)
{
	json_begin_object(b);
	json_member(b, "name", db_name(s->db));
	json_raw(b, ",\"path\":\"");
	link_database(b, req, str_of(db_name(s->db)));
	json_raw(b, "\"");
	if (s->status == DB_OK) {
		json_member_int(b, "tables_count", (int64_t)s->tables);
		json_member_int(b, "views_count", (int64_t)s->views);
		json_member_int(b, "size", s->size);
	} else {
		json_member(b, "error", db_message(s->db));
	}
	json_end_object(b);
}

int
index_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	bool json = req->format == FORMAT_JSON;
	struct buf *b = &page->body;
	size_t n = catalog_count(catalog);
	const struct about *site = published_site(catalog_at(catalog, 0));
	const char *title = about_title(site, "Databases");

	if (json) {
		page->type = MEDIA_JSON;
		json_raw(b, "{\"ok\":true,\"databases\":[");
	} else {
		layout_begin(
		    b, req, &(struct layout){.title = title, .json = true});
		about_description(b, site);
		html_raw(b, "<ul class=\"cards\">\n");
	}
	for (size_t i = 0; i < n; i++) {
		struct summary s = summarise(catalog_at(catalog, i));

		page->transient |= s.status != DB_OK;
		if (json)
			as_json(req, &s, b);
		else
			as_html(req, &s, b);
	}
	if (json) {
		json_raw(b, "],\"metadata\":");
		about_json(b, site);
		json_raw(b, "}\n");
	} else {
		html_raw(b, "</ul>\n");
		about_origin(b, NULL, NULL, site);
		layout_formats(b, req);
		layout_end(b);
	}
	return 200;
}
