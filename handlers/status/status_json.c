/*
 * The status for programs.
 */
#include "handlers/status/status_json.h"

#include <inttypes.h>

#include "app/text/json.h"
#include "db/sqlite/engine.h"
#include "db/sqlite/look.h"
#include "handlers/chart/figures.h"

/* A member's name, with the comma before it if it is not the first. */
static void
key(struct buf *b, const char *name)
{
	if (b->len > 0 && b->data[b->len - 1] != '{')
		json_raw(b, ",");
	json_str(b, name);
	json_raw(b, ":");
}

/* An element of an array, likewise. */
static void
element(struct buf *b)
{
	if (b->len > 0 && b->data[b->len - 1] != '[')
		json_raw(b, ",");
	json_raw(b, "{");
}

static void
number(struct buf *b, const char *name, int64_t value)
{
	key(b, name);
	json_int(b, value);
}

static void
count(struct buf *b, const char *name, uint64_t value)
{
	number(b, name, (int64_t)value);
}

static void
ratio(struct buf *b, const char *name, double value)
{
	key(b, name);
	json_real(b, value);
}

static void
text(struct buf *b, const char *name, const char *value)
{
	key(b, name);
	json_str(b, value);
}

static void
truth(struct buf *b, const char *name, bool value)
{
	key(b, name);
	buf_str(b, value ? "true" : "false");
}

static void
begin(struct buf *b, const char *name)
{
	key(b, name);
	json_raw(b, "{");
}

static void
sqlite(struct buf *b)
{
	const struct sqlite_fault *f;

	begin(b, "sqlite");
	text(b, "version", engine_version());
	key(b, "faults");
	json_raw(b, "[");
	for (size_t i = 0; (f = look_sqlite_fault(0, i)) != NULL; i++) {
		element(b);
		text(b, "name", f->name);
		text(b, "what", f->what);
		text(b, "fixed", f->fixed);
		json_raw(b, "}");
	}
	json_raw(b, "]}");
}

static void
levels(struct buf *b, const int64_t l[LEVELS])
{
	number(b, "connections", l[LEVEL_CONNECTIONS]);
	number(b, "renderers_busy", l[LEVEL_BUSY]);
	number(b, "jobs_queued", l[LEVEL_QUEUED]);
	number(b, "jobs_held", l[LEVEL_HELD]);
	number(b, "memory_bytes", l[LEVEL_MEMORY_BYTES]);
	number(b, "memory_pages", l[LEVEL_MEMORY_PAGES]);
	number(b, "breakers_open", l[LEVEL_BREAKERS_OPEN]);
}

static void
workers(struct buf *b, const struct status *s)
{
	key(b, "workers");
	json_raw(b, "[");
	for (size_t i = 0; i < s->n_workers; i++) {
		const struct status_worker *w = &s->workers[i];

		element(b);
		number(b, "pid", w->stats.pid);
		text(b, "state", figure_states[w->state]);
		number(b, "age_s", w->stats.age_us / 1000000);
		count(b, "requests", w->stats.requests);
		number(b, "resident_bytes", w->resident_bytes);
		levels(b, w->stats.levels);
		json_raw(b, "}");
	}
	json_raw(b, "]");
}

static void
figures(struct buf *b, const struct figures *f)
{
	count(b, "requests", f->requests);
	begin(b, "outcomes");
	for (size_t i = 0; i < OUTCOMES; i++)
		count(b, figure_outcomes[i], f->by[i]);
	json_raw(b, "}");
	ratio(b, "memory_ratio", figures_from_memory(f));
	ratio(b, "store_ratio", figures_from_store(f));
}

static void
totals(struct buf *b, const struct status *s)
{
	struct figures all = figures_of_all(s);
	const uint64_t *counts = s->sum.counts, *works = s->sum.works;

	begin(b, "totals");
	figures(b, &all);
	count(b, "connections", counts[COUNT_CONNECTIONS]);
	count(b, "not_modified", counts[COUNT_NOT_MODIFIED]);
	count(b, "sent_bytes", counts[COUNT_BYTES]);
	begin(b, "statuses");
	count(b, "1xx", counts[COUNT_1XX]);
	count(b, "2xx", counts[COUNT_2XX]);
	count(b, "3xx", counts[COUNT_3XX]);
	count(b, "4xx", counts[COUNT_4XX]);
	count(b, "5xx", counts[COUNT_5XX]);
	json_raw(b, "}");
	count(b, "renders", works[WORK_RENDERS]);
	count(b, "statements", works[WORK_STATEMENTS]);
	count(b, "db_us", works[WORK_DB_US]);
	json_raw(b, "}");
}

static void
now(struct buf *b, const struct status *s)
{
	int64_t n = (int64_t)(s->n_workers - s->n_in[STATUS_DEAD]);

	begin(b, "now");
	levels(b, s->levels);
	number(b, "workers", n);
	number(b, "renderers", n * (int64_t)s->threads);
	number(b, "memory_max_bytes", n * s->memory_bytes);
	json_raw(b, "}");
}

static void
routes(struct buf *b, const struct status *s)
{
	key(b, "routes");
	json_raw(b, "[");
	for (size_t i = 0; i < figures_routes(s); i++) {
		struct figures f = figures_of_route(s, i);

		element(b);
		text(b, "name", f.route);
		figures(b, &f);
		json_raw(b, "}");
	}
	json_raw(b, "]");
}

static void
latency(struct buf *b, const struct status *s)
{
	begin(b, "latency");
	for (size_t i = 0; i < LATENCIES; i++) {
		const struct latency *h = &s->sum.latency[i];

		begin(b, figure_latencies[i]);
		count(b, "count", latency_count(h));
		count(b, "sum_us", h->sum_us);
		number(b, "p50_us", latency_percentile(h, 0.5));
		number(b, "p90_us", latency_percentile(h, 0.9));
		number(b, "p99_us", latency_percentile(h, 0.99));
		number(b, "p999_us", latency_percentile(h, 0.999));
		json_raw(b, "}");
	}
	json_raw(b, "}");
}

static void
store(struct buf *b, const struct status *s)
{
	const uint64_t *works = s->sum.works;

	begin(b, "store");
	text(b, "kind", s->store);
	count(b, "gets", works[WORK_STORE_GETS]);
	count(b, "hits", works[WORK_STORE_HITS]);
	ratio(b, "hit_ratio", figures_store_hits(s));
	count(b, "sets", works[WORK_STORE_SETS]);
	count(b, "too_large", works[WORK_STORE_TOO_LARGE]);
	count(b, "refused", works[WORK_STORE_REFUSED]);
	count(b, "errors", works[WORK_STORE_ERRORS]);
	count(b, "timeouts", works[WORK_STORE_TIMEOUTS]);
	number(b, "breakers_open", s->levels[LEVEL_BREAKERS_OPEN]);
	count(b, "breaker_opened", works[WORK_BREAKER_OPENED]);
	json_raw(b, "}");
}

static void
databases(struct buf *b, const struct status *s)
{
	key(b, "databases");
	json_raw(b, "[");
	for (size_t i = 0; i < s->n_databases; i++) {
		const struct status_database *d = &s->databases[i];

		element(b);
		text(b, "name", d->name);
		key(b, "version");
		if (d->version_known)
			buf_printf(b, "\"%016" PRIx64 "\"", d->version);
		else
			json_raw(b, "null");
		number(b, "bytes", d->bytes);
		number(b, "log_bytes", d->log_bytes);
		truth(b, "open", d->open);
		truth(b, "bad", d->bad);
		json_raw(b, "}");
	}
	json_raw(b, "]");
}

static void
listeners(struct buf *b, const struct status *s)
{
	key(b, "listeners");
	json_raw(b, "[");
	for (size_t i = 0; i < s->n_listeners; i++) {
		const struct status_listener *l = &s->listeners[i];

		element(b);
		text(b, "address", l->address);
		if (l->waiting >= 0) {
			number(b, "waiting", l->waiting);
			number(b, "max", l->max);
		}
		json_raw(b, "}");
	}
	json_raw(b, "]");
}

void
status_json(struct buf *b, const struct status *s)
{
	json_raw(b, "{");
	truth(b, "ok", true);
	text(b, "version", SQUALL_VERSION);
	number(b, "uptime_s", s->age_us / 1000000);
	sqlite(b);
	workers(b, s);
	now(b, s);
	totals(b, s);
	routes(b, s);
	latency(b, s);
	store(b, s);
	databases(b, s);
	listeners(b, s);
	json_raw(b, "}\n");
}
