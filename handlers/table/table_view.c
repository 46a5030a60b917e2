/*
 * From a request to what a page of a table shows.  Knows every parameter that
 * chooses rows and columns, and no format.
 */
#include "handlers/table/table_view.h"

#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/url.h"
#include "app/text/utf8.h"
#include "db/schema/indexes.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"
#include "handlers/page/reader.h"
#include "handlers/table/facet_list.h"
#include "handlers/table/table.h"
#include "handlers/table/table_where.h"

static const struct value *
value_of(const struct table_view *v, size_t param)
{
	return &v->req->values[param];
}

static int
no_column(const struct table_view *v, const char *param, struct str name,
    struct page *page)
{
	struct str shown = utf8_cut(name, 200);

	return page_error(page, 400, "%s: expected a column of %s, got “%.*s”.",
	    param, v->table.name, (int)shown.len, shown.s);
}

/* Adds the filter of an argument, if it is one. */
static bool
read_filter(struct table_view *v, const struct argument *a, struct buf *why)
{
	if (a->param == TABLE_THROUGH)
		return through_add(
		    &v->through, v->db, &v->filters, a->text, why);
	if (table_where_is(a)) {
		if (filters_add_whole(&v->filters, a->text))
			return true;
		buf_lit(why, "There are too many filters.");
		return false;
	}
	if (a->param == TABLE_PARAMS && !table_search_takes(a->name))
		return filters_add(&v->filters, a->name, a->text, why);
	return true;
}

static int
read_filters(struct table_view *v, struct page *page)
{
	const struct request *req = v->req;
	struct buf why = {0};
	int status = 200;
	size_t n;

	filters_init(&v->filters, &v->table);
	for (size_t i = 0; i < req->n_arguments && status == 200; i++) {
		n = v->filters.n;
		if (!read_filter(v, &req->arguments[i], &why))
			status = page_error(page, 400, "%s", buf_cstr(&why));
		else if (v->filters.n > n)
			v->arguments[n] = i;
	}
	buf_release(&why);
	n = v->filters.n;
	if (status == 200)
		status = table_search_read(
		    &v->search, req, v->db, &v->filters, page);
	for (size_t i = 0; status == 200 && n + i < v->filters.n; i++)
		v->arguments[n + i] = v->search.arguments[i];
	return status;
}

/* The order that is asked for. */
bool
table_view_may_sort(const struct table_view *v, size_t column)
{
	const struct words *sortable = &v->metadata->sortable_columns;

	return !sortable->given ||
	    metadata_words_have(
		sortable, str_of(v->table.columns[column].name));
}

/* The order that the configuration has, where nothing else is asked for. */
static void
usual_order(struct table_view *v)
{
	const struct table_metadata *m = v->metadata;
	const char *name = m->sort != NULL ? m->sort : m->sort_desc;

	if (name == NULL)
		return;
	v->sort = table_column(&v->table, str_of(name));
	v->descending = m->sort == NULL && v->sort < v->table.n_columns;
}

/* By a collation that SQLite does not know only an index sorts. */
static bool
can_sort(const struct table_view *v)
{
	return !v->table.columns[v->sort].odd_collation ||
	    indexes_have(v->db, &v->table, &v->sort, 1);
}

static int
read_order(struct table_view *v, struct page *page)
{
	const struct value *up = value_of(v, TABLE_SORT);
	const struct value *down = value_of(v, TABLE_SORT_DESC);
	struct str name = down->given ? down->text : up->text;

	v->sort = v->table.n_columns;
	v->descending = down->given;
	if (up->given && down->given)
		return page_error(page, 400,
		    "_sort and _sort_desc: expected one of the two.");
	if (!up->given && !down->given) {
		usual_order(v);
		return 200;
	}
	v->sort = table_column(&v->table, name);
	if (v->sort == v->table.n_columns)
		return no_column(
		    v, down->given ? "_sort_desc" : "_sort", name, page);
	if (!table_view_may_sort(v, v->sort) || !can_sort(v))
		return page_error(page, 400, "%s can’t be sorted by %s.",
		    v->table.name, v->table.columns[v->sort].name);
	return 200;
}

/* To sort by a column without an index, all rows must be read. */
static void
advise(struct table_view *v)
{
	struct buf *advice = db_advice(v->db);

	if (v->table.kind != TABLE_PLAIN || v->sort == v->table.n_columns ||
	    indexes_have(v->db, &v->table, &v->sort, 1))
		return;
	buf_printf(advice,
	    "To sort %s by %s in time, an index would help: ", v->table.name,
	    v->table.columns[v->sort].name);
	indexes_advise(&v->table, v->sort, advice);
	buf_char(advice, ';');
}

static int
read_position(struct table_view *v, struct page *page)
{
	struct str next = value_of(v, TABLE_NEXT)->text;

	if (v->req->resume.len > 0)
		next = str_of_buf(&v->req->resume);
	keyset_init(&v->keyset, &v->table, v->sort, v->descending);
	if (next.s == NULL)
		return 200;
	if (!keyset_parse(&v->keyset, next, &v->position))
		return page_error(page, 400,
		    "_next: expected what a page of this table, in this "
		    "order, gave for its next page.");
	if (!keyset_exists(v->db, &v->keyset, &v->position))
		return page_error(page, 400,
		    "_next: the row that the page before ended with is gone: "
		    "begin again with the first page.");
	return 200;
}

static void
show(struct table_view *v, size_t column)
{
	for (size_t i = 0; i < v->n_shown; i++) {
		if (v->shown[i].column == column)
			return;
	}
	v->shown[v->n_shown++] = (struct shown){.column = column};
}

static void
hide(struct table_view *v, size_t column)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_shown; i++) {
		if (v->shown[i].column != column)
			v->shown[n++] = v->shown[i];
	}
	v->n_shown = n;
}

static void
show_key(struct table_view *v)
{
	if (v->table.n_key == 0 && v->table.rowid != NULL)
		show(v, v->table.n_columns);
	for (size_t i = 0; i < v->table.n_key; i++)
		show(v, v->table.key[i]);
}

static void
set_style(struct table_view *v, size_t column, unsigned style)
{
	for (size_t i = 0; i < v->n_shown; i++) {
		if (v->shown[i].column == column)
			v->shown[i].style |= style;
	}
}

/* Does to a column what a parameter that names it asks for. */
static int
apply(struct table_view *v, size_t param, size_t column, struct page *page)
{
	if (param == TABLE_COL) {
		show(v, column);
	} else if (param == TABLE_LABEL) {
		set_style(v, column, CELL_LABEL);
	} else if (param == TABLE_JSON) {
		set_style(v, column, CELL_JSON);
	} else if (v->table.columns[column].key > 0) {
		return page_error(page, 400,
		    "_nocol: %s is part of the primary key, which is always "
		    "shown.",
		    v->table.columns[column].name);
	} else {
		hide(v, column);
	}
	return 200;
}

/* The same to each column that the parameter, a list, names. */
static int
apply_each(struct table_view *v, size_t param, struct page *page)
{
	const struct request *req = v->req;
	int status = 200;

	for (size_t i = 0; i < req->n_arguments && status == 200; i++) {
		const struct argument *a = &req->arguments[i];
		size_t column;

		if (a->param != param)
			continue;
		column = table_column(&v->table, a->text);
		if (column == v->table.n_columns)
			return no_column(
			    v, table_params.rows[param].name, a->text, page);
		status = apply(v, param, column, page);
	}
	return status;
}

static bool
has_argument(const struct table_view *v, size_t param)
{
	for (size_t i = 0; i < v->req->n_arguments; i++) {
		if (v->req->arguments[i].param == param)
			return true;
	}
	return false;
}

static int
read_columns(struct table_view *v, struct page *page)
{
	const struct value *labels = value_of(v, TABLE_LABELS);
	int status = 200;

	v->shown = alloc_array(v->table.n_columns + 1, sizeof(*v->shown));
	if (v->shown == NULL)
		return page_error(page, 503, "There is no memory left.");
	if (has_argument(v, TABLE_COL)) {
		show_key(v);
		status = apply_each(v, TABLE_COL, page);
	} else {
		if (v->table.n_key == 0)
			show_key(v);
		for (size_t i = 0; i < v->table.n_columns; i++)
			show(v, i);
	}
	if (status == 200)
		status = apply_each(v, TABLE_NOCOL, page);
	/* Readers see labels unless they say so, programs if they ask. */
	for (size_t i = 0; i < v->n_shown; i++) {
		if (labels->given ? labels->number
				  : v->req->format == FORMAT_HTML &&
			    !has_argument(v, TABLE_LABEL))
			v->shown[i].style |= CELL_LABEL;
		if (value_of(v, TABLE_JSON_INFINITY)->number != 0)
			v->shown[i].style |= CELL_INFINITY;
	}
	if (status == 200)
		status = apply_each(v, TABLE_LABEL, page);
	if (status == 200)
		status = apply_each(v, TABLE_JSON, page);
	return status;
}

static void
read_size(struct table_view *v)
{
	const struct value *size = value_of(v, TABLE_SIZE);
	const struct settings *settings = published_settings(v->db);
	bool csv = v->req->format == FORMAT_CSV;

	if (csv && value_of(v, TABLE_STREAM)->number != 0) {
		v->size = STREAM_ROWS;
		return;
	}
	if (size->given)
		v->size = size->number;
	else if (csv)
		v->size = settings->max_rows;
	else
		v->size = v->metadata->size > 0 ? v->metadata->size
						: settings->page_size;
	if (v->size > settings->max_rows)
		v->size = settings->max_rows;
}

int
table_view_nowhere(const struct table_view *v, struct page *page)
{
	return page_error(page, 404,
	    "%s is not on the map: it has no columns called latitude and "
	    "longitude.",
	    v->table.name);
}

int
table_view_init(struct table_view *v, const struct request *req, struct db *db,
    struct page *page)
{
	int status;

	*v = (struct table_view){.req = req, .db = db};
	if (value_of(v, TABLE_TIMELIMIT)->given)
		db_limit(db, value_of(v, TABLE_TIMELIMIT)->number);
	status = reader_table(req, db, page, &v->table);
	if (status == 200)
		v->metadata = published_table(db, v->table.name);
	if (status == 200)
		status = table_where_begin(req, db, &v->table, page);
	if (status == 200)
		status = read_filters(v, page);
	if (status == 200)
		status = read_order(v, page);
	if (status == 200)
		status = read_position(v, page);
	if (status == 200)
		status = read_columns(v, page);
	if (status == 200)
		status = facet_list_check(v, page);
	if (status != 200)
		return status;
	read_size(v);
	advise(v);
	rows_init(&v->rows, db, &v->table);
	/* One more than is shown tells whether there is a next page. */
	rows_page(&v->rows, &v->filters, &v->keyset, &v->position, v->size + 1);
	return 200;
}

void
table_view_release(struct table_view *v)
{
	rows_release(&v->rows);
	keyset_position_release(&v->position);
	filters_release(&v->filters);
	table_search_release(&v->search);
	through_release(&v->through);
	table_where_end(v->db);
	table_release(&v->table);
	buf_release(&v->next);
	free(v->shown);
	v->shown = NULL;
}

void
table_view_stop(struct table_view *v)
{
	if (v->keyset.n > 0)
		keyset_token(&v->keyset, &v->rows.query, &v->next);
	else
		keyset_offset_token(v->position.offset + v->n, &v->next);
}

bool
table_view_next(struct table_view *v)
{
	if (v->size == 0)
		return false;
	if (v->n == v->size)
		table_view_stop(v);
	if (!rows_next(&v->rows)) {
		buf_reset(&v->next);
		return false;
	}
	if (v->n == v->size)
		return false;
	v->n++;
	return true;
}

char
table_view_url(const struct table_view *v, enum format format, uint64_t without,
    size_t without_argument, struct buf *b)
{
	url_path(b, v->req->prefix);
	request_path(v->req, b);
	buf_str(b, request_suffix(format));
	return params_write(
	    &table_params, v->req, without, without_argument, b);
}

void
table_view_link(const struct table_view *v, const char *rest, struct buf *b)
{
	uint64_t paging = PARAM_BIT(TABLE_NEXT) | PARAM_BIT(TABLE_SIZE) |
	    PARAM_BIT(TABLE_SORT) | PARAM_BIT(TABLE_SORT_DESC);
	struct buf query = {0};

	link_table(b, v->req, str_of(db_name(v->db)), str_of(v->table.name));
	buf_str(b, rest);
	params_write(&table_params, v->req, paging, ARGUMENT_NONE, &query);
	html_str(b, str_of_buf(&query));
	buf_release(&query);
}

void
table_view_next_url(const struct table_view *v, struct buf *b)
{
	buf_char(b,
	    table_view_url(
		v, v->req->format, PARAM_BIT(TABLE_NEXT), ARGUMENT_NONE, b));
	buf_lit(b, "_next=");
	url_arg(b, str_of_buf(&v->next));
}

void
table_view_describe(const struct table_view *v, struct buf *b)
{
	filters_describe(&v->filters, b);
	if (v->sort == v->table.n_columns)
		return;
	buf_printf(b, "%ssorted by %s%s", b->len > 0 ? " " : "",
	    v->table.columns[v->sort].name, v->descending ? " descending" : "");
}
