/*
 * Charts as inline SVG.
 */
#include "handlers/chart.h"

#include "app/html.h"

void
chart_meter(struct buf *b, int64_t value, int64_t max)
{
	int width = max > 0 && value > 0
	    ? (int)(100.0 * (double)value / (double)max)
	    : 0;

	html_raw(b,
	    "<svg class=\"meter\" viewBox=\"0 0 100 8\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\">");
	buf_printf(b, "<path d=\"M0 0h%dv8h-%dz\"/></svg>", width, width);
}
