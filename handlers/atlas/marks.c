/*
 * Places as circles, and their names.
 */
#include "handlers/atlas/marks.h"

#include <math.h>

#include "app/text/html.h"
#include "app/text/utf8.h"

enum {
	TEXT = 22,     /* units from line to line */
	LETTER = 9,    /* units that a letter is wide, or a little less */
	NAME_MAX = 40, /* bytes */
	BESIDE = 4,    /* units from a circle to its name */
};

#define LEAST 1.6 /* the radius of a place without people */

/* Writes the name beside the circle, on the side where there is room. */
static void
label(struct marks *m, struct xy at, double r, struct str name, bool own)
{
	double width = (double)utf8_count(name) * LETTER;
	bool right = at.x + r + BESIDE + width < m->projection->width;
	double left = right ? at.x + r + BESIDE : at.x - r - BESIDE - width;
	double top = at.y - TEXT / 2.0, bottom = at.y + TEXT / 2.0;

	if (left < 0 || top < 0 || bottom > m->projection->height)
		return;
	for (size_t i = 0; i < m->n_taken; i++) {
		if (left < m->taken[i].right &&
		    left + width > m->taken[i].left &&
		    top < m->taken[i].bottom && bottom > m->taken[i].top)
			return;
	}
	m->taken[m->n_taken].left = left;
	m->taken[m->n_taken].right = left + width;
	m->taken[m->n_taken].top = top;
	m->taken[m->n_taken++].bottom = bottom;
	buf_printf(&m->labels, "<text%s%s x=\"%.0f\" y=\"%.0f\">",
	    own ? " class=\"own\"" : "", right ? "" : " text-anchor=\"end\"",
	    right ? left : left + width, at.y + TEXT / 4.0);
	html_str(&m->labels, name);
	buf_lit(&m->labels, "</text>");
}

void
marks_add(struct marks *m, const struct query *q)
{
	bool own = m->own != 0 && query_int(q, 0) == m->own;
	struct str name = query_text(q, 1), shown = utf8_cut(name, NAME_MAX);
	int64_t people = query_int(q, 2);
	struct point point = {query_real(q, 3), query_real(q, 4)};
	struct xy at = projection_apply(m->projection, point);
	double r;

	if (!(at.x >= 0 && at.y >= 0 && at.x <= m->projection->width &&
		at.y <= m->projection->height))
		return;
	if (people > m->largest)
		m->largest = people;
	r = m->largest == 0
	    ? LEAST
	    : fmax(
		  LEAST, m->radius * sqrt((double)people / (double)m->largest));
	m->n++;
	buf_printf(&m->circles,
	    "<circle%s cx=\"%.0f\" cy=\"%.0f\" r=\"%.1f\"><title>",
	    own ? " class=\"own\"" : "", at.x, at.y, r);
	html_str(&m->circles, name);
	if (people > 0) {
		buf_lit(&m->circles, ": ");
		html_int(&m->circles, people);
	}
	buf_lit(&m->circles, "</title></circle>");
	if (m->n_taken < m->n_labels || (own && m->n_taken < MARKS_LABELS))
		label(m, at, r, shown, own);
}

void
marks_draw(struct marks *m, struct buf *b)
{
	html_raw(b, "<g class=\"marks\">");
	buf_add(b, m->circles.data, m->circles.len);
	html_raw(b, "</g>\n<g class=\"names\">");
	buf_add(b, m->labels.data, m->labels.len);
	html_raw(b, "</g>\n");
	b->failed |= m->circles.failed || m->labels.failed;
	buf_release(&m->circles);
	buf_release(&m->labels);
}
