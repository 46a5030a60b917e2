/*
 * Links from a row to those that refer to it.  A link and its count come from
 * the same filters, so the page that it leads to has as many rows.
 */
#include "handlers/table/row_links.h"

#include <stdlib.h>

#include "app/text/html.h"
#include "app/text/json.h"
#include "app/text/url.h"
#include "app/watch/clock.h"
#include "db/schema/referrers.h"
#include "handlers/page/cell.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"

enum { COUNTS_BUDGET_MS = 200 }; /* for all counts of a page */

/* A foreign key that rows may refer to this one by. */
struct link {
	const struct referrer *referrer;
	struct buf names[SCHEMA_KEY_MAX], values[SCHEMA_KEY_MAX]; /* filters */
	struct count count;
};

static void
link_release(struct link *l)
{
	for (size_t i = 0; i < SCHEMA_KEY_MAX; i++) {
		buf_release(&l->names[i]);
		buf_release(&l->values[i]);
	}
}

/* A value as a filter takes it; false for one that nothing refers to. */
static bool
add_value(const struct query *q, int column, struct buf *b)
{
	struct str text;

	switch (query_type(q, column)) {
	case VALUE_INT:
		buf_int(b, query_int(q, column));
		return true;
	case VALUE_REAL:
		json_digits(b, query_real(q, column));
		return true;
	case VALUE_TEXT:
		text = query_text(q, column);
		buf_add(b, text.s, text.len);
		return true;
	default:
		return false;
	}
}

/* Counts the rows that it leads to, if that takes no scan. */
static void
count(struct link *l, struct db *db, int64_t budget_ms)
{
	struct filters f;
	struct buf why = {0};
	struct table t;
	bool ok = table_read(db, str_of(l->referrer->table), &t);

	filters_init(&f, &t);
	ok = ok && referrer_is_indexed(db, l->referrer, &t);
	for (size_t i = 0; i < l->referrer->n && ok; i++)
		ok = filters_add(&f, str_of_buf(&l->names[i]),
		    str_of_buf(&l->values[i]), &why);
	if (ok)
		l->count = count_rows(db, &f, budget_ms);
	filters_release(&f);
	table_release(&t);
	buf_release(&why);
}

/* False where there can be no such rows, or none that an address finds. */
static bool
make_link(struct link *l, const struct rows *r)
{
	for (size_t i = 0; i < l->referrer->n; i++) {
		struct buf *name = &l->names[i], *value = &l->values[i];

		filter_name_exact(l->referrer->columns[i].column, name);
		if (!add_value(
			&r->query, (int)l->referrer->columns[i].to, value) ||
		    !url_arg_arrives(str_of_buf(name)) ||
		    !url_arg_arrives(str_of_buf(value)))
			return false;
	}
	return true;
}

static void
add_url(const struct link *l, const struct request *req, struct buf *b)
{
	link_table(b, req, req->segments[0], str_of(l->referrer->table));
	for (size_t i = 0; i < l->referrer->n; i++) {
		buf_char(b, i == 0 ? '?' : '&');
		url_arg(b, str_of_buf(&l->names[i]));
		buf_char(b, '=');
		url_arg(b, str_of_buf(&l->values[i]));
	}
}

static void
html_link(const struct link *l, const struct request *req, const struct db *db,
    struct buf *b)
{
	struct buf url = {0};

	add_url(l, req, &url);
	html_raw(b, "<li>");
	layout_begin_link(b, db, str_of_buf(&url));
	if (l->count.n < 0)
		html_raw(b, "Rows");
	else
		layout_count(b, l->count);
	html_raw(b, " of ");
	layout_name(b, str_of(l->referrer->table));
	html_raw(b, "</a> by ");
	for (size_t i = 0; i < l->referrer->n; i++) {
		buf_str(b, i == 0 ? "" : ", ");
		layout_name(b, str_of(l->referrer->columns[i].column));
	}
	html_raw(b, "</li>\n");
	buf_release(&url);
}

static void
json_link(const struct link *l, const struct request *req,
    const struct table *t, struct buf *b)
{
	struct buf url = {0};

	add_url(l, req, &url);
	json_begin_object(b);
	json_member(b, "other_table", l->referrer->table);
	json_member(b, "column", t->columns[l->referrer->columns[0].to].name);
	json_member(b, "other_column", l->referrer->columns[0].column);
	cell_json_count(b, l->count);
	json_member_text(b, "link", str_of_buf(&url));
	json_end_object(b);
	buf_release(&url);
}

/* The links of a row, one after the other. */
struct links {
	struct db *db;
	const struct rows *rows;
	struct referrer *list;
	size_t n, next;
	int64_t deadline_us; /* of counting */
	struct link link;
};

static void
begin(struct links *l, struct db *db, const struct rows *r)
{
	*l = (struct links){
	    .db = db,
	    .rows = r,
	    .deadline_us = clock_mono_us() + COUNTS_BUDGET_MS * 1000,
	};
	l->n = referrers_find(db, r->table, &l->list);
}

static bool
next(struct links *l)
{
	while (l->next < l->n) {
		const struct referrer *r = &l->list[l->next++];
		int64_t left_ms;

		link_release(&l->link);
		l->link = (struct link){.referrer = r, .count = {.n = -1}};
		if (!make_link(&l->link, l->rows))
			continue;
		left_ms = (l->deadline_us - clock_mono_us()) / 1000;
		if (left_ms > 0)
			count(&l->link, l->db, left_ms);
		else
			db_cut_short(l->db);
		return true;
	}
	return false;
}

static void
end(struct links *l)
{
	link_release(&l->link);
	free(l->list);
}

void
row_links_html(struct buf *b, const struct request *req, struct db *db,
    const struct rows *r)
{
	struct links links;
	size_t n = 0;

	begin(&links, db, r);
	while (next(&links)) {
		if (links.link.count.n == 0)
			continue;
		if (n++ == 0)
			html_raw(b, "<h2>What refers to it</h2>\n<ul>\n");
		html_link(&links.link, req, db, b);
	}
	if (n > 0)
		html_raw(b, "</ul>\n");
	end(&links);
}

void
row_links_json(struct buf *b, const struct request *req, struct db *db,
    const struct rows *r)
{
	struct links links;

	json_begin_array(b);
	begin(&links, db, r);
	while (next(&links)) {
		if (links.link.referrer->n == 1)
			json_link(&links.link, req, r->table, b);
	}
	end(&links);
	json_end_array(b);
}
