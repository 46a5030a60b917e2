/*
 * Columns as JSON, for tables and rows.
 */
#include "handlers/page/column_details.h"

#include "app/text/json.h"
#include "handlers/page/cell.h"

/* The affinity by the rules of datatype3.html, section 3.1. */
static const char sql[] =
    "SELECT name, type, CASE WHEN type LIKE '%INT%' THEN 'INTEGER' "
    "WHEN type LIKE '%CHAR%' OR type LIKE '%CLOB%' OR type LIKE '%TEXT%' "
    "THEN 'TEXT' WHEN type LIKE '%BLOB%' OR type = '' THEN 'BLOB' "
    "WHEN type LIKE '%REAL%' OR type LIKE '%FLOA%' OR type LIKE '%DOUB%' "
    "THEN 'REAL' ELSE 'NUMERIC' END, \"notnull\", dflt_value, pk, hidden "
    "FROM pragma_table_xinfo(?)";

enum { NAME, TYPE, AFFINITY, NOT_NULL, DEFAULT, KEY, HIDDEN };

static void
add_details(const struct query *q, struct buf *b)
{
	json_key_text(b, query_text(q, NAME));
	json_begin_object(b);
	json_member_text(b, "type", query_text(q, TYPE));
	json_member_text(b, "sqlite_type", query_text(q, AFFINITY));
	json_member_bool(b, "notnull", query_int(q, NOT_NULL) != 0);
	json_key(b, "default");
	cell_json(b, q, DEFAULT);
	json_member_bool(b, "is_pk", query_int(q, KEY) != 0);
	json_member_int(b, "pk_position", query_int(q, KEY));
	json_member_int(b, "hidden", query_int(q, HIDDEN));
	json_end_object(b);
}

void
column_details(struct db *db, const struct table *t, struct buf *json)
{
	struct query q;

	json_begin_object(json);
	query_open(&q, db, sql);
	query_bind_text(&q, 1, str_of(t->name));
	while (query_next(&q))
		add_details(&q, json);
	query_close(&q);
	json_end_object(json);
}

void
column_details_names(const struct table *t, bool key, struct buf *json)
{
	json_begin_array(json);
	if (t->n_key == 0 && t->rowid != NULL)
		json_str(json, t->rowid);
	for (size_t i = 0; i < (key ? t->n_key : t->n_columns); i++)
		json_str(json, t->columns[key ? t->key[i] : i].name);
	json_end_array(json);
}
