/*
 * Facets as lists of links.
 */
#include "handlers/table/facets_html.h"

#include "app/http/params.h"
#include "app/text/html.h"
#include "app/text/url.h"
#include "app/text/utf8.h"
#include "handlers/chart/chart.h"
#include "handlers/page/layout.h"
#include "handlers/table/facet_list.h"

enum { LABEL_MAX = 100 }; /* bytes of a value in a list */

static void
html_value(
    const struct facet_list *l, const struct facet_value *value, struct buf *b)
{
	struct str text = facet_text(&l->facet, value);
	struct str label = facet_label(&l->facet, value);
	struct str shown = utf8_cut(label, LABEL_MAX);
	size_t filter = facet_list_find_filter(l, text);
	bool linked = url_arg_arrives(text);
	struct buf url = {0};

	html_raw(b, "<li>");
	if (linked) {
		facet_list_toggle_url(l, text, filter, &url);
		html_raw(b, "<a");
		layout_nofollow(b, l->view->db);
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
	if (linked)
		html_raw(b, "</a>");
	html_raw(b, " <small>");
	html_int(b, value->count);
	html_raw(b, "</small>");
	/* The first is the commonest. */
	chart_meter(b, value->count, l->facet.values[0].count);
	html_raw(b, "</li>\n");
	buf_release(&url);
}

static void
html_facet(const struct facet_list *l, struct buf *b)
{
	struct buf url = {0};

	html_raw(b, "<section>\n<h2>");
	html_str(b, str_of(l->view->table.columns[l->column].name));
	if (l->kind != FACET_COLUMN) {
		html_raw(b, " <small>by ");
		html(b, facet_list_kinds[l->kind].name);
		html_raw(b, "</small>");
	}
	if (l->argument != ARGUMENT_NONE) {
		html_raw(b, " ");
		facet_list_remove_url(l, &url);
		layout_begin_link(b, l->view->db, str_of_buf(&url));
		html_raw(b, "remove</a>");
	}
	html_raw(b, "</h2>\n");
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
facets_html_suggestions(const struct table_view *v, struct buf *b)
{
	struct facet_suggestion list[FACET_SUGGESTIONS_MAX];
	size_t n = facet_list_suggest(v, list);

	if (n == 0)
		return;
	html_raw(b, "<p class=\"suggested\">Suggested facets: ");
	for (size_t i = 0; i < n; i++) {
		struct buf url = {0};

		facet_list_suggestion_url(v, &list[i], &url);
		buf_str(b, i == 0 ? "" : ", ");
		layout_begin_link(b, v->db, str_of_buf(&url));
		layout_name(b, str_of(v->table.columns[list[i].column].name));
		html_raw(b, "</a>");
		if (list[i].kind != FACET_COLUMN)
			buf_printf(
			    b, " (%s)", facet_list_kinds[list[i].kind].name);
		buf_release(&url);
	}
	html_raw(b, "</p>\n");
}

void
facets_html(const struct table_view *v, struct buf *b)
{
	struct facet_list l = {.view = v};

	html_raw(b, "<aside class=\"facets\" aria-label=\"Facets\">\n");
	while (facet_list_next(&l))
		html_facet(&l, b);
	html_raw(b, "</aside>\n");
	facet_list_end(&l);
}
