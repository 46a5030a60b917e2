/*
 * The frame: head, the way back, foot.
 */
#include "handlers/page/layout.h"

#include "app/http/route.h"
#include "app/text/url.h"
#include "db/sqlite/published.h"
#include "handlers/page/asset.h"
#include "handlers/page/links.h"

static void
begin_crumb(struct buf *b)
{
	html_raw(b, "<li><a href=\"");
}

static void
end_crumb(struct buf *b, struct str name)
{
	html_raw(b, "\">");
	layout_name(b, name);
	html_raw(b, "</a></li>");
}

static void
way_back(struct buf *b, const struct request *req, const struct layout *l)
{
	const struct layout_link *link = l->way;

	html_raw(b, "<nav aria-label=\"Breadcrumb\"><ol class=\"crumbs\">");
	begin_crumb(b);
	link_home(b, req);
	end_crumb(b, str_of(l->site == NULL ? "Home" : l->site->name));
	if (l->database.s != NULL) {
		begin_crumb(b);
		link_database(b, req, l->database);
		end_crumb(b, l->database);
	}
	if (l->table.s != NULL) {
		begin_crumb(b);
		link_table(b, req, l->database, l->table);
		end_crumb(b, l->table);
	}
	for (; link != NULL && link->path != NULL; link++) {
		begin_crumb(b);
		link_path(b, req, link->path);
		end_crumb(b, str_of(link->text));
	}
	html_raw(b, "</ol></nav>\n");
}

/* The site's own ways: its search, and its main pages. */
static void
site_head(struct buf *b, const struct request *req, const struct layout *l)
{
	const struct layout_site *site = l->site;

	html_raw(b, "<form class=\"find\" role=\"search\" action=\"");
	link_path(b, req, site->search);
	html_raw(b, "\"><input type=\"search\" name=\"q\" aria-label=\"");
	html(b, site->searched);
	html_raw(b, "\" placeholder=\"");
	html(b, site->searched);
	html_raw(b,
	    "\" autocomplete=\"off\" spellcheck=\"false\" "
	    "maxlength=\"200\" data-suggest=\"");
	link_path(b, req, site->search);
	html_raw(b, ".json\" value=\"");
	html_str(b, l->searched);
	html_raw(b,
	    "\"><button>Search</button></form>\n<nav class=\"links\" "
	    "aria-label=\"Site\">");
	for (const struct layout_link *k = site->links; k->path != NULL; k++) {
		html_raw(b, "<a href=\"");
		link_path(b, req, k->path);
		html_raw(b, "\">");
		html(b, k->text);
		html_raw(b, "</a> ");
	}
	html_raw(b, "</nav>\n");
}

static void
link_asset(struct buf *b, const struct request *req, enum asset_file file)
{
	link_home(b, req);
	buf_printf(b, "-/static/%s", asset_name(file));
}

static void
head(struct buf *b, const struct request *req, const struct layout *l)
{
	html_raw(b,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<title>");
	html(b, l->title);
	if (l->site != NULL && strcmp(l->title, l->site->name) != 0) {
		html_raw(b, " – ");
		html(b, l->site->name);
	}
	html_raw(b,
	    "</title>\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"description\" content=\"");
	if (l->description == NULL) {
		html(b, l->title);
		html_raw(b, ", from an SQLite database");
	} else {
		html(b, l->description);
	}
	html_raw(b, "\">\n<link rel=\"stylesheet\" href=\"");
	link_asset(b, req, ASSET_STYLE);
	html_raw(b, "\">\n<link rel=\"icon\" href=\"data:,\">\n");
	if (l->site != NULL || l->refresh_s > 0) {
		html_raw(b, "<script defer src=\"");
		link_asset(b, req, ASSET_SCRIPT);
		html_raw(b, "\"></script>\n");
	}
	if (l->json) {
		html_raw(b,
		    "<link rel=\"alternate\" "
		    "type=\"application/json\" href=\"");
		link_format(b, req, FORMAT_JSON);
		html_raw(b, "\">\n");
	}
	if (l->noindex)
		html_raw(b, "<meta name=\"robots\" content=\"noindex\">\n");
	html_raw(b, "</head>\n");
}

void
layout_begin(struct buf *b, const struct request *req, const struct layout *l)
{
	head(b, req, l);
	html_raw(b,
	    "<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n"
	    "<header>\n");
	way_back(b, req, l);
	if (l->site != NULL)
		site_head(b, req, l);
	html_raw(b, "</header>\n<main id=\"main\"");
	if (l->refresh_s > 0)
		buf_printf(b, " data-refresh=\"%d\"", l->refresh_s);
	html_raw(b, ">\n<h1>");
	html(b, l->title);
	html_raw(b, "</h1>\n");
}

void
layout_end(struct buf *b)
{
	html_raw(b,
	    "</main>\n<footer>Served by squall from SQLite</footer>\n"
	    "</body>\n</html>\n");
}

void
layout_end_site(
    struct buf *b, const struct request *req, const struct layout_site *site)
{
	html_raw(b, "</main>\n<footer>");
	html(b, site->credits);
	html_raw(b, " · Served by squall from SQLite · <a href=\"");
	link_path(b, req, "/-/databases");
	html_raw(b, "\">All databases</a></footer>\n</body>\n</html>\n");
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
layout_begin_link(struct buf *b, const struct db *db, struct str url)
{
	html_raw(b, "<a");
	layout_nofollow(b, db);
	html_raw(b, " href=\"");
	html_str(b, url);
	html_raw(b, "\">");
}

void
layout_begin_fact(struct buf *b, const char *name)
{
	html_raw(b, "<div><dt>");
	html(b, name);
	html_raw(b, "</dt><dd>");
}

void
layout_end_fact(struct buf *b)
{
	html_raw(b, "</dd></div>\n");
}

void
layout_begin_table(struct buf *b, const char *label)
{
	html_raw(b,
	    "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
	    "aria-label=\"");
	html(b, label);
	html_raw(b, "\"><table>\n<thead><tr>");
}

void
layout_end_table(struct buf *b)
{
	html_raw(b, "</tbody></table></div>\n");
}

void
layout_option(struct buf *b, struct str value, struct str text, bool chosen)
{
	html_raw(b, "<option value=\"");
	html_str(b, value);
	buf_str(b, chosen ? "\" selected>" : "\">");
	html_str(b, text);
	html_raw(b, "</option>\n");
}

void
layout_hidden_field(void *buf, struct str name, struct str text)
{
	struct buf *b = buf;

	html_raw(b, "<input type=\"hidden\" name=\"");
	html_str(b, name);
	html_raw(b, "\" value=\"");
	html_str(b, text);
	html_raw(b, "\">\n");
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
