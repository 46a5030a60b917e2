/*
 * Fuzzes the making of pages: an address, its query string included, as far as
 * the handler's reply.  Whatever is asked for, nothing fails that is not the
 * asker's fault, what is JSON is valid, and the rest is UTF-8.
 */
#include "app/http/page.h"

#include "app/text/json_valid.h"
#include "app/text/utf8.h"
#include "handlers/page/error.h"
#include "handlers/routes.h"
#include "handlers/table/table.h"
#include "tests/fuzz/tables.h"

enum {
	INPUT_MAX = 2048,
	LIMIT_MS = 10000, /* of a page */
};

static struct catalog *
make_catalog(void)
{
	static struct published published = {.name = "d"};
	struct catalog *catalog;

	database_make(tables_schema);
	published.file = database_file;
	catalog = catalog_new(&published, 1, LIMIT_MS);
	CHECK(catalog != NULL);
	return catalog;
}

/* What is asked for may be what is no JSON, or deeper than json_valid goes. */
static bool
is_strict(const struct request *req)
{
	if (req->route->params != &table_params)
		return true;
	for (size_t i = 0; i < req->n_arguments; i++) {
		if (req->arguments[i].param == TABLE_JSON)
			return false;
	}
	return req->values[TABLE_JSON_INFINITY].number == 0 &&
	    req->values[TABLE_NL].number == 0;
}

/* Whether somebody wants to wait for less than it takes. */
static bool
is_hurried(const struct request *req)
{
	return req->route->params == &table_params &&
	    req->values[TABLE_TIMELIMIT].given;
}

static void
check_status(const struct request *req, const struct page *page)
{
	switch (page->status) {
	case 200:
	case 302:
	case 400:
	case 403:
	case 404:
	case 414:
		break;
	case 503:
		CHECK(is_hurried(req));
		break;
	default:
		fuzz_fail(__FILE__, __LINE__, buf_cstr(&page->body));
	}
}

static void
check_body(const struct request *req, struct page *page)
{
	struct str body;

	if (page->status != 200 && !page->whole)
		error_page(req, page);
	body = str_of_buf(&page->body);
	CHECK(!page->body.failed && page->type < MEDIAS);
	CHECK(utf8_valid(body));
	if (req->format == FORMAT_JSON && is_strict(req))
		CHECK(json_valid(body));
}

/* Header lines end as they should, and only there. */
static void
check_header(const struct page *page)
{
	struct str header = str_of_buf(&page->header);

	CHECK(!page->header.failed);
	while (header.len > 0) {
		const char *end = memmem(header.s, header.len, "\r\n", 2);
		struct str line;

		CHECK(end != NULL);
		line = take(&header, (size_t)(end - header.s));
		CHECK(memchr(line.s, ':', line.len) != NULL);
		CHECK(memchr(line.s, '\n', line.len) == NULL);
		CHECK(memchr(line.s, '\r', line.len) == NULL);
		take(&header, 2);
	}
}

static void
make_page(const struct request *req, struct catalog *catalog)
{
	struct page *page = page_new();

	CHECK(page != NULL);
	page->type = MEDIA_HTML;
	page->status = req->route->handler(req, catalog, page);
	check_status(req, page);
	check_body(req, page);
	check_header(page);
	page_unref(page);
	catalog_take_work(catalog);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct catalog *catalog;
	struct str path = {(const char *)data, size}, query = path;
	const char *mark = memchr(data, '?', size);
	struct request *req;
	struct buf why = {0};
	struct request_vars vars = {.method = str_of("GET")};

	if (size > INPUT_MAX)
		return 0;
	if (catalog == NULL)
		catalog = make_catalog();
	path = take(&query, mark == NULL ? size : (size_t)(mark - path.s));
	take(&query, 1);
	vars.path_info = path;
	vars.query = query;
	req = request_new();
	if (request_parse_vars(req, &vars, "", &why) == 200 &&
	    route_request(&routes_publisher, req, &why) == 200 &&
	    req->route->handler != NULL)
		make_page(req, catalog);
	request_unref(req);
	buf_release(&why);
	return 0;
}
