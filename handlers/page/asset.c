/*
 * Files that are part of the program.  ASSETS_HASH comes from the Makefile.
 */
#include "handlers/page/asset.h"

enum { HASH_MAX = 10 }; /* digits of a name, from cksum */

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

/* The same file's name, by a program that has another one under it? */
static bool
is_of_another_build(struct str name, const struct asset *asset)
{
	size_t stem = strcspn(asset->name, "-") + 1, i;
	const char *suffix = strrchr(asset->name, '.');

	if (!str_starts(name, (struct str){asset->name, stem}))
		return false;
	for (i = stem; i < name.len && i < stem + HASH_MAX; i++) {
		if (name.s[i] < '0' || name.s[i] > '9')
			break;
	}
	return i > stem &&
	    str_is((struct str){name.s + i, name.len - i}, suffix);
}

/*
 * While programs take turns, pages of one may ask another for its files: those
 * it has are better than none, for now.
 */
int
asset_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct str name = req->segments[req->n_segments - 1];

	(void)catalog;
	for (size_t i = 0; i < sizeof(assets) / sizeof(*assets); i++) {
		bool present = str_is(name, assets[i].name);

		if (!present && !is_of_another_build(name, &assets[i]))
			continue;
		if (!present)
			buf_lit(&page->header, "Cache-Control: no-cache\r\n");
		page->type = assets[i].type;
		buf_add(&page->body, assets[i].bytes, *assets[i].len);
		return 200;
	}
	return page_error(page, 404, "There is no such file.");
}
