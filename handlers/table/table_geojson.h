#ifndef SQUALL_TABLE_GEOJSON_H
#define SQUALL_TABLE_GEOJSON_H

#include "handlers/table/table_view.h"

/* Writes the rows as GeoJSON; a status as a handler's. */
int table_geojson(struct table_view *, struct page *);

#endif
