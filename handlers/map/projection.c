/*
 * Map projections.  Knows nothing of what is drawn.
 */
#include "handlers/map/projection.h"

#include <math.h>

enum {
	PART_DEGREES = 75, /* from the middle of a part that is no world */
};

#define MARGIN   0.06 /* around what is shown, as a part of it */
#define MIN_HIGH 0.45 /* the least height of a map of a part, to its width */

static double
radians(double degrees)
{
	return degrees * M_PI / 180;
}

static struct xy
equal_earth(struct point p)
{
	static const double a[] = {1.340264, -0.081106, 0.000893, 0.003796};
	double t = asin(sqrt(3) / 2 * sin(radians(p.lat)));
	double t2 = t * t, t6 = t2 * t2 * t2;
	double slope = a[0] + 3 * a[1] * t2 + t6 * (7 * a[2] + 9 * a[3] * t2);

	return (struct xy){
	    .x = 2 * sqrt(3) / 3 * radians(p.lon) * cos(t) / slope,
	    .y = -t * (a[0] + a[1] * t2 + t6 * (a[2] + a[3] * t2)),
	};
}

/* The point opposite the middle is nowhere: it is put far away. */
static struct xy
azimuthal(const struct projection *p, struct point at)
{
	double lat = radians(at.lat), lon = radians(at.lon) - p->lon;
	double east = cos(lat) * sin(lon);
	double north = p->cos_lat * sin(lat) - p->sin_lat * cos(lat) * cos(lon);
	double near =
	    1 + p->sin_lat * sin(lat) + p->cos_lat * cos(lat) * cos(lon);
	double k = sqrt(2 / fmax(near, 1e-6));

	return (struct xy){k * east, -k * north};
}

/* Between two degrees it is straight enough, by a thousandth of one. */
static struct xy
tabulated(const struct projection *p, struct point at)
{
	double lat = fmin(fmax(at.lat + 90, 0), 180);
	size_t i = lat < 180 ? (size_t)lat : 179;
	double part = lat - (double)i;

	return (struct xy){
	    .x = at.lon *
		(p->across[i] + part * (p->across[i + 1] - p->across[i])),
	    .y = p->down[i] + part * (p->down[i + 1] - p->down[i]),
	};
}

static struct xy
plane(const struct projection *p, struct point at)
{
	return p->world ? tabulated(p, at) : azimuthal(p, at);
}

struct xy
projection_apply(const struct projection *p, struct point at)
{
	struct xy xy = plane(p, at);

	return (struct xy){
	    (xy.x - p->left) * p->scale, (xy.y - p->top) * p->scale};
}

void
projection_world(struct projection *p, int width)
{
	struct xy corner;

	*p = (struct projection){.world = true, .width = width};
	for (int i = 0; i <= 180; i++) {
		struct xy xy = equal_earth((struct point){i - 90, 1});

		p->across[i] = xy.x;
		p->down[i] = xy.y;
	}
	corner.x = equal_earth((struct point){0, 180}).x;
	corner.y = equal_earth((struct point){90, 0}).y;
	p->left = -corner.x;
	p->top = corner.y;
	p->scale = width / (2 * corner.x);
	p->height = (int)ceil(-2 * corner.y * p->scale);
}

/*
 * Puts the middle of the projection amid the points.  False where there is
 * none, since they lie all around the globe.
 */
static bool
centre(struct projection *p, const struct point *points, size_t n)
{
	double x = 0, y = 0, z = 0, across, far = 1;

	for (size_t i = 0; i < n; i++) {
		double lat = radians(points[i].lat);
		double lon = radians(points[i].lon);

		x += cos(lat) * cos(lon);
		y += cos(lat) * sin(lon);
		z += sin(lat);
	}
	across = hypot(x, y);
	if (hypot(across, z) < 1e-9)
		return false;
	p->lon = atan2(y, x);
	p->sin_lat = z / hypot(across, z);
	p->cos_lat = across / hypot(across, z);
	for (size_t i = 0; i < n; i++) {
		double lat = radians(points[i].lat);
		double lon = radians(points[i].lon) - p->lon;

		far = fmin(far,
		    p->sin_lat * sin(lat) + p->cos_lat * cos(lat) * cos(lon));
	}
	return far > cos(radians(PART_DEGREES));
}

void
projection_fit(struct projection *p, const struct point *points, size_t n,
    double least_km, int width, int max_height)
{
	struct xy min = {INFINITY, INFINITY}, max = {-INFINITY, -INFINITY};
	double wide, high, margin, shape;

	*p = (struct projection){.width = width};
	if (!centre(p, points, n)) {
		projection_world(p, width);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct xy xy = azimuthal(p, points[i]);

		min.x = fmin(min.x, xy.x);
		max.x = fmax(max.x, xy.x);
		min.y = fmin(min.y, xy.y);
		max.y = fmax(max.y, xy.y);
	}
	margin = MARGIN * fmax(max.x - min.x, max.y - min.y);
	wide = fmax(max.x - min.x + 2 * margin, least_km / GEO_RADIUS_KM);
	high = max.y - min.y + 2 * margin;
	/* Neither a ribbon nor higher than it may be: there is more around. */
	shape = fmin(high / wide, (double)max_height / width);
	if (shape < MIN_HIGH)
		shape = MIN_HIGH;
	p->height = (int)lround(width * shape);
	p->scale = fmin(width / wide, p->height / high);
	p->left = (min.x + max.x) / 2 - width / p->scale / 2;
	p->top = (min.y + max.y) / 2 - p->height / p->scale / 2;
}

struct geo_box
projection_box(const struct projection *p)
{
	struct xy corner = {
	    fmax(fabs(p->left), fabs(p->left + p->width / p->scale)),
	    fmax(fabs(p->top), fabs(p->top + p->height / p->scale)),
	};
	struct point middle = {
	    atan2(p->sin_lat, p->cos_lat) * 180 / M_PI, p->lon * 180 / M_PI};

	if (p->world)
		return (struct geo_box){-90, 90, -180, 180};
	return geo_around(middle,
	    GEO_RADIUS_KM * 2 * asin(fmin(hypot(corner.x, corner.y) / 2, 1)));
}
