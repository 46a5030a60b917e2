/*
 * From outlines to paths: projected, cut at the map's edge, and without what is
 * too small to be seen.  Called by maps.
 */
#include "handlers/map/outline.h"

#include <math.h>
#include <stdlib.h>

#include "app/text/alloc.h"

enum {
	EDGE = 20,       /* units beyond the map that are kept */
	STEP = 2,        /* the least that is drawn */
	ISLAND = 3,      /* the least size of a ring */
	NUMBER_MAX = 18, /* digits */
};

/* A ring under way; grows. */
struct ring {
	struct xy *at;
	size_t n, room;
	bool failed; /* out of memory */
};

static void
ring_add(struct ring *r, struct xy xy)
{
	if (r->n == r->room && !r->failed) {
		size_t room = r->room == 0 ? 256 : 2 * r->room;
		struct xy *at = alloc_resize(r->at, room, sizeof(*at));

		r->failed = at == NULL;
		if (at != NULL) {
			r->at = at;
			r->room = room;
		}
	}
	if (!r->failed)
		r->at[r->n++] = xy;
}

/* A decimal number; false if there is none. */
static bool
number(struct str *s, double *value)
{
	bool negative = s->len > 0 && *s->s == '-';
	int64_t digits = 0;
	double unit = 1;
	size_t i = negative, n = 0;
	bool fraction = false;

	for (; i < s->len && n < NUMBER_MAX; i++) {
		char c = s->s[i];

		if (c == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		digits = digits * 10 + (c - '0');
		unit = fraction ? unit * 10 : unit;
		n++;
	}
	*value = (negative ? -1 : 1) * (double)digits / unit;
	str_skip(s, i);
	return n > 0;
}

bool
outline_next(struct str *rest, struct point *p, bool *begins)
{
	*begins = rest->len > 0 &&
	    (*rest->s == '|' || *rest->s == ';' || *rest->s == '\n');
	if (rest->len > 0 && (*begins || *rest->s == ','))
		str_skip(rest, 1);
	if (!number(rest, &p->lon) || rest->len == 0 || *rest->s != ' ')
		return false;
	str_skip(rest, 1);
	return number(rest, &p->lat);
}

enum { SIDES = 4 };

/* The sides of the map, one after the other, and how far inside it one is. */
static double
inside(const struct projection *p, int side, struct xy xy)
{
	switch (side) {
	case 0:
		return xy.x + EDGE;
	case 1:
		return p->width + EDGE - xy.x;
	case 2:
		return xy.y + EDGE;
	default:
		return p->height + EDGE - xy.y;
	}
}

/* Sutherland and Hodgman's: what is left of the ring on this side. */
static void
cut(const struct projection *p, int side, const struct ring *from,
    struct ring *to)
{
	to->n = 0;
	for (size_t i = 0; i < from->n; i++) {
		struct xy a = from->at[i == 0 ? from->n - 1 : i - 1];
		struct xy b = from->at[i];
		double in_a = inside(p, side, a), in_b = inside(p, side, b);

		if ((in_a < 0) != (in_b < 0)) {
			double t = in_a / (in_a - in_b);

			ring_add(to,
			    (struct xy){
				a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
		}
		if (in_b >= 0)
			ring_add(to, b);
	}
}

/* A step of a path: a minus parts numbers as well as a space does. */
static void
add_step(struct buf *d, int64_t x, int64_t y, bool first)
{
	if (!first && x >= 0)
		buf_char(d, ' ');
	buf_int(d, x);
	if (y >= 0)
		buf_char(d, ' ');
	buf_int(d, y);
}

static void
bounds(const struct ring *r, struct xy *min, struct xy *max)
{
	for (size_t i = 0; i < r->n; i++) {
		min->x = r->at[i].x < min->x ? r->at[i].x : min->x;
		max->x = r->at[i].x > max->x ? r->at[i].x : max->x;
		min->y = r->at[i].y < min->y ? r->at[i].y : min->y;
		max->y = r->at[i].y > max->y ? r->at[i].y : max->y;
	}
}

/* Too small to be seen, or cut away. */
static bool
is_nothing(const struct ring *r)
{
	struct xy min = {INFINITY, INFINITY}, max = {-INFINITY, -INFINITY};

	bounds(r, &min, &max);
	return r->n < 3 || fmax(max.x - min.x, max.y - min.y) < ISLAND;
}

static void
write_ring(const struct ring *r, struct buf *d)
{
	int64_t x = lround(r->at[0].x), y = lround(r->at[0].y);
	bool first = true;

	buf_char(d, 'M');
	add_step(d, x, y, true);
	buf_char(d, 'l');
	for (size_t i = 1; i < r->n; i++) {
		int64_t dx = lround(r->at[i].x) - x,
			dy = lround(r->at[i].y) - y;

		if (llabs(dx) < STEP && llabs(dy) < STEP)
			continue;
		add_step(d, dx, dy, first);
		first = false;
		x += dx;
		y += dy;
	}
	if (first)
		add_step(d, 0, 0, true);
	buf_char(d, 'z');
}

/*
 * True if a box of degrees may be on the map, whose own box may lie over the
 * 180th meridian.
 */
static bool
reaches(const struct geo_box *degrees, const struct geo_box *map)
{
	bool over = degrees->max_lon >= map->min_lon + 360 ||
	    degrees->min_lon <= map->max_lon - 360;

	return degrees->max_lat >= map->min_lat &&
	    degrees->min_lat <= map->max_lat &&
	    (over ||
		(degrees->max_lon >= map->min_lon &&
		    degrees->min_lon <= map->max_lon));
}

/* The state of a path that is being made. */
struct path {
	const struct projection *projection;
	struct geo_box box;
	struct ring degrees; /* x is the longitude */
	struct ring ring, other;
	struct buf *d;
};

static void
path_begin(struct path *path, const struct projection *p, struct buf *d)
{
	*path =
	    (struct path){.projection = p, .box = projection_box(p), .d = d};
}

static void
path_end(struct path *path)
{
	path->d->failed |=
	    path->degrees.failed || path->ring.failed || path->other.failed;
	free(path->degrees.at);
	free(path->ring.at);
	free(path->other.at);
}

/* Cuts the ring where it is beyond the map, and adds what is left. */
static void
add_ring(struct path *path)
{
	const struct projection *p = path->projection;
	struct xy min = {INFINITY, INFINITY}, max = {-INFINITY, -INFINITY};

	bounds(&path->ring, &min, &max);
	for (int side = 0; side < SIDES && !p->world; side++) {
		struct ring swap = path->ring;

		if (inside(p, side, min) >= 0 && inside(p, side, max) >= 0)
			continue;
		cut(p, side, &path->ring, &path->other);
		path->ring = path->other;
		path->other = swap;
	}
	if (!path->ring.failed && !is_nothing(&path->ring))
		write_ring(&path->ring, path->d);
	path->ring.n = 0;
}

/* Projects the ring that has been gathered in degrees, if it may be seen. */
static void
finish_ring(struct path *path)
{
	const struct ring *degrees = &path->degrees;
	struct xy min = {INFINITY, INFINITY}, max = {-INFINITY, -INFINITY};

	bounds(degrees, &min, &max);
	if (reaches(
		&(struct geo_box){min.y, max.y, min.x, max.x}, &path->box)) {
		for (size_t i = 0; i < degrees->n; i++)
			ring_add(&path->ring,
			    projection_apply(path->projection,
				(struct point){
				    degrees->at[i].y, degrees->at[i].x}));
		add_ring(path);
	}
	path->degrees.n = 0;
}

void
outline_path(const struct projection *p, struct str outline, struct buf *d)
{
	/* A point so near to the last one is left out without projecting it. */
	double least = 180 / M_PI / p->scale;
	struct path path;
	struct xy last = {0};
	struct point at;
	bool begins;

	path_begin(&path, p, d);
	while (outline_next(&outline, &at, &begins)) {
		if (begins)
			finish_ring(&path);
		if (path.degrees.n > 0 && fabs(at.lat - last.y) < least &&
		    fabs(at.lon - last.x) < least)
			continue;
		last = (struct xy){at.lon, at.lat};
		ring_add(&path.degrees, last);
	}
	finish_ring(&path);
	path_end(&path);
}

static double
degrees(int16_t hundredths)
{
	return hundredths / 100.0;
}

void
outline_packed_path(const struct projection *p, const int16_t *at,
    const int16_t *end, struct buf *d)
{
	struct path path;

	path_begin(&path, p, d);
	while (at < end) {
		size_t n = (size_t)at[0];
		struct geo_box box = {degrees(at[1]), degrees(at[2]),
		    degrees(at[3]), degrees(at[4])};

		at += 5;
		for (size_t i = 0; i < n && reaches(&box, &path.box); i++)
			ring_add(&path.ring,
			    projection_apply(p,
				(struct point){degrees(at[2 * i]),
				    degrees(at[2 * i + 1])}));
		add_ring(&path);
		at += 2 * n;
	}
	path_end(&path);
}
