#ifndef SQUALL_METRICS_H
#define SQUALL_METRICS_H

#include "app/http/route.h"

/* "/-/metrics": the counters as OpenMetrics text, for Prometheus. */
live_handler metrics_page;

#endif
