/*
 * The status for programs.
 */
#include "handlers/status/status_json.h"

#include <inttypes.h>

#include "app/text/json.h"
#include "db/sqlite/engine.h"
#include "db/sqlite/look.h"
#include "handlers/chart/figures.h"

static void
count(struct buf *b, const char *name, uint64_t value)
{
	json_member_int(b, name, (int64_t)value);
}

static void
ratio(struct buf *b, const char *name, double value)
{
	json_key(b, name);
	json_real(b, value);
}

static void
begin(struct buf *b, const char *name)
{
	json_key(b, name);
	json_begin_object(b);
}

static void
sqlite(struct buf *b)
{
	const struct sqlite_fault *f;

	begin(b, "sqlite");
	json_member(b, "version", engine_version());
	json_key(b, "faults");
	json_begin_array(b);
	for (size_t i = 0; (f = look_sqlite_fault(0, i)) != NULL; i++) {
		json_begin_object(b);
		json_member(b, "name", f->name);
		json_member(b, "what", f->what);
		json_member(b, "fixed", f->fixed);
		json_end_object(b);
	}
	json_end_array(b);
	json_end_object(b);
}

static void
levels(struct buf *b, const int64_t l[LEVELS])
{
	json_member_int(b, "connections", l[LEVEL_CONNECTIONS]);
	json_member_int(b, "renderers_busy", l[LEVEL_BUSY]);
	json_member_int(b, "jobs_queued", l[LEVEL_QUEUED]);
	json_member_int(b, "jobs_held", l[LEVEL_HELD]);
	json_member_int(b, "memory_bytes", l[LEVEL_MEMORY_BYTES]);
	json_member_int(b, "memory_pages", l[LEVEL_MEMORY_PAGES]);
	json_member_int(b, "breakers_open", l[LEVEL_BREAKERS_OPEN]);
}

static void
workers(struct buf *b, const struct status *s)
{
	json_key(b, "workers");
	json_begin_array(b);
	for (size_t i = 0; i < s->n_workers; i++) {
		const struct status_worker *w = &s->workers[i];

		json_begin_object(b);
		json_member_int(b, "pid", w->stats.pid);
		json_member(b, "state", figure_states[w->state]);
		json_member_int(b, "age_s", w->stats.age_us / 1000000);
		count(b, "requests", w->stats.requests);
		json_member_int(b, "resident_bytes", w->resident_bytes);
		levels(b, w->stats.levels);
		json_end_object(b);
	}
	json_end_array(b);
}

static void
figures(struct buf *b, const struct figures *f)
{
	count(b, "requests", f->requests);
	begin(b, "outcomes");
	for (size_t i = 0; i < OUTCOMES; i++)
		count(b, figure_outcomes[i], f->by[i]);
	json_end_object(b);
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
	json_end_object(b);
	count(b, "renders", works[WORK_RENDERS]);
	count(b, "statements", works[WORK_STATEMENTS]);
	count(b, "db_us", works[WORK_DB_US]);
	json_end_object(b);
}

static void
now(struct buf *b, const struct status *s)
{
	int64_t n = (int64_t)(s->n_workers - s->n_in[STATUS_DEAD]);

	begin(b, "now");
	levels(b, s->levels);
	json_member_int(b, "workers", n);
	json_member_int(b, "renderers", n * (int64_t)s->threads);
	json_member_int(b, "memory_max_bytes", n * s->memory_bytes);
	json_end_object(b);
}

static void
routes(struct buf *b, const struct status *s)
{
	json_key(b, "routes");
	json_begin_array(b);
	for (size_t i = 0; i < figures_routes(s); i++) {
		struct figures f = figures_of_route(s, i);

		json_begin_object(b);
		json_member(b, "name", f.route);
		figures(b, &f);
		json_end_object(b);
	}
	json_end_array(b);
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
		json_member_int(b, "p50_us", latency_percentile(h, 0.5));
		json_member_int(b, "p90_us", latency_percentile(h, 0.9));
		json_member_int(b, "p99_us", latency_percentile(h, 0.99));
		json_member_int(b, "p999_us", latency_percentile(h, 0.999));
		json_end_object(b);
	}
	json_end_object(b);
}

static void
store(struct buf *b, const struct status *s)
{
	const uint64_t *works = s->sum.works;

	begin(b, "store");
	json_member(b, "kind", s->store);
	count(b, "gets", works[WORK_STORE_GETS]);
	count(b, "hits", works[WORK_STORE_HITS]);
	ratio(b, "hit_ratio", figures_store_hits(s));
	count(b, "sets", works[WORK_STORE_SETS]);
	count(b, "too_large", works[WORK_STORE_TOO_LARGE]);
	count(b, "refused", works[WORK_STORE_REFUSED]);
	count(b, "errors", works[WORK_STORE_ERRORS]);
	count(b, "timeouts", works[WORK_STORE_TIMEOUTS]);
	json_member_int(b, "breakers_open", s->levels[LEVEL_BREAKERS_OPEN]);
	count(b, "breaker_opened", works[WORK_BREAKER_OPENED]);
	json_end_object(b);
}

static void
databases(struct buf *b, const struct status *s)
{
	json_key(b, "databases");
	json_begin_array(b);
	for (size_t i = 0; i < s->n_databases; i++) {
		const struct status_database *d = &s->databases[i];

		json_begin_object(b);
		json_member(b, "name", d->name);
		json_key(b, "version");
		if (d->version_known)
			buf_printf(b, "\"%016" PRIx64 "\"", d->version);
		else
			json_null(b);
		json_member_int(b, "bytes", d->bytes);
		json_member_int(b, "log_bytes", d->log_bytes);
		json_member_bool(b, "open", d->open);
		json_member_bool(b, "bad", d->bad);
		json_end_object(b);
	}
	json_end_array(b);
}

static void
listeners(struct buf *b, const struct status *s)
{
	json_key(b, "listeners");
	json_begin_array(b);
	for (size_t i = 0; i < s->n_listeners; i++) {
		const struct status_listener *l = &s->listeners[i];

		json_begin_object(b);
		json_member(b, "address", l->address);
		if (l->waiting >= 0) {
			json_member_int(b, "waiting", l->waiting);
			json_member_int(b, "max", l->max);
		}
		json_end_object(b);
	}
	json_end_array(b);
}

void
status_json(struct buf *b, const struct status *s)
{
	json_begin_object(b);
	json_member_bool(b, "ok", true);
	json_member(b, "version", SQUALL_VERSION);
	json_member_int(b, "uptime_s", s->age_us / 1000000);
	sqlite(b);
	workers(b, s);
	now(b, s);
	totals(b, s);
	routes(b, s);
	latency(b, s);
	store(b, s);
	databases(b, s);
	listeners(b, s);
	json_end_object(b);
	buf_char(b, '\n');
}
