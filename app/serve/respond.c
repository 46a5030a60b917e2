/*
 * From a page to the head of a reply.  The body follows as it lies in the page.
 */
#include "app/serve/respond.h"

#include <inttypes.h>

#include "app/serve/negotiate.h"

enum { HEAD_BYTES = 1024 }; /* of the usual head, so that it grows once */

static const struct {
	int status;
	const char *line;
} statuses[] = {
    {200, "200 OK"},
    {301, "301 Moved Permanently"},
    {302, "302 Found"},
    {304, "304 Not Modified"},
    {400, "400 Bad Request"},
    {403, "403 Forbidden"},
    {404, "404 Not Found"},
    {405, "405 Method Not Allowed"},
    {414, "414 URI Too Long"},
    {500, "500 Internal Server Error"},
    {503, "503 Service Unavailable"},
};

static const char *
status_line(int status)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		if (statuses[i].status == status)
			return statuses[i].line;
	}
	return "500 Internal Server Error";
}

static void
cache_status(struct buf *b, const struct page *page, const struct outcome *o,
    int64_t now_ms)
{
	int64_t ttl_s = (page->ends_ms - now_ms) / 1000;

	switch (o->kind) {
	case OUTCOME_MEMORY:
	case OUTCOME_STORE:
		buf_lit(b, "squall; hit; ttl=");
		buf_int(b, ttl_s);
		buf_lit(b, "; detail=");
		buf_str(b, o->kind == OUTCOME_MEMORY ? "memory" : o->store);
		break;
	case OUTCOME_MISS:
	case OUTCOME_COLLAPSED:
		buf_str(
		    b, o->stale ? "squall; fwd=stale" : "squall; fwd=uri-miss");
		if (o->kind == OUTCOME_COLLAPSED)
			buf_lit(b, "; collapsed");
		else if (o->stored)
			buf_lit(b, "; stored");
		if (o->stale && o->expired)
			buf_lit(b, "; detail=expired");
		else if (o->stale && o->version != 0)
			buf_printf(b, "; detail=\"version %016" PRIx64 "\"",
			    o->version);
		else if (o->store != NULL)
			buf_printf(b, "; detail=%s", o->store);
		break;
	case OUTCOME_BEHIND:
		buf_printf(b, "squall; hit; ttl=%" PRId64 "; detail=behind",
		    ttl_s < 0 ? ttl_s : 0);
		break;
	case OUTCOME_ERROR:
		buf_lit(b,
		    "squall; fwd=stale; fwd-status=503; "
		    "detail=stale-if-error");
		break;
	case OUTCOME_BYPASS:
		buf_lit(b, "squall; fwd=bypass");
		break;
	}
}

struct form
respond_form(const struct request *req, const struct page *page, bool cors)
{
	struct str tag = {page->tag, strlen(page->tag)};

	return (struct form){
	    .not_modified = page->status == 200 && tag.len > 0 &&
		req->if_none_match.len > 0 &&
		negotiate_etag(req->if_none_match, tag),
	    .inflate =
		page->plain_len > 0 && !negotiate_gzip(req->accept_encoding),
	    .cors = cors && media_is_data(page->type),
	};
}

/*
 * For the Fetch standard's CORS protocol: data may be read by any site's
 * scripts, and the link to the next page with it.
 */
static void
cors_fields(struct buf *b)
{
	buf_lit(b,
	    "Access-Control-Allow-Origin: *\r\n"
	    "Access-Control-Allow-Headers: Authorization, Content-Type\r\n"
	    "Access-Control-Allow-Methods: GET, HEAD\r\n"
	    "Access-Control-Expose-Headers: Link\r\n");
}

/* The fields that describe the entity, which a 304 leaves out. */
static void
entity_fields(struct buf *b, const struct page *page, struct form form)
{
	buf_lit(b, "Content-Type: ");
	buf_str(b, media_type(page->type));
	buf_lit(b, "\r\n");
	if (page->next.len == 0) {
		buf_lit(b, "Content-Length: ");
		buf_int(b,
		    (int64_t)(form.inflate ? page->plain_len : page->body.len));
		buf_lit(b, "\r\n");
	}
	if (page->plain_len > 0 && !form.inflate)
		buf_lit(b, "Content-Encoding: gzip\r\n");
	buf_lit(b,
	    "X-Content-Type-Options: nosniff\r\n"
	    "Referrer-Policy: same-origin\r\n"
	    "Content-Security-Policy: default-src 'none'; "
	    "style-src 'self'; script-src 'self'; connect-src 'self'; "
	    "img-src 'self' data:; "
	    "form-action 'self'; base-uri 'none'; "
	    "frame-ancestors 'self'\r\n");
	buf_add(b, page->header.data, page->header.len);
}

/* The Cache-Control that the page's own header lines have; "" for none. */
static struct str
own_cache_control(const struct page *page)
{
	static const char name[] = "Cache-Control: ";
	const char *at = strstr(buf_cstr(&page->header), name);

	if (at == NULL)
		return (struct str){"", 0};
	at += sizeof(name) - 1;
	return (struct str){at, strcspn(at, "\r")};
}

/*
 * A browser may show the page for what is left of the time that it may be
 * behind: half of it without asking, half while it asks.
 */
static void
cache_control(struct buf *b, const struct page *page, int64_t now_ms)
{
	int64_t left_ms = page->checked_ms + page->fresh_s * 1000 - now_ms;
	int64_t max_age_s;

	if (page->status == 200 && page->browser_cache != NULL) {
		buf_str(b, page->browser_cache);
		return;
	}
	if (left_ms > page->ends_ms - now_ms)
		left_ms = page->ends_ms - now_ms;
	if (page->status != 200 || page->fresh_s == 0 || left_ms < 1000) {
		buf_lit(b, "no-cache");
		return;
	}
	max_age_s = (left_ms / 1000 + 1) / 2;
	buf_lit(b, "max-age=");
	buf_int(b, max_age_s);
	buf_lit(b, ", stale-while-revalidate=");
	buf_int(b, left_ms / 1000 - max_age_s);
	buf_lit(b, ", stale-if-error=");
	buf_int(b, page->stale_if_error_s);
}

/* Milliseconds with three decimals. */
static void
timing(struct buf *b, const char *name, int64_t us)
{
	const char decimals[] = {'.', (char)('0' + us / 100 % 10),
	    (char)('0' + us / 10 % 10), (char)('0' + us % 10)};

	buf_str(b, name);
	buf_lit(b, ";dur=");
	buf_int(b, us / 1000);
	buf_add(b, decimals, sizeof(decimals));
}

static void
server_timing(struct buf *b, const struct outcome *o)
{
	switch (o->kind) {
	case OUTCOME_MISS:
	case OUTCOME_COLLAPSED:
	case OUTCOME_STORE:
		timing(b, "cache", o->store_us);
		if (o->render_us > 0) {
			timing(b, ", db", o->db_us);
			timing(b, ", render", o->render_us - o->db_us);
		}
		break;
	case OUTCOME_MEMORY:
	case OUTCOME_BEHIND:
	case OUTCOME_ERROR:
	case OUTCOME_BYPASS:
		buf_lit(b, "cache;dur=0"); /* less than can be told */
		break;
	}
}

void
respond_head(struct buf *b, const struct page *page, struct form form,
    const struct outcome *o, int64_t now_ms)
{
	struct str own;

	buf_reserve(b, HEAD_BYTES);
	buf_lit(b, "Status: ");
	buf_str(b, status_line(form.not_modified ? 304 : page->status));
	buf_lit(b, "\r\n");
	if (!form.not_modified)
		entity_fields(b, page, form);
	if (form.cors)
		cors_fields(b);
	if (page->status == 200 && page->tag[0] != '\0') {
		/* Each form has a strong tag of its own. */
		buf_lit(b, "ETag: \"");
		buf_str(b, page->tag);
		buf_str(b,
		    page->plain_len > 0 && !form.inflate ? "-gzip\"\r\n"
							 : "\"\r\n");
	}
	if (page->plain_len > 0)
		buf_lit(b, "Vary: Accept-Encoding\r\n");
	own = own_cache_control(page);
	if (own.len == 0 || form.not_modified) {
		buf_lit(b, "Cache-Control: ");
		buf_add(b, own.s, own.len);
		if (own.len == 0)
			cache_control(b, page, now_ms);
		buf_lit(b, "\r\n");
	}
	buf_lit(b, "Cache-Status: ");
	cache_status(b, page, o, now_ms);
	buf_lit(b, "\r\nServer-Timing: ");
	server_timing(b, o);
	buf_lit(b, "\r\n\r\n");
}

void
respond_outcome(struct buf *b, const struct outcome *o)
{
	static const char *const words[] = {
	    [OUTCOME_MEMORY] = "hit-memory",
	    [OUTCOME_STORE] = "hit-",
	    [OUTCOME_MISS] = "miss",
	    [OUTCOME_COLLAPSED] = "collapsed",
	    [OUTCOME_BEHIND] = "behind",
	    [OUTCOME_ERROR] = "error",
	    [OUTCOME_BYPASS] = "bypass",
	};

	buf_str(b, words[o->kind]);
	if (o->kind == OUTCOME_STORE)
		buf_str(b, o->store);
}
