#ifndef SQUALL_ROUTE_H
#define SQUALL_ROUTE_H

#include "app/http/page.h"
#include "app/http/params.h"
#include "app/http/request.h"
#include "db/catalog.h"

/*
 * Routes: one row answers every question about a page.  The table stands in
 * handlers/routes.c.
 */

/* route.ttl_s, but for a number of seconds. */
enum { TTL_DEFAULT = 0, TTL_NEVER = -1 };

/*
 * Makes the page for a request: 200 with a body, or page_error's status.
 * A handler knows nothing of FastCGI or caches; it reads the databases of the
 * catalog, which belong to the calling thread until it returns.
 */
typedef int handler(const struct request *, struct catalog *, struct page *);

/*
 * Makes a page about squall itself, whole, and returns its status, whatever
 * that is.  It is called by the event loop, and reads nothing but `status`.
 */
struct status;
typedef int
live_handler(const struct request *, const struct status *, struct page *);

struct route {
	const char *name;     /* unique; part of the key */
	const char *summary;  /* for programs; NULL: it is for people alone */
	const char *path;     /* "/:database/:table": ':' takes any segment */
	const char *database; /* has this page alone; NULL: all have it */
	const char *reads; /* its database; NULL: the first segment names it */
	handler *handler;
	live_handler *live; /* in its place: made for each request, not kept */
	bool guarded;       /* live: --status says who may see it */
	const struct params *params; /* NULL: none */
	enum scope scope;            /* the databases that it is made from */
	int ttl_s;                   /* expiry, TTL_DEFAULT or TTL_NEVER */
	const char *browser_cache;   /* Cache-Control; NULL: no-cache */
	/* Formats beside HTML and JSON. */
	bool csv, geojson, markdown;
	bool only_html; /* not even JSON: another route may have that */
	/* The last segment is a name, or one of these. */
	bool file;    /* a file's name: no .json to cut off */
	bool row_key; /* a row's key: left encoded, since it has commas */
};

/*
 * Renders an error: the status and the sentence in the page's body become an
 * entity in the request's format.
 */
typedef void error_handler(const struct request *, struct page *);

struct routes {
	const struct route *rows;
	size_t n;
	/* The number of segments of each path; NULL: not counted yet. */
	const unsigned char *depths;
	error_handler *error;
};

/* The number of segments of a route's path. */
unsigned char route_depth(const struct route *);

/*
 * Finds the request's route, and decodes and validates what the route
 * declares: path segments, format and values.
 *
 * Returns 200, or the HTTP status to refuse the request with and in `why` a
 * sentence for the client (404, 405, 400, 503) or the address to go to (301).
 */
int route_request(const struct routes *, struct request *, struct buf *why)
    __attribute__((warn_unused_result));

/*
 * The page for a request that is refused with this status and reason, as from
 * request_parse or route_request.  A new reference; NULL: out of memory.
 */
struct page *route_refusal(const struct routes *, const struct request *,
    int status, const struct buf *why);

/* The database that a page of SCOPE_DATABASE is made from. */
struct str route_database(const struct request *);

/* The parameters that a route declares. */
const struct params *route_params(const struct route *);

/* params_write of all parameters of the request's route. */
void route_query(const struct request *, struct buf *);

/*
 * Adds the request's key: prefix, route, path, format and parameters in
 * their canonical form.  Requests for the same page have the same
 * key, whatever else their URLs hold; requests for different pages never do.
 */
void route_key(const struct request *, struct buf *key);

#endif
