/*
 * A table's rows as GeoJSON (RFC 7946): a point each, from columns that are
 * called latitude and longitude, or the like; the others are its properties.
 */
#include <math.h>

#include "app/json.h"
#include "handlers/table_view.h"

/* The column that has one of the names, or n_columns. */
static size_t
find(const struct table *t, const char *const *names)
{
	for (; *names != NULL; names++) {
		size_t i = table_column(t, str_of(*names));

		if (i < t->n_columns)
			return i;
	}
	return t->n_columns;
}

/* A coordinate within its bounds; false if it is none. */
static bool
coordinate(const struct query *q, size_t column, double max, double *value)
{
	enum value_type type = query_type(q, (int)column);

	*value = query_real(q, (int)column);
	return (type == VALUE_INT || type == VALUE_REAL) && fabs(*value) <= max;
}

static void
write_geometry(const struct query *q, size_t lat, size_t lon, struct buf *b)
{
	double latitude, longitude;

	if (!coordinate(q, lat, 90, &latitude) ||
	    !coordinate(q, lon, 180, &longitude)) {
		json_raw(b, "null");
		return;
	}
	json_raw(b, "{\"type\":\"Point\",\"coordinates\":[");
	json_real(b, longitude);
	json_raw(b, ",");
	json_real(b, latitude);
	json_raw(b, "]}");
}

static void
write_feature(const struct table_view *v, size_t lat, size_t lon, struct buf *b)
{
	struct buf key = {0};
	const char *comma = "";

	json_raw(b, "{\"type\":\"Feature\"");
	if (rows_key(&v->rows, &key)) {
		json_raw(b, ",\"id\":");
		json_text(b, str_of_buf(&key));
	}
	json_raw(b, ",\"geometry\":");
	write_geometry(&v->rows.query, lat, lon, b);
	json_raw(b, ",\"properties\":{");
	for (size_t i = 0; i < v->n_shown; i++) {
		size_t column = v->shown[i].column;

		if (column == lat || column == lon)
			continue;
		buf_str(b, comma);
		json_str(b, view_column_name(v, column));
		json_raw(b, ":");
		cell_json_styled(b, &v->rows, column, v->shown[i].style);
		comma = ",";
	}
	json_raw(b, "}}");
	buf_release(&key);
}

int
table_geojson(struct table_view *v, struct page *page)
{
	static const char *const latitudes[] = {"latitude", "lat", NULL};
	static const char *const longitudes[] = {
	    "longitude", "lon", "lng", "long", NULL};
	size_t lat = find(&v->table, latitudes);
	size_t lon = find(&v->table, longitudes);
	struct buf *b = &page->body;

	if (lat == v->table.n_columns || lon == v->table.n_columns)
		return page_error(page, 404,
		    "%s is not on the map: it has no columns called latitude "
		    "and longitude.",
		    v->table.name);
	page->type = "application/geo+json; charset=utf-8";
	json_raw(b, "{\"type\":\"FeatureCollection\",\"features\":[");
	while (view_next(v)) {
		if (v->n > 1)
			json_raw(b, ",\n");
		write_feature(v, lat, lon, b);
	}
	json_raw(b, "]}\n");
	return 200;
}
