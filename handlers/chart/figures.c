/*
 * From the counters to what is shown.
 */
#include "handlers/chart/figures.h"

#include <math.h>

#include "app/http/route.h"

const char *const figure_outcomes[OUTCOMES] = {
    [OUTCOME_MEMORY] = "memory",
    [OUTCOME_STORE] = "store",
    [OUTCOME_MISS] = "miss",
    [OUTCOME_COLLAPSED] = "collapsed",
    [OUTCOME_BEHIND] = "behind",
    [OUTCOME_ERROR] = "error",
    [OUTCOME_BYPASS] = "bypass",
};

const char *const figure_latencies[LATENCIES] = {
    [LATENCY_MEMORY] = "memory",
    [LATENCY_STORE] = "store",
    [LATENCY_MISS] = "miss",
    [LATENCY_OTHER] = "other",
};

const char *const figure_states[STATUS_STATES] = {
    [STATUS_SERVING] = "serving",
    [STATUS_DRAINING] = "draining",
    [STATUS_DEAD] = "dead",
};

size_t
figures_routes(const struct status *s)
{
	size_t n = s->routes->n + 1;

	return n < STATS_ROUTES ? n : STATS_ROUTES;
}

static void
add(struct figures *f, const uint64_t by[OUTCOMES])
{
	for (size_t i = 0; i < OUTCOMES; i++) {
		f->by[i] += by[i];
		f->requests += by[i];
		if (i != OUTCOME_BYPASS)
			f->looked_up += by[i];
	}
}

struct figures
figures_of_route(const struct status *s, size_t i)
{
	struct figures f = {
	    .route = i == 0 ? "none" : s->routes->rows[i - 1].name,
	};

	add(&f, s->sum.requests[i]);
	return f;
}

struct figures
figures_of_all(const struct status *s)
{
	struct figures f = {0};

	for (size_t i = 0; i < STATS_ROUTES; i++)
		add(&f, s->sum.requests[i]);
	return f;
}

static double
part(uint64_t of, uint64_t all)
{
	return all == 0 ? (double)NAN : (double)of / (double)all;
}

double
figures_from_memory(const struct figures *f)
{
	return part(
	    f->by[OUTCOME_MEMORY] + f->by[OUTCOME_BEHIND], f->looked_up);
}

double
figures_from_store(const struct figures *f)
{
	return part(f->by[OUTCOME_STORE], f->looked_up);
}

double
figures_store_hits(const struct status *s)
{
	return part(
	    s->sum.works[WORK_STORE_HITS], s->sum.works[WORK_STORE_GETS]);
}
