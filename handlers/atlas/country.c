/*
 * A country: its map, what is said of it, its regions and its neighbours.
 */
#include "handlers/atlas/country.h"

#include <stdlib.h>

#include "app/text/alloc.h"
#include "handlers/atlas/frame.h"
#include "handlers/atlas/mainland.h"
#include "handlers/atlas/marks.h"
#include "handlers/chart/chart.h"
#include "handlers/map/map.h"
#include "handlers/page/reader.h"

enum { MARKED = 250, CORNERS = 10000, LEAST_KM = 10 };

/* Columns of the country's own row. */
enum { CODE, CODE3, NAME, NATIVE, CONTINENT, CAPITAL, CURRENCIES, LANGUAGES };

static const char country_sql[] =
    "SELECT iso2, iso3, name, native, continent, capital, currencies, "
    "languages FROM countries WHERE iso2 = ?";

/* Where its places are, if it has no outline. */
static struct point *
places_of(struct db *db, struct str code, size_t *n)
{
	struct point *points = alloc_array(CORNERS, sizeof(*points));
	struct query q;

	*n = 0;
	query_open(&q, db,
	    "SELECT lat, lon FROM places WHERE country = ? "
	    "ORDER BY population DESC LIMIT ?");
	query_bind_text(&q, 1, code);
	query_bind_int(&q, 2, CORNERS);
	while (points != NULL && query_next(&q))
		points[(*n)++] =
		    (struct point){query_real(&q, 0), query_real(&q, 1)};
	query_close(&q);
	return points;
}

/* The map that shows all of it; false if nobody knows where it is. */
static bool
find_map(struct db *db, struct str code, struct projection *p)
{
	struct point *points = NULL;
	struct query q;
	size_t n = 0;

	query_open(&q, db,
	    "SELECT polygons FROM outlines_50m WHERE iso2 = ? "
	    "ORDER BY length(polygons) DESC LIMIT 1");
	query_bind_text(&q, 1, code);
	if (query_next(&q))
		points = mainland(query_text(&q, 0), &n);
	query_close(&q);
	if (points == NULL)
		points = places_of(db, code, &n);
	if (n > 0)
		projection_fit(p, points, n, LEAST_KM, MAP_WIDTH, MAP_HEIGHT);
	free(points);
	return n > 0;
}

static void
draw(struct buf *b, const struct request *req, struct db *db, struct str code,
    struct str name)
{
	struct projection p;
	struct marks marks = {.projection = &p, .radius = 22, .n_labels = 16};
	struct query q;

	if (!find_map(db, code, &p))
		return;
	html_raw(b, "<figure>\n");
	map_begin(b, &p, NULL, NULL);
	atlas_lands(b, req, db, &p, code);
	query_open(&q, db,
	    "SELECT id, name, population, lat, lon FROM places "
	    "WHERE country = ? ORDER BY population DESC LIMIT ?");
	query_bind_text(&q, 1, code);
	query_bind_int(&q, 2, MARKED);
	while (query_next(&q))
		marks_add(&marks, &q);
	query_close(&q);
	marks_draw(&marks, b);
	map_end(b);
	html_raw(b, "<figcaption>");
	html_str(b, name);
	html_raw(b,
	    " and its largest places: the larger a circle, the more "
	    "people.</figcaption>\n</figure>\n");
}

/* Values with commas between them get some air. */
static void
fact(struct buf *b, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	layout_begin_fact(b, name);
	while (value.len > 0) {
		html_str(b, str_cut(&value, ','));
		html(b, value.len == 0 ? "" : ", ");
	}
	layout_end_fact(b);
}

static void
number_fact(struct buf *b, const char *name, const struct query *q, int column)
{
	layout_begin_fact(b, name);
	atlas_people(b, q, column);
	layout_end_fact(b);
}

/* The capital's page, if it is among the places. */
static void
capital(struct buf *b, const struct request *req, struct db *db,
    struct str code, struct str name)
{
	struct query q;

	if (name.len == 0)
		return;
	query_open(&q, db,
	    "SELECT id FROM places WHERE country = ? AND name = ? "
	    "ORDER BY population DESC LIMIT 1");
	query_bind_text(&q, 1, code);
	query_bind_text(&q, 2, name);
	layout_begin_fact(b, "Capital");
	if (query_next(&q))
		atlas_place(b, req, query_int(&q, 0), name);
	else
		html_str(b, name);
	layout_end_fact(b);
	query_close(&q);
}

static void
facts(struct buf *b, const struct request *req, struct db *db,
    const struct query *country)
{
	struct str code = query_text(country, CODE);
	struct query q;

	html_raw(b, "<dl class=\"facts\">\n");
	if (!str_eq(query_text(country, NAME), query_text(country, NATIVE)))
		fact(b, "In its own language", query_text(country, NATIVE));
	capital(b, req, db, code, query_text(country, CAPITAL));
	fact(b, "Continent", query_text(country, CONTINENT));
	fact(b, "Languages", query_text(country, LANGUAGES));
	fact(b, "Currencies", query_text(country, CURRENCIES));
	fact(b, "Codes", code);
	query_open(&q, db,
	    "SELECT count(*), sum(population) FROM places WHERE country = ?");
	query_bind_text(&q, 1, code);
	if (query_next(&q)) {
		number_fact(b, "Places", &q, 0);
		number_fact(b, "People in them", &q, 1);
	}
	query_close(&q);
	html_raw(b, "</dl>\n");
}

static void
region(struct buf *b, const struct request *req, const struct query *q,
    int64_t most)
{
	html_raw(b, "<tr><th scope=\"row\"><a href=\"");
	atlas_filter_url(b, req, "region", query_text(q, 0));
	html_raw(b, "\">");
	html_str(b, query_text(q, 1));
	html_raw(b, "</a></th><td class=\"n\">");
	html_int(b, query_int(q, 2));
	html_raw(b, "</td><td class=\"n\">");
	atlas_people(b, q, 3);
	html_raw(b, " ");
	chart_meter(b, query_int(q, 3), most);
	html_raw(b, "</td></tr>\n");
}

static void
regions(
    struct buf *b, const struct request *req, struct db *db, struct str code)
{
	struct query q;
	int64_t most = 0;
	bool any = false;

	query_open(&q, db,
	    "SELECT r.code, r.name, count(p.id), sum(p.population) "
	    "FROM regions AS r LEFT JOIN places AS p ON p.region = r.code "
	    "WHERE r.country = ? GROUP BY r.code ORDER BY 4 DESC, r.name");
	query_bind_text(&q, 1, code);
	while (query_next(&q)) {
		if (!any) {
			most = query_int(&q, 3);
			html_raw(b,
			    "<section>\n<h2>Regions</h2>\n"
			    "<table class=\"plain\"><thead><tr>"
			    "<th scope=\"col\">Region</th>"
			    "<th scope=\"col\" class=\"n\">Places</th>"
			    "<th scope=\"col\" class=\"n\">People in them</th>"
			    "</tr></thead>\n<tbody>\n");
		}
		any = true;
		region(b, req, &q, most);
	}
	query_close(&q);
	if (any)
		html_raw(b, "</tbody></table>\n</section>\n");
}

static void
largest(
    struct buf *b, const struct request *req, struct db *db, struct str code)
{
	struct query q;
	bool any = false;

	query_open(&q, db,
	    "SELECT id, name, population FROM places WHERE country = ? "
	    "ORDER BY population DESC LIMIT 20");
	query_bind_text(&q, 1, code);
	while (query_next(&q)) {
		if (!any)
			html_raw(b,
			    "<section>\n<h2>Largest places</h2>\n"
			    "<ol class=\"ranked\">\n");
		any = true;
		html_raw(b, "<li>");
		atlas_place(b, req, query_int(&q, 0), query_text(&q, 1));
		html_raw(b, " <small>");
		atlas_people(b, &q, 2);
		html_raw(b, "</small></li>\n");
	}
	query_close(&q);
	if (!any)
		return;
	html_raw(b, "</ol>\n<p><a href=\"");
	atlas_filter_url(b, req, "country", code);
	html_raw(b, "\">All its places</a></p>\n</section>\n");
}

/* Neighbours on land, then the countries before and after it by name. */
static void
neighbours(struct buf *b, const struct request *req, struct db *db,
    const struct query *country)
{
	static const struct {
		const char *words, *sql;
	} lists[] = {
	    {"On its borders",
		"SELECT c.iso2, c.name FROM borders AS b JOIN countries AS c "
		"ON c.iso2 = b.neighbour WHERE b.country = ?1 ORDER BY c.name"},
	    {"Before it in the alphabet",
		"SELECT iso2, name FROM countries WHERE name < ?2 "
		"ORDER BY name DESC LIMIT 1"},
	    {"After it",
		"SELECT iso2, name FROM countries WHERE name > ?2 "
		"ORDER BY name LIMIT 1"},
	};

	html_raw(b, "<section>\n<h2>Neighbours</h2>\n<dl>\n");
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct query q;
		bool any = false;

		query_open(&q, db, lists[i].sql);
		if (i == 0)
			query_bind_text(&q, 1, query_text(country, CODE));
		else
			query_bind_text(&q, 2, query_text(country, NAME));
		while (query_next(&q)) {
			if (!any) {
				html_raw(b, "<dt>");
				html(b, lists[i].words);
				html_raw(b, "</dt><dd>");
			}
			html(b, any ? ", " : "");
			any = true;
			atlas_country(
			    b, req, query_text(&q, 0), query_text(&q, 1));
		}
		if (any)
			html_raw(b, "</dd>\n");
		query_close(&q);
	}
	html_raw(b, "</dl>\n</section>\n");
}

static void
write_page(struct buf *b, const struct request *req, struct db *db,
    const struct query *country)
{
	static const struct layout_link way[] = {
	    {"/countries", "Countries"}, {NULL, NULL}};
	struct str name = query_text(country, NAME);
	struct str code = query_text(country, CODE);
	struct buf title = {0};

	buf_add(&title, name.s, name.len);
	atlas_begin(
	    b, req, (struct layout){.title = buf_cstr(&title), .way = way});
	draw(b, req, db, code, name);
	facts(b, req, db, country);
	neighbours(b, req, db, country);
	html_raw(b, "<div class=\"columns\">\n");
	regions(b, req, db, code);
	largest(b, req, db, code);
	html_raw(b, "</div>\n");
	atlas_end(b, req);
	buf_release(&title);
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct query country;
	int status = 200;

	query_open(&country, db, country_sql);
	query_bind_text(&country, 1, req->segments[1]);
	if (query_next(&country))
		write_page(&page->body, req, db, &country);
	else
		status = page_error(page, 404,
		    "There is no country with this code of two letters.");
	query_close(&country);
	return status;
}

int
country_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, read);
}
