/*
 * Which parts of a land belong on one map.
 */
#include "handlers/atlas/mainland.h"

#include <math.h>
#include <stdlib.h>

#include "app/text/alloc.h"
#include "handlers/map/outline.h"

/* Land that is nearer belongs to the map, whatever its size is. */
#define NEAR_KM   350.0
#define NEAR_PART 0.5 /* of the largest polygon's radius, likewise */

/* A ring, holes too, as the circle around its points. */
struct part {
	size_t from, n; /* its points */
	struct point middle;
	double radius_km;
	bool shown;
};

struct land {
	struct point *points;
	size_t n, room;
	struct part *parts;
	size_t n_parts, room_parts;
	bool failed;
};

/* Room for one more. */
static void *
grow(void *list, size_t n, size_t *room, size_t size, bool *failed)
{
	void *larger;

	if (n < *room)
		return list;
	larger = alloc_resize(list, *room == 0 ? 64 : 2 * *room, size);
	*failed |= larger == NULL;
	if (larger == NULL)
		return list;
	*room = *room == 0 ? 64 : 2 * *room;
	return larger;
}

static void
read_outline(struct land *l, struct str outline)
{
	struct point at;
	bool begins;

	while (!l->failed && outline_next(&outline, &at, &begins)) {
		l->points = grow(
		    l->points, l->n, &l->room, sizeof(*l->points), &l->failed);
		if (begins || l->n_parts == 0) {
			l->parts = grow(l->parts, l->n_parts, &l->room_parts,
			    sizeof(*l->parts), &l->failed);
			if (!l->failed)
				l->parts[l->n_parts++] =
				    (struct part){.from = l->n};
		}
		if (l->failed)
			return;
		l->points[l->n++] = at;
		l->parts[l->n_parts - 1].n++;
	}
}

/* The circle around its points, the middle of which is that of the vectors. */
static void
measure(const struct land *l, struct part *part)
{
	double x = 0, y = 0, z = 0;

	for (size_t i = part->from; i < part->from + part->n; i++) {
		double lat = l->points[i].lat * M_PI / 180;
		double lon = l->points[i].lon * M_PI / 180;

		x += cos(lat) * cos(lon);
		y += cos(lat) * sin(lon);
		z += sin(lat);
	}
	part->middle.lat = atan2(z, hypot(x, y)) * 180 / M_PI;
	part->middle.lon = atan2(y, x) * 180 / M_PI;
	for (size_t i = part->from; i < part->from + part->n; i++)
		part->radius_km = fmax(part->radius_km,
		    geo_distance_km(part->middle, l->points[i]));
}

/* From one part to another, and on to what is near that. */
static void
show_near(struct land *l, const struct part *main)
{
	double near_km = fmax(NEAR_KM, NEAR_PART * main->radius_km);
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < l->n_parts; i++) {
			struct part *a = &l->parts[i];

			for (size_t j = 0; j < l->n_parts && !a->shown; j++) {
				const struct part *b = &l->parts[j];

				a->shown = b->shown &&
				    geo_distance_km(a->middle, b->middle) -
					    a->radius_km - b->radius_km <
					near_km;
				more |= a->shown;
			}
		}
	}
}

struct point *
mainland(struct str outline, size_t *n)
{
	struct land l = {0};
	size_t largest = 0;

	*n = 0;
	read_outline(&l, outline);
	for (size_t i = 0; i < l.n_parts; i++) {
		measure(&l, &l.parts[i]);
		if (l.parts[i].radius_km > l.parts[largest].radius_km)
			largest = i;
	}
	if (l.n_parts > 0) {
		l.parts[largest].shown = true;
		show_near(&l, &l.parts[largest]);
	}
	for (size_t i = 0; i < l.n_parts; i++) {
		if (!l.parts[i].shown)
			continue;
		memmove(l.points + *n, l.points + l.parts[i].from,
		    l.parts[i].n * sizeof(*l.points));
		*n += l.parts[i].n;
	}
	free(l.parts);
	if (l.failed || *n == 0) {
		free(l.points);
		*n = 0;
		return NULL;
	}
	return l.points;
}
