/*
 * Facets as lists of links, and as JSON.  What a page asks for is computed when
 * it is written, after the rows: it may take what is left of the time.
 */
#include "handlers/table_facets.h"

#include <stdlib.h>

#include "app/html.h"
#include "app/json.h"
#include "app/url.h"
#include "app/utf8.h"
#include "db/facet.h"
#include "handlers/layout.h"
#include "handlers/table.h"

enum {
	FACET_MS = 200,     /* for one facet */
	SUGGESTION_MS = 50, /* for the suggestions of one column */
	LABEL_MAX = 100,    /* bytes of a value in a list */
	LINKED_MAX = 1000,  /* bytes of a value in an address */
};

/* What sets the kinds of facets apart. */
static const struct {
	const char *name;  /* in JSON */
	const char *param; /* that asks for it */
	const char *op;    /* of the filter for a value; "": that is exact */
	size_t value;      /* the parameter's place */
} kinds[] = {
    [FACET_COLUMN] = {"column", "_facet", "", TABLE_FACET},
    [FACET_ARRAY] = {"array", "_facet_array", "__arraycontains",
	TABLE_FACET_ARRAY},
    [FACET_DATE] = {"date", "_facet_date", "__date", TABLE_FACET_DATE},
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

/* Which kind of facet an argument asks for; KINDS: it does not. */
static size_t
kind_of(const struct argument *a)
{
	size_t k = 0;

	while (k < KINDS && kinds[k].value != a->param)
		k++;
	return k;
}

int
table_facets_check(const struct table_view *v, struct page *page)
{
	for (size_t i = 0; i < v->req->n_arguments; i++) {
		const struct argument *a = &v->req->arguments[i];
		struct str shown = utf8_cut(a->text, 200);

		if (kind_of(a) < KINDS &&
		    table_column(&v->table, a->text) == v->table.n_columns)
			return page_error(page, 400,
			    "%s: expected a column of %s, got “%.*s”.",
			    kinds[kind_of(a)].param, v->table.name,
			    (int)shown.len, shown.s);
	}
	return 200;
}

bool
table_facets_wanted(const struct table_view *v)
{
	for (size_t i = 0; i < v->req->n_arguments; i++) {
		if (kind_of(&v->req->arguments[i]) < KINDS)
			return true;
	}
	return false;
}

/* The facets of a page, one after the other, as its parameters have them. */
struct listing {
	const struct table_view *view;
	size_t next, argument; /* of the request's */
	size_t kind;
	size_t column;
	struct buf name;
	struct facet facet;
	bool timed_out;
};

/* The column's name, with a number where an earlier facet has it too. */
static void
set_name(struct listing *l)
{
	const struct table_view *v = l->view;
	size_t before = 0;

	for (size_t i = 0; i < l->argument; i++) {
		const struct argument *a = &v->req->arguments[i];

		before += kind_of(a) < KINDS &&
		    table_column(&v->table, a->text) == l->column;
	}
	buf_reset(&l->name);
	buf_str(&l->name, v->table.columns[l->column].name);
	if (before > 0)
		buf_printf(&l->name, "_%zu", before + 1);
}

static bool
next(struct listing *l)
{
	const struct table_view *v = l->view;
	const struct request *req = v->req;

	facet_release(&l->facet);
	if (req->values[TABLE_NOFACET].number != 0)
		return false;
	while (l->next < req->n_arguments &&
	    kind_of(&req->arguments[l->next]) == KINDS)
		l->next++;
	if (l->next == req->n_arguments)
		return false;
	l->argument = l->next++;
	l->kind = kind_of(&req->arguments[l->argument]);
	l->column = table_column(&v->table, req->arguments[l->argument].text);
	set_name(l);
	l->timed_out = !facet_read(&l->facet, v->db, &v->filters,
	    (enum facet_kind)l->kind, l->column,
	    (size_t)req->values[TABLE_FACET_SIZE].number, FACET_MS);
	return true;
}

static void
end(struct listing *l)
{
	facet_release(&l->facet);
	buf_release(&l->name);
}

/* The name of the parameter that filters by a value of this facet. */
static void
filter_name(const struct listing *l, struct buf *b)
{
	const char *column = l->view->table.columns[l->column].name;

	buf_str(b, column);
	if (l->kind == FACET_COLUMN &&
	    (*column == '_' || strstr(column, "__") != NULL))
		buf_lit(b, "__exact");
	buf_str(b, kinds[l->kind].op);
}

/* The argument that filters by this value; ARGUMENT_NONE: none does. */
static size_t
find_filter(const struct listing *l, struct str value)
{
	const struct request *req = l->view->req;
	struct buf name = {0}, exact = {0};
	size_t found = ARGUMENT_NONE;

	filter_name(l, &name);
	if (l->kind == FACET_COLUMN)
		buf_printf(&exact, "%s__exact",
		    l->view->table.columns[l->column].name);
	for (size_t i = 0; i < req->n_arguments; i++) {
		const struct argument *a = &req->arguments[i];

		if (a->param == TABLE_PARAMS && str_eq(a->text, value) &&
		    (str_eq(a->name, str_of_buf(&name)) ||
			(exact.len > 0 && str_eq(a->name, str_of_buf(&exact)))))
			found = i;
	}
	buf_release(&name);
	buf_release(&exact);
	return found;
}

/* The page with this value's filter, or without it if it has it. */
static void
toggle_url(
    const struct listing *l, struct str value, size_t filter, struct buf *url)
{
	const struct table_view *v = l->view;
	struct buf name = {0};
	char mark =
	    view_url(v, v->req->format, PARAM_BIT(TABLE_NEXT), filter, url);

	if (filter != ARGUMENT_NONE)
		return;
	filter_name(l, &name);
	buf_char(url, mark);
	url_arg(url, str_of_buf(&name));
	buf_char(url, '=');
	url_arg(url, value);
	buf_release(&name);
}

/* The page without this facet. */
static void
remove_url(const struct listing *l, struct buf *url)
{
	view_url(l->view, l->view->req->format, PARAM_BIT(TABLE_NEXT),
	    l->argument, url);
}

/* The page with one facet more. */
static void
suggestion_url(const struct table_view *v, const struct facet_suggestion *s,
    struct buf *url)
{
	buf_char(url,
	    view_url(
		v, v->req->format, PARAM_BIT(TABLE_NEXT), ARGUMENT_NONE, url));
	buf_printf(url, "%s=", kinds[s->kind].param);
	url_arg(url, str_of(v->table.columns[s->column].name));
}

/* Finds suggestions, without what the page has already. */
static size_t
suggest(const struct table_view *v,
    struct facet_suggestion out[FACET_SUGGESTIONS_MAX])
{
	const struct request *req = v->req;
	size_t n, kept = 0;

	if (req->values[TABLE_NOFACET].number != 0 ||
	    req->values[TABLE_NOSUGGEST].number != 0 ||
	    req->values[TABLE_NEXT].given)
		return 0;
	n = facets_suggest(v->db, &v->filters, SUGGESTION_MS, out);
	for (size_t i = 0; i < n; i++) {
		bool has = false;

		for (size_t k = 0; k < req->n_arguments; k++) {
			const struct argument *a = &req->arguments[k];

			has |= kind_of(a) == out[i].kind &&
			    table_column(&v->table, a->text) == out[i].column;
		}
		if (!has)
			out[kept++] = out[i];
	}
	return kept;
}

static void
html_value(
    const struct listing *l, const struct facet_value *value, struct buf *b)
{
	struct str text = facet_text(&l->facet, value);
	struct str label = facet_label(&l->facet, value);
	struct str shown = utf8_cut(label, LABEL_MAX);
	size_t filter = find_filter(l, text);
	struct buf url = {0};

	html_raw(b, "<li>");
	if (text.len <= LINKED_MAX) {
		toggle_url(l, text, filter, &url);
		html_raw(b, "<a rel=\"nofollow\"");
		if (filter != ARGUMENT_NONE)
			html_raw(b, " aria-current=\"true\"");
		html_raw(b, " href=\"");
		html_str(b, str_of_buf(&url));
		html_raw(b, "\">");
	}
	if (label.len == 0)
		html_raw(b, "<span class=\"empty\">empty</span>");
	html_str(b, shown);
	if (shown.len < label.len)
		html_raw(b, "…");
	if (text.len <= LINKED_MAX)
		html_raw(b, "</a>");
	html_raw(b, " <small>");
	html_int(b, value->count);
	html_raw(b, "</small></li>\n");
	buf_release(&url);
}

static void
html_facet(const struct listing *l, struct buf *b)
{
	struct buf url = {0};

	html_raw(b, "<section>\n<h2>");
	html_str(b, str_of(l->view->table.columns[l->column].name));
	if (l->kind != FACET_COLUMN) {
		html_raw(b, " <small>by ");
		html(b, kinds[l->kind].name);
		html_raw(b, "</small>");
	}
	html_raw(b, " <a rel=\"nofollow\" href=\"");
	remove_url(l, &url);
	html_str(b, str_of_buf(&url));
	html_raw(b, "\">remove</a></h2>\n");
	if (l->timed_out)
		html_raw(b, "<p>This took too long.</p>\n");
	else
		html_raw(b, "<ul>\n");
	for (size_t i = 0; i < l->facet.n; i++)
		html_value(l, &l->facet.values[i], b);
	if (l->facet.truncated)
		html_raw(b, "<li>…</li>\n");
	if (!l->timed_out)
		html_raw(b, "</ul>\n");
	html_raw(b, "</section>\n");
	buf_release(&url);
}

void
table_facets_suggestions(const struct table_view *v, struct buf *b)
{
	struct facet_suggestion list[FACET_SUGGESTIONS_MAX];
	size_t n = suggest(v, list);

	if (n == 0)
		return;
	html_raw(b, "<p class=\"suggested\">Suggested facets: ");
	for (size_t i = 0; i < n; i++) {
		struct buf url = {0};

		suggestion_url(v, &list[i], &url);
		buf_str(b, i == 0 ? "" : ", ");
		html_raw(b, "<a rel=\"nofollow\" href=\"");
		html_str(b, str_of_buf(&url));
		html_raw(b, "\">");
		layout_name(b, str_of(v->table.columns[list[i].column].name));
		html_raw(b, "</a>");
		if (list[i].kind != FACET_COLUMN)
			buf_printf(b, " (%s)", kinds[list[i].kind].name);
		buf_release(&url);
	}
	html_raw(b, "</p>\n");
}

void
table_facets_html(const struct table_view *v, struct buf *b)
{
	struct listing l = {.view = v};

	html_raw(b, "<aside class=\"facets\" aria-label=\"Facets\">\n");
	while (next(&l))
		html_facet(&l, b);
	html_raw(b, "</aside>\n");
	end(&l);
}

static void
json_value(
    const struct listing *l, const struct facet_value *value, struct buf *b)
{
	struct str text = facet_text(&l->facet, value);
	size_t filter = find_filter(l, text);
	struct buf url = {0};

	json_raw(b, "{\"value\":");
	if (value->type == VALUE_TEXT)
		json_text(b, text);
	else
		buf_add(b, text.s, text.len);
	json_raw(b, ",\"label\":");
	if (value->type == VALUE_TEXT || value->has_label)
		json_text(b, facet_label(&l->facet, value));
	else
		buf_add(b, text.s, text.len);
	json_raw(b, ",\"count\":");
	json_int(b, value->count);
	json_raw(b, ",\"toggle_url\":");
	if (text.len <= LINKED_MAX) {
		toggle_url(l, text, filter, &url);
		json_text(b, str_of_buf(&url));
	} else {
		json_raw(b, "null");
	}
	json_raw(b, ",\"selected\":");
	buf_str(b, filter != ARGUMENT_NONE ? "true}" : "false}");
	buf_release(&url);
}

static void
json_facet(const struct listing *l, struct buf *b)
{
	struct buf url = {0};

	remove_url(l, &url);
	json_raw(b, "{\"name\":");
	json_str(b, l->view->table.columns[l->column].name);
	json_raw(b, ",\"type\":");
	json_str(b, kinds[l->kind].name);
	json_raw(b, ",\"hideable\":true,\"toggle_url\":");
	json_text(b, str_of_buf(&url));
	json_raw(b, ",\"results\":[");
	for (size_t i = 0; i < l->facet.n; i++) {
		if (i > 0)
			json_raw(b, ",");
		json_value(l, &l->facet.values[i], b);
	}
	json_raw(b, "],\"truncated\":");
	buf_str(b, l->facet.truncated ? "true}" : "false}");
	buf_release(&url);
}

/* Writes those that were ready in time, and the names of those that were not.
 */
static void
json_facets(const struct table_view *v, struct buf *b, struct buf *late)
{
	struct listing l = {.view = v};
	size_t n = 0, n_late = 0;

	while (next(&l)) {
		if (l.timed_out) {
			buf_str(late, n_late++ == 0 ? "" : ",");
			json_text(late, str_of_buf(&l.name));
			continue;
		}
		buf_str(b, n++ == 0 ? "" : ",");
		json_text(b, str_of_buf(&l.name));
		json_raw(b, ":");
		json_facet(&l, b);
	}
	end(&l);
}

void
table_facets_results(struct table_view *v, struct buf *b)
{
	struct buf late = {0};

	json_raw(b, "{\"results\":{");
	json_facets(v, b, &late);
	json_raw(b, "},\"timed_out\":[");
	buf_add(b, late.data, late.len);
	json_raw(b, "]}");
	buf_release(&late);
}

void
table_facets_timed_out(struct table_view *v, struct buf *b)
{
	struct buf rest = {0};

	json_raw(b, "[");
	json_facets(v, &rest, b);
	json_raw(b, "]");
	buf_release(&rest);
}

/* A facet that waits for its place. */
struct sorted {
	size_t values;
	struct buf json;
};

static int
compare(const void *a, const void *b)
{
	size_t na = ((const struct sorted *)a)->values;
	size_t nb = ((const struct sorted *)b)->values;

	return (na < nb) - (na > nb);
}

void
table_facets_sorted(struct table_view *v, struct buf *b)
{
	struct sorted list[REQUEST_ARGUMENTS];
	struct listing l = {.view = v};
	size_t n = 0;

	while (next(&l)) {
		if (l.timed_out)
			continue;
		list[n] = (struct sorted){.values = l.facet.n};
		json_facet(&l, &list[n++].json);
	}
	end(&l);
	qsort(list, n, sizeof(*list), compare);
	json_raw(b, "[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			json_raw(b, ",");
		buf_add(b, list[i].json.data, list[i].json.len);
		buf_release(&list[i].json);
	}
	json_raw(b, "]");
}

void
table_facets_suggested(struct table_view *v, struct buf *b)
{
	struct facet_suggestion list[FACET_SUGGESTIONS_MAX];
	size_t n = suggest(v, list);

	json_raw(b, "[");
	for (size_t i = 0; i < n; i++) {
		struct buf url = {0};

		suggestion_url(v, &list[i], &url);
		buf_str(b, i == 0 ? "{\"name\":" : ",{\"name\":");
		json_str(b, v->table.columns[list[i].column].name);
		if (list[i].kind != FACET_COLUMN) {
			json_raw(b, ",\"type\":");
			json_str(b, kinds[list[i].kind].name);
		}
		json_raw(b, ",\"toggle_url\":");
		json_text(b, str_of_buf(&url));
		json_raw(b, "}");
		buf_release(&url);
	}
	json_raw(b, "]");
}
