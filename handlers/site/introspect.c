/*
 * Pages about the site itself.  People see the same JSON as programs do.
 */
#include "handlers/site/introspect.h"

#include "db/sqlite/engine.h"
#include "handlers/page/about.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"

/* Makes a page of the JSON in `json`, which is released. */
static int
finish(const struct request *req, struct page *page, const char *title,
    struct buf *json)
{
	struct buf *b = &page->body;

	if (req->format == FORMAT_JSON) {
		page->type = MEDIA_JSON;
		buf_add(b, json->data, json->len);
		json_raw(b, "\n");
	} else {
		layout_begin(
		    b, req, &(struct layout){.title = title, .json = true});
		html_raw(b, "<pre>");
		html_str(b, str_of_buf(json));
		html_raw(b, "</pre>\n");
		layout_formats(b, req);
		layout_end(b);
	}
	b->failed |= json->failed;
	buf_release(json);
	return 200;
}

static void
options(struct buf *b)
{
	const char *option;

	json_begin_array(b);
	for (size_t i = 0; (option = engine_option(i)) != NULL; i++)
		json_str(b, option);
	json_end_array(b);
}

static bool
has_option(const char *name)
{
	const char *option;

	for (size_t i = 0; (option = engine_option(i)) != NULL; i++) {
		if (strcmp(option, name) == 0)
			return true;
	}
	return false;
}

/* Newest first. */
static void
fts_versions(struct buf *b)
{
	static const struct {
		const char *option, *version;
	} versions[] = {
	    {"ENABLE_FTS5", "FTS5"},
	    {"ENABLE_FTS4", "FTS4"},
	    {"ENABLE_FTS3", "FTS3"},
	};

	json_begin_array(b);
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		if (has_option(versions[i].option))
			json_str(b, versions[i].version);
	}
	json_end_array(b);
}

int
introspect_versions(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct buf b = {0};

	(void)catalog;
	json_begin_object(&b);
	json_member_bool(&b, "ok", true);
	json_key(&b, "squall");
	json_begin_object(&b);
	json_member(&b, "version", SQUALL_VERSION);
	json_end_object(&b);
	json_key(&b, "sqlite");
	json_begin_object(&b);
	json_member(&b, "version", engine_version());
	json_key(&b, "fts_versions");
	fts_versions(&b);
	json_key(&b, "compile_options");
	options(&b);
	json_end_object(&b);
	json_end_object(&b);
	return finish(req, page, "Versions", &b);
}

static void
database_json(struct buf *b, struct db *db, struct page *page)
{
	const char *file = db_file(db), *slash = strrchr(file, '/');
	int64_t size = 0;

	if (db_begin(db) == DB_OK)
		size = db_size(db);
	json_begin_object(b);
	json_member(b, "name", db_name(db));
	/* Visitors need not know its folder. */
	json_member(b, "path", slash == NULL ? file : slash + 1);
	json_key(b, "size");
	if (db_end(db) == DB_OK) {
		json_int(b, size);
	} else {
		json_null(b);
		page->transient = true;
	}
	json_raw(b, ",\"is_mutable\":true,\"is_memory\":false,\"hash\":null}");
}

int
introspect_databases(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct buf b = {0};

	json_begin_array(&b);
	for (size_t i = 0; i < catalog_count(catalog); i++)
		database_json(&b, catalog_at(catalog, i), page);
	json_end_array(&b);
	return finish(req, page, "Databases", &b);
}

int
introspect_metadata(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct buf b = {0};

	json_begin_object(&b);
	json_member_bool(&b, "ok", true);
	about_members(&b, published_site(catalog_at(catalog, 0)));
	json_key(&b, "databases");
	json_begin_object(&b);
	for (size_t i = 0; i < catalog_count(catalog); i++) {
		struct db *db = catalog_at(catalog, i);

		json_key(&b, db_name(db));
		about_database_json(&b, published_metadata(db));
	}
	json_end_object(&b);
	json_end_object(&b);
	return finish(req, page, "Metadata", &b);
}

/* robots.txt: a site with free SQL has endless pages: crawlers stay out. */
int
introspect_robots(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct buf *b = &page->body;

	page->type = MEDIA_TEXT;
	buf_lit(b, "User-agent: *\nDisallow: ");
	link_home(b, req);
	if (!published_settings(catalog_at(catalog, 0))->robots)
		buf_lit(b, "*/-/query");
	buf_char(b, '\n');
	return 200;
}
