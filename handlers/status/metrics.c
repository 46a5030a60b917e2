/*
 * The status as OpenMetrics 1.0 text.  Counters are those of all workers
 * together, whichever of them is asked.
 */
#include "handlers/status/metrics.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/text/utf8.h"
#include "db/sqlite/engine.h"
#include "db/sqlite/look.h"
#include "handlers/chart/figures.h"

/* The bounds of the buckets: from 16 microseconds to 16.8 seconds. */
enum { FIRST_POWER = 4, LAST_POWER = 24 };

/* Families of one sample each. */
static const struct {
	enum { FROM_COUNTS, FROM_WORKS, FROM_LEVELS } from;
	size_t index;
	double unit;
	const char *name, *help;
} simple[] = {
    {FROM_LEVELS, LEVEL_CONNECTIONS, 1, "connections", "Open connections."},
    {FROM_COUNTS, COUNT_CONNECTIONS, 1, "connections_accepted",
	"Connections accepted."},
    {FROM_COUNTS, COUNT_NOT_MODIFIED, 1, "not_modified",
	"Replies with status 304."},
    {FROM_COUNTS, COUNT_BYTES, 1, "sent_bytes",
	"Bytes of replies, heads included."},
    {FROM_LEVELS, LEVEL_BUSY, 1, "renderers_busy",
	"Renderers that make a page."},
    {FROM_LEVELS, LEVEL_QUEUED, 1, "jobs_queued",
	"Pages that wait for a renderer."},
    {FROM_LEVELS, LEVEL_HELD, 1, "jobs_held",
	"Pages that wait for another worker's rendering."},
    {FROM_LEVELS, LEVEL_MEMORY_BYTES, 1, "memory_bytes",
	"Memory that pages are kept in."},
    {FROM_LEVELS, LEVEL_MEMORY_PAGES, 1, "memory_pages",
	"Pages kept in memory."},
    {FROM_WORKS, WORK_RENDERS, 1, "renders", "Pages rendered."},
    {FROM_WORKS, WORK_STATEMENTS, 1, "sql_statements", "SQL statements."},
    {FROM_WORKS, WORK_DB_US, 1e-6, "sql_seconds",
	"Time in SQLite, waiting for locks included."},
    {FROM_WORKS, WORK_STORE_GETS, 1, "store_gets",
	"Pages looked for in the store."},
    {FROM_WORKS, WORK_STORE_HITS, 1, "store_hits", "Pages found in the store."},
    {FROM_WORKS, WORK_STORE_SETS, 1, "store_sets", "Pages the store took."},
    {FROM_WORKS, WORK_STORE_TOO_LARGE, 1, "store_too_large",
	"Pages too long for the store."},
    {FROM_WORKS, WORK_STORE_REFUSED, 1, "store_refused",
	"Requests that the store answered, but did not do."},
    {FROM_WORKS, WORK_STORE_ERRORS, 1, "store_errors",
	"Requests to the store that failed at once."},
    {FROM_WORKS, WORK_STORE_TIMEOUTS, 1, "store_timeouts",
	"Requests to the store without an answer in time."},
    {FROM_WORKS, WORK_BREAKER_OPENED, 1, "store_breaker_opened",
	"Times that a renderer began to leave a server alone."},
    {FROM_LEVELS, LEVEL_BREAKERS_OPEN, 1, "store_breakers_open",
	"Servers that a renderer leaves alone, over all renderers."},
};

static void
family(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# TYPE squall_%s %s\n# HELP squall_%s %s\n", name, type,
	    name, help);
}

/* A label's value: any text, with U+FFFD for what is no UTF-8. */
static void
label(struct buf *b, const char *value)
{
	struct str s = str_of(value);

	while (s.len > 0) {
		if (*s.s == '\n') {
			buf_lit(b, "\\n");
			str_skip(&s, 1);
			continue;
		}
		if (*s.s == '"' || *s.s == '\\')
			buf_char(b, '\\');
		utf8_add_next(b, &s);
	}
}

/* squall_NAME{LABEL="VALUE"} and the space before the number. */
static void
sample(
    struct buf *b, const char *name, const char *label_name, const char *value)
{
	buf_printf(b, "squall_%s{%s=\"", name, label_name);
	label(b, value);
	buf_lit(b, "\"} ");
}

static void
number(struct buf *b, int64_t value)
{
	buf_int(b, value);
	buf_char(b, '\n');
}

static void
gauge(struct buf *b, const char *name, int64_t value, const char *help)
{
	family(b, name, "gauge", help);
	buf_printf(b, "squall_%s ", name);
	number(b, value);
}

static void
simple_families(struct buf *b, const struct status *s)
{
	for (size_t i = 0; i < sizeof(simple) / sizeof(*simple); i++) {
		bool level = simple[i].from == FROM_LEVELS;
		uint64_t value = level ? (uint64_t)s->levels[simple[i].index]
		    : simple[i].from == FROM_WORKS
		    ? s->sum.works[simple[i].index]
		    : s->sum.counts[simple[i].index];

		family(b, simple[i].name, level ? "gauge" : "counter",
		    simple[i].help);
		buf_printf(
		    b, "squall_%s%s ", simple[i].name, level ? "" : "_total");
		if (simple[i].unit < 1)
			buf_printf(b, "%.6f\n", (double)value * simple[i].unit);
		else
			number(b, (int64_t)value);
	}
}

static void
build(struct buf *b, const struct status *s)
{
	family(b, "build", "info", "What squall is made of.");
	buf_lit(
	    b, "squall_build_info{version=\"" SQUALL_VERSION "\",sqlite=\"");
	label(b, engine_version());
	buf_lit(b, "\",store=\"");
	label(b, s->store);
	buf_lit(b, "\"} 1\n");
	gauge(b, "uptime_seconds", s->age_us / 1000000,
	    "Time since the pool was started.");
}

static void
requests(struct buf *b, const struct status *s)
{
	static const char *const classes[] = {
	    "1xx", "2xx", "3xx", "4xx", "5xx"};

	family(b, "requests", "counter",
	    "Requests by route and by where the reply came from.");
	for (size_t i = 0; i < figures_routes(s); i++) {
		struct figures f = figures_of_route(s, i);

		for (size_t j = 0; j < OUTCOMES; j++) {
			buf_lit(b, "squall_requests_total{route=\"");
			label(b, f.route);
			buf_printf(
			    b, "\",outcome=\"%s\"} ", figure_outcomes[j]);
			number(b, (int64_t)f.by[j]);
		}
	}
	family(b, "responses", "counter", "Replies by class of status.");
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		sample(b, "responses_total", "class", classes[i]);
		number(b, (int64_t)s->sum.counts[COUNT_1XX + i]);
	}
}

static void
durations(struct buf *b, const struct status *s)
{
	static const char name[] = "request_duration_seconds";

	family(b, name, "histogram",
	    "From a request's arrival until its reply is handed to the "
	    "socket.");
	for (size_t i = 0; i < LATENCIES; i++) {
		const struct latency *h = &s->sum.latency[i];
		const char *from = figure_latencies[i];
		uint64_t n = latency_count(h);

		for (unsigned p = FIRST_POWER; p <= LAST_POWER; p++)
			buf_printf(b,
			    "squall_%s_bucket{outcome=\"%s\",le=\"%.6f\"} "
			    "%" PRIu64 "\n",
			    name, from, (double)(1 << p) * 1e-6,
			    latency_below(h, p));
		buf_printf(b,
		    "squall_%s_bucket{outcome=\"%s\",le=\"+Inf\"} %" PRIu64
		    "\nsquall_%s_count{outcome=\"%s\"} %" PRIu64
		    "\nsquall_%s_sum{outcome=\"%s\"} %.6f\n",
		    name, from, n, name, from, n, name, from,
		    (double)h->sum_us * 1e-6);
	}
}

static void
workers(struct buf *b, const struct status *s)
{
	int64_t n = (int64_t)(s->n_workers - s->n_in[STATUS_DEAD]);
	char slot[24];

	family(b, "workers", "gauge", "Worker processes by state.");
	for (size_t i = 0; i < STATUS_STATES; i++) {
		sample(b, "workers", "state", figure_states[i]);
		number(b, (int64_t)s->n_in[i]);
	}
	family(b, "worker_resident_bytes", "gauge", "Memory of a worker.");
	for (size_t i = 0; i < s->n_workers; i++) {
		snprintf(slot, sizeof(slot), "%zu", i);
		sample(b, "worker_resident_bytes", "worker", slot);
		number(b, s->workers[i].resident_bytes);
	}
	gauge(b, "renderers", n * (int64_t)s->threads,
	    "Renderers of all workers.");
	gauge(b, "memory_max_bytes", n * s->memory_bytes,
	    "Memory that pages may be kept in.");
}

static void
databases(struct buf *b, const struct status *s)
{
	family(b, "database_bytes", "gauge", "Size of a database's file.");
	for (size_t i = 0; i < s->n_databases; i++) {
		sample(b, "database_bytes", "database", s->databases[i].name);
		number(b, s->databases[i].bytes);
	}
	family(b, "database_log_bytes", "gauge", "Size of its WAL file.");
	for (size_t i = 0; i < s->n_databases; i++) {
		sample(
		    b, "database_log_bytes", "database", s->databases[i].name);
		number(b, s->databases[i].log_bytes);
	}
	family(b, "database_bad", "gauge",
	    "1: the file at the database's path can't be read.");
	for (size_t i = 0; i < s->n_databases; i++) {
		sample(b, "database_bad", "database", s->databases[i].name);
		number(b, s->databases[i].bad || !s->databases[i].open);
	}
}

static void
listeners(struct buf *b, const struct status *s)
{
	family(b, "listen_queue", "gauge",
	    "Connections that wait to be accepted (TCP).");
	for (size_t i = 0; i < s->n_listeners; i++) {
		if (s->listeners[i].waiting < 0)
			continue;
		sample(b, "listen_queue", "address", s->listeners[i].address);
		number(b, s->listeners[i].waiting);
	}
	family(b, "listen_queue_max", "gauge", "How many of them may wait.");
	for (size_t i = 0; i < s->n_listeners; i++) {
		if (s->listeners[i].waiting < 0)
			continue;
		sample(
		    b, "listen_queue_max", "address", s->listeners[i].address);
		number(b, s->listeners[i].max);
	}
}

int
metrics_page(
    const struct request *req, const struct status *s, struct page *page)
{
	struct buf *b = &page->body;

	(void)req;
	page->type = MEDIA_OPENMETRICS;
	build(b, s);
	workers(b, s);
	requests(b, s);
	durations(b, s);
	simple_families(b, s);
	databases(b, s);
	listeners(b, s);
	buf_lit(b, "# EOF\n");
	return 200;
}
