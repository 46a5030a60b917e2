/*
 * Requests out of CGI meta-variables, and their life.  Called by the FastCGI
 * and the CGI side alike; knows neither, nor which paths have a page.
 */
#include "app/http/request.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/url.h"
#include "app/watch/log.h"

/*
 * The place for a variable's value; NULL: squall does not read it.  Names are
 * told apart by length first, so that most need no comparison.
 */
static struct str *
place_of_var(struct request_vars *v, struct str name)
{
	switch (name.len) {
	case 9:
		return str_is(name, "PATH_INFO") ? &v->path_info : NULL;
	case 11:
		if (str_is(name, "SCRIPT_NAME"))
			return &v->script_name;
		if (str_is(name, "REQUEST_URI"))
			return &v->uri;
		if (str_is(name, "REMOTE_ADDR"))
			return &v->client.address;
		return v->wants_client && str_is(name, "REMOTE_USER")
		    ? &v->client.user
		    : NULL;
	case 12:
		if (str_is(name, "QUERY_STRING"))
			return &v->query;
		return v->wants_client && str_is(name, "HTTP_REFERER")
		    ? &v->client.referer
		    : NULL;
	case 14:
		return str_is(name, "REQUEST_METHOD") ? &v->method : NULL;
	case 15:
		if (!v->wants_client)
			return NULL;
		if (str_is(name, "SERVER_PROTOCOL"))
			return &v->client.protocol;
		return str_is(name, "HTTP_USER_AGENT") ? &v->client.agent
						       : NULL;
	case 18:
		return str_is(name, "HTTP_IF_NONE_MATCH") ? &v->if_none_match
							  : NULL;
	case 20:
		return str_is(name, "HTTP_ACCEPT_ENCODING")
		    ? &v->accept_encoding
		    : NULL;
	default:
		return NULL;
	}
}

void
request_vars_add(struct request_vars *v, struct str name, struct str value)
{
	struct str *place = place_of_var(v, name);

	if (place != NULL)
		*place = value;
}

struct request *
request_new(void)
{
	struct request *req = alloc_array(1, sizeof(*req));

	if (req != NULL)
		req->refs = 1;
	return req;
}

struct request *
request_ref(struct request *req)
{
	req->refs++;
	return req;
}

static void
release_shared(struct request *req)
{
	if (req->first == NULL)
		free(req->arguments);
	request_unref(req->first);
	buf_release(&req->resume);
}

void
request_unref(struct request *req)
{
	if (req == NULL)
		return;
	assert(req->refs > 0);
	if (--req->refs > 0)
		return;
	release_shared(req);
	buf_release(&req->memory);
	free(req);
}

void
request_reset(struct request *req)
{
	struct buf memory = req->memory;

	assert(req->refs == 1);
	release_shared(req);
	buf_reset(&memory);
	*req = (struct request){.refs = 1, .memory = memory};
}

struct request *
request_part(struct request *of, const struct buf *resume)
{
	struct request *req = request_new();

	if (req == NULL)
		return NULL;
	*req = *of;
	req->refs = 1;
	req->memory = req->resume = (struct buf){0};
	req->first = request_ref(of->first == NULL ? of : of->first);
	buf_add(&req->resume, resume->data, resume->len);
	if (req->resume.failed) {
		request_unref(req);
		return NULL;
	}
	return req;
}

/* Copies into the reserved memory. */
static struct str
keep_text(struct request *req, struct str s)
{
	const char *at = req->memory.data + req->memory.len;

	buf_add(&req->memory, s.s, s.len);
	return (struct str){at, s.len};
}

/* The bytes of the client's strings. */
static size_t
client_len(const struct request_client *c)
{
	return c->address.len + c->user.len + c->protocol.len + c->referer.len +
	    c->agent.len;
}

static void
keep_client(struct request *req, const struct request_client *c)
{
	req->client = (struct request_client){
	    .address = keep_text(req, c->address),
	    .user = keep_text(req, c->user),
	    .protocol = keep_text(req, c->protocol),
	    .referer = keep_text(req, c->referer),
	    .agent = keep_text(req, c->agent),
	};
}

static struct str
without_trailing_slashes(struct str s)
{
	while (s.len > 0 && s.s[s.len - 1] == '/')
		s.len--;
	return s;
}

static bool
is_below(struct str path, struct str prefix)
{
	return str_starts(path, prefix) &&
	    (path.len == prefix.len || path.s[prefix.len] == '/');
}

/* Splits "/a/b" into "a" and "b"; "/" and "" have no segments. */
static bool
split_path(struct request *req, struct str path)
{
	const char *p = path.s, *end = path.s + path.len;

	if (path.len <= 1)
		return true;
	if (*p == '/')
		p++;
	for (;;) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		const char *stop = slash == NULL ? end : slash;

		if (req->n_segments == REQUEST_SEGMENTS)
			return false;
		req->segments[req->n_segments++] =
		    (struct str){p, (size_t)(stop - p)};
		if (slash == NULL)
			return true;
		p = slash + 1;
	}
}

static const char *const suffixes[] = {
    [FORMAT_HTML] = "",
    [FORMAT_JSON] = ".json",
    [FORMAT_CSV] = ".csv",
    [FORMAT_GEOJSON] = ".geojson",
    [FORMAT_MARKDOWN] = ".md",
    [FORMAT_FILE] = "",
};

const char *
request_suffix(enum format format)
{
	return suffixes[format];
}

enum format
request_format(struct str path)
{
	for (size_t i = FORMAT_JSON; i < FORMAT_FILE; i++) {
		size_t len = strlen(suffixes[i]);

		if (path.len >= len &&
		    str_is((struct str){path.s + path.len - len, len},
			suffixes[i]))
			return (enum format)i;
	}
	return FORMAT_HTML;
}

static enum method
method_of(struct str name)
{
	if (str_is(name, "GET"))
		return METHOD_GET;
	if (str_is(name, "HEAD"))
		return METHOD_HEAD;
	return METHOD_OTHER;
}

/*
 * True for a loopback address or nginx's word for a client on a unix socket;
 * false for an empty address.
 */
static bool
is_local(struct str address)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr in6;
	struct in_addr in;

	if (str_starts(address, str_of("unix:")))
		return true;
	if (address.len == 0 || address.len >= sizeof(text) ||
	    memchr(address.s, '\0', address.len) != NULL)
		return false;
	memcpy(text, address.s, address.len);
	text[address.len] = '\0';
	if (inet_pton(AF_INET, text, &in) == 1)
		return ntohl(in.s_addr) >> 24 == IN_LOOPBACKNET;
	if (inet_pton(AF_INET6, text, &in6) != 1)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&in6) ||
	    (IN6_IS_ADDR_V4MAPPED(&in6) && in6.s6_addr[12] == IN_LOOPBACKNET);
}

int
request_parse_vars(struct request *req, const struct request_vars *v,
    const char *prefix, struct buf *why)
{
	bool too_long =
	    v->script_name.len + v->path_info.len + v->query.len > REQUEST_MAX;
	size_t len = client_len(&v->client);
	struct str path;

	request_reset(req);
	req->local = is_local(v->client.address);
	/* For the error page, should no route be found. */
	req->format = request_format(
	    v->path_info.len > 0 ? v->path_info : v->script_name);
	/* Raw and decoded; a row's key may grow when it is encoded. */
	if (!too_long)
		len += v->method.len + v->uri.len + 2 * v->query.len +
		    v->accept_encoding.len + v->if_none_match.len +
		    4 * (v->script_name.len + v->path_info.len);
	buf_reserve(&req->memory, len);
	if (req->memory.failed) {
		buf_lit(why, "Out of memory.");
		return 503;
	}
	if (v->wants_client)
		keep_client(req, &v->client);
	if (too_long) {
		buf_printf(why,
		    "The address is longer than the %d bytes that are read.",
		    REQUEST_MAX);
		return 414;
	}
	req->method_name = keep_text(req, v->method);
	req->method = method_of(v->method);
	req->query = keep_text(req, v->query);
	req->accept_encoding = keep_text(req, v->accept_encoding);
	req->if_none_match = keep_text(req, v->if_none_match);
	path = keep_text(req, v->script_name);
	path.len += keep_text(req, v->path_info).len;
	req->uri = v->uri.s == NULL ? path : keep_text(req, v->uri);

	if (prefix != NULL)
		req->prefix = without_trailing_slashes(str_of(prefix));
	else if (v->path_info.len > 0)
		req->prefix = without_trailing_slashes(
		    (struct str){path.s, v->script_name.len});
	if (!is_below(path, req->prefix)) {
		if (req->prefix.len > 0)
			buf_printf(why, "Pages here begin with %.*s/.",
			    (int)req->prefix.len, req->prefix.s);
		else
			buf_lit(why, "There is no page at this address.");
		return 404;
	}
	path.s += req->prefix.len;
	path.len -= req->prefix.len;
	if (!split_path(req, path)) {
		buf_lit(why, "There is no page at this address.");
		return 404;
	}
	return 200;
}

int
request_parse(struct request *req, char *const vars[], const char *prefix,
    struct buf *why)
{
	struct request_vars v = {.wants_client = log_wants_client()};

	for (; *vars != NULL; vars++) {
		size_t name = strcspn(*vars, "=");

		if ((*vars)[name] == '=')
			request_vars_add(&v, (struct str){*vars, name},
			    str_of(*vars + name + 1));
	}
	return request_parse_vars(req, &v, prefix, why);
}

void
request_path(const struct request *req, struct buf *b)
{
	for (size_t i = 0; i < req->n_segments; i++) {
		buf_char(b, '/');
		if (i < req->n_names)
			url_name(b, req->segments[i]);
		else
			buf_add(b, req->segments[i].s, req->segments[i].len);
	}
	if (req->n_segments == 0)
		buf_char(b, '/');
}
