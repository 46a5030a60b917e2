/*
 * Rows on the map.
 */
#include "handlers/map/points.h"

#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/html.h"

enum {
	DOT = 5,         /* units, */
	LONE_DOT = 12,   /* and of a single one */
	LEAST_KM = 2000, /* so that one point has something around it */
};

void
points_release(struct points *p)
{
	free(p->list);
	*p = (struct points){0};
}

void
points_add(struct points *p, const struct query *q)
{
	struct point point;

	if (p->failed || !geojson_point(&p->columns, q, &point.lat, &point.lon))
		return;
	if (p->n == p->room) {
		size_t room = p->room == 0 ? 128 : 2 * p->room;
		struct point *list = alloc_resize(p->list, room, sizeof(*list));

		if (list == NULL) {
			p->failed = true;
			return;
		}
		p->list = list;
		p->room = room;
	}
	p->list[p->n++] = point;
}

void
points_map(struct buf *b, const struct points *p, const char *title, int width)
{
	struct projection projection;
	struct buf words = {0};

	b->failed |= p->failed;
	if (p->n == 0)
		return;
	projection_fit(
	    &projection, p->list, p->n, LEAST_KM, width, width * 7 / 10);
	if (p->n > 1) {
		html_int(&words, (long long)p->n);
		buf_lit(&words, " points, ");
	}
	map_extent(&words, p->list, p->n);
	html_raw(b, "<figure>\n");
	map_begin(b, &projection, title, buf_cstr(&words));
	map_land(b, &projection);
	map_dots(b, &projection, p->list, p->n, p->n == 1 ? LONE_DOT : DOT);
	map_end(b);
	html_raw(b, "<figcaption>");
	html(b, buf_cstr(&words));
	html_raw(b, " · Outlines: Natural Earth</figcaption>\n</figure>\n");
	buf_release(&words);
}
