/*
 * The atlas's front page: the world, its continents and largest cities.
 */
#include "handlers/atlas/front.h"

#include "handlers/atlas/frame.h"
#include "handlers/atlas/marks.h"
#include "handlers/chart/chart.h"
#include "handlers/map/map.h"
#include "handlers/page/links.h"
#include "handlers/page/reader.h"
#include "handlers/sql/stored_page.h"

enum { MARKED = 300, LISTED = 20 };

static void
draw_world(struct buf *b, const struct request *req, struct db *db)
{
	struct projection p;
	struct marks marks = {.projection = &p, .radius = 9, .n_labels = 14};
	struct query q;

	projection_world(&p, MAP_WIDTH);
	html_raw(b, "<figure class=\"wide\">\n");
	map_begin(b, &p, NULL, NULL);
	atlas_lands(b, req, db, &p, (struct str){0});
	query_open(&q, db,
	    "SELECT id, name, population, lat, lon FROM places "
	    "ORDER BY population DESC LIMIT ?");
	query_bind_int(&q, 1, MARKED);
	while (query_next(&q))
		marks_add(&marks, &q);
	query_close(&q);
	marks_draw(&marks, b);
	map_end(b);
	html_raw(b,
	    "<figcaption>The 300 largest cities; each country leads to its "
	    "page.</figcaption>\n</figure>\n");
}

/* People are counted by place: the data has none by country. */
static void
list_continents(struct buf *b, const struct request *req, struct db *db)
{
	struct query q;
	int64_t most = 0;

	query_open(&q, db,
	    "WITH c AS (SELECT country, count(*) AS n, sum(population) AS "
	    "people FROM places GROUP BY country) "
	    "SELECT continent, count(*), sum(n), sum(people) "
	    "FROM countries LEFT JOIN c ON c.country = iso2 "
	    "GROUP BY continent ORDER BY 4 DESC");
	html_raw(b,
	    "<section>\n<h2>Continents</h2>\n<table class=\"plain\"><thead><tr>"
	    "<th scope=\"col\">Continent</th>"
	    "<th scope=\"col\" class=\"n\">Countries</th>"
	    "<th scope=\"col\" class=\"n\">Places</th>"
	    "<th scope=\"col\" class=\"n\">People in them</th></tr></thead>\n"
	    "<tbody>\n");
	while (query_next(&q)) {
		if (query_int(&q, 3) > most)
			most = query_int(&q, 3);
		html_raw(b, "<tr><th scope=\"row\"><a href=\"");
		link_path(b, req, "/countries#");
		atlas_continent_id(b, query_text(&q, 0));
		html_raw(b, "\">");
		html_str(b, query_text(&q, 0));
		html_raw(b, "</a></th><td class=\"n\">");
		html_int(b, query_int(&q, 1));
		html_raw(b, "</td><td class=\"n\">");
		atlas_people(b, &q, 2);
		html_raw(b, "</td><td class=\"n\">");
		atlas_people(b, &q, 3);
		html_raw(b, " ");
		chart_meter(b, query_int(&q, 3), most);
		html_raw(b, "</td></tr>\n");
	}
	html_raw(b, "</tbody></table>\n</section>\n");
	query_close(&q);
}

static void
list_cities(struct buf *b, const struct request *req, struct db *db)
{
	struct query q;
	int64_t most = 0;

	query_open(&q, db,
	    "SELECT p.id, p.name, c.iso2, c.name, p.population "
	    "FROM places AS p JOIN countries AS c ON c.iso2 = p.country "
	    "ORDER BY p.population DESC LIMIT ?");
	query_bind_int(&q, 1, LISTED);
	html_raw(b,
	    "<section>\n<h2>Largest cities</h2>\n<table class=\"plain\"><thead>"
	    "<tr><th scope=\"col\">City</th><th scope=\"col\">Country</th>"
	    "<th scope=\"col\" "
	    "class=\"n\">People</th></tr></thead>\n<tbody>\n");
	while (query_next(&q)) {
		if (most == 0)
			most = query_int(&q, 4);
		html_raw(b, "<tr><th scope=\"row\">");
		atlas_place(b, req, query_int(&q, 0), query_text(&q, 1));
		html_raw(b, "</th><td>");
		atlas_country(b, req, query_text(&q, 2), query_text(&q, 3));
		html_raw(b, "</td><td class=\"n\">");
		atlas_people(b, &q, 4);
		html_raw(b, " ");
		chart_meter(b, query_int(&q, 4), most);
		html_raw(b, "</td></tr>\n");
	}
	html_raw(b, "</tbody></table>\n</section>\n");
	query_close(&q);
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct buf *b = &page->body;

	atlas_begin(b, req,
	    (struct layout){
		.title = atlas_site.name,
		.description = "135,000 places of the world on maps: "
			       "countries, cities, who is near whom.",
	    });
	draw_world(b, req, db);
	html_raw(b, "<div class=\"columns\">\n");
	list_continents(b, req, db);
	list_cities(b, req, db);
	html_raw(b, "</div>\n");
	stored_page_list_html(b, req, db);
	atlas_end(b, req);
	return 200;
}

int
front_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, read);
}
