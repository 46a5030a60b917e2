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

static const struct answer *
answer_of(const struct extras_page *p)
{
	return p->page;
}

static void
write_columns(const struct extras_page *p, struct buf *b)
{
	const struct query *q = answer_of(p)->query;

	json_begin_array(b);
	for (size_t i = 0; i < guard_columns(q); i++)
		json_text(b, guard_column(q, i));
	json_end_array(b);
}

static void
write_query(const struct extras_page *p, struct buf *b)
{
	const struct answer *a = answer_of(p);

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
write_metadata(const struct extras_page *p, struct buf *b)
{
	const struct asked *asked = answer_of(p)->asked;

	if (asked->metadata == NULL)
		json_raw(b, "{}");
	else
		asked->metadata(asked, b);
}

static const struct extra rows[] = {
    {"columns", "The columns of these rows", write_columns},
    {"query", "The statement, and its parameters", write_query},
    {"request", "What was asked for", extras_request},
    {"metadata", "What the operator says of the query", write_metadata},
    {"database", "The name of the database", extras_database},
    {"database_color", "A colour for the database, from its name",
	extras_color},
    {"debug", "The parts of the path", extras_debug},
    {"private", "Whether not everybody may see it", extras_private},
    {"extras", "What _extra may ask for", extras_list},
};

static const struct extras extras = {
    rows, sizeof(rows) / sizeof(*rows), RESULT_EXTRA};

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
	    &(struct extras_page){
		.extras = &extras,
		.req = asked->req,
		.db = asked->db,
		.page = &(struct answer){asked, q},
	    },
	    NULL, json);
}
