#ifndef SQUALL_MAP_H
#define SQUALL_MAP_H

#include "app/text/buf.h"
#include "app/text/str.h"
#include "handlers/map/projection.h"

/*
 * Maps as inline SVG.  Their colours are the stylesheet's.
 */
enum {
	MAP_WIDTH = 1000, /* units, about as many as pixels */
	MAP_HEIGHT = 700, /* at most */
	MAP_SMALL = 480,  /* units of one that stands beside something else */
	MAP_DOTS = 7000,  /* dots, however many points there are */
};

/*
 * Begins the picture, with the sea and, of the world, its meridians.  A picture
 * with links in it has no title: it is for eyes alone, and words beside it say
 * the same.
 */
void map_begin(struct buf *, const struct projection *, const char *title,
    const char *description);
void map_end(struct buf *);

/* The lands of the world (Natural Earth, 1:110m), which are compiled in. */
void map_land(struct buf *, const struct projection *);

/*
 * A dot for each point, `size` units wide; where there are too many, one for
 * those that are close to each other, which is the larger and darker the more
 * these are.  Points that are not on the map are left out.
 */
void map_dots(struct buf *, const struct projection *, const struct point *,
    size_t n, int size);

/*
 * "41.01° north, 28.95° east" of one point, and of more "from 47.3° to 54.9°
 * north and from 6.1° west to 15.0° east".
 */
void map_extent(struct buf *, const struct point *, size_t n);

#endif
