#ifndef SQUALL_SETTINGS_H
#define SQUALL_SETTINGS_H

#include <stdint.h>

/*
 * Settings for the pages of all databases, under the names that Datasette has
 * for them.  Switches are 1 or 0.
 */
struct settings {
	int64_t max_rows;       /* of a page, a query's result or a facet */
	int64_t page_size;      /* rows of a table's page unless it says more */
	int64_t facet_size;     /* values of a facet, likewise */
	int64_t facet_limit_ms; /* for one facet */
	int64_t suggest_limit_ms; /* for suggestions */
	int64_t allow_facet;      /* visitors choose columns to facet by */
	int64_t suggest_facets;
	int64_t nofollow; /* search engines are kept from further addresses */
	int64_t noindex;  /* of a table, and from indexing them */
	int64_t robots;   /* 1: they are not welcome at all */
	int64_t csv_formulas; /* 1: a quote before what looks like one */
};

enum { SETTINGS_MAX_ROWS = 1000 }; /* max_rows, where nothing is set */

extern const struct settings settings_default;

#endif
