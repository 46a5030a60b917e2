/*
 * A chart and a map of the rows of a statement.  Called by result.c.
 */
#include "handlers/sql/pictures.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "app/http/route.h"
#include "app/text/alloc.h"
#include "app/text/html.h"
#include "app/text/utf8.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"

enum {
	LABEL_MAX = 200,   /* bytes */
	NAMED_MAX = 30,    /* columns that a sentence names */
	MAP_PICTURE = 640, /* units, as wide as charts are */
};

static struct str
column(const struct pictures *p, size_t i)
{
	return guard_column(p->query, i);
}

static void
name_columns(const struct pictures *p, struct buf *why)
{
	for (size_t i = 0; i < p->n_columns && i < NAMED_MAX; i++) {
		struct str name = column(p, i);

		buf_str(why, i == 0 ? "" : ", ");
		buf_add(why, name.s, name.len);
	}
	buf_str(why, p->n_columns > NAMED_MAX ? ", …" : ".");
}

static size_t
find(const struct pictures *p, struct str name)
{
	size_t i = 0;

	while (i < p->n_columns && !str_eq(column(p, i), name))
		i++;
	return i;
}

/*
 * The column that the address or the file names, or `otherwise`.  An address
 * is told what it has wrong; with a file's fault there is no chart.
 */
static size_t
choose(struct pictures *p, size_t param, const char *in_file, size_t otherwise,
    struct buf *why)
{
	const struct value *v = &p->asked->req->values[param];
	bool given = v->given && v->text.len > 0;
	size_t found;

	if (!given && in_file == NULL)
		return otherwise;
	found = find(p, given ? v->text : str_of(in_file));
	if (found < p->n_columns)
		return found;
	if (given && why->len == 0) {
		buf_printf(why, "%s: there is no column called \"%.*s\". ",
		    param == RESULT_X ? "_x" : "_y", (int)v->text.len,
		    v->text.s);
		buf_lit(why, "There are: ");
		name_columns(p, why);
	}
	p->kind = CHART_NONE;
	return p->n_columns;
}

static struct str
name_of(const void *pictures, size_t i)
{
	return column(pictures, i);
}

bool
pictures_init(struct pictures *p, const struct asked *asked,
    const struct query *query, struct buf *why)
{
	static const struct chart_spec none = {0};
	const struct chart_spec *file =
	    asked->chart == NULL ? &none : asked->chart;

	*p = (struct pictures){
	    .asked = asked,
	    .query = query,
	    .n_columns = guard_columns(query),
	    .kind = (enum chart_kind)asked->req->values[RESULT_CHART].number,
	};
	p->has_map = geojson_find(&p->points.columns, p->n_columns, name_of, p);
	p->x = p->y = p->n_columns;
	if (p->kind == CHART_NONE)
		return true;
	/* A histogram is of one column, whichever is named. */
	if (p->kind == CHART_HISTOGRAM) {
		p->y = choose(p, RESULT_X, file->x, p->n_columns, why);
		p->y = choose(p, RESULT_Y, file->y, p->y, why);
		return why->len == 0;
	}
	p->x = choose(
	    p, RESULT_X, file->x, p->n_columns > 1 ? 0 : p->n_columns, why);
	p->y = choose(p, RESULT_Y, file->y, p->n_columns, why);
	return why->len == 0;
}

void
pictures_release(struct pictures *p)
{
	free(p->items);
	buf_release(&p->labels);
	points_release(&p->points);
}

/* NAN for what is none. */
static double
number(const struct query *q, size_t i)
{
	enum value_type type = query_type(q, (int)i);

	return type == VALUE_INT || type == VALUE_REAL ? query_real(q, (int)i)
						       : (double)NAN;
}

/*
 * The first row that has a number says which column is y: its first one behind
 * x, or else before it.
 */
static void
find_y(struct pictures *p, const struct query *q)
{
	size_t from = p->x < p->n_columns ? p->x + 1 : 0;

	for (size_t i = 0; i < p->n_columns; i++) {
		size_t y = (from + i) % p->n_columns;

		if (y != p->x && !isnan(number(q, y))) {
			p->y = y;
			return;
		}
	}
}

static void
add_label(struct pictures *p, const struct query *q)
{
	int i = (int)p->x;
	struct str text;

	if (p->x == p->n_columns) {
		buf_int(&p->labels, (int64_t)p->rows);
		return;
	}
	switch (query_type(q, i)) {
	case VALUE_NULL:
		buf_lit(&p->labels, "NULL");
		break;
	case VALUE_INT:
	case VALUE_REAL:
		buf_str(&p->labels, query_real(q, i) < 0 ? "−" : "");
		buf_printf(&p->labels, "%.15g", fabs(query_real(q, i)));
		break;
	case VALUE_TEXT:
		text = utf8_cut(query_text(q, i), LABEL_MAX);
		buf_add(&p->labels, text.s, text.len);
		break;
	case VALUE_BLOB:
		buf_lit(&p->labels, "bytes");
		break;
	}
}

void
pictures_add(struct pictures *p, const struct query *q)
{
	struct chart_item *item;
	size_t before = p->labels.len;

	p->rows++;
	if (p->has_map)
		points_add(&p->points, q);
	if (p->kind == CHART_NONE || p->n == CHART_MAX)
		return;
	if (p->items == NULL)
		p->items = alloc_array(CHART_MAX, sizeof(*p->items));
	if (p->items == NULL) {
		p->labels.failed = true;
		return;
	}
	if (p->y == p->n_columns)
		find_y(p, q);
	add_label(p, q);
	item = &p->items[p->n++];
	*item = (struct chart_item){
	    .label.len = p->labels.len - before,
	    .x = p->x == p->n_columns ? (double)p->rows : number(q, p->x),
	    .y = p->y == p->n_columns ? (double)NAN : number(q, p->y),
	};
}

bool
pictures_check(const struct pictures *p, struct buf *why)
{
	if (p->kind == CHART_NONE || p->n == 0 ||
	    !p->asked->req->values[RESULT_CHART].given)
		return true;
	for (size_t i = 0; i < p->n; i++) {
		if (isfinite(p->items[i].y))
			return true;
	}
	if (p->y == p->n_columns) {
		buf_lit(why,
		    "_chart: no column has a number that could be drawn, of: ");
		name_columns(p, why);
	} else {
		struct str name = column(p, p->y);

		buf_printf(why,
		    "_y: the column \"%.*s\" has no number that could be "
		    "drawn. There are: ",
		    (int)name.len, name.s);
		name_columns(p, why);
	}
	return false;
}

static void
choice_of_columns(
    const struct pictures *p, const char *name, size_t chosen, struct buf *b)
{
	html_raw(b, "<label>");
	html(b, name + 1);
	html_raw(b, " <select name=\"");
	html(b, name);
	html_raw(b, "\">\n<option value=\"\">any</option>\n");
	for (size_t i = 0; i < p->n_columns; i++)
		layout_option(b, column(p, i), column(p, i), i == chosen);
	html_raw(b, "</select></label>\n");
}

static void
form(const struct pictures *p, struct buf *b)
{
	const struct request *req = p->asked->req;
	struct buf path = {0};

	buf_printf(b, "<details class=\"charting\"><summary>%s</summary>\n",
	    p->kind == CHART_NONE ? "Draw a chart" : "Draw another chart");
	html_raw(b, "<form class=\"filter\" method=\"get\" action=\"");
	request_path(req, &path);
	link_path(b, req, buf_cstr(&path));
	html_raw(b, "\">\n");
	params_each(route_params(req->route), req,
	    PARAM_BIT(RESULT_CHART) | PARAM_BIT(RESULT_X) | PARAM_BIT(RESULT_Y),
	    layout_hidden_field, b);
	html_raw(b, "<label>Chart <select name=\"_chart\">\n");
	for (size_t i = 0; chart_spec_kinds[i] != NULL; i++)
		layout_option(b, str_of(chart_spec_kinds[i]),
		    str_of(chart_spec_kinds[i]), i == (size_t)p->kind);
	html_raw(b, "</select></label>\n");
	choice_of_columns(p, "_x", p->x, b);
	choice_of_columns(p, "_y", p->y, b);
	html_raw(b, "<button>Draw</button>\n</form></details>\n");
	buf_release(&path);
}

static void
chart(struct pictures *p, bool more, struct buf *b)
{
	const char *label = buf_cstr(&p->labels);
	struct chart c = {
	    .kind = p->kind,
	    .x = p->x == p->n_columns ? str_of("") : column(p, p->x),
	    .y = p->y == p->n_columns ? str_of("") : column(p, p->y),
	    .items = p->items,
	    .n = p->n,
	    .more = more || p->rows > p->n,
	};

	for (size_t i = 0; i < p->n; i++) {
		p->items[i].label.s = label;
		label += p->items[i].label.len;
	}
	b->failed |= p->labels.failed;
	if (!b->failed)
		chart_figure(b, &c);
}

void
pictures_write(struct pictures *p, bool more, struct buf *b)
{
	bool maps = p->has_map && p->points.n > 0;

	if (p->rows == 0)
		return;
	if (maps || p->kind != CHART_NONE) {
		html_raw(b, "<div class=\"pictures\">\n");
		chart(p, more, b);
		points_map(b, &p->points, "These rows on the map", MAP_PICTURE);
		html_raw(b, "</div>\n");
	}
	form(p, b);
}
