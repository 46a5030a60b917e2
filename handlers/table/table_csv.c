/*
 * A table's rows as CSV: NULL is an empty field, bytes are in base64.  All of
 * them come as a stream, of parts that are pages of the table.
 */
#include "handlers/table/table_csv.h"

#include "app/text/csv.h"
#include "handlers/table/table.h"

enum { STREAM_BYTES = 256 << 10 }; /* of a part, or little more */

/* True if a column of labels follows this one. */
static bool
has_label(const struct table_view *v, const struct shown *s)
{
	const struct reference *ref = rows_reference(&v->rows, s->column);

	return (s->style & CELL_LABEL) != 0 && ref != NULL && ref->label >= 0;
}

static void
write_header(const struct table_view *v, struct buf *b)
{
	for (size_t i = 0; i < v->n_shown; i++) {
		const char *name =
		    table_column_name(&v->table, v->shown[i].column);

		if (i > 0)
			csv_raw(b, ",");
		cell_csv_text(b, v->db, str_of(name));
		if (has_label(v, &v->shown[i])) {
			struct buf label = {0};

			buf_printf(&label, "%s_label", name);
			csv_raw(b, ",");
			cell_csv_text(b, v->db, str_of_buf(&label));
			buf_release(&label);
		}
	}
	csv_raw(b, "\r\n");
}

static void
write_row(const struct table_view *v, struct buf *b)
{
	for (size_t i = 0; i < v->n_shown; i++) {
		const struct shown *s = &v->shown[i];
		int label;

		if (i > 0)
			csv_raw(b, ",");
		cell_csv(b, &v->rows.query, (int)s->column);
		if (!has_label(v, s))
			continue;
		csv_raw(b, ",");
		label = cell_label(&v->rows, s->column);
		if (label >= 0)
			cell_csv(b, &v->rows.query, label);
	}
	csv_raw(b, "\r\n");
}

int
table_csv(struct table_view *v, struct page *page)
{
	bool stream = v->req->values[TABLE_STREAM].number != 0;

	page->type = MEDIA_CSV;
	if (v->req->values[TABLE_DL].number != 0) {
		cell_csv_download(&page->header, str_of(v->table.name));
	}
	if (v->req->values[TABLE_HEADER].number != 0 && v->req->resume.len == 0)
		write_header(v, &page->body);
	while (table_view_next(v)) {
		write_row(v, &page->body);
		if (stream && page->body.len >= STREAM_BYTES) {
			table_view_stop(v);
			break;
		}
	}
	if (stream)
		buf_add(&page->next, v->next.data, v->next.len);
	return 200;
}
