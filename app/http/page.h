#ifndef SQUALL_PAGE_H
#define SQUALL_PAGE_H

#include <stdint.h>

#include "app/http/media.h"
#include "app/text/buf.h"

/*
 * A page: what a handler makes, caches keep and `respond` sends.  A plain
 * value; it knows neither who asked for it nor how it travels.
 *
 * References are counted without locks: a page belongs to one thread at a
 * time.  A renderer makes it and hands it over, from then on the event loop
 * alone has it.
 *
 * Hosts that share a store have but the time of day in common.  Within a
 * process a page ages by the steady clock, whatever the other is set to.
 */
enum { PAGE_CUT_SHORT_S = 5 }; /* the expiry of a page that is cut short */

struct page {
	unsigned refs;
	int status;                /* HTTP status */
	enum media type;           /* Content-Type */
	const char *browser_cache; /* Cache-Control; NULL: no-cache */
	char tag[33];      /* entity tag of the plain body; "" for none */
	size_t plain_len;  /* of a body compressed with gzip; 0: it is plain */
	struct buf body;   /* the entity; for an error, first its message */
	bool whole;        /* an error's body is the entity already */
	struct buf header; /* further header lines, each ending in "\r\n" */
	/*
	 * Part of a stream: what follows is the page for the same request with
	 * this as its `resume`, and so on until it is empty.  Each part is made
	 * when the one before has been sent, so a stream takes no more memory
	 * than a part of it.  Only for requests that are `uncached`.
	 */
	struct buf next;
	bool transient;     /* shows a passing failure: not to be kept */
	int64_t made_ms;    /* when it was rendered, clock_wall_ms */
	int64_t expires_ms; /* from when it may not be served; 0: not kept */
	uint64_t version;   /* of the data that it shows, or an older one */
	int64_t ends_ms;    /* as expires_ms, by clock_steady_ms */
	int64_t
	    checked_ms;  /* when it was last known to be up to date, so too */
	int64_t fresh_s; /* how far behind a browser may show it; 0: not */
	int64_t stale_if_error_s; /* for browsers that do show it so */
	bool cut_short;           /* it lacks what there was no time for */
	bool time_dependent; /* it shows what changes with time or chance */
};

/* A new, empty page with status 200 and one reference; NULL: out of memory. */
struct page *page_new(void);

struct page *page_ref(struct page *);

/* Gives a reference back; the last one frees the page.  NULL is harmless. */
void page_unref(struct page *);

/*
 * Turns the page into an error: its status, and one sentence for the reader,
 * plain text without secrets, in place of the body.  Returns the status, so
 * that a handler can leave with it.
 */
int page_error(struct page *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The page; or NULL, and it is freed, if memory has failed while it was made:
 * since the thread's alloc_begin.
 */
struct page *page_checked(struct page *) __attribute__((warn_unused_result));

/* The bytes it occupies, for the bounds of caches. */
size_t page_size(const struct page *);

#endif
