/*
 * The columns of a table or view, for people.
 */
#include "handlers/table/columns.h"

#include "db/rows/histogram.h"
#include "handlers/chart/chart.h"
#include "handlers/chart/scale.h"
#include "handlers/page/about.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"
#include "handlers/page/reader.h"

struct columns {
	const struct request *req;
	struct db *db;
	struct table table;
	struct filters filters; /* none: all rows */
	const struct table_metadata *metadata;
	int64_t reserve_ms; /* what histograms leave of the page's time */
	bool sampled;       /* one is of some rows only */
};

/* The table that it refers to, by its true name; or one that is not there. */
static void
write_parent(const struct columns *c, const char *name, struct buf *b)
{
	struct table parent;

	if (table_read(c->db, str_of(name), &parent)) {
		html_raw(b, "<a href=\"");
		link_table(b, c->req, c->req->segments[0], str_of(parent.name));
		html_raw(b, "\">");
		html(b, parent.name);
		html_raw(b, "</a>");
	} else {
		html(b, name);
	}
	table_release(&parent);
}

static void
write_references(const struct columns *c, size_t column, struct buf *b)
{
	const char *comma = "";

	for (size_t i = 0; i < c->table.n_foreign_keys; i++) {
		const struct foreign_key *key = &c->table.foreign_keys[i];

		for (size_t j = 0; j < key->n; j++) {
			if (key->from[j] != column)
				continue;
			buf_str(b, comma);
			comma = ", ";
			write_parent(c, key->table, b);
			if (key->to[j] != NULL) {
				html_raw(b, " (");
				html(b, key->to[j]);
				html_raw(b, ")");
			}
		}
	}
}

/* Indexes that SQLite made by itself have no name that means something. */
static void
write_indexes(const struct columns *c, size_t column, struct buf *b)
{
	const char *comma = "";
	struct query q;

	if (c->table.kind != TABLE_PLAIN)
		return;
	if (c->table.rowid_is_key && c->table.key[0] == column) {
		html_raw(b, "the table itself");
		comma = ", ";
	}
	query_open(&q, c->db,
	    "SELECT l.name, l.origin = 'c', l.\"unique\", l.partial, "
	    "(SELECT count(*) FROM pragma_index_info(l.name)) "
	    "FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i "
	    "WHERE i.seqno = 0 AND i.name = ? ORDER BY l.seq");
	query_bind_text(&q, 1, str_of(c->table.name));
	query_bind_text(&q, 2, str_of(c->table.columns[column].name));
	while (query_next(&q)) {
		buf_str(b, comma);
		comma = ", ";
		if (query_int(&q, 1) != 0)
			html_str(b, query_text(&q, 0));
		else
			html_raw(b, "a constraint’s");
		html_raw(b, " <small>");
		if (query_int(&q, 2) != 0)
			html_raw(b, "unique ");
		if (query_int(&q, 3) != 0)
			html_raw(b, "of some rows ");
		if (query_int(&q, 4) > 1)
			html_raw(b, "with more columns");
		html_raw(b, "</small>");
	}
	query_close(&q);
}

/* The cells of the smallest number, the largest, and the histogram. */
static void
write_numbers(struct columns *c, size_t column, struct buf *b)
{
	int64_t left_ms = db_time_left_ms(c->db) - c->reserve_ms;
	bool numbers = c->table.columns[column].affinity != AFFINITY_TEXT;
	struct histogram h;

	if (left_ms > HISTOGRAM_BUDGET_MS)
		left_ms = HISTOGRAM_BUDGET_MS;
	if (numbers && left_ms <= 0)
		db_cut_short(c->db);
	if (!numbers || left_ms <= 0 ||
	    !histogram_read(&h, c->db, &c->filters, column, left_ms)) {
		html_raw(b, "<td></td><td></td><td></td>");
		return;
	}
	c->sampled |= h.sampled;
	html_raw(b, "<td class=\"n\">");
	scale_number(b, h.min);
	html_raw(b, "</td><td class=\"n\">");
	scale_number(b, h.max);
	html_raw(b, "</td><td>");
	chart_histogram(b, h.min, h.max, h.counts, h.bins);
	html_raw(b, "</td>");
}

static void
write_column(struct columns *c, size_t i, struct buf *b)
{
	const struct column *column = &c->table.columns[i];

	html_raw(b, "<tr><th scope=\"row\">");
	layout_name(b, str_of(column->name));
	html_raw(b, "</th><td>");
	about_column(b, column, c->metadata);
	html_raw(b, "</td><td>");
	write_references(c, i, b);
	html_raw(b, "</td><td>");
	write_indexes(c, i, b);
	html_raw(b, "</td>");
	write_numbers(c, i, b);
	html_raw(b, "</tr>\n");
}

static void
write_columns(struct columns *c, struct buf *b)
{
	layout_begin_table(b, "Columns");
	html_raw(b,
	    "<th scope=\"col\">Column</th><th scope=\"col\">What it is</th>"
	    "<th scope=\"col\">Refers to</th>"
	    "<th scope=\"col\">Indexes that begin with it</th>"
	    "<th scope=\"col\" class=\"n\">From</th>"
	    "<th scope=\"col\" class=\"n\">To</th>"
	    "<th scope=\"col\">Spread</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < c->table.n_columns; i++)
		write_column(c, i, b);
	layout_end_table(b);
	if (c->sampled) {
		html_raw(b, "<p class=\"meta\">Numbers are of a sample of ");
		html_int(b, HISTOGRAM_ROWS);
		html_raw(b, " rows.</p>\n");
	}
}

static void
write_page(struct columns *c, struct page *page)
{
	struct buf *b = &page->body, title = {0};

	buf_printf(&title, "Columns of %s",
	    about_title(&c->metadata->about, c->table.name));
	layout_begin(b, c->req,
	    &(struct layout){
		.title = buf_cstr(&title),
		.database = c->req->segments[0],
		.table = c->req->segments[1],
	    });
	write_columns(c, b);
	html_raw(b, "<p><a href=\"");
	link_table(b, c->req, c->req->segments[0], c->req->segments[1]);
	html_raw(b, "/-/schema\">The SQL that defines it</a></p>\n");
	about_origin(b, &c->metadata->about, &published_metadata(c->db)->about,
	    published_site(c->db));
	layout_end(b);
	buf_release(&title);
}

static int
read_columns(const struct request *req, struct db *db, struct page *page)
{
	struct columns c = {
	    .req = req,
	    .db = db,
	    .reserve_ms = db_time_left_ms(db) / 2,
	};
	int status = reader_table(req, db, page, &c.table);

	if (status == 200) {
		c.metadata = published_table(db, c.table.name);
		filters_init(&c.filters, &c.table);
		write_page(&c, page);
		filters_release(&c.filters);
	}
	table_release(&c.table);
	return status;
}

int
columns_page(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	return reader_database(req, catalog, page, read_columns);
}
