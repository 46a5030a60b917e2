/*
 * Finds a request's row in the route table, and the key under which its page is
 * kept.
 */
#include "app/http/route.h"

#include <assert.h>

#include "app/text/alloc.h"
#include "app/text/url.h"
#include "app/text/utf8.h"

/* Cuts ".json" or the like off the segment.  False: an unknown suffix. */
static bool
cut_suffix(struct str *segment, enum format *format)
{
	const char *dot = memrchr(segment->s, '.', segment->len);

	*format = request_format(*segment);
	if (*format != FORMAT_HTML)
		segment->len -= strlen(request_suffix(*format));
	return dot == NULL || *format != FORMAT_HTML;
}

static bool
has_format(const struct route *r, enum format format)
{
	switch (format) {
	case FORMAT_JSON:
		return !r->only_html;
	case FORMAT_CSV:
		return r->csv;
	case FORMAT_GEOJSON:
		return r->geojson;
	case FORMAT_MARKDOWN:
		return r->markdown;
	default:
		return true;
	}
}

unsigned char
route_depth(const struct route *r)
{
	const char *p = r->path;
	unsigned char n = 0;

	while ((p = strchr(p, '/')) != NULL && p[1] != '\0') {
		n++;
		p++;
	}
	return n;
}

/*
 * Does a pattern have just these segments?  A request is compared with many
 * patterns, so this goes byte by byte and calls nothing.
 */
static bool
matches_pattern(const char *pattern, const struct str *segments, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str s = segments[i];
		size_t at = 0;

		if (s.len == 0 || *pattern++ != '/')
			return false;
		if (*pattern == ':') {
			while (*pattern != '\0' && *pattern != '/')
				pattern++;
			continue;
		}
		while (at < s.len && *pattern != '\0' && *pattern == s.s[at]) {
			pattern++;
			at++;
		}
		if (at < s.len)
			return false;
	}
	return *pattern == '\0' || (n == 0 && strcmp(pattern, "/") == 0);
}

/*
 * Is the segment this name, in any of its encodings?  Without memory the answer
 * is not known, and the request's memory has failed.
 */
static bool
is_name(struct request *req, const char *name, struct str segment)
{
	struct buf decoded = {0};
	bool same;

	url_unname(&decoded, segment);
	same = str_is(str_of_buf(&decoded), name);
	req->memory.failed |= decoded.failed;
	buf_release(&decoded);
	return same;
}

static const struct route *
find_route(const struct routes *routes, struct request *req)
{
	struct str cut[REQUEST_SEGMENTS]; /* the last one has no suffix */
	size_t n = req->n_segments, n_cut = n;
	enum format format = FORMAT_HTML;
	bool suffix_known = true;

	memcpy(cut, req->segments, sizeof(cut));
	if (n > 0) {
		suffix_known = cut_suffix(&cut[n - 1], &format);
		if (n == 1 && cut[0].len == 0 && format != FORMAT_HTML)
			n_cut = 0; /* "/.json" is the index as JSON */
	}
	for (size_t i = 0; i < routes->n; i++) {
		const struct route *r = &routes->rows[i];

		/* Tells most routes apart already. */
		if (routes->depths != NULL && routes->depths[i] != n &&
		    routes->depths[i] != n_cut)
			continue;
		if (!r->file && (!suffix_known || !has_format(r, format)))
			continue;
		if (!matches_pattern(r->path, r->file ? req->segments : cut,
			r->file ? n : n_cut) ||
		    (r->database != NULL && !is_name(req, r->database, cut[0])))
			continue;
		req->format = r->file ? FORMAT_FILE : format;
		if (!r->file) {
			memcpy(req->segments, cut, sizeof(cut));
			req->n_segments = n_cut;
		}
		return r;
	}
	/* The error page comes in this format. */
	req->format = format;
	return NULL;
}

/*
 * Is the address a page's but for a slash at its end?  No other segment may be
 * empty: "//host/" must not lead to another host.
 */
static bool
has_one_slash_too_many(const struct request *req)
{
	size_t n = 0;

	if (str_starts(req->prefix, str_of("//")))
		return false;
	while (n < req->n_segments && req->segments[n].len > 0)
		n++;
	return n > 0 && n + 1 == req->n_segments;
}

/* Adds "/atlas" for "/atlas/", with the query. */
static void
add_without_slash(const struct request *req, struct buf *to)
{
	url_path(to, req->prefix);
	for (size_t i = 0; i + 1 < req->n_segments; i++) {
		buf_char(to, '/');
		url_path(to, req->segments[i]);
	}
	if (req->query.len > 0) {
		buf_char(to, '?');
		for (size_t i = 0; i < req->query.len; i++) {
			unsigned char c = (unsigned char)req->query.s[i];

			/* A header's line must not end here. */
			if (c > 0x20 && c < 0x7f)
				buf_char(to, (char)c);
		}
	}
}

/*
 * A row's key encoded as url_name and url_part write it, so that the row has
 * one address, and its page one key.
 */
static struct str
canonical_row_key(struct buf *memory, struct str raw)
{
	bool alone = url_key_is_single(raw), more;
	size_t from = memory->len;
	struct buf part = {0};
	size_t digits = 0;

	/* Usually it is a number, which is written in one way only. */
	while (digits < raw.len && raw.s[digits] >= '0' && raw.s[digits] <= '9')
		digits++;
	if (digits > 0 && digits == raw.len)
		return raw;
	do {
		struct url_component c;

		more = !url_key_is_single(raw);
		buf_reset(&part);
		c = url_key_cut(&raw, alone, &part);
		memory->failed |= part.failed;
		url_key_part(memory, c, alone);
		if (more)
			buf_char(memory, ',');
	} while (more);
	memory->failed |= part.failed; /* or it would be another row's key */
	buf_release(&part);
	return (struct str){memory->data + from, memory->len - from};
}

static void
decode_segments(const struct route *r, struct request *req)
{
	req->n_names = req->n_segments - (r->row_key ? 1 : 0);
	for (size_t i = 0; i < req->n_segments; i++) {
		size_t from = req->memory.len;

		if (i >= req->n_names) {
			req->segments[i] =
			    canonical_row_key(&req->memory, req->segments[i]);
			continue;
		}
		url_unname(&req->memory, req->segments[i]);
		req->segments[i] = (struct str){
		    req->memory.data + from, req->memory.len - from};
	}
}

struct str
route_database(const struct request *req)
{
	const char *reads = req->route->reads;

	return reads == NULL ? req->segments[0] : str_of(reads);
}

const struct params *
route_params(const struct route *r)
{
	static const struct params none = {.n = 0};

	return r->params == NULL ? &none : r->params;
}

static int
no_memory(struct buf *why)
{
	buf_reset(why);
	buf_lit(why, "Out of memory.");
	return 503;
}

int
route_request(const struct routes *routes, struct request *req, struct buf *why)
{
	const struct route *r = req->route = find_route(routes, req);
	bool ok;

	if (req->method == METHOD_OTHER) {
		struct str m = utf8_cut(req->method_name, 40);

		buf_printf(why,
		    "%.*s is not possible here: pages are read "
		    "with GET or HEAD.",
		    (int)m.len, m.s);
		return 405;
	}
	if (req->memory.failed)
		return no_memory(why);
	if (r == NULL && has_one_slash_too_many(req)) {
		add_without_slash(req, why);
		return 301;
	}
	if (r == NULL) {
		buf_lit(why, "There is no page at this address.");
		return 404;
	}
	decode_segments(r, req);
	ok = params_read(route_params(r), req, why);
	if (req->memory.failed)
		return no_memory(why);
	return ok ? 200 : 400;
}

struct page *
route_refusal(const struct routes *routes, const struct request *req,
    int status, const struct buf *why)
{
	struct page *page;

	alloc_begin();
	page = page_new();
	if (page == NULL || why->failed) {
		page_unref(page);
		return NULL;
	}
	if (status == 301)
		buf_printf(&page->header, "Location: %s\r\n", buf_cstr(why));
	if (status == 405)
		buf_lit(&page->header, "Allow: GET, HEAD\r\n");
	if (status == 503)
		buf_lit(&page->header, "Retry-After: 5\r\n");
	page_error(page, status, "%s%s", status == 301 ? "The page is at " : "",
	    buf_cstr(why));
	routes->error(req, page);
	return page_checked(page);
}

void
route_query(const struct request *req, struct buf *b)
{
	params_write(route_params(req->route), req, 0, ARGUMENT_NONE, b);
}

void
route_key(const struct request *req, struct buf *key)
{
	assert(req->route != NULL);
	/* An encoded prefix holds no ':', so it can't run into the path. */
	url_path(key, req->prefix);
	buf_char(key, ':');
	/* An encoded name may look like another route's path. */
	buf_str(key, req->route->name);
	buf_char(key, ':');
	request_path(req, key);
	buf_str(key, request_suffix(req->format));
	route_query(req, key);
	if (req->resume.len > 0) {
		buf_char(key, '#');
		url_arg(key, str_of_buf(&req->resume));
	}
}
