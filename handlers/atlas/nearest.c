/*
 * Nearest neighbours by the R*Tree, which knows boxes only.
 */
#include "handlers/atlas/nearest.h"

#include <string.h>

#define FIRST_KM 12.0
#define LAST_KM  20100.0 /* the antipode is nearer than that */

/* Puts it where it belongs, if it is among the nearest. */
static void
add(struct nearest *n, struct near place, size_t max)
{
	size_t i = n->n;

	while (i > 0 && n->places[i - 1].km > place.km)
		i--;
	if (i == max)
		return;
	if (n->n == max)
		n->n--;
	memmove(
	    &n->places[i + 1], &n->places[i], (n->n - i) * sizeof(*n->places));
	n->places[i] = place;
	n->n++;
}

/*
 * Adds the places of a box that are within `km`.  Its longitudes may lie beyond
 * the 180th meridian: `turn` degrees bring them back.
 */
static void
look(struct nearest *n, struct db *db, struct point from, int64_t except,
    const struct geo_box *box, double turn, double km, size_t max)
{
	struct query q;

	query_open(&q, db,
	    "SELECT p.id, p.lat, p.lon FROM places_position AS i "
	    "JOIN places AS p ON p.id = i.id "
	    "WHERE min_lat <= ?2 AND max_lat >= ?1 "
	    "AND min_lon <= ?4 AND max_lon >= ?3");
	query_bind_real(&q, 1, box->min_lat);
	query_bind_real(&q, 2, box->max_lat);
	query_bind_real(&q, 3, box->min_lon + turn);
	query_bind_real(&q, 4, box->max_lon + turn);
	while (query_next(&q)) {
		struct near place = {
		    .id = query_int(&q, 0),
		    .at = {query_real(&q, 1), query_real(&q, 2)},
		};

		place.km = geo_distance_km(from, place.at);
		if (place.id != except && place.km <= km)
			add(n, place, max);
	}
	query_close(&q);
}

void
nearest_find(struct nearest *n, struct db *db, struct point from,
    int64_t except, size_t max)
{
	for (double km = FIRST_KM;; km *= 3) {
		struct geo_box box = geo_around(from, km);

		*n = (struct nearest){0};
		/* Around a pole it has all meridians at once. */
		look(n, db, from, except, &box, 0, km, max);
		if (box.min_lon < -180 && box.max_lon - box.min_lon < 360)
			look(n, db, from, except, &box, 360, km, max);
		if (box.max_lon > 180 && box.max_lon - box.min_lon < 360)
			look(n, db, from, except, &box, -360, km, max);
		if (n->n == max || km > LAST_KM)
			return;
	}
}
