/*
 * A table's rows as GeoJSON.
 */
#include "handlers/table/table_geojson.h"

#include "app/text/json.h"
#include "handlers/map/geojson.h"

static void
write_feature(
    const struct table_view *v, const struct geojson *g, struct buf *b)
{
	struct buf key = {0};

	json_raw(b, "{\"type\":\"Feature\"");
	if (rows_key(&v->rows, &key))
		json_member_text(b, "id", str_of_buf(&key));
	json_raw(b, ",\"geometry\":");
	geojson_geometry(g, &v->rows.query, b);
	json_raw(b, ",\"properties\":{");
	for (size_t i = 0; i < v->n_shown; i++) {
		size_t column = v->shown[i].column;

		if (column == g->lat || column == g->lon)
			continue;
		json_key(b, table_column_name(&v->table, column));
		cell_json_styled(b, &v->rows, column, v->shown[i].style);
	}
	json_raw(b, "}}");
	buf_release(&key);
}

int
table_geojson(struct table_view *v, struct page *page)
{
	struct buf *b = &page->body;
	struct geojson g;

	if (!geojson_find_table(&g, &v->table))
		return table_view_nowhere(v, page);
	page->type = MEDIA_GEOJSON;
	json_raw(b, "{\"type\":\"FeatureCollection\",\"features\":[");
	while (table_view_next(v)) {
		json_next_line(b);
		write_feature(v, &g, b);
	}
	json_raw(b, "]}\n");
	return 200;
}
