#ifndef SQUALL_LIVE_H
#define SQUALL_LIVE_H

#include "app/render/site.h"

/*
 * Pages about squall itself (routes with `live`): made at once by whoever was
 * asked, with a bounded amount of work and without a renderer, so that they
 * come however busy all renderers are; and kept by nobody.
 */

/* Facts that only the process that was asked knows. */
struct live {
	const struct site *site;
	struct catalog *catalog; /* for versions: it is not queried */
	const int *listeners;
	size_t n_listeners;
	bool draining;
};

/*
 * The page for a request that has such a route, or the refusal where --status
 * does not show it to this client.  A new reference; NULL: out of memory.
 */
struct page *live_page(const struct live *, const struct request *);

#endif
