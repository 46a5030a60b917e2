/*
 * A database's page: tables and views, their columns, and how many rows they
 * have, as far as that can be told without a long count.
 */
#include "handlers/database.h"

#include "app/clock.h"
#include "app/json.h"
#include "handlers/about.h"
#include "handlers/layout.h"
#include "handlers/query.h"
#include "handlers/reader.h"
#include "handlers/stored_page.h"

static void
count_json(struct buf *b, struct count count)
{
	json_raw(b, ",\"count\":");
	if (count.n < 0)
		json_raw(b, "null");
	else
		json_int(b, count.n);
	if (count.more)
		json_raw(b, ",\"count_truncated\":true");
}

static void
columns_json(struct buf *b, const struct table *t)
{
	json_raw(b, ",\"columns\":[");
	for (size_t i = 0; i < t->n_columns; i++) {
		if (i > 0)
			json_raw(b, ",");
		json_str(b, t->columns[i].name);
	}
	json_raw(b, "],\"primary_keys\":[");
	for (size_t i = 0; i < t->n_key; i++) {
		if (i > 0)
			json_raw(b, ",");
		json_str(b, t->columns[t->key[i]].name);
	}
	json_raw(b, "]");
}

static void
as_json(const struct request *req, const struct table *t, bool hidden,
    struct count count, struct buf *b)
{
	json_raw(b, "{\"name\":");
	json_str(b, t->name);
	json_raw(b, ",\"path\":\"");
	link_table(b, req, req->segments[0], str_of(t->name));
	json_raw(b, "\"");
	columns_json(b, t);
	count_json(b, count);
	json_raw(b, ",\"hidden\":");
	buf_str(b, hidden ? "true}" : "false}");
}

static void
as_html(const struct request *req, const struct table *t, bool hidden,
    struct count count, struct buf *b)
{
	(void)hidden;
	html_raw(b, "<li><h3><a href=\"");
	link_table(b, req, req->segments[0], str_of(t->name));
	html_raw(b, "\">");
	layout_name(b, str_of(t->name));
	html_raw(b, "</a> <small>");
	layout_count(b, count);
	html_raw(b, "</small></h3>\n<p>");
	for (size_t i = 0; i < t->n_columns; i++) {
		if (i > 0)
			html_raw(b, ", ");
		layout_name(b, str_of(t->columns[i].name));
	}
	html_raw(b, "</p></li>\n");
}

/* What belongs under one heading. */
enum group { GROUP_TABLES, GROUP_VIEWS, GROUP_HIDDEN, GROUPS };

static enum group
group_of(const struct table_name *t)
{
	if (t->hidden)
		return GROUP_HIDDEN;
	return t->kind == TABLE_VIEW ? GROUP_VIEWS : GROUP_TABLES;
}

struct listing {
	struct table_name *names;
	size_t n;
	int64_t deadline_us; /* for counting */
};

/* All counts of a page together take no longer than this. */
enum { COUNTS_BUDGET_MS = 250 };

static struct count
count_table(struct db *db, const struct table *t, int64_t deadline_us)
{
	int64_t left_ms = (deadline_us - clock_mono_us()) / 1000;
	struct filters all;

	if (left_ms <= 0) {
		db_cut_short(db);
		return (struct count){.n = -1};
	}
	filters_init(&all, t);
	return count_rows(
	    db, &all, left_ms < COUNT_BUDGET_MS ? left_ms : COUNT_BUDGET_MS);
}

/* Adds the tables of one group to those shown; returns how many those are. */
static size_t
list_group(const struct request *req, struct db *db, const struct listing *l,
    enum group group, size_t shown, struct buf *b)
{
	bool json = req->format == FORMAT_JSON;

	for (size_t i = 0; i < l->n; i++) {
		struct table t;
		struct count count = {.n = -1};

		if (group_of(&l->names[i]) != group)
			continue;
		if (table_read(db, str_of(l->names[i].name), &t))
			count = count_table(db, &t, l->deadline_us);
		if (t.name == NULL) {
			table_release(&t);
			continue;
		}
		if (json && shown > 0)
			json_raw(b, ",");
		(json ? as_json : as_html)(
		    req, &t, group == GROUP_HIDDEN, count, b);
		shown++;
		table_release(&t);
	}
	return shown;
}

static void
page_html(const struct request *req, struct db *db, const struct listing *l,
    struct buf *b)
{
	const struct about *about = &published_metadata(db)->about;
	const char *title = about_title(about, db_name(db));
	size_t of[GROUPS] = {0};

	for (size_t i = 0; i < l->n; i++)
		of[group_of(&l->names[i])]++;
	layout_begin(b, req, &(struct layout){.title = title, .json = true});
	html_raw(b, "<h1>");
	html(b, title);
	html_raw(b, "</h1>\n");
	about_description(b, about);
	html_raw(b, "<p class=\"meta\">");
	layout_size(b, db_size(db));
	html_raw(b, "</p>\n");
	stored_list_html(b, req, db);
	html_raw(b, "<h2>Tables</h2>\n<ul class=\"cards\">\n");
	list_group(req, db, l, GROUP_TABLES, 0, b);
	html_raw(b, "</ul>\n");
	if (of[GROUP_TABLES] == 0)
		html_raw(b, "<p>There are none.</p>\n");
	if (of[GROUP_VIEWS] > 0) {
		html_raw(b, "<h2>Views</h2>\n<ul class=\"cards\">\n");
		list_group(req, db, l, GROUP_VIEWS, 0, b);
		html_raw(b, "</ul>\n");
	}
	if (of[GROUP_HIDDEN] > 0) {
		html_raw(b,
		    "<details><summary>Hidden: the inside of indexes, and "
		    "the like</summary>\n<ul class=\"cards\">\n");
		list_group(req, db, l, GROUP_HIDDEN, 0, b);
		html_raw(b, "</ul></details>\n");
	}
	if (published_metadata(db)->sql) {
		html_raw(b, "<h2>Ask in SQL</h2>\n");
		query_form(b, req, req->segments[0]);
	}
	about_origin(b, NULL, about, published_site(db));
	layout_formats(b, req);
	layout_end(b);
}

static void
page_json(const struct request *req, struct db *db, const struct listing *l,
    struct buf *b)
{
	size_t shown;

	json_raw(b, "{\"ok\":true,\"database\":");
	json_str(b, db_name(db));
	json_raw(b, ",\"path\":\"");
	link_database(b, req, req->segments[0]);
	json_raw(b, "\",\"size\":");
	json_int(b, db_size(db));
	json_raw(b, ",\"tables\":[");
	shown = list_group(req, db, l, GROUP_TABLES, 0, b);
	list_group(req, db, l, GROUP_HIDDEN, shown, b);
	json_raw(b, "],\"views\":[");
	list_group(req, db, l, GROUP_VIEWS, 0, b);
	json_raw(b, "],\"queries\":");
	stored_list_json(b, req, db);
	json_raw(b, ",\"metadata\":");
	about_json(b, &published_metadata(db)->about);
	json_raw(b, "}\n");
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct listing l = {
	    .deadline_us = clock_mono_us() + COUNTS_BUDGET_MS * 1000,
	};

	l.n = table_list(db, &l.names);
	for (size_t i = 0; i < l.n; i++) {
		if (published_table(db, l.names[i].name)->hidden)
			l.names[i].hidden = true;
	}
	if (req->format == FORMAT_JSON) {
		page->type = MEDIA_JSON;
		page_json(req, db, &l, &page->body);
	} else {
		page_html(req, db, &l, &page->body);
	}
	table_list_free(l.names, l.n);
	return 200;
}

int
database_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return read_database(req, catalog, page, read);
}
