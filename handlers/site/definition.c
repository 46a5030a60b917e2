/*
 * Schemas as SQL.
 */
#include "handlers/site/definition.h"

#include "app/text/json.h"
#include "db/sqlite/query.h"
#include "handlers/page/layout.h"
#include "handlers/page/reader.h"

/* Adds the statements that a query gives, each on lines of its own. */
static void
add_statements(struct query *q, struct buf *sql)
{
	while (query_next(q)) {
		struct str s = query_text(q, 0);

		if (sql->len > 0)
			buf_char(sql, '\n');
		buf_add(sql, s.s, s.len);
		buf_char(sql, ';');
	}
	query_close(q);
}

static void
read_all(struct db *db, struct buf *sql)
{
	struct query q;

	query_open(&q, db,
	    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL "
	    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid");
	add_statements(&q, sql);
}

static void
read_one(struct db *db, const char *table, struct buf *sql)
{
	struct query q;

	query_open(&q, db,
	    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL "
	    "AND tbl_name = ?1 COLLATE NOCASE "
	    "ORDER BY name <> ?1 COLLATE NOCASE, rowid");
	query_bind_text(&q, 1, str_of(table));
	add_statements(&q, sql);
}

/* A fence is longer than any run of backticks within. */
static void
write_fenced(struct buf *b, struct str sql)
{
	size_t run = 0, fence = 3;

	for (size_t i = 0; i < sql.len; i++) {
		run = sql.s[i] == '`' ? run + 1 : 0;
		if (run >= fence)
			fence = run + 1;
	}
	for (size_t i = 0; i < fence; i++)
		buf_char(b, '`');
	buf_lit(b, "sql\n");
	buf_add(b, sql.s, sql.len);
	buf_char(b, '\n');
	for (size_t i = 0; i < fence; i++)
		buf_char(b, '`');
	buf_char(b, '\n');
}

/* "database" or "database.table". */
static void
add_name(struct buf *b, const struct db *db, const char *table)
{
	buf_str(b, db_name(db));
	if (table != NULL) {
		buf_char(b, '.');
		buf_str(b, table);
	}
}

static void
as_markdown(
    struct buf *b, const struct db *db, const char *table, struct str sql)
{
	buf_lit(b, "# Schema for ");
	add_name(b, db, table);
	buf_lit(b, "\n\n");
	write_fenced(b, sql);
}

/* Without the braces. */
static void
as_json(struct buf *b, const struct db *db, const char *table, struct str sql)
{
	json_member(b, "database", db_name(db));
	if (table != NULL)
		json_member(b, "table", table);
	json_member_text(b, "schema", sql);
}

static void
begin_html(struct buf *b, const struct request *req, const char *of)
{
	struct buf title = {0};

	buf_printf(&title, "Schema for %s", of);
	layout_begin(b, req,
	    &(struct layout){
		.title = buf_cstr(&title),
		.database =
		    req->n_segments > 2 ? req->segments[0] : (struct str){0},
		.table =
		    req->n_segments > 3 ? req->segments[1] : (struct str){0},
		.json = true,
	    });
	buf_release(&title);
}

static void
end_html(struct buf *b, const struct request *req)
{
	layout_formats(b, req);
	layout_end(b);
}

static void
write_sql(struct buf *b, struct str sql)
{
	html_raw(b, "<pre>");
	html_str(b, sql);
	html_raw(b, "</pre>\n");
}

static void
write_page(const struct request *req, const struct db *db, const char *table,
    struct str sql, struct page *page)
{
	struct buf *b = &page->body, name = {0};

	switch (req->format) {
	case FORMAT_JSON:
		page->type = MEDIA_JSON;
		json_raw(b, "{\"ok\":true");
		as_json(b, db, table, sql);
		json_raw(b, "}\n");
		break;
	case FORMAT_MARKDOWN:
		page->type = MEDIA_MARKDOWN;
		as_markdown(b, db, table, sql);
		break;
	default:
		add_name(&name, db, table);
		begin_html(b, req, buf_cstr(&name));
		write_sql(b, sql);
		end_html(b, req);
		break;
	}
	buf_release(&name);
}

/* Shows a table's definition, or (NULL) the database's. */
static int
show(const struct request *req, struct db *db, const char *table,
    struct page *page)
{
	struct buf sql = {0};

	if (table == NULL)
		read_all(db, &sql);
	else
		read_one(db, table, &sql);
	write_page(req, db, table, str_of_buf(&sql), page);
	page->body.failed |= sql.failed;
	buf_release(&sql);
	return 200;
}

static int
show_database(const struct request *req, struct db *db, struct page *page)
{
	return show(req, db, NULL, page);
}

static int
show_table(const struct request *req, struct db *db, struct page *page)
{
	struct str name = req->segments[1];
	struct table t;
	int status = 200;

	/* A table that can't be read has a definition, which may tell why. */
	(void)table_read(db, name, &t);
	if (t.name == NULL || !str_is(name, t.name)) {
		table_release(&t);
		status = reader_table(req, db, page, &t);
	}
	if (status == 200)
		status = show(req, db, t.name, page);
	table_release(&t);
	return status;
}

int
definition_database(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, show_database);
}

int
definition_table(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, show_table);
}

/* A database that can't be read is left out, and the page not kept. */
static void
add_database(
    const struct request *req, struct db *db, bool first, struct page *page)
{
	struct buf *b = &page->body, sql = {0};

	if (db_begin(db) == DB_OK)
		read_all(db, &sql);
	if (db_end(db) != DB_OK) {
		page->transient = true;
		buf_reset(&sql);
	}
	if (req->format == FORMAT_JSON) {
		json_begin_object(b);
		as_json(b, db, NULL, str_of_buf(&sql));
		json_end_object(b);
	} else if (req->format == FORMAT_MARKDOWN) {
		buf_str(b, first ? "" : "\n");
		as_markdown(b, db, NULL, str_of_buf(&sql));
	} else {
		html_raw(b, "<h2>");
		html(b, db_name(db));
		html_raw(b, "</h2>\n");
		write_sql(b, str_of_buf(&sql));
	}
	b->failed |= sql.failed;
	buf_release(&sql);
}

int
definition_all(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	bool json = req->format == FORMAT_JSON;
	struct buf *b = &page->body;

	if (json) {
		page->type = MEDIA_JSON;
		json_raw(b, "{\"ok\":true,\"schemas\":[");
	} else if (req->format == FORMAT_MARKDOWN) {
		page->type = MEDIA_MARKDOWN;
	} else {
		begin_html(b, req, "all databases");
	}
	for (size_t i = 0; i < catalog_count(catalog); i++)
		add_database(req, catalog_at(catalog, i), i == 0, page);
	if (json)
		json_raw(b, "]}\n");
	else if (req->format == FORMAT_HTML)
		end_html(b, req);
	return 200;
}
