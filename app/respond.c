/*
 * From a page to the head of a reply.  The body follows as it lies in the page.
 */
#include "app/respond.h"

#include <inttypes.h>

static const struct {
	int status;
	const char *line;
} statuses[] = {
    {200, "200 OK"},
    {301, "301 Moved Permanently"},
    {304, "304 Not Modified"},
    {400, "400 Bad Request"},
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
	int64_t ttl_s = (page->expires_ms - now_ms) / 1000;

	switch (o->kind) {
	case OUTCOME_MEMORY:
	case OUTCOME_STORE:
		buf_printf(b, "squall; hit; ttl=%" PRId64 "; detail=%s", ttl_s,
		    o->kind == OUTCOME_MEMORY ? "memory" : o->store);
		break;
	case OUTCOME_MISS:
		buf_str(b,
		    o->stored ? "squall; fwd=uri-miss; stored"
			      : "squall; fwd=uri-miss");
		break;
	case OUTCOME_COLLAPSED:
		buf_lit(b, "squall; fwd=uri-miss; collapsed");
		break;
	case OUTCOME_BYPASS:
		buf_lit(b, "squall; fwd=bypass");
		break;
	}
}

void
respond_head(struct buf *b, const struct page *page, const struct outcome *o,
    int64_t now_ms)
{
	buf_lit(b, "Status: ");
	buf_str(b, status_line(page->status));
	buf_lit(b, "\r\nContent-Type: ");
	buf_str(b, page->type);
	buf_printf(b, "\r\nContent-Length: %zu", page->body.len);
	buf_lit(b, "\r\nCache-Control: ");
	buf_str(b,
	    page->browser_cache != NULL && page->status == 200
		? page->browser_cache
		: "no-cache");
	buf_lit(b, "\r\nCache-Status: ");
	cache_status(b, page, o, now_ms);
	buf_lit(b,
	    "\r\nX-Content-Type-Options: nosniff\r\n"
	    "Referrer-Policy: same-origin\r\n"
	    "Content-Security-Policy: default-src 'none'; "
	    "style-src 'self'; img-src 'self' data:; "
	    "form-action 'self'; base-uri 'none'; "
	    "frame-ancestors 'self'\r\n");
	buf_add(b, page->header.data, page->header.len);
	buf_lit(b, "\r\n");
}

void
respond_outcome(struct buf *b, const struct outcome *o)
{
	static const char *const words[] = {
	    [OUTCOME_MEMORY] = "hit-memory",
	    [OUTCOME_STORE] = "hit-",
	    [OUTCOME_MISS] = "miss",
	    [OUTCOME_COLLAPSED] = "collapsed",
	    [OUTCOME_BYPASS] = "bypass",
	};

	buf_str(b, words[o->kind]);
	if (o->kind == OUTCOME_STORE)
		buf_str(b, o->store);
}
