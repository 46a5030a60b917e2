/*
 * The extras of pages that show what a statement gives.  Called by result.c.
 */
#include "handlers/sql/result_extras.h"

#include "app/text/json.h"
#include "handlers/page/extras.h"

struct answer {
	const struct asked *asked;
	const struct query *query;
};

static void
write_columns(void *page, struct buf *b)
{
	const struct query *q = ((const struct answer *)page)->query;

	json_begin_array(b);
	for (size_t i = 0; i < guard_columns(q); i++)
		json_text(b, guard_column(q, i));
	json_end_array(b);
}

static void
write_query(void *page, struct buf *b)
{
	const struct answer *a = page;

	json_begin_object(b);
	json_key(b, "sql");
	if (a->asked->hides_sql)
		json_null(b);
	else
		json_text(b, a->asked->sql);
	json_key(b, "params");
	json_begin_object(b);
	for (size_t i = 0; i < guard_parameters(a->query); i++) {
		struct str name = str_of(guard_parameter(a->query, i));

		json_key_text(b, name);
		json_text(b, result_asked(a->asked, name));
	}
	json_end_object(b);
	json_end_object(b);
}

static void
write_request(void *page, struct buf *b)
{
	extras_request(((const struct answer *)page)->asked->req, b);
}

static void
write_metadata(void *page, struct buf *b)
{
	const struct asked *asked = ((const struct answer *)page)->asked;

	if (asked->metadata == NULL)
		json_raw(b, "{}");
	else
		asked->metadata(asked, b);
}

static void
write_database(void *page, struct buf *b)
{
	json_str(b, db_name(((const struct answer *)page)->asked->db));
}

static void
write_private(void *page, struct buf *b)
{
	(void)page;
	json_bool(b, false);
}

static void
write_color(void *page, struct buf *b)
{
	extras_color(db_name(((const struct answer *)page)->asked->db), b);
}

static void
write_debug(void *page, struct buf *b)
{
	extras_debug(((const struct answer *)page)->asked->req, b);
}

static void write_extras(void *, struct buf *);

static const struct extra rows[] = {
    {"columns", "The columns of these rows", write_columns},
    {"query", "The statement, and its parameters", write_query},
    {"request", "What was asked for", write_request},
    {"metadata", "What the operator says of the query", write_metadata},
    {"database", "The name of the database", write_database},
    {"database_color", "A colour for the database, from its name", write_color},
    {"debug", "The parts of the path", write_debug},
    {"private", "Whether not everybody may see it", write_private},
    {"extras", "What _extra may ask for", write_extras},
};

static const struct extras extras = {
    rows, sizeof(rows) / sizeof(*rows), RESULT_EXTRA};

static void
write_extras(void *page, struct buf *b)
{
	extras_list(&extras, ((const struct answer *)page)->asked->req, b);
}

int
result_extras_check(const struct request *req, struct page *page)
{
	return extras_check(&extras, req, page);
}

void
result_extras(
    const struct asked *asked, const struct query *q, struct buf *json)
{
	extras_write(
	    &extras, asked->req, NULL, &(struct answer){asked, q}, json);
}
