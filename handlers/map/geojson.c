/*
 * Where a row is on the map.
 */
#include "handlers/map/geojson.h"

#include <math.h>
#include <strings.h>

#include "app/text/json.h"

/* The column that has one of the names, the first of these before others; or n.
 */
static size_t
find(
    size_t n, geojson_name *name, const void *columns, const char *const *names)
{
	for (; *names != NULL; names++) {
		for (size_t i = 0; i < n; i++) {
			struct str s = name(columns, i);

			if (s.len == strlen(*names) &&
			    strncasecmp(s.s, *names, s.len) == 0)
				return i;
		}
	}
	return n;
}

bool
geojson_find(
    struct geojson *g, size_t n, geojson_name *name, const void *columns)
{
	static const char *const latitudes[] = {"latitude", "lat", NULL};
	static const char *const longitudes[] = {
	    "longitude", "lon", "lng", "long", NULL};

	g->lat = find(n, name, columns, latitudes);
	g->lon = find(n, name, columns, longitudes);
	return g->lat < n && g->lon < n;
}

static struct str
name_of(const void *table, size_t column)
{
	const struct table *t = table;

	return str_of(t->columns[column].name);
}

bool
geojson_find_table(struct geojson *g, const struct table *t)
{
	return geojson_find(g, t->n_columns, name_of, t);
}

/* A coordinate within its bounds; false if it is none. */
static bool
coordinate(const struct query *q, size_t column, double max, double *value)
{
	enum value_type type = query_type(q, (int)column);

	*value = query_real(q, (int)column);
	return (type == VALUE_INT || type == VALUE_REAL) && fabs(*value) <= max;
}

bool
geojson_point(
    const struct geojson *g, const struct query *q, double *lat, double *lon)
{
	return coordinate(q, g->lat, 90, lat) &&
	    coordinate(q, g->lon, 180, lon);
}

void
geojson_geometry(const struct geojson *g, const struct query *q, struct buf *b)
{
	double latitude, longitude;

	if (!geojson_point(g, q, &latitude, &longitude)) {
		json_null(b);
		return;
	}
	json_begin_object(b);
	json_member(b, "type", "Point");
	json_key(b, "coordinates");
	json_begin_array(b);
	json_real(b, longitude);
	json_real(b, latitude);
	json_end_array(b);
	json_end_object(b);
}
