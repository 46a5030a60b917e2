/*
 * Schemas of replies: of pages without rows as they stand in openapi.json, of
 * rows made from their table.  Called by openapi.c.
 */
#include "handlers/openapi_schema.h"

#include "app/text/json.h"

/* The schemas that are the same everywhere: openapi.json, from assets.S. */
extern const char asset_schemas[];
extern const uint32_t asset_schemas_len;

void
openapi_schema_components(struct buf *b)
{
	buf_add(b, asset_schemas, asset_schemas_len);
}

void
openapi_schema_page(struct buf *b, const char *name)
{
	buf_printf(b, "{\"$ref\":\"#/components/schemas/%s\"}", name);
}

/* Infinite numbers come as null, whatever the column is declared as. */
static bool
may_be_null(const struct table *t, size_t column)
{
	const struct column *c = &t->columns[column];

	if (t->rowid_is_key && t->key[0] == column)
		return false;
	return !c->not_null || c->affinity == AFFINITY_NUMERIC;
}

static void
cell(struct buf *b, const struct table *t, size_t column,
    const struct column_metadata *m)
{
	const struct column *c = &t->columns[column];

	json_raw(b, "{");
	if (c->affinity != AFFINITY_BLOB)
		buf_printf(b, "\"$ref\":\"#/components/schemas/%s%s\",",
		    c->affinity == AFFINITY_NUMERIC ? "number" : "text",
		    may_be_null(t, column) ? "-or-null" : "");
	json_member(b, "description",
	    m != NULL && m->description != NULL ? m->description : c->type);
	json_end_object(b);
}

static void
row(struct buf *b, const struct db *db, const struct table *t)
{
	const struct table_metadata *m = published_table(db, t->name);

	json_raw(b, "{\"type\":\"object\",\"properties\":{");
	for (size_t i = 0; i < t->n_columns; i++) {
		const char *name = t->columns[i].name;

		json_key(b, name);
		cell(b, t, i, metadata_table_column(m, str_of(name)));
	}
	json_raw(b, "}}");
}

void
openapi_schema_rows(
    struct buf *b, const struct db *db, const struct table *t, bool shapes)
{
	if (shapes)
		json_raw(b, "{\"anyOf\":[");
	json_raw(b,
	    "{\"type\":\"object\",\"required\":[\"ok\",\"rows\","
	    "\"truncated\"],\"properties\":{\"ok\":{\"const\":true},"
	    "\"truncated\":{\"type\":\"boolean\"},");
	if (shapes)
		json_raw(b,
		    "\"next\":{\"type\":[\"string\",\"null\"]},"
		    "\"next_url\":{\"type\":[\"string\",\"null\"]},");
	json_raw(b, "\"rows\":{\"type\":\"array\",\"items\":");
	if (shapes)
		json_raw(b, "{\"anyOf\":[");
	row(b, db, t);
	if (shapes)
		json_raw(b, ",{\"type\":\"array\",\"items\":{}}]}");
	json_raw(b, "}}}");
	if (shapes)
		json_raw(b, ",{\"$ref\":\"#/components/schemas/shapes\"}]}");
}

static void
words(struct buf *b, const char *const *list)
{
	json_raw(b, "{\"type\":\"string\",\"enum\":[");
	for (size_t i = 0; list[i] != NULL; i++)
		json_str(b, list[i]);
	json_raw(b, "]}");
}

void
openapi_schema_value(
    struct buf *b, const struct param *p, const struct settings *settings)
{
	static const char *const flags[] = {"on", "off", NULL};

	switch (p->type) {
	case PARAM_INT:
		json_begin_object(b);
		json_member(b, "type", "integer");
		json_member_int(b, "minimum", p->min);
		json_member_int(
		    b, "maximum", p->rows ? settings->max_rows : p->max);
		if (p->def >= p->min && p->def <= p->max)
			json_member_int(b, "default", p->def);
		json_end_object(b);
		break;
	case PARAM_FLAG:
		words(b, flags);
		break;
	case PARAM_WORD:
		words(b, p->words);
		break;
	case PARAM_TEXT:
		json_raw(b, "{\"type\":\"string\"}");
		break;
	case PARAM_LIST:
		json_raw(
		    b, "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}");
		break;
	}
}

bool
openapi_schema_covers(const struct param *p)
{
	static const char *const others[] = {"_header", "_dl", "_stream",
	    "_where", "_filter_column", "_filter_op", "_filter_value", "_json",
	    "_json_infinity", "_chart", "_x", "_y"};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (strcmp(p->name, others[i]) == 0)
			return false;
	}
	return true;
}
