#ifndef SQUALL_CHART_SPEC_H
#define SQUALL_CHART_SPEC_H

#include "app/text/buf.h"
#include "app/text/str.h"

/*
 * A chart as the operator's files describe it: its kind, and columns by their
 * names, both of which may be missing:
 *
 *	bar x=name y=population
 *	line y="mean of ""it"""
 */
enum chart_kind {
	CHART_NONE,
	CHART_BAR,
	CHART_LINE,
	CHART_SCATTER,
	CHART_HISTOGRAM,
};

extern const char *const chart_spec_kinds[]; /* their names; end with a NULL */

struct chart_spec {
	enum chart_kind kind;
	char *x, *y; /* NULL: the page chooses */
};

/* False, and what is wrong with it; to be released in any case. */
bool chart_spec_parse(struct chart_spec *, struct str text, struct buf *why);

void chart_spec_release(struct chart_spec *);

#endif
