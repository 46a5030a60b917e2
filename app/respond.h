#ifndef SQUALL_RESPOND_H
#define SQUALL_RESPOND_H

#include "app/page.h"

/* How a reply came about: for Cache-Status and the access log. */
enum outcome_kind {
	OUTCOME_MEMORY,    /* from the memory tier */
	OUTCOME_STORE,     /* from the store */
	OUTCOME_MISS,      /* rendered */
	OUTCOME_COLLAPSED, /* rendered for somebody else at the same time */
	OUTCOME_BYPASS,    /* refused without looking: it has no page */
};

struct outcome {
	enum outcome_kind kind;
	const char *store; /* the name of an OUTCOME_STORE's */
	bool stored;       /* an OUTCOME_MISS was kept */
};

/*
 * Adds the head of a reply as CGI has it (RFC 3875, section 6): a Status line,
 * header lines and the empty line.  Cache-Status is RFC 9211's.
 */
void respond_head(
    struct buf *, const struct page *, const struct outcome *, int64_t now_ms);

/* "hit-memory", "hit-memcached", "miss", "collapsed" or "bypass". */
void respond_outcome(struct buf *, const struct outcome *);

#endif
