#ifndef SQUALL_OUTCOME_H
#define SQUALL_OUTCOME_H

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

#endif
