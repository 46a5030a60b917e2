/*
 * Maps: the frame, the lands, and points thinned by density.  Knows neither
 * databases nor pages.
 */
#include "handlers/map/map.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/html.h"
#include "handlers/map/outline.h"

enum {
	MERIDIAN_STEP = 30, /* degrees */
	CURVE_STEP = 3,     /* degrees between the points of a meridian */
	FEW = 500,          /* points that are drawn as they are */
};

/* assets.S */
extern const int16_t asset_land[], asset_land_end[];
extern const int16_t asset_land_thin[], asset_land_thin_end[];

/* From pole to pole. */
static void
add_meridian(struct buf *b, const struct projection *p, double lon, bool back,
    bool go_on)
{
	for (int lat = -90; lat <= 90; lat += CURVE_STEP) {
		struct xy xy =
		    projection_apply(p, (struct point){back ? -lat : lat, lon});

		buf_char(b, lat == -90 && !go_on ? 'M' : 'L');
		buf_int(b, lround(xy.x));
		buf_char(b, ' ');
		buf_int(b, lround(xy.y));
	}
}

static void
add_parallel(struct buf *b, const struct projection *p, double lat)
{
	struct xy from = projection_apply(p, (struct point){lat, -180});
	struct xy to = projection_apply(p, (struct point){lat, 180});

	buf_printf(
	    b, "M%ld %ldH%ld", lround(from.x), lround(from.y), lround(to.x));
}

static void
add_globe(struct buf *b, const struct projection *p)
{
	html_raw(b, "<path class=\"sea\" d=\"");
	add_meridian(b, p, -180, true, false);
	add_meridian(b, p, 180, false, true);
	html_raw(b, "z\"/><path class=\"grid\" d=\"");
	for (int lon = -180 + MERIDIAN_STEP; lon < 180; lon += MERIDIAN_STEP)
		add_meridian(b, p, lon, false, false);
	for (int lat = -60; lat <= 60; lat += MERIDIAN_STEP)
		add_parallel(b, p, lat);
	html_raw(b, "\"/>");
}

void
map_begin(struct buf *b, const struct projection *p, const char *title,
    const char *description)
{
	buf_printf(b, "<svg class=\"map%s\" viewBox=\"0 0 %d %d\" ",
	    p->world ? " globe" : "", p->width, p->height);
	if (title == NULL) {
		html_raw(b, "aria-hidden=\"true\">\n");
	} else {
		html_raw(b,
		    "role=\"img\" aria-labelledby=\"map-title map-text\">"
		    "<title id=\"map-title\">");
		html(b, title);
		html_raw(b, "</title><desc id=\"map-text\">");
		html(b, description);
		html_raw(b, "</desc>\n");
	}
	if (p->world)
		add_globe(b, p);
	else
		buf_printf(b, "<path class=\"sea\" d=\"M0 0h%dv%dh-%dz\"/>",
		    p->width, p->height, p->width);
}

void
map_end(struct buf *b)
{
	html_raw(b, "</svg>\n");
}

static void
add_path(struct buf *b, const char *class, const struct buf *d)
{
	if (d->len > 0) {
		buf_printf(b, "<path class=\"%s\" d=\"", class);
		buf_add(b, d->data, d->len);
		html_raw(b, "\"/>\n");
	}
	b->failed |= d->failed;
}

void
map_land(struct buf *b, const struct projection *p)
{
	bool small = p->world && p->width <= MAP_SMALL;
	struct buf d = {0};

	if (small)
		outline_packed_path(
		    p, asset_land_thin, asset_land_thin_end, &d);
	else
		outline_packed_path(p, asset_land, asset_land_end, &d);
	add_path(b, "land", &d);
	buf_release(&d);
}

/* How many points are in each square of the map. */
struct squares {
	unsigned *n; /* by rows */
	int side;    /* units */
	int columns, rows;
	size_t used;
};

static bool
is_on(const struct projection *p, struct point at, struct xy xy)
{
	return isfinite(at.lat) && isfinite(at.lon) && xy.x >= 0 && xy.y >= 0 &&
	    xy.x < p->width && xy.y < p->height;
}

static bool
count_points(struct squares *s, const struct projection *p, int side,
    const struct point *points, size_t n)
{
	*s = (struct squares){
	    .side = side,
	    .columns = p->width / side + 1,
	    .rows = p->height / side + 1,
	};
	s->n = alloc_array((size_t)s->columns * (size_t)s->rows, sizeof(*s->n));
	if (s->n == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct xy xy = projection_apply(p, points[i]);
		unsigned *square;

		if (!is_on(p, points[i], xy))
			continue;
		square =
		    &s->n[(int)xy.y / side * s->columns + (int)xy.x / side];
		s->used += *square == 0;
		++*square;
	}
	return true;
}

/* How dots differ: for so many points and more, so large. */
static const struct {
	unsigned n;
	double size;
} dot_kinds[] = {{1, 1}, {3, 1.15}, {10, 1.3}, {40, 1.5}};
enum { DOT_KINDS = sizeof(dot_kinds) / sizeof(*dot_kinds) };

static size_t
dot_kind(unsigned n)
{
	size_t kind = 0;

	while (kind + 1 < DOT_KINDS && n >= dot_kinds[kind + 1].n)
		kind++;
	return kind;
}

static void
begin_dots(struct buf *b, size_t kind, double size)
{
	buf_printf(b, "<path class=\"dots dots%zu\" stroke-width=\"%.1f\" d=\"",
	    kind, size * dot_kinds[kind].size);
}

/* Each step of the path is relative to the dot before. */
static void
add_dot(struct buf *b, int dx, int dy)
{
	buf_char(b, 'm');
	buf_int(b, dx);
	if (dy >= 0)
		buf_char(b, ' ');
	buf_int(b, dy);
	buf_lit(b, "h0");
}

/* For few points: draws each one, overlaps included. */
static void
few_dots(struct buf *b, const struct projection *p, const struct point *points,
    size_t n, int size)
{
	int x = 0, y = 0;
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		struct xy xy = projection_apply(p, points[i]);

		if (!is_on(p, points[i], xy))
			continue;
		if (!any)
			begin_dots(b, 0, size);
		any = true;
		add_dot(b, (int)xy.x - x, (int)xy.y - y);
		x = (int)xy.x;
		y = (int)xy.y;
	}
	if (any)
		html_raw(b, "\"/>\n");
}

static void
add_dots(struct buf *b, const struct squares *s, size_t kind, double size)
{
	int x = 0, y = 0;
	bool any = false;

	for (int i = 0; i < s->columns * s->rows; i++) {
		int to_x = i % s->columns * s->side + s->side / 2;
		int to_y = i / s->columns * s->side + s->side / 2;

		if (s->n[i] == 0 || dot_kind(s->n[i]) != kind)
			continue;
		if (!any)
			begin_dots(b, kind, size);
		any = true;
		add_dot(b, to_x - x, to_y - y);
		x = to_x;
		y = to_y;
	}
	if (any)
		html_raw(b, "\"/>\n");
}

void
map_dots(struct buf *b, const struct projection *p, const struct point *points,
    size_t n, int size)
{
	int side = size / 2;
	struct squares s;

	if (n <= FEW) {
		few_dots(b, p, points, n, size);
		return;
	}
	while (count_points(&s, p, side, points, n) && s.used > MAP_DOTS) {
		free(s.n);
		side++;
	}
	if (s.n == NULL)
		b->failed = true;
	/* Where they have been joined, they stand side by side. */
	for (size_t kind = 0; kind < DOT_KINDS && s.n != NULL; kind++)
		add_dots(b, &s, kind, side == size / 2 ? size : side * 0.9);
	free(s.n);
}

static void
add_range(struct buf *b, double from, double to, const char *const words[2])
{
	const char *side = words[from < 0], *other = words[to < 0];

	buf_printf(b, "from %.1f°", fabs(from));
	if (side != other)
		buf_printf(b, " %s", side);
	buf_printf(b, " to %.1f° %s", fabs(to), other);
}

void
map_extent(struct buf *b, const struct point *points, size_t n)
{
	static const char *const north[] = {"north", "south"};
	static const char *const east[] = {"east", "west"};
	struct point min = {90, 180}, max = {-90, -180};

	for (size_t i = 0; i < n; i++) {
		min.lat = fmin(min.lat, points[i].lat);
		max.lat = fmax(max.lat, points[i].lat);
		min.lon = fmin(min.lon, points[i].lon);
		max.lon = fmax(max.lon, points[i].lon);
	}
	if (n == 1)
		buf_printf(b, "%.2f° %s, %.2f° %s", fabs(min.lat),
		    north[min.lat < 0], fabs(min.lon), east[min.lon < 0]);
	if (n < 2)
		return;
	add_range(b, min.lat, max.lat, north);
	buf_lit(b, " and ");
	add_range(b, min.lon, max.lon, east);
}
