/*
 * A table's rows as JSON, in the shapes of Datasette's dialect.
 */
#include "handlers/table/table_json.h"

#include "app/text/json.h"
#include "handlers/table/table.h"
#include "handlers/table/table_extras.h"

static void
write_cell(const struct table_view *v, size_t i, struct buf *b)
{
	cell_json_styled(b, &v->rows, v->shown[i].column, v->shown[i].style);
}

static void
write_object(const struct table_view *v, struct buf *b)
{
	json_begin_object(b);
	for (size_t i = 0; i < v->n_shown; i++) {
		json_key(b, table_column_name(&v->table, v->shown[i].column));
		write_cell(v, i, b);
	}
	json_end_object(b);
}

static void
write_array(const struct table_view *v, struct buf *b)
{
	json_begin_array(b);
	for (size_t i = 0; i < v->n_shown; i++)
		write_cell(v, i, b);
	json_end_array(b);
}

static void
write_first(const struct table_view *v, struct buf *b)
{
	if (v->n_shown > 0)
		write_cell(v, 0, b);
	else
		json_null(b);
}

static void
write_rows(struct table_view *v, struct buf *b,
    void (*write)(const struct table_view *, struct buf *))
{
	while (table_view_next(v)) {
		json_next_line(b);
		write(v, b);
	}
}

/* An object of them, by their keys; false: one has none. */
static bool
write_members(struct table_view *v, struct buf *b)
{
	struct buf key = {0};
	bool ok = true;

	json_raw(b, "{");
	while (ok && table_view_next(v)) {
		json_next_line(b);
		buf_reset(&key);
		ok = rows_key(&v->rows, &key);
		json_key_text(b, str_of_buf(&key));
		write_object(v, b);
	}
	json_raw(b, "}\n");
	buf_release(&key);
	return ok;
}

static void
write_lines(struct table_view *v, struct buf *b)
{
	while (table_view_next(v)) {
		write_object(v, b);
		json_raw(b, "\n");
	}
}

static void
write_envelope(struct table_view *v, struct buf *b,
    void (*write)(const struct table_view *, struct buf *))
{
	struct buf url = {0};

	json_raw(b, "{\"ok\":true,\"rows\":[");
	write_rows(v, b, write);
	json_raw(b, "],\"next\":");
	if (v->next.len > 0) {
		json_text(b, str_of_buf(&v->next));
		table_view_next_url(v, &url);
		json_member_text(b, "next_url", str_of_buf(&url));
	} else {
		json_raw(b, "null,\"next_url\":null");
	}
	buf_release(&url);
	table_extras(v, b);
	json_raw(b, ",\"truncated\":false}\n");
}

int
table_json(struct table_view *v, struct page *page)
{
	enum table_shape shape =
	    (enum table_shape)v->req->values[TABLE_SHAPE].number;
	struct buf *b = &page->body;
	int status = table_extras_check(v, page);

	if (status != 200)
		return status;
	page->type = MEDIA_JSON;
	switch (shape) {
	case SHAPE_OBJECTS:
		write_envelope(v, b, write_object);
		return 200;
	case SHAPE_ARRAYS:
		write_envelope(v, b, write_array);
		return 200;
	case SHAPE_ARRAY:
		if (v->req->values[TABLE_NL].number != 0) {
			page->type = MEDIA_NDJSON;
			write_lines(v, b);
			return 200;
		}
		json_raw(b, "[");
		write_rows(v, b, write_object);
		json_raw(b, "]\n");
		return 200;
	case SHAPE_ARRAYFIRST:
		json_raw(b, "[");
		write_rows(v, b, write_first);
		json_raw(b, "]\n");
		return 200;
	case SHAPE_OBJECT:
		break;
	}
	if (v->table.n_key == 0 && v->table.rowid == NULL)
		return page_error(page, 400,
		    "_shape: %s has no primary key to name its rows by: "
		    "expected another shape than object.",
		    v->table.name);
	if (!write_members(v, b))
		return page_error(page, 400,
		    "_shape: a row of %s has NULL in its primary key, and so "
		    "no name: expected another shape than object.",
		    v->table.name);
	return 200;
}
