/*
 * Files that are part of the program.  ASSETS_HASH comes from the Makefile.
 */
#include "handlers/asset.h"

/* assets.S */
extern const char asset_style[], asset_script[];
extern const uint32_t asset_style_len, asset_script_len;

static const struct asset {
	const char *name, *bytes;
	enum media type;
	const uint32_t *len;
} assets[] = {
    [ASSET_STYLE] = {"style-" ASSETS_HASH ".css", asset_style, MEDIA_CSS,
	&asset_style_len},
    [ASSET_SCRIPT] = {"script-" ASSETS_HASH ".js", asset_script, MEDIA_SCRIPT,
	&asset_script_len},
};

const char *
asset_name(enum asset_file file)
{
	return assets[file].name;
}

int
asset_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct str name = req->segments[req->n_segments - 1];

	(void)catalog;
	for (size_t i = 0; i < sizeof(assets) / sizeof(*assets); i++) {
		if (!str_is(name, assets[i].name))
			continue;
		page->type = assets[i].type;
		buf_add(&page->body, assets[i].bytes, *assets[i].len);
		return 200;
	}
	return page_error(page, 404, "There is no such file.");
}
