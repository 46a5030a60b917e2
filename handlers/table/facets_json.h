#ifndef SQUALL_FACETS_JSON_H
#define SQUALL_FACETS_JSON_H

#include "handlers/page/extras.h"

/* The extras of facets, by their names; the page is a table_view. */
extra_writer facets_json_results, facets_json_sorted, facets_json_timed_out,
    facets_json_suggested;

#endif
