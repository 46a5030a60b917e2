/*
 * Which facets a page has, and the addresses that its facets lead to.  Knows
 * how facets are asked for, and no format.
 */
#include "handlers/facet_list.h"

#include "app/url.h"
#include "app/utf8.h"
#include "handlers/table.h"
#include "handlers/table_facets.h"

enum {
	FACET_MS = 200,     /* for one facet */
	SUGGESTION_MS = 50, /* for all suggestions */
};

const struct facet_kind_names facet_kinds[] = {
    [FACET_COLUMN] = {"column", "_facet", NULL, TABLE_FACET},
    [FACET_ARRAY] = {"array", "_facet_array", "__arraycontains",
	TABLE_FACET_ARRAY},
    [FACET_DATE] = {"date", "_facet_date", "__date", TABLE_FACET_DATE},
};

enum { KINDS = sizeof(facet_kinds) / sizeof(*facet_kinds) };

/* Which kind of facet an argument asks for; KINDS: it does not. */
static size_t
kind_of(const struct argument *a)
{
	size_t k = 0;

	while (k < KINDS && facet_kinds[k].value != a->param)
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
			    facet_kinds[kind_of(a)].param, v->table.name,
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

/* The column's name, with a number where an earlier facet has it too. */
static void
set_name(struct facet_list *l)
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

bool
facet_list_next(struct facet_list *l)
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
		buf_printf(b, "%s%s", column, facet_kinds[l->kind].op);
}

size_t
facet_find_filter(const struct facet_list *l, struct str value)
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
facet_toggle_url(const struct facet_list *l, struct str value, size_t filter,
    struct buf *url)
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

void
facet_remove_url(const struct facet_list *l, struct buf *url)
{
	view_url(l->view, l->view->req->format, PARAM_BIT(TABLE_NEXT),
	    l->argument, url);
}

void
facet_suggestion_url(const struct table_view *v,
    const struct facet_suggestion *s, struct buf *url)
{
	buf_char(url,
	    view_url(
		v, v->req->format, PARAM_BIT(TABLE_NEXT), ARGUMENT_NONE, url));
	buf_printf(url, "%s=", facet_kinds[s->kind].param);
	url_arg(url, str_of(v->table.columns[s->column].name));
}

size_t
facet_list_suggest(const struct table_view *v,
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
		bool skip = !url_arg_arrives(
		    str_of(v->table.columns[out[i].column].name));

		for (size_t k = 0; k < req->n_arguments; k++) {
			const struct argument *a = &req->arguments[k];

			skip |= kind_of(a) == out[i].kind &&
			    table_column(&v->table, a->text) == out[i].column;
		}
		if (!skip)
			out[kept++] = out[i];
	}
	return kept;
}
