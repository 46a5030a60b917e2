#ifndef SQUALL_ATLAS_FRAME_H
#define SQUALL_ATLAS_FRAME_H

#include "db/sqlite/query.h"
#include "handlers/map/geo.h"
#include "handlers/map/projection.h"
#include "handlers/page/layout.h"

/*
 * The common parts of the atlas's pages: the frame, and the words for places.
 */
extern const struct layout_site atlas_site;

/* Begins a page with its heading; `l` needs no more than a title. */
void atlas_begin(struct buf *, const struct request *, struct layout l);
void atlas_end(struct buf *, const struct request *);

/* A link to a place's or a country's page, with its name. */
void
atlas_place(struct buf *, const struct request *, int64_t id, struct str name);
void atlas_country(
    struct buf *, const struct request *, struct str code, struct str name);

/* The address of a country's page, for an attribute. */
void atlas_country_url(struct buf *, const struct request *, struct str code);

/* The address of the table of places where a column has a value. */
void atlas_filter_url(
    struct buf *, const struct request *, const char *column, struct str value);

/* The name of a continent's part of the page of countries, for an attribute. */
void atlas_continent_id(struct buf *, struct str continent);

/* A population from a query: a number, or a dash if it is unknown. */
void atlas_people(struct buf *, const struct query *, int column);

/* "41.01° N, 28.95° E". */
void atlas_position(struct buf *, struct point);

/*
 * Draws the lands that reach into a map of a part of the world, each a link to
 * its country, and the one of this code standing out.
 */
void atlas_lands(struct buf *, const struct request *, struct db *,
    const struct projection *, struct str code);

#endif
