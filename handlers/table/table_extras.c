/*
 * The extras of a table's JSON.  One array has every name and its description;
 * the extra called "extras" lists it.
 */
#include "handlers/table/table_extras.h"

#include "app/text/json.h"
#include "app/text/sqltext.h"
#include "app/text/utf8.h"
#include "db/rows/count.h"
#include "handlers/page/about.h"
#include "handlers/page/column_details.h"
#include "handlers/page/extras.h"
#include "handlers/table/facet_list.h"
#include "handlers/table/facets_json.h"
#include "handlers/table/table.h"
#include "handlers/table/table_where.h"

/* A count that was asked for may take longer. */
enum { ASKED_BUDGET_MS = 250 };

static struct count
count(struct table_view *v)
{
	if (v->req->values[TABLE_NOCOUNT].number != 0)
		return (struct count){.n = -1};
	return count_rows(v->db, &v->filters, ASKED_BUDGET_MS);
}

static void
write_count(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;
	int64_t n = count(v).n;

	if (n < 0)
		json_null(b);
	else
		json_int(b, n);
}

static void
write_count_truncated(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	json_bool(b, count(v).more);
}

static void
write_count_sql(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;
	struct buf sql = {0};

	buf_lit(&sql, "SELECT count(*)");
	filters_rows_sql(&v->filters, &sql);
	json_text(b, str_of_buf(&sql));
	buf_release(&sql);
}

static void
write_human(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;
	struct buf words = {0};

	table_view_describe(v, &words);
	json_text(b, str_of_buf(&words));
	buf_release(&words);
}

static void
write_columns(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	json_begin_array(b);
	for (size_t i = 0; i < v->n_shown; i++)
		json_str(b, table_column_name(&v->table, v->shown[i].column));
	json_end_array(b);
}

static void
write_all_columns(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	column_details_names(&v->table, false, b);
}

static void
write_primary_keys(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	column_details_names(&v->table, true, b);
}

static void
write_description(const struct table_view *v, size_t column, struct buf *b)
{
	const struct column_metadata *m = metadata_table_column(
	    v->metadata, str_of(table_column_name(&v->table, column)));

	json_member(b, "description", m == NULL ? NULL : m->description);
}

static void
write_display_columns(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	json_begin_array(b);
	for (size_t i = 0; i < v->n_shown; i++) {
		size_t column = v->shown[i].column;
		const struct column *c = column < v->table.n_columns
		    ? &v->table.columns[column]
		    : NULL;

		json_begin_object(b);
		json_member(b, "name", table_column_name(&v->table, column));
		json_member_bool(
		    b, "sortable", c != NULL && table_view_may_sort(v, column));
		json_member_bool(b, "is_pk", c == NULL || c->key > 0);
		json_member(b, "type", c == NULL ? "INTEGER" : c->type);
		json_member_int(b, "notnull", c != NULL && c->not_null);
		write_description(v, column, b);
		json_member(b, "column_type", NULL);
		json_member(b, "column_type_config", NULL);
		json_end_object(b);
	}
	json_end_array(b);
}

static void
write_query(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;
	struct keyset_position beginning = {0};
	struct buf sql = {0};

	buf_lit(&sql, "SELECT ");
	for (size_t i = 0; i < v->n_shown; i++) {
		buf_str(&sql, i == 0 ? "" : ", ");
		keyset_column(&v->table, v->shown[i].column, &sql);
	}
	buf_lit(&sql, " FROM ");
	sqltext_name(&sql, str_of(v->table.name));
	filters_sql(&v->filters, &sql);
	keyset_sql(&v->keyset, &beginning, 0, "", &sql);
	buf_printf(&sql, " LIMIT %lld", (long long)v->size + 1);
	json_begin_object(b);
	json_member_text(b, "sql", str_of_buf(&sql));
	json_key(b, "params");
	filters_params(&v->filters, b);
	json_end_object(b);
	buf_release(&sql);
}

static void
write_path(struct table_view *v, enum format format, struct buf *b)
{
	struct buf url = {0};

	table_view_url(v, format, 0, ARGUMENT_NONE, &url);
	json_text(b, str_of_buf(&url));
	buf_release(&url);
}

/* The rows of the page once more, for what they are in HTML. */
static void
write_render_cell(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;
	int64_t n = 0;

	json_begin_array(b);
	rows_page(&v->rows, &v->filters, &v->keyset, &v->position, v->n);
	while (n++ < v->n && rows_next(&v->rows)) {
		json_begin_object(b);
		for (size_t i = 0; i < v->n_shown; i++)
			cell_json_link(b, v->req, db_name(v->db), &v->rows,
			    v->shown[i].column);
		json_end_object(b);
	}
	json_end_array(b);
}

static void
write_types_ui(const struct extras_page *p, struct buf *b)
{
	(void)p;
	json_null(b);
}

static void
write_hidden_args(const struct extras_page *p, struct buf *b)
{
	const struct table_view *v = p->page;

	extras_args(v->req, PARAM_BIT(TABLE_NEXT), b);
}

static void
write_wheres(const struct extras_page *p, struct buf *b)
{
	const struct table_view *v = p->page;

	json_begin_array(b);
	for (size_t i = 0; i < v->req->n_arguments; i++) {
		struct buf url = {0};

		if (!table_where_is(&v->req->arguments[i]))
			continue;
		table_view_url(
		    v, v->req->format, PARAM_BIT(TABLE_NEXT), i, &url);
		json_begin_object(b);
		json_member_text(b, "text", v->req->arguments[i].text);
		json_member_text(b, "remove_url", str_of_buf(&url));
		json_end_object(b);
		buf_release(&url);
	}
	json_end_array(b);
}

static void
write_details(const struct extras_page *p, struct buf *b)
{
	const struct table_view *v = p->page;

	column_details(v->db, &v->table, b);
}

static void
write_renderers(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	json_begin_object(b);
	json_key(b, "json");
	write_path(v, FORMAT_JSON, b);
	json_key(b, "csv");
	write_path(v, FORMAT_CSV, b);
	json_end_object(b);
}

static void
write_definition(struct table_view *v, bool view, struct buf *b)
{
	struct query q;

	if (view != (v->table.kind == TABLE_VIEW)) {
		json_null(b);
		return;
	}
	query_open(&q, v->db,
	    "SELECT sql FROM sqlite_schema "
	    "WHERE name = ? AND type IN ('table', 'view')");
	query_bind_text(&q, 1, str_of(v->table.name));
	if (query_next(&q))
		cell_json(b, &q, 0);
	else
		json_null(b);
	query_close(&q);
}

static void
write_table_definition(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	write_definition(v, false, b);
}

static void
write_view_definition(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	write_definition(v, true, b);
}

static void
write_is_view(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	json_bool(b, v->table.kind == TABLE_VIEW);
}

static void
write_table(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	json_str(b, v->table.name);
}

static void
write_expandable(const struct extras_page *p, struct buf *b)
{
	struct table_view *v = p->page;

	json_begin_array(b);
	for (size_t i = 0; i < v->rows.n_references; i++) {
		const struct reference *ref = &v->rows.references[i];

		json_begin_array(b);
		json_begin_object(b);
		json_member(b, "column", v->table.columns[ref->column].name);
		json_member(b, "other_table", ref->table);
		json_member(b, "other_column", ref->to == NULL ? "" : ref->to);
		json_end_object(b);
		json_str(b, ref->label_name);
		json_end_array(b);
	}
	json_end_array(b);
}

static void
write_metadata(const struct extras_page *p, struct buf *b)
{
	const struct table_view *v = p->page;

	about_table_json(b, v->metadata);
}

static const struct extra rows[] = {
    {"count", "How many rows these filters find", write_count},
    {"count_truncated", "Whether there are more than that",
	write_count_truncated},
    {"count_sql", "The SQL that counts them", write_count_sql},
    {"facet_results", "The values of each facet", facets_json_results},
    {"sorted_facet_results", "The same as a list, the longest facet first",
	facets_json_sorted},
    {"facets_timed_out", "Facets that took too long", facets_json_timed_out},
    {"suggested_facets", "Columns that may be worth a facet",
	facets_json_suggested},
    {"human_description_en", "The filters and the order in words", write_human},
    {"columns", "The columns of these rows", write_columns},
    {"all_columns", "The columns of the table", write_all_columns},
    {"primary_keys", "The columns of its primary key", write_primary_keys},
    {"column_details", "What SQLite tells of each of the table's columns",
	write_details},
    {"display_columns", "The columns of these rows, and what they are",
	write_display_columns},
    {"render_cell", "The HTML of references to other rows", write_render_cell},
    {"column_types", "Types that columns have been given", extras_types},
    {"set_column_type_ui", "How to give them, for who may", write_types_ui},
    {"database_color", "A colour for the database, from its name",
	extras_color},
    {"debug", "The parts of the path", extras_debug},
    {"request", "What was asked for", extras_request},
    {"query", "The SQL of these rows, from the first page on", write_query},
    {"extras", "What _extra may ask for", extras_list},
    {"database", "The name of the database", extras_database},
    {"table", "The name of the table", write_table},
    {"renderers", "The same rows in other formats", write_renderers},
    {"table_definition", "The SQL that defines the table",
	write_table_definition},
    {"view_definition", "The SQL that defines the view", write_view_definition},
    {"is_view", "Whether it is a view", write_is_view},
    {"private", "Whether not everybody may see it", extras_private},
    {"metadata", "What the operator says of the table", write_metadata},
    {"expandable_columns", "Columns that refer to rows which have a label",
	write_expandable},
    {"form_hidden_args", "What a form for more filters passes on",
	write_hidden_args},
    {"extra_wheres_for_ui", "Conditions in SQL, and the page without each",
	write_wheres},
    /* Always there; it may be asked for all the same. */
    {"next_url", "The address of the next page", NULL},
};

static const struct extras extras = {
    rows, sizeof(rows) / sizeof(*rows), TABLE_EXTRA};

int
table_extras_check(const struct table_view *v, struct page *page)
{
	return extras_check(&extras, v->req, page);
}

void
table_extras(struct table_view *v, struct buf *b)
{
	extras_write(&(struct extras_page){&extras, v->req, v->db, v},
	    facet_list_wanted(v) ? "facet_results" : NULL, b);
}
