/*
 * All rows of a table, or all that pass the filters, on one map.
 */
#include "handlers/table/table_map.h"

#include "db/rows/keyset.h"
#include "handlers/map/points.h"
#include "handlers/page/about.h"
#include "handlers/page/layout.h"
#include "handlers/table/table.h"

enum { POINTS_MAX = 1000000 }; /* so that memory has a bound */

/* Only the two columns are read, which an index may have by itself. */
static void
read_points(struct table_view *v, struct points *p)
{
	struct points asked = {.columns = {.lat = 0, .lon = 1}};
	struct buf sql = {0};
	struct query q;

	buf_lit(&sql, "SELECT ");
	keyset_column(&v->table, p->columns.lat, &sql);
	buf_lit(&sql, ", ");
	keyset_column(&v->table, p->columns.lon, &sql);
	filters_rows_sql(&v->filters, &sql);
	query_open_buf(&q, v->db, &sql);
	filters_bind(&v->filters, &q, 1);
	while (asked.n < POINTS_MAX && query_next(&q))
		points_add(&asked, &q);
	query_close(&q);
	buf_release(&sql);
	asked.columns = p->columns;
	*p = asked;
}

int
table_map(struct table_view *v, struct page *page)
{
	struct buf *b = &page->body, words = {0}, title = {0};
	const char *name = about_title(&v->metadata->about, v->table.name);
	struct points p = {0};

	if (!geojson_find_table(&p.columns, &v->table))
		return table_view_nowhere(v, page);
	read_points(v, &p);
	buf_printf(&title, "%s on the map", name);
	layout_begin(b, v->req,
	    &(struct layout){
		.title = buf_cstr(&title),
		.database = str_of(db_name(v->db)),
		.table = str_of(v->table.name),
		.noindex =
		    published_settings(v->db)->noindex && v->filters.n > 0,
	    });
	filters_describe(&v->filters, &words);
	if (words.len > 0) {
		html_raw(b, "<p class=\"meta\">Rows ");
		html_str(b, str_of_buf(&words));
		html_raw(b, "</p>\n");
	}
	points_map(b, &p, buf_cstr(&title), MAP_WIDTH);
	if (p.n == 0)
		html_raw(b, "<p>No row has a place on the map.</p>\n");
	if (p.n == POINTS_MAX)
		html_raw(
		    b, "<p>These are the first million; there are more.</p>\n");
	html_raw(b, "<p><a href=\"");
	table_view_link(v, "", b);
	html_raw(b, "\">The rows</a></p>\n");
	about_origin(b, &v->metadata->about, &published_metadata(v->db)->about,
	    published_site(v->db));
	layout_end(b);
	points_release(&p);
	buf_release(&words);
	buf_release(&title);
	return 200;
}
