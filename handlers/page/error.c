/*
 * Error pages: what was wrong, what was expected, where to go.
 */
#include "handlers/page/error.h"

#include <inttypes.h>

#include "app/text/json.h"
#include "app/text/url.h"
#include "app/text/utf8.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"

enum { WAYS_MAX = 2 }; /* a database and a table */

static const char *
title_of(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {
	    {301, "Moved"},
	    {302, "Found elsewhere"},
	    {400, "That can’t be asked"},
	    {403, "Not allowed"},
	    {404, "Not found"},
	    {405, "Not possible here"},
	    {414, "Address too long"},
	    {500, "Something went wrong"},
	    {503, "Not at the moment"},
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		if (titles[i].status == status)
			return titles[i].title;
	}
	return "Error";
}

/* Pages above the one that was asked for, as far as its path names them. */
static void
ways_up(const struct request *req, struct buf *b)
{
	struct buf path = {0};

	html_raw(b, "<p>From here: <a href=\"");
	link_home(b, req);
	html_raw(b, "\">the front page</a>");
	for (size_t i = 0; i + 1 < req->n_segments && i < WAYS_MAX; i++) {
		struct str s = req->segments[i];

		/* Squall's own pages have none above them. */
		if (s.len == 0 || str_is(s, "-"))
			break;
		buf_char(&path, '/');
		if (i < req->n_names)
			url_name(&path, s);
		else
			url_path(&path, s);
		html_raw(b, ", <a href=\"");
		link_path(b, req, buf_cstr(&path));
		html_raw(b, "\">");
		html_str(b, s);
		html_raw(b, "</a>");
	}
	html_raw(b, "</p>\n");
	b->failed |= path.failed;
	buf_release(&path);
}

static void
error_html(
    const struct request *req, int status, struct str message, struct buf *b)
{
	layout_begin(b, req,
	    &(struct layout){.title = title_of(status), .noindex = true});
	html_raw(b, "<p class=\"wrong\">");
	html_str(b, message);
	html_raw(b, "</p>\n");
	if (status == 500) {
		html_raw(
		    b, "<p>The log says more under the request’s id <code>");
		buf_printf(b, "%" PRIx64, req->id);
		html_raw(b, "</code>.</p>\n");
	}
	ways_up(req, b);
	layout_end(b);
}

static void
error_json(
    const struct request *req, int status, struct str message, struct buf *b)
{
	json_begin_object(b);
	json_member_bool(b, "ok", false);
	json_member_text(b, "error", message);
	json_key(b, "errors");
	json_begin_array(b);
	json_text(b, message);
	json_end_array(b);
	json_member_int(b, "status", status);
	json_member(b, "title", title_of(status));
	if (status == 500)
		buf_printf(b, ",\"request\":\"%" PRIx64 "\"", req->id);
	json_raw(b, "}\n");
}

void
error_page(const struct request *req, struct page *page)
{
	struct buf message = page->body;
	struct str text = {buf_cstr(&message), message.len};

	page->body = (struct buf){0};
	if (req->format == FORMAT_JSON || req->format == FORMAT_GEOJSON) {
		page->type = MEDIA_JSON;
		error_json(req, page->status, text, &page->body);
	} else if (req->format == FORMAT_CSV ||
	    req->format == FORMAT_MARKDOWN) {
		page->type = MEDIA_TEXT;
		utf8_add(&page->body, text);
		buf_char(&page->body, '\n');
	} else {
		page->type = MEDIA_HTML;
		error_html(req, page->status, text, &page->body);
	}
	buf_release(&message);
}

int
error_database(struct page *page, struct db *db, enum db_status status)
{
	const struct buf *advice = db_advice(db);

	if (status == DB_FAILED)
		return page_error(page, 500,
		    "Reading the database %s failed: %s.", db_name(db),
		    db_message(db));
	buf_reset(&page->header);
	buf_lit(&page->header, "Retry-After: 5\r\n");
	if (status != DB_TIMEOUT)
		return page_error(page, 503,
		    "The database %s can’t be read at the moment: %s.",
		    db_name(db), db_message(db));
	return page_error(page, 503,
	    "This page of the database %s took too long: %s.%s%s", db_name(db),
	    db_message(db), advice->len > 0 ? " " : "", buf_cstr(advice));
}
