/*
 * A database's page: tables and views, their columns, and how many rows they
 * have, as far as that can be told without a long count.
 */
#include "handlers/site/database.h"

#include "app/text/json.h"
#include "app/watch/clock.h"
#include "handlers/page/about.h"
#include "handlers/page/cell.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"
#include "handlers/page/reader.h"
#include "handlers/sql/query.h"
#include "handlers/sql/stored_page.h"

static void
columns_json(struct buf *b, const struct table *t)
{
	json_key(b, "columns");
	json_begin_array(b);
	for (size_t i = 0; i < t->n_columns; i++)
		json_str(b, t->columns[i].name);
	json_end_array(b);
	json_key(b, "primary_keys");
	json_begin_array(b);
	for (size_t i = 0; i < t->n_key; i++)
		json_str(b, t->columns[t->key[i]].name);
	json_end_array(b);
}

/* A table of the page, as far as there was time to read about it. */
struct item {
	const char *name;
	bool hidden;
	struct table table; /* empty: nothing else is known */
	struct count count;
};

static void
as_json(const struct request *req, const struct item *item, struct buf *b)
{
	json_begin_object(b);
	json_member(b, "name", item->name);
	json_raw(b, ",\"path\":\"");
	link_table(b, req, req->segments[0], str_of(item->name));
	json_raw(b, "\"");
	columns_json(b, &item->table);
	cell_json_count(b, item->count);
	json_member_bool(b, "hidden", item->hidden);
	json_end_object(b);
}

static void
as_html(const struct request *req, const struct item *item, struct buf *b)
{
	const struct table *t = &item->table;

	html_raw(b, "<li><h3><a href=\"");
	link_table(b, req, req->segments[0], str_of(item->name));
	html_raw(b, "\">");
	layout_name(b, str_of(item->name));
	html_raw(b, "</a> <small>");
	layout_count(b, item->count);
	html_raw(b, "</small></h3>\n<p>");
	for (size_t i = 0; i < t->n_columns; i++) {
		if (i > 0)
			html_raw(b, ", ");
		layout_name(b, str_of(t->columns[i].name));
	}
	html_raw(b, "</p></li>\n");
}

/* The headings of the list. */
enum group { GROUP_TABLES, GROUP_VIEWS, GROUP_HIDDEN, GROUPS };

static bool
is_hidden(const struct db *db, const struct table_name *t)
{
	return t->hidden || published_table(db, t->name)->hidden;
}

static enum group
group_of(const struct db *db, const struct table_name *t)
{
	if (is_hidden(db, t))
		return GROUP_HIDDEN;
	return t->kind == TABLE_VIEW ? GROUP_VIEWS : GROUP_TABLES;
}

struct listing {
	const struct table_name *names;
	size_t n;
	int64_t describe_until_us, count_until_us;
};

enum {
	COUNTS_BUDGET_MS = 250, /* for all counts of a page together */
	/* For counts and descriptions, and of what is left of its time: */
	DESCRIBE_BUDGET_MS = 500,
	DESCRIBE_SHARE = 2,
};

static struct listing
list(struct db *db)
{
	struct listing l;
	int64_t ms, now;

	l.n = table_list(db, &l.names);
	now = clock_mono_us();
	ms = db_time_left_ms(db) / DESCRIBE_SHARE;
	if (ms > DESCRIBE_BUDGET_MS)
		ms = DESCRIBE_BUDGET_MS;
	l.describe_until_us = now + ms * 1000;
	if (ms > COUNTS_BUDGET_MS)
		ms = COUNTS_BUDGET_MS;
	l.count_until_us = now + ms * 1000;
	return l;
}

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

static void
read_item(struct db *db, const struct listing *l, struct item *item)
{
	if (clock_mono_us() >= l->describe_until_us)
		db_cut_short(db);
	else if (table_read(db, str_of(item->name), &item->table))
		item->count = count_table(db, &item->table, l->count_until_us);
}

/* Adds the tables of one group. */
static void
list_group(const struct request *req, struct db *db, const struct listing *l,
    enum group group, struct buf *b)
{
	for (size_t i = 0; i < l->n; i++) {
		struct item item = {
		    .name = l->names[i].name,
		    .hidden = group == GROUP_HIDDEN,
		    .count = {.n = -1},
		};

		if (group_of(db, &l->names[i]) != group)
			continue;
		read_item(db, l, &item);
		(req->format == FORMAT_JSON ? as_json : as_html)(req, &item, b);
		table_release(&item.table);
	}
}

static void
page_html(const struct request *req, struct db *db, const struct listing *l,
    struct buf *b)
{
	const struct about *about = &published_metadata(db)->about;
	const char *title = about_title(about, db_name(db));
	size_t of[GROUPS] = {0};

	for (size_t i = 0; i < l->n; i++)
		of[group_of(db, &l->names[i])]++;
	layout_begin(b, req, &(struct layout){.title = title, .json = true});
	about_description(b, about);
	html_raw(b, "<p class=\"meta\">");
	layout_size(b, db_size(db));
	html_raw(b, "</p>\n");
	stored_page_list_html(b, req, db);
	html_raw(b, "<h2>Tables</h2>\n<ul class=\"cards\">\n");
	list_group(req, db, l, GROUP_TABLES, b);
	html_raw(b, "</ul>\n");
	if (of[GROUP_TABLES] == 0)
		html_raw(b, "<p>There are none.</p>\n");
	if (of[GROUP_VIEWS] > 0) {
		html_raw(b, "<h2>Views</h2>\n<ul class=\"cards\">\n");
		list_group(req, db, l, GROUP_VIEWS, b);
		html_raw(b, "</ul>\n");
	}
	if (of[GROUP_HIDDEN] > 0) {
		html_raw(b,
		    "<details><summary>Hidden: the inside of indexes, and "
		    "the like</summary>\n<ul class=\"cards\">\n");
		list_group(req, db, l, GROUP_HIDDEN, b);
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
	json_raw(b, "{\"ok\":true,\"database\":");
	json_str(b, db_name(db));
	json_raw(b, ",\"path\":\"");
	link_database(b, req, req->segments[0]);
	json_raw(b, "\"");
	json_member_int(b, "size", db_size(db));
	json_raw(b, ",\"tables\":[");
	list_group(req, db, l, GROUP_TABLES, b);
	list_group(req, db, l, GROUP_HIDDEN, b);
	json_raw(b, "],\"views\":[");
	list_group(req, db, l, GROUP_VIEWS, b);
	json_raw(b, "],\"queries\":");
	stored_page_list_json(b, req, db);
	json_raw(b, ",\"metadata\":");
	about_json(b, &published_metadata(db)->about);
	json_raw(b, "}\n");
}

static int
read(const struct request *req, struct db *db, struct page *page)
{
	struct listing l = list(db);

	if (req->format == FORMAT_JSON) {
		page->type = MEDIA_JSON;
		page_json(req, db, &l, &page->body);
	} else {
		page_html(req, db, &l, &page->body);
	}
	return 200;
}

int
database_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, read);
}
