/*
 * The status for people: a page that comes again by itself every few seconds.
 * Warnings come first, figures next, and then the tables.
 */
#include "handlers/status/status.h"

#include <inttypes.h>
#include <math.h>

#include "db/sqlite/engine.h"
#include "db/sqlite/look.h"
#include "handlers/chart/figures.h"
#include "handlers/page/layout.h"
#include "handlers/page/links.h"
#include "handlers/status/status_json.h"

enum { REFRESH_S = 5 };

static void
ratio(struct buf *b, double value)
{
	if (isnan(value))
		html_raw(b, "–");
	else
		buf_printf(b, "%.1f %%", value * 100);
}

/* "85 µs", "1.2 ms", "3.4 s". */
static void
duration(struct buf *b, int64_t us)
{
	if (us < 1000)
		buf_printf(b, "%" PRId64 " µs", us);
	else if (us < 1000000)
		buf_printf(b, "%.1f ms", (double)us / 1e3);
	else
		buf_printf(b, "%.1f s", (double)us / 1e6);
}

/* "3 d 4 h", "12 min", "5 s". */
static void
age(struct buf *b, int64_t us)
{
	int64_t s = us / 1000000;

	if (s >= 24 * 3600)
		buf_printf(
		    b, "%" PRId64 " d %" PRId64 " h", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		buf_printf(
		    b, "%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60);
	else if (s >= 60)
		buf_printf(b, "%" PRId64 " min", s / 60);
	else
		buf_printf(b, "%" PRId64 " s", s);
}

static void
count(struct buf *b, uint64_t n, const char *one, const char *many)
{
	html_int(b, (long long)n);
	buf_char(b, ' ');
	html(b, n == 1 ? one : many);
}

/* A list of the warnings, if there are any. */
static void
notes(struct buf *b, const struct status *s)
{
	int64_t open = s->levels[LEVEL_BREAKERS_OPEN];
	const struct sqlite_fault *f;

	html_raw(b, "<ul class=\"notes\">\n");
	for (size_t i = 0; i < s->n_databases; i++) {
		const struct status_database *d = &s->databases[i];

		if (d->open && !d->bad)
			continue;
		html_raw(b, "<li>The file of the database <strong>");
		html(b, d->name);
		html_raw(b, "</strong> can’t be read");
		html(b,
		    d->open ? ": its pages are still those of the file that "
			      "it replaced."
			    : ".");
		html_raw(b, "</li>\n");
	}
	if (s->n_in[STATUS_DEAD] > 0) {
		html_raw(b, "<li>");
		count(b, s->n_in[STATUS_DEAD], "worker", "workers");
		html_raw(b, " ended and will be replaced.</li>\n");
	}
	if (open > 0) {
		html_raw(b, "<li>The store does not answer: ");
		count(b, (uint64_t)open, "renderer leaves", "renderers leave");
		html_raw(b, " it alone for a while.</li>\n");
	}
	for (size_t i = 0; (f = look_sqlite_fault(0, i)) != NULL; i++) {
		html_raw(b, "<li>SQLite ");
		html(b, engine_version());
		html_raw(b, " (");
		html(b, f->name);
		html_raw(b, "): ");
		html(b, f->what);
		html_raw(b, " Repaired in ");
		html(b, f->fixed);
		html_raw(b, ", and perhaps by your distribution.</li>\n");
	}
	html_raw(b, "</ul>\n");
}

static void
meter(struct buf *b, int64_t value, int64_t max)
{
	if (max > 0)
		buf_printf(b,
		    " <meter min=\"0\" max=\"%" PRId64 "\" value=\"%" PRId64
		    "\"></meter>",
		    max, value);
}

static void
figures(struct buf *b, const struct status *s)
{
	struct figures all = figures_of_all(s);
	int64_t alive = (int64_t)(s->n_workers - s->n_in[STATUS_DEAD]);
	int64_t renderers = alive * (int64_t)s->threads;
	int64_t memory_max = alive * s->memory_bytes;

	html_raw(b, "<dl class=\"figures\">\n");
	layout_begin_fact(b, "Requests");
	html_int(b, (long long)all.requests);
	layout_end_fact(b);
	layout_begin_fact(b, "From memory");
	ratio(b, figures_from_memory(&all));
	layout_end_fact(b);
	if (strcmp(s->store, "none") != 0) {
		layout_begin_fact(b, "From the store");
		ratio(b, figures_from_store(&all));
		layout_end_fact(b);
	}
	layout_begin_fact(b, "Server errors");
	html_int(b, (long long)s->sum.counts[COUNT_5XX]);
	layout_end_fact(b);
	layout_begin_fact(b, "Connections");
	html_int(b, s->levels[LEVEL_CONNECTIONS]);
	layout_end_fact(b);
	layout_begin_fact(b, "Renderers busy");
	buf_printf(
	    b, "%" PRId64 " of %" PRId64, s->levels[LEVEL_BUSY], renderers);
	meter(b, s->levels[LEVEL_BUSY], renderers);
	layout_end_fact(b);
	layout_begin_fact(b, "Waiting for a renderer");
	html_int(b, s->levels[LEVEL_QUEUED]);
	layout_end_fact(b);
	layout_begin_fact(b, "Memory for pages");
	layout_size(b, s->levels[LEVEL_MEMORY_BYTES]);
	html_raw(b, " of ");
	layout_size(b, memory_max);
	meter(b, s->levels[LEVEL_MEMORY_BYTES], memory_max);
	layout_end_fact(b);
	html_raw(b, "</dl>\n");
}

/* The heading of a column. */
struct heading {
	const char *name; /* NULL after the last */
	bool number;
};

static void
begin_table(struct buf *b, const char *heading, const struct heading *columns)
{
	html_raw(b, "<h2>");
	html(b, heading);
	html_raw(b, "</h2>\n");
	layout_begin_table(b, heading);
	for (; columns->name != NULL; columns++) {
		html_raw(b, "<th scope=\"col\"");
		if (columns->number)
			html_raw(b, " class=\"n\"");
		html_raw(b, ">");
		html(b, columns->name);
		html_raw(b, "</th>");
	}
	html_raw(b, "</tr></thead>\n<tbody>\n");
}

static void
text_cell(struct buf *b, const char *text)
{
	html_raw(b, "<td>");
	html(b, text);
	html_raw(b, "</td>");
}

static void
number_cell(struct buf *b, int64_t value)
{
	html_raw(b, "<td class=\"n\">");
	html_int(b, value);
	html_raw(b, "</td>");
}

static void
size_cell(struct buf *b, int64_t bytes)
{
	html_raw(b, "<td class=\"n\">");
	layout_size(b, bytes);
	html_raw(b, "</td>");
}

static void
ratio_cell(struct buf *b, double value)
{
	html_raw(b, "<td class=\"n\">");
	ratio(b, value);
	html_raw(b, "</td>");
}

static void
duration_cell(struct buf *b, const struct latency *h, double share)
{
	html_raw(b, "<td class=\"n\">");
	if (latency_count(h) == 0)
		html_raw(b, "–");
	else
		duration(b, latency_percentile(h, share));
	html_raw(b, "</td>");
}

/* The state of a worker in words. */
static void
doing(struct buf *b, const struct status_worker *w)
{
	const int64_t *l = w->stats.levels;

	html_raw(b, "<td>");
	if (w->state == STATUS_DEAD) {
		html_raw(b, "–");
	} else if (l[LEVEL_CONNECTIONS] == 0 && l[LEVEL_BUSY] == 0) {
		html_raw(b, "idle");
	} else {
		count(b, (uint64_t)l[LEVEL_CONNECTIONS], "connection",
		    "connections");
		if (l[LEVEL_BUSY] > 0) {
			html_raw(b, ", ");
			count(b, (uint64_t)l[LEVEL_BUSY], "renderer busy",
			    "renderers busy");
		}
		if (l[LEVEL_QUEUED] > 0) {
			html_raw(b, ", ");
			count(b, (uint64_t)l[LEVEL_QUEUED], "page waits",
			    "pages wait");
		}
		if (l[LEVEL_HELD] > 0) {
			html_raw(b, ", ");
			count(b, (uint64_t)l[LEVEL_HELD],
			    "page is another worker’s",
			    "pages are other workers’");
		}
	}
	html_raw(b, "</td>");
}

static void
workers(struct buf *b, const struct status *s)
{
	static const struct heading columns[] = {{"Process", false},
	    {"State", false}, {"Age", true}, {"Requests", true},
	    {"Process memory", true}, {"Pages in memory", true},
	    {"Doing", false}, {0}};

	begin_table(b, "Workers", columns);
	for (size_t i = 0; i < s->n_workers; i++) {
		const struct status_worker *w = &s->workers[i];
		bool dead = w->state == STATUS_DEAD;

		buf_printf(b, "<tr><td>%ld</td>", (long)w->stats.pid);
		text_cell(b, figure_states[w->state]);
		html_raw(b, "<td class=\"n\">");
		if (!dead)
			age(b, w->stats.age_us);
		html_raw(b, "</td>");
		number_cell(b, (int64_t)w->stats.requests);
		size_cell(b, w->resident_bytes);
		number_cell(b, dead ? 0 : w->stats.levels[LEVEL_MEMORY_PAGES]);
		doing(b, w);
		html_raw(b, "</tr>\n");
	}
	layout_end_table(b);
}

static void
latencies(struct buf *b, const struct status *s)
{
	static const struct heading columns[] = {{"Reply from", false},
	    {"Requests", true}, {"Median", true}, {"90 %", true},
	    {"99 %", true}, {"99.9 %", true}, {0}};

	begin_table(b, "How long replies take", columns);
	for (size_t i = 0; i < LATENCIES; i++) {
		const struct latency *h = &s->sum.latency[i];

		html_raw(b, "<tr>");
		text_cell(b, figure_latencies[i]);
		number_cell(b, (int64_t)latency_count(h));
		duration_cell(b, h, 0.5);
		duration_cell(b, h, 0.9);
		duration_cell(b, h, 0.99);
		duration_cell(b, h, 0.999);
		html_raw(b, "</tr>\n");
	}
	layout_end_table(b);
}

static void
routes(struct buf *b, const struct status *s)
{
	static const struct heading columns[] = {{"Route", false},
	    {"Requests", true}, {"From memory", true}, {"From the store", true},
	    {"Rendered", true}, {"Waited for", true}, {"Behind", true},
	    {"Stood in", true}, {"Not kept", true}, {0}};

	begin_table(b, "Pages", columns);
	for (size_t i = 0; i < figures_routes(s); i++) {
		struct figures f = figures_of_route(s, i);

		if (f.requests == 0)
			continue;
		html_raw(b, "<tr>");
		text_cell(b, f.route);
		number_cell(b, (int64_t)f.requests);
		ratio_cell(b, figures_from_memory(&f));
		ratio_cell(b, figures_from_store(&f));
		number_cell(b, (int64_t)f.by[OUTCOME_MISS]);
		number_cell(b, (int64_t)f.by[OUTCOME_COLLAPSED]);
		number_cell(b, (int64_t)f.by[OUTCOME_BEHIND]);
		number_cell(b, (int64_t)f.by[OUTCOME_ERROR]);
		number_cell(b, (int64_t)f.by[OUTCOME_BYPASS]);
		html_raw(b, "</tr>\n");
	}
	layout_end_table(b);
}

static void
store(struct buf *b, const struct status *s)
{
	static const struct heading columns[] = {{"Store", false},
	    {"Asked", true}, {"Found", true}, {"Pages taken", true},
	    {"Too large", true}, {"Refused", true}, {"Errors", true},
	    {"Timeouts", true}, {"Left alone", true}, {0}};
	const uint64_t *works = s->sum.works;

	if (strcmp(s->store, "none") == 0)
		return;
	begin_table(b, "Store", columns);
	html_raw(b, "<tr>");
	text_cell(b, s->store);
	number_cell(b, (int64_t)works[WORK_STORE_GETS]);
	ratio_cell(b, figures_store_hits(s));
	number_cell(b, (int64_t)works[WORK_STORE_SETS]);
	number_cell(b, (int64_t)works[WORK_STORE_TOO_LARGE]);
	number_cell(b, (int64_t)works[WORK_STORE_REFUSED]);
	number_cell(b, (int64_t)works[WORK_STORE_ERRORS]);
	number_cell(b, (int64_t)works[WORK_STORE_TIMEOUTS]);
	number_cell(b, (int64_t)works[WORK_BREAKER_OPENED]);
	html_raw(b, "</tr>\n");
	layout_end_table(b);
}

static void
databases(struct buf *b, const struct request *req, const struct status *s)
{
	static const struct heading columns[] = {{"Database", false},
	    {"Version", false}, {"File", true}, {"Log", true}, {"State", false},
	    {0}};

	begin_table(b, "Databases", columns);
	for (size_t i = 0; i < s->n_databases; i++) {
		const struct status_database *d = &s->databases[i];

		html_raw(b, "<tr><td><a href=\"");
		link_database(b, req, str_of(d->name));
		html_raw(b, "\">");
		html(b, d->name);
		html_raw(b, "</a></td><td>");
		if (d->version_known)
			buf_printf(
			    b, "<code>%016" PRIx64 "</code>", d->version);
		html_raw(b, "</td>");
		size_cell(b, d->bytes);
		size_cell(b, d->log_bytes);
		text_cell(b,
		    d->open && !d->bad ? "good"
			: d->open      ? "bad file, the old one is served"
				       : "can’t be read");
		html_raw(b, "</tr>\n");
	}
	layout_end_table(b);
}

static void
listeners(struct buf *b, const struct status *s)
{
	static const struct heading columns[] = {{"Address", false},
	    {"Connections waiting", true}, {"At most", true}, {0}};

	begin_table(b, "Sockets", columns);
	for (size_t i = 0; i < s->n_listeners; i++) {
		const struct status_listener *l = &s->listeners[i];

		html_raw(b, "<tr>");
		text_cell(b, l->address);
		if (l->waiting >= 0) {
			number_cell(b, l->waiting);
			number_cell(b, l->max);
		} else {
			html_raw(b, "<td></td><td></td>");
		}
		html_raw(b, "</tr>\n");
	}
	layout_end_table(b);
}

static void
status_html(const struct request *req, const struct status *s, struct buf *b)
{
	const uint64_t *sum = s->sum.counts, *works = s->sum.works;

	layout_begin(b, req,
	    &(struct layout){
		.title = "Status",
		.json = true,
		.refresh_s = REFRESH_S,
	    });
	html_raw(b, "<p class=\"meta\">squall " SQUALL_VERSION " with SQLite ");
	html(b, engine_version());
	html_raw(b, ", up for ");
	age(b, s->age_us);
	html_raw(b, "</p>\n");
	notes(b, s);
	figures(b, s);
	workers(b, s);
	latencies(b, s);
	routes(b, s);
	html_raw(b, "<p class=\"meta\">In all: ");
	count(b, sum[COUNT_CONNECTIONS], "connection", "connections");
	html_raw(b, ", ");
	layout_size(b, (int64_t)sum[COUNT_BYTES]);
	html_raw(b, " sent, ");
	html_int(b, (long long)sum[COUNT_NOT_MODIFIED]);
	html_raw(b, " times “not modified”, ");
	count(b, works[WORK_RENDERS], "page rendered", "pages rendered");
	html_raw(b, " with ");
	count(b, works[WORK_STATEMENTS], "SQL statement", "SQL statements");
	html_raw(b, "</p>\n");
	store(b, s);
	databases(b, req, s);
	listeners(b, s);
	layout_formats(b, req);
	layout_end(b);
}

int
status_page(
    const struct request *req, const struct status *s, struct page *page)
{
	if (req->format == FORMAT_JSON) {
		page->type = MEDIA_JSON;
		status_json(&page->body, s);
	} else {
		status_html(req, s, &page->body);
	}
	return 200;
}
