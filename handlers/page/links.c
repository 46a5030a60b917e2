/*
 * The addresses of pages.
 */
#include "handlers/page/links.h"

#include "app/http/route.h"
#include "app/text/html.h"
#include "app/text/url.h"

void
link_home(struct buf *b, const struct request *req)
{
	url_path(b, req->prefix);
	buf_char(b, '/');
}

void
link_path(struct buf *b, const struct request *req, const char *path)
{
	url_path(b, req->prefix);
	html(b, path);
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
	buf_str(b, request_suffix(format));
	route_query(req, &query);
	html_str(b, (struct str){buf_cstr(&query), query.len});
	buf_release(&query);
}
