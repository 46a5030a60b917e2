/*
 * The frame: head, the way back, foot.
 */
#include "handlers/layout.h"

#include "app/route.h"
#include "app/url.h"
#include "db/published.h"
#include "handlers/asset.h"

void
link_home(struct buf *b, const struct request *req)
{
	url_path(b, req->prefix);
	buf_char(b, '/');
}

void
link_database(struct buf *b, const struct request *req, struct str database)
{
	link_home(b, req);
	url_name(b, database);
}

void
link_table(struct buf *b, const struct request *req, struct str database,
    struct str table)
{
	link_database(b, req, database);
	buf_char(b, '/');
	url_name(b, table);
}

void
link_row(struct buf *b, const struct request *req, struct str database,
    struct str table, struct str key)
{
	link_table(b, req, database, table);
	buf_char(b, '/');
	buf_add(b, key.s, key.len);
}

void
link_format(struct buf *b, const struct request *req, enum format format)
{
	struct buf query = {0};

	url_path(b, req->prefix);
	request_path(req, b);
	buf_str(b, format_suffix(format));
	route_query(req, &query);
	html_str(b, (struct str){buf_cstr(&query), query.len});
	buf_release(&query);
}

static void
way_back(struct buf *b, const struct request *req, const struct layout *l)
{
	html_raw(b,
	    "<nav aria-label=\"Breadcrumb\"><ol class=\"crumbs\">"
	    "<li><a href=\"");
	link_home(b, req);
	html_raw(b, "\">Databases</a></li>");
	if (l->database.s != NULL) {
		html_raw(b, "<li><a href=\"");
		link_database(b, req, l->database);
		html_raw(b, "\">");
		html_str(b, l->database);
		html_raw(b, "</a></li>");
	}
	if (l->table.s != NULL) {
		html_raw(b, "<li><a href=\"");
		link_table(b, req, l->database, l->table);
		html_raw(b, "\">");
		html_str(b, l->table);
		html_raw(b, "</a></li>");
	}
	html_raw(b, "</ol></nav>\n");
}

void
layout_begin(struct buf *b, const struct request *req, const struct layout *l)
{
	html_raw(b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<title>");
	html(b, l->title);
	html_raw(b,
	    "</title>\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<link rel=\"stylesheet\" href=\"");
	link_home(b, req);
	buf_printf(b, "-/static/%s", asset_style_name());
	html_raw(b, "\">\n<link rel=\"icon\" href=\"data:,\">\n");
	if (l->refresh_s > 0)
		buf_printf(b, "<meta http-equiv=\"refresh\" content=\"%d\">\n",
		    l->refresh_s);
	if (l->json) {
		html_raw(b,
		    "<link rel=\"alternate\" "
		    "type=\"application/json\" href=\"");
		link_format(b, req, FORMAT_JSON);
		html_raw(b, "\">\n");
	}
	if (l->noindex)
		html_raw(b, "<meta name=\"robots\" content=\"noindex\">\n");
	html_raw(b, "</head>\n<body>\n<header>\n");
	way_back(b, req, l);
	html_raw(b, "</header>\n<main>\n");
}

void
layout_end(struct buf *b)
{
	html_raw(b,
	    "</main>\n<footer>Served by squall from SQLite</footer>\n"
	    "</body>\n</html>\n");
}

void
layout_formats(struct buf *b, const struct request *req)
{
	html_raw(b, "<p class=\"formats\">This page as <a href=\"");
	link_format(b, req, FORMAT_JSON);
	html_raw(b, "\">JSON</a>");
	if (req->route->csv) {
		html_raw(b, ", <a rel=\"nofollow\" href=\"");
		link_format(b, req, FORMAT_CSV);
		html_raw(b, "\">CSV</a>");
	}
	if (req->route->markdown) {
		html_raw(b, ", <a href=\"");
		link_format(b, req, FORMAT_MARKDOWN);
		html_raw(b, "\">Markdown</a>");
	}
	html_raw(b, "</p>\n");
}

void
layout_nofollow(struct buf *b, const struct db *db)
{
	if (published_settings(db)->nofollow)
		html_raw(b, " rel=\"nofollow\"");
}

void
layout_name(struct buf *b, struct str name)
{
	if (name.len == 0)
		html_raw(b, "<span class=\"empty\">no name</span>");
	else
		html_str(b, name);
}

void
layout_count(struct buf *b, struct count count)
{
	if (count.n < 0)
		return;
	if (count.more)
		html_raw(b, "more than ");
	html_int(b, count.n);
	html(b, count.n == 1 ? " row" : " rows");
}

void
layout_size(struct buf *b, int64_t bytes)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 999.5 && unit + 1 < sizeof(units) / sizeof(*units)) {
		value /= 1000;
		unit++;
	}
	buf_printf(b, unit == 0 || value >= 99.5 ? "%.0f %s" : "%.1f %s", value,
	    units[unit]);
}
