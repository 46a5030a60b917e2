/*
 * A place: where it is, how it ranks, and what is near it.
 */
#include "handlers/atlas/place.h"

#include "app/text/value.h"
#include "handlers/atlas/frame.h"
#include "handlers/atlas/marks.h"
#include "handlers/atlas/nearest.h"
#include "handlers/map/map.h"
#include "handlers/page/reader.h"

enum {
	AROUND_KM = 250, /* that the map shows, to each side */
	MARKED = 80,
	INSET = 300, /* units of the small map of the world */
};

/* Columns of the place's own row. */
enum {
	ID,
	NAME,
	POPULATION,
	LAT,
	LON,
	COUNTRY,
	COUNTRY_NAME,
	REGION,
	REGION_NAME,
	FEATURE,
};

static const char place_sql[] =
    "SELECT p.id, p.name, p.population, p.lat, p.lon, c.iso2, c.name, "
    "p.region, r.name, p.feature "
    "FROM places AS p JOIN countries AS c ON c.iso2 = p.country "
    "LEFT JOIN regions AS r ON r.code = p.region WHERE p.id = ?";

/* GeoNames' codes of populated places. */
static const char *
feature_words(struct str code)
{
	static const struct {
		const char *code, *words;
	} features[] = {
	    {"PPL", "Populated place"},
	    {"PPLA", "Seat of a region"},
	    {"PPLA2", "Seat of a district"},
	    {"PPLA3", "Seat of a municipality"},
	    {"PPLA4", "Seat of a part of a municipality"},
	    {"PPLA5", "Seat of a part of a municipality"},
	    {"PPLC", "Capital"},
	    {"PPLCH", "Former capital"},
	    {"PPLF", "Farm village"},
	    {"PPLG", "Seat of the government"},
	    {"PPLH", "Place that is no more"},
	    {"PPLL", "Locality"},
	    {"PPLQ", "Abandoned place"},
	    {"PPLR", "Religious place"},
	    {"PPLS", "Populated places"},
	    {"PPLW", "Destroyed place"},
	    {"PPLX", "Part of a place"},
	    {"STLMT", "Settlement"},
	};

	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++) {
		if (str_is(code, features[i].code))
			return features[i].words;
	}
	return "Place";
}

static struct point
position(const struct query *place)
{
	return (struct point){query_real(place, LAT), query_real(place, LON)};
}

static void
draw_inset(struct buf *b, const struct query *place)
{
	struct point at = position(place);
	struct projection p;
	struct buf words = {0};

	projection_world(&p, INSET);
	buf_lit(&words, "A dot at ");
	atlas_position(&words, at);
	map_begin(b, &p, "Where it is in the world", buf_cstr(&words));
	map_land(b, &p);
	buf_printf(b, "<circle class=\"own\" cx=\"%.0f\" cy=\"%.0f\" r=\"5\"/>",
	    projection_apply(&p, at).x, projection_apply(&p, at).y);
	map_end(b);
	buf_release(&words);
}

static void
draw(struct buf *b, const struct request *req, struct db *db,
    const struct query *place)
{
	struct geo_box box = geo_around(position(place), AROUND_KM);
	double lon = query_real(place, LON);
	struct point sides[] = {{box.min_lat, lon}, {box.max_lat, lon},
	    {query_real(place, LAT), box.min_lon},
	    {query_real(place, LAT), box.max_lon}};
	struct projection p;
	struct marks marks = {
	    .projection = &p,
	    .radius = 18,
	    .n_labels = 14,
	    .own = query_int(place, ID),
	};
	struct query q;

	projection_fit(&p, sides, 4, AROUND_KM, MAP_WIDTH, MAP_HEIGHT * 3 / 4);
	html_raw(b, "<figure>\n");
	map_begin(b, &p, NULL, NULL);
	atlas_lands(b, req, db, &p, query_text(place, COUNTRY));
	/* The place itself first, so that nothing is written over its name. */
	query_open(&q, db,
	    "SELECT id, name, population, lat, lon FROM places WHERE id IN "
	    "(SELECT id FROM places_position WHERE min_lat <= ?2 AND "
	    "max_lat >= ?1 AND min_lon <= ?4 AND max_lon >= ?3) "
	    "ORDER BY id <> ?5, population DESC LIMIT ?6");
	box = projection_box(&p);
	query_bind_real(&q, 1, box.min_lat);
	query_bind_real(&q, 2, box.max_lat);
	query_bind_real(&q, 3, box.min_lon);
	query_bind_real(&q, 4, box.max_lon);
	query_bind_int(&q, 5, marks.own);
	query_bind_int(&q, 6, MARKED);
	while (query_next(&q))
		marks_add(&marks, &q);
	query_close(&q);
	marks_draw(&marks, b);
	map_end(b);
	html_raw(b, "<figcaption>");
	html_str(b, query_text(place, NAME));
	buf_printf(b,
	    " and what lies within about %d kilometres</figcaption>\n"
	    "</figure>\n",
	    AROUND_KM);
}

/* "12th"; one more than those that have more people. */
static void
rank(struct buf *b, struct db *db, const struct query *place, bool country)
{
	struct query q;

	query_open(&q, db,
	    country ? "SELECT count(*) + 1 FROM places "
		      "WHERE country = ?2 AND population > ?1"
		    : "SELECT count(*) + 1 FROM places WHERE population > ?1");
	query_bind_int(&q, 1, query_int(place, POPULATION));
	if (country)
		query_bind_text(&q, 2, query_text(place, COUNTRY));
	if (query_next(&q))
		html_int(b, query_int(&q, 0));
	query_close(&q);
}

static void
antipode(struct buf *b, const struct request *req, struct db *db,
    const struct query *place)
{
	struct point at = geo_antipode(position(place));
	struct nearest near;
	struct query q;

	layout_begin_fact(b, "Antipode");
	atlas_position(b, at);
	nearest_find(&near, db, at, 0, 1);
	query_open(&q, db, "SELECT name FROM places WHERE id = ?");
	query_bind_int(&q, 1, near.n > 0 ? near.places[0].id : 0);
	if (query_next(&q)) {
		html_raw(b, "; nearest to it: ");
		atlas_place(b, req, near.places[0].id, query_text(&q, 0));
		buf_printf(b, ", %.0f km away", near.places[0].km);
	}
	query_close(&q);
	layout_end_fact(b);
}

static void
facts(struct buf *b, const struct request *req, struct db *db,
    const struct query *place)
{
	html_raw(b, "<dl class=\"facts\">\n");
	layout_begin_fact(b, "Country");
	atlas_country(b, req, query_text(place, COUNTRY),
	    query_text(place, COUNTRY_NAME));
	layout_end_fact(b);
	if (!query_is_null(place, REGION_NAME)) {
		layout_begin_fact(b, "Region");
		html_raw(b, "<a href=\"");
		atlas_filter_url(b, req, "region", query_text(place, REGION));
		html_raw(b, "\">");
		html_str(b, query_text(place, REGION_NAME));
		html_raw(b, "</a>");
		layout_end_fact(b);
	}
	layout_begin_fact(b, "Kind");
	html(b, feature_words(query_text(place, FEATURE)));
	layout_end_fact(b);
	layout_begin_fact(b, "People");
	if (query_is_null(place, POPULATION))
		html_raw(b, "unknown");
	atlas_people(b, place, POPULATION);
	layout_end_fact(b);
	if (!query_is_null(place, POPULATION)) {
		layout_begin_fact(b, "Rank in the country");
		rank(b, db, place, true);
		layout_end_fact(b);
		layout_begin_fact(b, "Rank in the world");
		rank(b, db, place, false);
		layout_end_fact(b);
	}
	layout_begin_fact(b, "Position");
	atlas_position(b, position(place));
	layout_end_fact(b);
	antipode(b, req, db, place);
	html_raw(b, "</dl>\n");
}

static void
list_near(struct buf *b, const struct request *req, struct db *db,
    const struct query *place)
{
	struct point from = position(place);
	struct nearest near;

	nearest_find(&near, db, from, query_int(place, ID), NEAREST_MAX);
	html_raw(b,
	    "<section>\n<h2>Nearest places</h2>\n<table class=\"plain\">"
	    "<thead><tr><th scope=\"col\">Place</th>"
	    "<th scope=\"col\">Country</th>"
	    "<th scope=\"col\" class=\"n\">Distance</th>"
	    "<th scope=\"col\">Direction</th>"
	    "<th scope=\"col\" class=\"n\">People</th></tr></thead>\n"
	    "<tbody>\n");
	for (size_t i = 0; i < near.n; i++) {
		const struct near *n = &near.places[i];
		struct query q;

		query_open(&q, db, place_sql);
		query_bind_int(&q, 1, n->id);
		if (query_next(&q)) {
			html_raw(b, "<tr><th scope=\"row\">");
			atlas_place(b, req, n->id, query_text(&q, NAME));
			html_raw(b, "</th><td>");
			atlas_country(b, req, query_text(&q, COUNTRY),
			    query_text(&q, COUNTRY_NAME));
			buf_printf(
			    b, "</td><td class=\"n\">%.1f km</td><td>", n->km);
			html(b, geo_direction(geo_bearing(from, n->at)));
			html_raw(b, "</td><td class=\"n\">");
			atlas_people(b, &q, POPULATION);
			html_raw(b, "</td></tr>\n");
		}
		query_close(&q);
	}
	html_raw(b, "</tbody></table>\n</section>\n");
}

static void
write_page(struct buf *b, const struct request *req, struct db *db,
    const struct query *place)
{
	struct buf title = {0}, path = {0}, country = {0};
	struct layout_link way[] = {
	    {"/countries", "Countries"},
	    {NULL, NULL},
	    {NULL, NULL},
	};
	struct str s = query_text(place, NAME);

	buf_add(&title, s.s, s.len);
	s = query_text(place, COUNTRY_NAME);
	buf_add(&country, s.s, s.len);
	buf_lit(&path, "/countries/");
	s = query_text(place, COUNTRY);
	buf_add(&path, s.s, s.len);
	way[1] = (struct layout_link){buf_cstr(&path), buf_cstr(&country)};
	atlas_begin(
	    b, req, (struct layout){.title = buf_cstr(&title), .way = way});
	draw(b, req, db, place);
	html_raw(b, "<div class=\"split\">\n");
	facts(b, req, db, place);
	draw_inset(b, place);
	html_raw(b, "</div>\n");
	list_near(b, req, db, place);
	atlas_end(b, req);
	buf_release(&title);
	buf_release(&path);
	buf_release(&country);
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct buf text = {0};
	struct query place;
	int64_t id = 0;
	int status = 200;

	buf_add(&text, req->segments[1].s, req->segments[1].len);
	query_open(&place, db, place_sql);
	if (value_number(buf_cstr(&text), &id))
		query_bind_int(&place, 1, id);
	if (query_next(&place))
		write_page(&page->body, req, db, &place);
	else
		status = page_error(
		    page, 404, "There is no place with this number.");
	query_close(&place);
	buf_release(&text);
	return status;
}

int
place_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, read);
}
