#ifndef SQUALL_RESPOND_H
#define SQUALL_RESPOND_H

#include "app/http/page.h"
#include "app/http/request.h"
#include "app/watch/outcome.h"

/* In which form a page goes to a client. */
struct form {
	bool not_modified; /* the client has it already: no body */
	bool inflate; /* the page is compressed, the client wants it plain */
	bool cors;    /* scripts of other sites may read it */
};

/* `cors`: the site lets them read data. */
struct form
respond_form(const struct request *, const struct page *, bool cors);

/*
 * Adds the head of a reply as CGI has it (RFC 3875, section 6): a Status line,
 * header lines and the empty line.  Cache-Status is RFC 9211's, Server-Timing
 * W3C's, Cache-Control RFC 9111's with RFC 5861's extensions.
 * `now_ms` is the steady clock's.
 */
void respond_head(struct buf *, const struct page *, struct form,
    const struct outcome *, int64_t now_ms);

/* "hit-memory", "hit-memcached", "miss", "collapsed", "behind",
 * "error" or "bypass". */
void respond_outcome(struct buf *, const struct outcome *);

#endif
