/*
 * Facets as JSON, in Datasette's dialect.
 */
#include <stdlib.h>

#include "app/http/params.h"
#include "app/text/alloc.h"
#include "app/text/json.h"
#include "app/text/url.h"
#include "handlers/table/facet_list.h"
#include "handlers/table/table_facets.h"

static void
json_value(
    const struct facet_list *l, const struct facet_value *value, struct buf *b)
{
	struct str text = facet_text(&l->facet, value);
	size_t filter = facet_list_find_filter(l, text);
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
	if (url_arg_arrives(text)) {
		facet_list_toggle_url(l, text, filter, &url);
		json_text(b, str_of_buf(&url));
	} else {
		json_raw(b, "null");
	}
	json_raw(b, ",\"selected\":");
	buf_str(b, filter != ARGUMENT_NONE ? "true}" : "false}");
	buf_release(&url);
}

static void
json_facet(const struct facet_list *l, struct buf *b)
{
	struct buf url = {0};

	facet_list_remove_url(l, &url);
	json_raw(b, "{\"name\":");
	json_str(b, l->view->table.columns[l->column].name);
	json_raw(b, ",\"type\":");
	json_str(b, facet_list_kinds[l->kind].name);
	json_raw(b, ",\"hideable\":");
	buf_str(b, l->argument != ARGUMENT_NONE ? "true" : "false");
	json_raw(b, ",\"toggle_url\":");
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
	struct facet_list l = {.view = v};
	size_t n = 0, n_late = 0;

	while (facet_list_next(&l)) {
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
	facet_list_end(&l);
}

void
table_facets_results(void *view, struct buf *b)
{
	struct buf late = {0};

	json_raw(b, "{\"results\":{");
	json_facets(view, b, &late);
	json_raw(b, "},\"timed_out\":[");
	buf_add(b, late.data, late.len);
	json_raw(b, "]}");
	buf_release(&late);
}

void
table_facets_timed_out(void *view, struct buf *b)
{
	struct buf rest = {0};

	json_raw(b, "[");
	json_facets(view, &rest, b);
	json_raw(b, "]");
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
table_facets_sorted(void *view, struct buf *b)
{
	struct facet_list l = {.view = view};
	struct sorted *list =
	    alloc_array(facet_list_max(view) + 1, sizeof(*list));
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
		json_facet(&l, &list[n++].json);
	}
	facet_list_end(&l);
	qsort(list, n, sizeof(*list), compare);
	json_raw(b, "[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			json_raw(b, ",");
		buf_add(b, list[i].json.data, list[i].json.len);
		buf_release(&list[i].json);
	}
	json_raw(b, "]");
	free(list);
}

void
table_facets_suggested(void *view, struct buf *b)
{
	const struct table_view *v = view;
	struct facet_suggestion list[FACET_SUGGESTIONS_MAX];
	size_t n = facet_list_suggest(v, list);

	json_raw(b, "[");
	for (size_t i = 0; i < n; i++) {
		struct buf url = {0};

		facet_list_suggestion_url(v, &list[i], &url);
		buf_str(b, i == 0 ? "{\"name\":" : ",{\"name\":");
		json_str(b, v->table.columns[list[i].column].name);
		if (list[i].kind != FACET_COLUMN) {
			json_raw(b, ",\"type\":");
			json_str(b, facet_list_kinds[list[i].kind].name);
		}
		json_raw(b, ",\"toggle_url\":");
		json_text(b, str_of_buf(&url));
		json_raw(b, "}");
		buf_release(&url);
	}
	json_raw(b, "]");
}
