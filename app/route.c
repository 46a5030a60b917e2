/*
 * From a request's path and query to a row of the route table, and to the key
 * under which its page is kept.
 */
#include "app/route.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "app/url.h"
#include "app/utf8.h"

/* Cuts ".json" off the last segment: what remains, and the format. */
static bool
cut_suffix(struct str *segment, enum format *format)
{
	const char *dot = memrchr(segment->s, '.', segment->len);
	struct str suffix;

	*format = FORMAT_HTML;
	if (dot == NULL)
		return true;
	suffix = (struct str){dot, (size_t)(segment->s + segment->len - dot)};
	if (!str_is(suffix, ".json"))
		return false;
	*format = FORMAT_JSON;
	segment->len -= suffix.len;
	return true;
}

/* Whether the pattern has just these segments. */
static bool
matches(const char *pattern, const struct str *segments, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len;

		if (*pattern != '/')
			return false;
		pattern++;
		len = strcspn(pattern, "/");
		if (len == 0)
			return false;
		if (*pattern == ':') {
			if (segments[i].len == 0)
				return false;
		} else if (!str_eq((struct str){pattern, len}, segments[i])) {
			return false;
		}
		pattern += len;
	}
	return *pattern == '\0' || (n == 0 && strcmp(pattern, "/") == 0);
}

static const struct route *
find(const struct routes *routes, struct request *req)
{
	struct str last = {0};
	enum format format = FORMAT_HTML;
	bool suffix_known = true;

	if (req->n_segments > 0) {
		last = req->segments[req->n_segments - 1];
		suffix_known = cut_suffix(&last, &format);
	}
	for (size_t i = 0; i < routes->n; i++) {
		const struct route *r = &routes->rows[i];
		struct str segments[REQUEST_SEGMENTS];
		size_t n = req->n_segments;

		if (!r->file && !suffix_known)
			continue;
		memcpy(segments, req->segments, sizeof(segments));
		if (!r->file && n > 0) {
			segments[n - 1] = last;
			if (n == 1 && last.len == 0 && format != FORMAT_HTML)
				n = 0; /* "/.json" is the index as JSON */
		}
		if (!matches(r->path, segments, n))
			continue;
		memcpy(req->segments, segments, sizeof(segments));
		req->n_segments = n;
		req->format = r->file ? FORMAT_FILE : format;
		return r;
	}
	/* So that the error page comes in the format that was asked for. */
	req->format = format;
	return NULL;
}

/*
 * Whether it is the address of a page but for a slash at its end.  No other
 * segment may be empty: "//host/" must not become a way to another host.
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

/* "/atlas/" is "/atlas", with the query it had. */
static void
without_slash(const struct request *req, struct buf *to)
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

			/* No line ends in a header, whoever sent them. */
			if (c > 0x20 && c < 0x7f)
				buf_char(to, (char)c);
		}
	}
}

/*
 * Brings an encoded key into the one form that url_name and url_part write, so
 * that a row has one address, and its page one key.
 */
static struct str
canonical_row_key(struct buf *memory, struct str raw)
{
	bool alone = url_key_is_single(raw), more;
	size_t from = memory->len;
	struct buf part = {0};
	size_t digits = 0;

	/* The usual key is a number, which is written in one way only. */
	while (digits < raw.len && raw.s[digits] >= '0' && raw.s[digits] <= '9')
		digits++;
	if (digits > 0 && digits == raw.len)
		return raw;
	do {
		struct url_component c;

		more = !url_key_is_single(raw);
		buf_reset(&part);
		c = url_key_cut(&raw, alone, &part);
		url_key_part(memory, c, alone);
		if (more)
			buf_char(memory, ',');
	} while (more);
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

static bool
parse_int(struct str text, int64_t min, int64_t max, int64_t *value)
{
	char digits[24];
	char *end;
	long long v;

	if (text.len == 0 || text.len >= sizeof(digits) ||
	    strspn(text.s, "-0123456789") < text.len)
		return false;
	memcpy(digits, text.s, text.len);
	digits[text.len] = '\0';
	errno = 0;
	v = strtoll(digits, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return false;
	*value = v;
	return true;
}

static bool
read_value(const struct param *p, struct str text, struct value *value,
    struct buf *why)
{
	struct str shown = utf8_cut(text, 80);

	switch (p->type) {
	case PARAM_INT:
		if (parse_int(text, p->min, p->max, &value->number))
			break;
		buf_printf(why,
		    "%s: expected a whole number from %" PRId64 " to %" PRId64
		    ", got \"%.*s\".",
		    p->name, p->min, p->max, (int)shown.len, shown.s);
		return false;
	case PARAM_TEXT:
		if (text.len <= (size_t)p->max && utf8_valid(text))
			break;
		buf_printf(why,
		    "%s: expected UTF-8 text of at most %" PRId64 " bytes.",
		    p->name, p->max);
		return false;
	}
	value->given = true;
	value->text = text;
	return true;
}

/* One NAME=VALUE of the query string; the first of a name counts. */
static bool
read_argument(
    const struct route *r, struct request *req, struct str arg, struct buf *why)
{
	const char *equals = memchr(arg.s, '=', arg.len);
	size_t name_len = equals == NULL ? arg.len : (size_t)(equals - arg.s);
	struct str raw = {arg.s + name_len, arg.len - name_len};
	size_t from = req->memory.len;
	struct str name, text;

	if (equals != NULL) {
		raw.s++;
		raw.len--;
	}
	url_unarg(&req->memory, (struct str){arg.s, name_len});
	name = (struct str){req->memory.data + from, req->memory.len - from};
	for (size_t i = 0; i < r->n_params; i++) {
		if (!str_is(name, r->params[i].name))
			continue;
		if (req->values[i].given)
			return true;
		from = req->memory.len;
		url_unarg(&req->memory, raw);
		text = (struct str){
		    req->memory.data + from, req->memory.len - from};
		return read_value(&r->params[i], text, &req->values[i], why);
	}
	return true;
}

static bool
read_query(const struct route *r, struct request *req, struct buf *why)
{
	const char *p = req->query.s, *end = p + req->query.len;

	for (size_t i = 0; i < r->n_params; i++)
		req->values[i] = (struct value){.number = r->params[i].def};
	while (p < end) {
		const char *amp = memchr(p, '&', (size_t)(end - p));
		const char *stop = amp == NULL ? end : amp;

		if (!read_argument(
			r, req, (struct str){p, (size_t)(stop - p)}, why))
			return false;
		p = stop + 1;
	}
	return true;
}

int
route_request(const struct routes *routes, struct request *req,
    const struct route **route, struct buf *why)
{
	const struct route *r = find(routes, req);

	*route = r;
	req->route = r;
	if (req->method == METHOD_OTHER) {
		struct str m = utf8_cut(req->method_name, 40);

		buf_printf(why,
		    "%.*s is not possible here: pages are read "
		    "with GET or HEAD.",
		    (int)m.len, m.s);
		return 405;
	}
	if (r == NULL && has_one_slash_too_many(req)) {
		without_slash(req, why);
		return 301;
	}
	if (r == NULL) {
		buf_lit(why, "There is no page at this address.");
		return 404;
	}
	decode_segments(r, req);
	return read_query(r, req, why) ? 200 : 400;
}

void
route_query(const struct request *req, struct buf *b)
{
	const struct route *r = req->route;
	char mark = '?';

	for (size_t i = 0; i < r->n_params; i++) {
		const struct param *p = &r->params[i];
		const struct value *v = &req->values[i];

		if (!v->given || (p->type == PARAM_INT && v->number == p->def))
			continue;
		buf_char(b, mark);
		buf_str(b, p->name);
		buf_char(b, '=');
		if (p->type == PARAM_INT)
			buf_printf(b, "%" PRId64, v->number);
		else
			url_arg(b, v->text);
		mark = '&';
	}
}

void
route_key(const struct request *req, struct buf *key)
{
	/* An encoded prefix holds no ':', so it can't run into the path. */
	url_path(key, req->prefix);
	buf_char(key, ':');
	/* A name may be encoded so that it looks like another route's path. */
	buf_str(key, req->route->name);
	buf_char(key, ':');
	request_path(req, key);
	if (req->format == FORMAT_JSON)
		buf_lit(key, ".json");
	route_query(req, key);
}
