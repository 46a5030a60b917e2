/*
 * Values: NULL, numbers, text, bytes.
 */
#include "handlers/page/cell.h"

#include <math.h>

#include "app/text/csv.h"
#include "app/text/json.h"
#include "app/text/json_valid.h"
#include "app/text/url.h"
#include "app/text/utf8.h"
#include "db/sqlite/published.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"

bool
cell_is_number(const struct query *q, int column)
{
	enum value_type type = query_type(q, column);

	return type == VALUE_INT || type == VALUE_REAL;
}

static void
real(struct buf *b, double value)
{
	if (isinf(value))
		html(b, value < 0 ? "-∞" : "∞");
	else
		json_digits(b, value);
}

static void
text(struct buf *b, struct str s, size_t max)
{
	struct str shown = max > 0 ? utf8_cut(s, max) : s;

	if (s.len == 0) {
		html_raw(b, "<span class=\"empty\">empty</span>");
		return;
	}
	html_str(b, shown);
	if (shown.len < s.len)
		html_raw(b,
		    "<span class=\"cut\" "
		    "title=\"The row’s page has all of it\">…</span>");
}

void
cell_html(struct buf *b, const struct query *q, int column, size_t max)
{
	switch (query_type(q, column)) {
	case VALUE_NULL:
		html_raw(b, "<span class=\"null\">null</span>");
		break;
	case VALUE_INT:
		buf_int(b, query_int(q, column));
		break;
	case VALUE_REAL:
		real(b, query_real(q, column));
		break;
	case VALUE_TEXT:
		text(b, query_text(q, column), max);
		break;
	case VALUE_BLOB:
		html_raw(b, "<span class=\"blob\">");
		html_int(b, (long long)query_blob(q, column).len);
		html_raw(b, " bytes</span>");
		break;
	}
}

void
cell_json(struct buf *b, const struct query *q, int column)
{
	struct str blob;

	switch (query_type(q, column)) {
	case VALUE_NULL:
		json_null(b);
		break;
	case VALUE_INT:
		json_int(b, query_int(q, column));
		break;
	case VALUE_REAL:
		json_real(b, query_real(q, column));
		break;
	case VALUE_TEXT:
		json_text(b, query_text(q, column));
		break;
	case VALUE_BLOB:
		blob = query_blob(q, column);
		json_blob(b, blob.s, blob.len);
		break;
	}
}

int
cell_label(const struct rows *r, size_t column)
{
	const struct reference *ref = rows_reference(r, column);
	enum value_type type;

	if (ref == NULL || ref->label < 0 ||
	    query_is_null(&r->query, (int)column))
		return -1;
	type = query_type(&r->query, ref->label);
	return type == VALUE_NULL || type == VALUE_BLOB ? -1 : ref->label;
}

/* Valid JSON on one line: its own ends of lines stand between its parts. */
static void
add_json(struct buf *b, struct str json)
{
	size_t end;

	json_value(b, json);
	end = b->len;
	for (size_t i = end - json.len; !b->failed && i < end; i++) {
		if (b->data[i] == '\n' || b->data[i] == '\r')
			b->data[i] = ' ';
	}
}

static void
json_styled(struct buf *b, const struct query *q, int column, unsigned style)
{
	enum value_type type = query_type(q, column);

	if ((style & CELL_JSON) != 0 && type == VALUE_TEXT &&
	    json_valid(query_text(q, column)))
		add_json(b, query_text(q, column));
	else if ((style & CELL_INFINITY) != 0 && type == VALUE_REAL &&
	    isinf(query_real(q, column)))
		json_value(b,
		    str_of(
			query_real(q, column) < 0 ? "-Infinity" : "Infinity"));
	else
		cell_json(b, q, column);
}

void
cell_json_styled(
    struct buf *b, const struct rows *r, size_t column, unsigned style)
{
	int label = (style & CELL_LABEL) != 0 ? cell_label(r, column) : -1;

	if (label < 0) {
		json_styled(b, &r->query, (int)column, style);
		return;
	}
	json_begin_object(b);
	json_key(b, "value");
	json_styled(b, &r->query, (int)column, style);
	json_key(b, "label");
	cell_json(b, &r->query, label);
	json_end_object(b);
}

void
cell_reference(struct buf *b, const struct request *req, const char *database,
    const struct rows *r, size_t column, size_t max)
{
	const struct reference *ref = rows_reference(r, column);
	const struct query *q = &r->query;
	struct buf key = {0};
	int label = cell_label(r, column);

	if (ref == NULL || !rows_reference_key(r, ref, &key)) {
		cell_html(b, q, (int)column, max);
		return;
	}
	html_raw(b, "<a href=\"");
	link_row(
	    b, req, str_of(database), str_of(ref->table), str_of_buf(&key));
	html_raw(b, "\">");
	if (label >= 0) {
		cell_html(b, q, label, max);
		html_raw(b, "</a> <small>");
		cell_html(b, q, (int)column, max);
		html_raw(b, "</small>");
	} else {
		cell_html(b, q, (int)column, max);
		html_raw(b, "</a>");
	}
	buf_release(&key);
}

void
cell_json_count(struct buf *b, struct count count)
{
	json_key(b, "count");
	if (count.n < 0)
		json_null(b);
	else
		json_int(b, count.n);
	if (count.more)
		json_member_bool(b, "count_truncated", true);
}

void
cell_json_row(struct buf *b, const struct rows *r)
{
	const struct table *t = r->table;

	json_begin_object(b);
	if (r->has_rowid) {
		json_key(b, t->rowid);
		cell_json(b, &r->query, (int)t->n_columns);
	}
	for (size_t i = 0; i < t->n_columns; i++) {
		json_key(b, t->columns[i].name);
		cell_json(b, &r->query, (int)i);
	}
	json_end_object(b);
}

void
cell_json_link(struct buf *b, const struct request *req, const char *database,
    const struct rows *r, size_t column)
{
	const struct reference *ref = rows_reference(r, column);
	struct buf link = {0};

	if (ref != NULL && rows_reference_key(r, ref, &link)) {
		buf_reset(&link);
		cell_reference(&link, req, database, r, column, 0);
		json_member_text(
		    b, r->table->columns[column].name, str_of_buf(&link));
	}
	buf_release(&link);
}

void
cell_csv_text(struct buf *b, const struct db *db, struct str s)
{
	if (published_settings(db)->csv_formulas != 0)
		csv_text_no_formula(b, s);
	else
		csv_text(b, s);
}

void
cell_csv(struct buf *b, const struct query *q, int column)
{
	struct str blob;

	switch (query_type(q, column)) {
	case VALUE_NULL:
		break;
	case VALUE_INT:
		buf_int(b, query_int(q, column));
		break;
	case VALUE_REAL:
		if (isinf(query_real(q, column)))
			buf_str(b, query_real(q, column) < 0 ? "-inf" : "inf");
		else
			json_digits(b, query_real(q, column));
		break;
	case VALUE_TEXT:
		cell_csv_text(b, q->db, query_text(q, column));
		break;
	case VALUE_BLOB:
		blob = query_blob(q, column);
		json_base64(b, blob.s, blob.len);
		break;
	}
}

void
cell_csv_download(struct buf *header, struct str name)
{
	buf_lit(header, "Content-Disposition: attachment; filename=\"");
	url_name(header, name);
	buf_lit(header, ".csv\"\r\n");
}
