#ifndef SQUALL_GEOJSON_H
#define SQUALL_GEOJSON_H

#include "db/schema/table.h"
#include "db/sqlite/query.h"

/*
 * Rows as GeoJSON (RFC 7946): a point each, from columns that are called
 * latitude and longitude, or the like; the others are its properties.
 */
struct geojson {
	size_t lat, lon; /* which columns these are */
};

/* The name of a column. */
typedef struct str geojson_name(const void *columns, size_t i);

/* Finds them among `n` columns; false if one is missing. */
bool geojson_find(
    struct geojson *, size_t n, geojson_name *name, const void *columns);

/* The same among the columns of a table. */
bool geojson_find_table(struct geojson *, const struct table *);

/* Where the query's row is, in degrees; false unless it is on the globe. */
bool geojson_point(
    const struct geojson *, const struct query *, double *lat, double *lon);

/* Adds the geometry of the query's row: null unless it is on the globe. */
void
geojson_geometry(const struct geojson *, const struct query *, struct buf *);

#endif
