/*
 * All countries, by continent.
 */
#include "handlers/atlas/countries.h"

#include "handlers/atlas/frame.h"
#include "handlers/page/reader.h"

static void
list_countries(struct buf *b, const struct request *req, struct db *db,
    struct str continent)
{
	struct query q;

	html_raw(b, "<h2 id=\"");
	atlas_continent_id(b, continent);
	html_raw(b, "\">");
	html_str(b, continent);
	html_raw(b, "</h2>\n<ul class=\"names\">\n");
	query_open(&q, db,
	    "SELECT iso2, name FROM countries WHERE continent = ? "
	    "ORDER BY name");
	query_bind_text(&q, 1, continent);
	while (query_next(&q)) {
		html_raw(b, "<li>");
		atlas_country(b, req, query_text(&q, 0), query_text(&q, 1));
		html_raw(b, "</li>\n");
	}
	query_close(&q);
	html_raw(b, "</ul>\n");
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct buf *b = &page->body;
	struct query q;

	atlas_begin(b, req,
	    (struct layout){
		.title = "Countries",
		.description = "The countries of the world by continent, with "
			       "maps of each.",
	    });
	query_open(
	    &q, db, "SELECT DISTINCT continent FROM countries ORDER BY 1");
	while (query_next(&q))
		list_countries(b, req, db, query_text(&q, 0));
	query_close(&q);
	atlas_end(b, req);
	return 200;
}

int
countries_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, read);
}
