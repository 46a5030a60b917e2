/*
 * Files that are part of the program.  STYLE_HASH comes from the Makefile.
 */
#include "handlers/asset.h"

static const char style_name[] = "style-" STYLE_HASH ".css";

/* assets.S */
extern const char asset_style[];
extern const uint32_t asset_style_len;

const char *
asset_style_name(void)
{
	return style_name;
}

int
asset_file(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct str name = req->segments[req->n_segments - 1];

	(void)catalog;
	if (!str_is(name, style_name))
		return page_error(page, 404, "There is no such file.");
	page->type = "text/css; charset=utf-8";
	buf_add(&page->body, asset_style, asset_style_len);
	return 200;
}
