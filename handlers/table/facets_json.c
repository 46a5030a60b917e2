/*
 * Facets as JSON, in Datasette's dialect.
 */
#include "handlers/table/facets_json.h"

#include <stdlib.h>

#include "app/http/params.h"
#include "app/text/alloc.h"
#include "app/text/json.h"
#include "app/text/url.h"
#include "handlers/table/facet_list.h"

static void
add_value(
    const struct facet_list *l, const struct facet_value *value, struct buf *b)
{
	struct str text = facet_text(&l->facet, value);
	size_t filter = facet_list_find_filter(l, text);
	struct buf url = {0};

	json_begin_object(b);
	json_key(b, "value");
	if (value->type == VALUE_TEXT)
		json_text(b, text);
	else
		json_value(b, text);
	json_key(b, "label");
	if (value->type == VALUE_TEXT || value->has_label)
		json_text(b, facet_label(&l->facet, value));
	else
		json_value(b, text);
	json_member_int(b, "count", value->count);
	json_key(b, "toggle_url");
	if (url_arg_arrives(text)) {
		facet_list_toggle_url(l, text, filter, &url);
		json_text(b, str_of_buf(&url));
	} else {
		json_null(b);
	}
	json_member_bool(b, "selected", filter != ARGUMENT_NONE);
	json_end_object(b);
	buf_release(&url);
}

static void
add_facet(const struct facet_list *l, struct buf *b)
{
	struct buf url = {0};

	facet_list_remove_url(l, &url);
	json_begin_object(b);
	json_member(b, "name", l->view->table.columns[l->column].name);
	json_member(b, "type", facet_list_kinds[l->kind].name);
	json_member_bool(b, "hideable", l->argument != ARGUMENT_NONE);
	json_member_text(b, "toggle_url", str_of_buf(&url));
	json_key(b, "results");
	json_begin_array(b);
	for (size_t i = 0; i < l->facet.n; i++)
		add_value(l, &l->facet.values[i], b);
	json_end_array(b);
	json_member_bool(b, "truncated", l->facet.truncated);
	json_end_object(b);
	buf_release(&url);
}

/* Adds facets that were ready in time, and the names of others to `late`. */
static void
add_facets(const struct table_view *v, struct buf *b, struct buf *late)
{
	struct facet_list l = {.view = v};

	while (facet_list_next(&l)) {
		if (l.timed_out) {
			json_text(late, str_of_buf(&l.name));
			continue;
		}
		json_key_text(b, str_of_buf(&l.name));
		add_facet(&l, b);
	}
	facet_list_end(&l);
}

void
facets_json_results(const struct extras_page *p, struct buf *b)
{
	struct buf late = {0};

	json_raw(b, "{\"results\":{");
	add_facets(p->page, b, &late);
	json_raw(b, "},\"timed_out\":[");
	buf_add(b, late.data, late.len);
	json_raw(b, "]}");
	buf_release(&late);
}

void
facets_json_timed_out(const struct extras_page *p, struct buf *b)
{
	struct buf rest = {0};

	json_begin_array(b);
	add_facets(p->page, &rest, b);
	json_end_array(b);
	buf_release(&rest);
}

/* A facet that waits for its place. */
struct sorted {
	bool configured;
	size_t values, before; /* how many it has, and how many precede it */
	struct buf json;
};

static int
compare(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	if (x->configured != y->configured)
		return x->configured ? -1 : 1;
	if (!x->configured && x->values != y->values)
		return x->values < y->values ? 1 : -1;
	return x->before < y->before ? -1 : 1;
}

void
facets_json_sorted(const struct extras_page *p, struct buf *b)
{
	struct facet_list l = {.view = p->page};
	struct sorted *list =
	    alloc_array(facet_list_max(l.view) + 1, sizeof(*list));
	size_t n = 0;

	if (list == NULL) {
		b->failed = true;
		return;
	}
	while (facet_list_next(&l)) {
		if (l.timed_out)
			continue;
		list[n] = (struct sorted){
		    l.argument == ARGUMENT_NONE, l.facet.n, n, {0}};
		add_facet(&l, &list[n++].json);
	}
	facet_list_end(&l);
	qsort(list, n, sizeof(*list), compare);
	json_begin_array(b);
	for (size_t i = 0; i < n; i++) {
		json_value(b, str_of_buf(&list[i].json));
		buf_release(&list[i].json);
	}
	json_end_array(b);
	free(list);
}

void
facets_json_suggested(const struct extras_page *p, struct buf *b)
{
	const struct table_view *v = p->page;
	struct facet_suggestion list[FACET_SUGGESTIONS_MAX];
	size_t n = facet_list_suggest(v, list);

	json_begin_array(b);
	for (size_t i = 0; i < n; i++) {
		struct buf url = {0};

		facet_list_suggestion_url(v, &list[i], &url);
		json_begin_object(b);
		json_member(b, "name", v->table.columns[list[i].column].name);
		if (list[i].kind != FACET_COLUMN)
			json_member(
			    b, "type", facet_list_kinds[list[i].kind].name);
		json_member_text(b, "toggle_url", str_of_buf(&url));
		json_end_object(b);
		buf_release(&url);
	}
	json_end_array(b);
}
