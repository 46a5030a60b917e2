/*
 * Which facets a page has, and the addresses that its facets lead to.  Knows
 * how facets are asked for, and no format.
 */
#include "handlers/table/facet_list.h"

#include "app/text/url.h"
#include "app/text/utf8.h"
#include "handlers/table/table.h"

const struct facet_kind_names facet_list_kinds[] = {
    [FACET_COLUMN] = {"column", "_facet", NULL, TABLE_FACET},
    [FACET_ARRAY] = {"array", "_facet_array", "__arraycontains",
	TABLE_FACET_ARRAY},
    [FACET_DATE] = {"date", "_facet_date", "__date", TABLE_FACET_DATE},
};

_Static_assert((int)FACET_VALUE_MAX == (int)REQUEST_MAX, "an address");

enum { KINDS = sizeof(facet_list_kinds) / sizeof(*facet_list_kinds) };

/* Which kind of facet an argument asks for; KINDS: it does not. */
static size_t
kind_of(const struct argument *a)
{
	size_t k = 0;

	while (k < KINDS && facet_list_kinds[k].value != a->param)
		k++;
	return k;
}

/* A facet that the configuration, or an argument, wants. */
struct wanted {
	size_t kind, column;
	size_t argument; /* ARGUMENT_NONE: the configuration */
};

/* The places that facet_at has something at, or not. */
static size_t
places(const struct table_view *v)
{
	return v->metadata->facets.n + v->req->n_arguments;
}

/* The facet in a place, the configured ones first; false: there is none. */
static bool
wanted_at(const struct table_view *v, size_t place, struct wanted *w)
{
	const struct words *own = &v->metadata->facets;
	enum facet_kind kind;
	const struct argument *a;

	*w = (struct wanted){.argument = ARGUMENT_NONE};
	if (place < own->n) {
		if (!facet_parse(
			&v->table, own->items[place], &kind, &w->column))
			return false;
		w->kind = kind;
		return true;
	}
	w->argument = place - own->n;
	a = &v->req->arguments[w->argument];
	w->kind = kind_of(a);
	if (w->kind == KINDS)
		return false;
	w->column = table_column(&v->table, a->text);
	return w->column < v->table.n_columns;
}

/* The same, but for what the configuration wants anyway. */
static bool
facet_at(const struct table_view *v, size_t place, struct wanted *w)
{
	struct wanted before;

	if (!wanted_at(v, place, w))
		return false;
	for (size_t i = 0; i < place && i < v->metadata->facets.n; i++) {
		if (wanted_at(v, i, &before) && before.kind == w->kind &&
		    before.column == w->column)
			return false;
	}
	return true;
}

int
facet_list_check(const struct table_view *v, struct page *page)
{
	bool given = v->req->values[TABLE_FACET_SIZE].given;

	for (size_t i = 0; i < v->req->n_arguments; i++) {
		const struct argument *a = &v->req->arguments[i];
		struct str shown = utf8_cut(a->text, 200);

		given |= kind_of(a) < KINDS;
		if (kind_of(a) < KINDS &&
		    table_column(&v->table, a->text) == v->table.n_columns)
			return page_error(page, 400,
			    "%s: expected a column of %s, got “%.*s”.",
			    facet_list_kinds[kind_of(a)].param, v->table.name,
			    (int)shown.len, shown.s);
	}
	if (given && !published_allows_facets(v->db))
		return page_error(page, 400, "_facet= is not allowed.");
	return 200;
}

bool
facet_list_asked(const struct table_view *v)
{
	for (size_t i = 0; i < v->req->n_arguments; i++) {
		if (kind_of(&v->req->arguments[i]) < KINDS)
			return true;
	}
	return false;
}

bool
facet_list_wanted(const struct table_view *v)
{
	struct wanted w;

	if (facet_list_asked(v))
		return true;
	for (size_t i = 0; i < v->metadata->facets.n; i++) {
		if (wanted_at(v, i, &w))
			return v->req->values[TABLE_NOFACET].number == 0;
	}
	return false;
}

size_t
facet_list_max(const struct table_view *v)
{
	return places(v);
}

/* The column's name, with a number where an earlier facet has it too. */
static void
set_name(struct facet_list *l, size_t place)
{
	const struct table_view *v = l->view;
	struct wanted w;
	size_t before = 0;

	for (size_t i = 0; i < place; i++)
		before += facet_at(v, i, &w) && w.column == l->column;
	buf_reset(&l->name);
	buf_str(&l->name, v->table.columns[l->column].name);
	if (before > 0)
		buf_printf(&l->name, "_%zu", before + 1);
}

static size_t
size_of(const struct table_view *v)
{
	const struct settings *settings = published_settings(v->db);
	const struct value *given = &v->req->values[TABLE_FACET_SIZE];
	int64_t size = v->metadata->facet_size;

	if (size == 0)
		size = settings->facet_size;
	if (given->given)
		size = given->number;
	return (size_t)(size < settings->max_rows ? size : settings->max_rows);
}

bool
facet_list_next(struct facet_list *l)
{
	const struct table_view *v = l->view;
	struct wanted w = {0};

	facet_release(&l->facet);
	if (v->req->values[TABLE_NOFACET].number != 0)
		return false;
	while (l->next < places(v) && !facet_at(v, l->next, &w))
		l->next++;
	if (l->next == places(v))
		return false;
	l->argument = w.argument;
	l->kind = w.kind;
	l->column = w.column;
	set_name(l, l->next++);
	l->timed_out = !facet_read(&l->facet, v->db, &v->filters,
	    (enum facet_kind)l->kind, l->column, size_of(v),
	    published_settings(v->db)->facet_limit_ms);
	return true;
}

void
facet_list_end(struct facet_list *l)
{
	facet_release(&l->facet);
	buf_release(&l->name);
}

/* The name of the parameter that filters by a value of this facet. */
static void
filter_name(const struct facet_list *l, struct buf *b)
{
	const char *column = l->view->table.columns[l->column].name;

	if (l->kind == FACET_COLUMN)
		filter_name_exact(column, b);
	else
		buf_printf(b, "%s%s", column, facet_list_kinds[l->kind].op);
}

size_t
facet_list_find_filter(const struct facet_list *l, struct str value)
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

void
facet_list_toggle_url(const struct facet_list *l, struct str value,
    size_t filter, struct buf *url)
{
	const struct table_view *v = l->view;
	struct buf name = {0};
	char mark = table_view_url(
	    v, v->req->format, PARAM_BIT(TABLE_NEXT), filter, url);

	if (filter != ARGUMENT_NONE)
		return;
	filter_name(l, &name);
	buf_char(url, mark);
	url_arg(url, str_of_buf(&name));
	buf_char(url, '=');
	url_arg(url, value);
	buf_release(&name);
}

void
facet_list_remove_url(const struct facet_list *l, struct buf *url)
{
	table_view_url(l->view, l->view->req->format, PARAM_BIT(TABLE_NEXT),
	    l->argument, url);
}

void
facet_list_suggestion_url(const struct table_view *v,
    const struct facet_suggestion *s, struct buf *url)
{
	buf_char(url,
	    table_view_url(
		v, v->req->format, PARAM_BIT(TABLE_NEXT), ARGUMENT_NONE, url));
	buf_printf(url, "%s=", facet_list_kinds[s->kind].param);
	url_arg(url, str_of(v->table.columns[s->column].name));
}

/* True if the page has this facet already. */
static bool
has_facet(const struct table_view *v, const struct facet_suggestion *s)
{
	struct wanted w;

	for (size_t i = 0; i < places(v); i++) {
		if (wanted_at(v, i, &w) && w.kind == s->kind &&
		    w.column == s->column)
			return true;
	}
	return false;
}

size_t
facet_list_suggest(const struct table_view *v,
    struct facet_suggestion out[FACET_SUGGESTIONS_MAX])
{
	const struct settings *settings = published_settings(v->db);
	const struct request *req = v->req;
	size_t n, kept = 0;

	if (req->values[TABLE_NOFACET].number != 0 ||
	    req->values[TABLE_NOSUGGEST].number != 0 ||
	    req->values[TABLE_NEXT].given || !settings->suggest_facets ||
	    !published_allows_facets(v->db))
		return 0;
	n = suggest_facets(v->db, &v->filters, settings->suggest_limit_ms, out);
	for (size_t i = 0; i < n; i++) {
		struct str name = str_of(v->table.columns[out[i].column].name);

		if (url_arg_arrives(name) && !has_facet(v, &out[i]))
			out[kept++] = out[i];
	}
	return kept;
}
