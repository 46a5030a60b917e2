#ifndef SQUALL_REQUEST_H
#define SQUALL_REQUEST_H

#include <stdint.h>

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * A page as somebody asks for it, and nothing of how the request came.
 *
 * A request is made once: request_parse fills it, route_request finds its
 * route.  From then on it never changes, and any thread may read it; references
 * are counted without locks, by the thread that made it alone.
 *
 * The strings stand in `memory`.  Parsing reserves enough of it for the decoded
 * segments and values as well, so it never moves.
 */
enum {
	REQUEST_SEGMENTS = 8,    /* no route has more */
	REQUEST_VALUES = 48,     /* declared parameters of a route */
	REQUEST_ARGUMENTS = 100, /* others, and those of lists */
	REQUEST_MAX = 16 << 10,  /* bytes of path and query */
};

enum method { METHOD_GET, METHOD_HEAD, METHOD_OTHER };

enum format {
	FORMAT_HTML,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_GEOJSON,
	FORMAT_MARKDOWN,
	FORMAT_FILE,
};

/* The value of a declared parameter: given, or its default. */
struct value {
	bool given;
	int64_t number;  /* but for a PARAM_TEXT */
	struct str text; /* as given; s is NULL if it was not */
};

/* A parameter that may be repeated, or is not declared (see params.h). */
struct argument {
	size_t param; /* its row in the table; the table's size: none */
	struct str name, text;
};

struct route;

/* The client as web server and client describe it: for the access log alone. */
struct request_client {
	struct str address, user, protocol, referer, agent;
};

struct request {
	unsigned refs;
	struct buf memory;
	struct request *first; /* has the strings of a stream's further part */
	struct buf resume; /* where a stream goes on; empty: at its beginning */
	const struct route *route; /* NULL: none has its path */
	uint64_t id; /* names the request in logs and error pages, in hex */
	enum method method;
	bool local; /* the web server says it comes from this machine */
	enum format format;
	bool uncached; /* its page is made for it alone, and not kept */
	struct str method_name;
	struct str uri;    /* as the client sent it: for the log alone */
	struct str prefix; /* squall's mount point: "" or "/data", decoded */
	struct str query;  /* raw */
	struct str accept_encoding, if_none_match; /* header fields, raw */
	struct request_client client; /* empty unless it was wanted */
	/*
	 * The path below the prefix.  Once the request has a route, the first
	 * n_names segments are decoded names; what follows stays encoded.
	 */
	struct str segments[REQUEST_SEGMENTS];
	size_t n_segments, n_names;
	struct value values[REQUEST_VALUES]; /* as the route declares them */
	size_t n_arguments;
	struct argument *arguments; /* in canonical order; NULL: it has none */
};

/* ".json" and the like; "" for HTML and files. */
const char *request_suffix(enum format);

/* The format of a path, by its suffix; HTML without one. */
enum format request_format(struct str path);

/* The CGI meta-variables that squall reads (RFC 3875, section 4.1). */
struct request_vars {
	struct str method, script_name, path_info, query, uri;
	struct str accept_encoding, if_none_match;
	bool wants_client; /* to be set first: all of `client` is read */
	struct request_client client;
};

/* Notes a variable, if squall reads it.  Nothing is copied. */
void request_vars_add(struct request_vars *, struct str name, struct str value);

/* An empty request with one reference; NULL: out of memory. */
struct request *request_new(void);

struct request *request_ref(struct request *);

/* Gives a reference back; the last one frees the request.  NULL is harmless. */
void request_unref(struct request *);

/*
 * Empties a request that nobody else has a reference to, and keeps its memory
 * for the next one.
 */
void request_reset(struct request *);

/*
 * Resets the request and fills it from variables, which are copied.
 *
 * SCRIPT_NAME and PATH_INFO together are the path, which begins with `prefix`,
 * squall's mount point.  NULL: that is SCRIPT_NAME if there is a PATH_INFO; if
 * there is none, as with nginx's stock fastcgi_params, it is empty.
 *
 * Returns 200, or the HTTP status to refuse it with and a sentence in `why`:
 * 404 outside the prefix, 414 too long, 503 out of memory.
 */
int request_parse_vars(struct request *, const struct request_vars *,
    const char *prefix, struct buf *why) __attribute__((warn_unused_result));

/* The same from an environment: strings NAME=VALUE that end with a NULL. */
int request_parse(struct request *, char *const vars[], const char *prefix,
    struct buf *why) __attribute__((warn_unused_result));

/*
 * A request for the part of a stream that `resume` (page.next) names; NULL:
 * out of memory.
 */
struct request *request_part(struct request *, const struct buf *resume);

/*
 * Adds the path below the prefix in its one canonical form, without a suffix;
 * "/" for no segments.  The request must have a route.
 */
void request_path(const struct request *, struct buf *);

#endif
