#ifndef SQUALL_SITE_H
#define SQUALL_SITE_H

#include "app/cache/store.h"
#include "app/http/route.h"
#include "app/watch/stats.h"
#include "app/watch/status.h"
#include "db/catalog.h"

/*
 * Everything that workers, renderers and CGI need of the configuration: the
 * databases and routes, and all limits.  Strings and arrays are the caller's
 * and outlive whoever holds the site.
 */
struct site {
	const struct routes *routes;
	const struct published *databases;
	size_t n_databases;
	struct store_config store;
	const char *prefix; /* NULL: as the web server says */
	bool cors;          /* scripts of other sites may read data */
	size_t memory_bytes;
	size_t threads;
	size_t files; /* descriptors for each thread's databases */
	int64_t ttl_s;
	int64_t fresh_s; /* how far behind a page may be; 0: not at all */
	int64_t stale_if_error_s;
	int64_t time_limit_ms;
	size_t queue;          /* misses that may wait in a worker */
	int64_t queue_wait_ms; /* for so long */
	uint64_t max_requests; /* of a worker, until it is replaced; 0: none */
	size_t max_rss;        /* bytes, likewise */
	int64_t slow_ms;       /* pages that take longer are logged; 0: none */
	enum status_access status;
	struct stats *stats;     /* what all workers count */
	struct stats_slot *slot; /* where this process counts */
};

#endif
