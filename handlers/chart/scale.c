/*
 * Axes.  Called by charts; knows nothing of pictures.
 */
#include "handlers/chart/scale.h"

#include <math.h>

#include "app/text/html.h"

/* The nearest of 1, 2, 5 and 10 times a power of ten. */
static long double
nice_step(long double about)
{
	long double power = powl(10, floorl(log10l(about)));
	long double part = about / power;

	if (part < 1.5L)
		return power;
	if (part < 3.5L)
		return 2 * power;
	return part < 7.5L ? 5 * power : 10 * power;
}

void
scale_init(struct scale *s, double min, double max, int steps, bool whole)
{
	long double low = min, high = max;

	if (low == high) {
		low = fminl(low, 0);
		high = fmaxl(high, 0);
	}
	if (low == high)
		high = 1;
	s->step = nice_step((high - low) / steps);
	if (whole && s->step < 1)
		s->step = 1;
	s->first = floorl(low / s->step);
	/* A rounded step may leave the lowest or highest value outside. */
	if (scale_tick(s, 0) > low)
		s->first--;
	s->n = (int)fmaxl(ceill(high / s->step) - s->first, 1);
	if (scale_end(s) < high)
		s->n++;
	s->years = false;
}

long double
scale_tick(const struct scale *s, int i)
{
	return (s->first + i) * s->step;
}

long double
scale_end(const struct scale *s)
{
	return scale_tick(s, s->n);
}

double
scale_place(const struct scale *s, double value)
{
	return (double)((value - scale_tick(s, 0)) / (s->step * s->n));
}

static void
minus(struct buf *b, bool negative)
{
	if (negative)
		buf_lit(b, "−");
}

/* Without zeros at the end; `decimals` of them at most. */
static void
decimal(struct buf *b, long double value, int decimals)
{
	buf_printf(b, "%.*Lf", decimals, value);
	if (b->failed || decimals == 0)
		return;
	while (b->data[b->len - 1] == '0')
		b->data[--b->len] = '\0';
	if (b->data[b->len - 1] == '.')
		b->data[--b->len] = '\0';
}

void
scale_label(const struct scale *s, int i, struct buf *b)
{
	static const struct {
		long double from, unit;
		const char *suffix;
	} units[] = {
	    {1e12L, 1e12L, "T"},
	    {1e9L, 1e9L, "bn"},
	    {1e6L, 1e6L, "M"},
	    {1e4L, 1e3L, "k"},
	};
	long double value = scale_tick(s, i), size = fabsl(value);
	long double largest =
	    fmaxl(fabsl(scale_tick(s, 0)), fabsl(scale_end(s)));
	size_t unit = 0;

	minus(b, value < 0);
	if (size == 0) {
		buf_char(b, '0');
	} else if (largest >= 1e15L || s->step < 1e-6L) {
		buf_printf(b, "%.6Lg", size);
	} else {
		while (unit < 4 && largest < units[unit].from)
			unit++;
		if (unit < 4) {
			decimal(b, size / units[unit].unit, 6);
			buf_str(b, units[unit].suffix);
		} else if (s->years) {
			buf_int(b, llroundl(size));
		} else if (s->step >= 1) {
			html_int(b, llroundl(size));
		} else {
			decimal(b, size, 7);
		}
	}
}

void
scale_number(struct buf *b, double value)
{
	double size = fabs(value);

	minus(b, value < 0);
	if (size < 1e15 && (size == floor(size) || size >= 1e5))
		html_int(b, llround(size));
	else
		buf_printf(b, "%.6g", size);
}
