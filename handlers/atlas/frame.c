/*
 * The frame of the atlas's pages, and the parts that several of them show.
 */
#include "handlers/atlas/frame.h"

#include <math.h>

#include "app/text/url.h"
#include "handlers/map/map.h"
#include "handlers/map/outline.h"
#include "handlers/page/links.h"

static const struct layout_link links[] = {
    {"/countries", "Countries"},
    {"/atlas", "Data"},
    {NULL, NULL},
};

const struct layout_site atlas_site = {
    .name = "World atlas",
    .search = "/search",
    .searched = "Search 135,000 places",
    .links = links,
    .credits = "Places © GeoNames, CC BY 4.0 · Outlines: Natural Earth",
};

void
atlas_begin(struct buf *b, const struct request *req, struct layout l)
{
	l.site = &atlas_site;
	layout_begin(b, req, &l);
}

void
atlas_end(struct buf *b, const struct request *req)
{
	layout_end_site(b, req, &atlas_site);
}

void
atlas_place(
    struct buf *b, const struct request *req, int64_t id, struct str name)
{
	html_raw(b, "<a href=\"");
	link_path(b, req, "/places/");
	buf_int(b, id);
	html_raw(b, "\">");
	html_str(b, name);
	html_raw(b, "</a>");
}

void
atlas_country_url(struct buf *b, const struct request *req, struct str code)
{
	link_path(b, req, "/countries/");
	url_name(b, code);
}

void
atlas_country(
    struct buf *b, const struct request *req, struct str code, struct str name)
{
	html_raw(b, "<a href=\"");
	atlas_country_url(b, req, code);
	html_raw(b, "\">");
	html_str(b, name);
	html_raw(b, "</a>");
}

void
atlas_filter_url(struct buf *b, const struct request *req, const char *column,
    struct str value)
{
	struct buf url = {0};

	buf_printf(&url, "/atlas/places?_sort_desc=population&%s=", column);
	url_arg(&url, value);
	link_path(b, req, buf_cstr(&url));
	buf_release(&url);
}

void
atlas_continent_id(struct buf *b, struct str continent)
{
	/* Spaces are not for names of parts. */
	while (continent.len > 0) {
		html_str(b, str_cut(&continent, ' '));
		html(b, continent.len == 0 ? "" : "-");
	}
}

void
atlas_people(struct buf *b, const struct query *q, int column)
{
	if (query_is_null(q, column))
		html_raw(b, "–");
	else
		html_int(b, query_int(q, column));
}

void
atlas_position(struct buf *b, struct point p)
{
	buf_printf(b, "%.2f° %s, %.2f° %s", fabs(p.lat), p.lat < 0 ? "S" : "N",
	    fabs(p.lon), p.lon < 0 ? "W" : "E");
}

/* One that has no country's page is drawn without a link. */
static void
draw_land(struct buf *b, const struct request *req, const struct query *q,
    const struct projection *p, struct str code)
{
	struct str own = query_text(q, 0);
	bool linked = own.len > 0;
	struct buf d = {0};

	outline_path(p, query_text(q, 2), &d);
	if (d.len > 0) {
		if (linked) {
			html_raw(b, "<a tabindex=\"-1\" href=\"");
			atlas_country_url(b, req, own);
			html_raw(b, "\">");
		}
		buf_str(b,
		    linked && str_eq(own, code)
			? "<path class=\"land own\" d=\""
			: "<path class=\"land\" d=\"");
		buf_add(b, d.data, d.len);
		html_raw(b, "\"><title>");
		html_str(b, query_text(q, 1));
		html_raw(b, "</title></path>");
		html(b, linked ? "" : "\n");
		if (linked)
			html_raw(b, "</a>\n");
	}
	b->failed |= d.failed;
	buf_release(&d);
}

void
atlas_lands(struct buf *b, const struct request *req, struct db *db,
    const struct projection *p, struct str code)
{
	struct geo_box box = projection_box(p);
	struct query q;

	/* The box may lie over the 180th meridian, on either side. */
	query_open(&q, db,
	    p->world
		? "SELECT o.iso2, coalesce(c.name, o.name), polygons "
		  "FROM outlines_110m AS o LEFT JOIN countries AS c USING "
		  "(iso2)"
		: "SELECT o.iso2, coalesce(c.name, o.name), polygons "
		  "FROM outlines_50m AS o LEFT JOIN countries AS c USING "
		  "(iso2) "
		  "WHERE o.name IN (SELECT name FROM outlines_50m_position "
		  "WHERE max_lat >= ?1 AND min_lat <= ?2 AND "
		  "(max_lon >= ?3 AND min_lon <= ?4 OR "
		  "max_lon >= ?3 + 360 OR min_lon <= ?4 - 360))");
	if (!p->world) {
		query_bind_real(&q, 1, box.min_lat);
		query_bind_real(&q, 2, box.max_lat);
		query_bind_real(&q, 3, box.min_lon);
		query_bind_real(&q, 4, box.max_lon);
	}
	while (query_next(&q))
		draw_land(b, req, &q, p, code);
	query_close(&q);
}
