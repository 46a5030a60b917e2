/*
 * All countries, by continent.
 */
#include "handlers/atlas/countries.h"

#include "handlers/atlas/frame.h"
#include "handlers/reader.h"

static void
begin_continent(struct buf *b, struct str name)
{
	html_raw(b, "<section>\n<h2 id=\"");
	atlas_continent_id(b, name);
	html_raw(b, "\">");
	html_str(b, name);
	html_raw(b, "</h2>\n<ul class=\"names\">\n");
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct buf *b = &page->body, continent = {0};
	struct query q;

	atlas_begin(b, req,
	    (struct layout){
		.title = "Countries",
		.description = "The countries of the world by continent, with "
			       "maps of each.",
	    });
	query_open(&q, db,
	    "SELECT continent, iso2, name FROM countries "
	    "ORDER BY continent, name");
	while (query_next(&q)) {
		if (!str_eq(str_of_buf(&continent), query_text(&q, 0))) {
			if (continent.len > 0)
				html_raw(b, "</ul>\n</section>\n");
			buf_reset(&continent);
			buf_add(&continent, query_text(&q, 0).s,
			    query_text(&q, 0).len);
			begin_continent(b, query_text(&q, 0));
		}
		html_raw(b, "<li>");
		atlas_country(b, req, query_text(&q, 1), query_text(&q, 2));
		html_raw(b, "</li>\n");
	}
	if (continent.len > 0)
		html_raw(b, "</ul>\n</section>\n");
	query_close(&q);
	buf_release(&continent);
	atlas_end(b, req);
	return 200;
}

int
countries_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return read_database(req, catalog, page, read);
}
