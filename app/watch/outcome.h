#ifndef SQUALL_OUTCOME_H
#define SQUALL_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

/* How a reply came about: for Cache-Status, the access log and the counters. */
enum outcome_kind {
	OUTCOME_MEMORY,    /* from the memory tier */
	OUTCOME_STORE,     /* from the store */
	OUTCOME_MISS,      /* rendered */
	OUTCOME_COLLAPSED, /* waited for: rendered for somebody else */
	OUTCOME_BEHIND,    /* from memory, behind, while a new one is made */
	OUTCOME_ERROR,     /* from memory, behind, since rendering failed */
	OUTCOME_BYPASS,    /* without looking: refused, or never kept */
};

enum { OUTCOMES = OUTCOME_BYPASS + 1 };

struct outcome {
	enum outcome_kind kind;
	const char
	    *store;       /* that had an OUTCOME_STORE or _COLLAPSED, or NULL */
	bool stored;      /* an OUTCOME_MISS was kept */
	bool stale;       /* there was a page, of another version or expired */
	bool expired;     /* it was the latter */
	uint64_t version; /* of the data, where `stale`; 0: not known */
	unsigned queries; /* SQL statements of an OUTCOME_MISS */
	/* Microseconds that each part took; render_us includes db_us. */
	int64_t store_us, db_us, render_us;
};

#endif
