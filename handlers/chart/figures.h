#ifndef SQUALL_FIGURES_H
#define SQUALL_FIGURES_H

#include "app/watch/status.h"

/*
 * The words and sums of which the status in its three forms (HTML, JSON,
 * OpenMetrics) is made.
 */
extern const char *const figure_outcomes[OUTCOMES];
extern const char *const figure_latencies[LATENCIES];
extern const char *const figure_states[STATUS_STATES];

/* The requests of a route, or of all of them. */
struct figures {
	const char *route; /* "none" for those that no route has; NULL: all */
	uint64_t requests;
	uint64_t looked_up; /* all but those that memory was not asked for */
	uint64_t by[OUTCOMES];
};

/* How many routes there are, the one named "none" included. */
size_t figures_routes(const struct status *);
struct figures figures_of_route(const struct status *, size_t i);
struct figures figures_of_all(const struct status *);

/* The part of what was looked up; NaN of nothing. */
double figures_from_memory(const struct figures *);
double figures_from_store(const struct figures *);

/* The part of what the store was asked for; NaN of nothing. */
double figures_store_hits(const struct status *);

#endif
