/*
 * The settings where nothing is set.  Read by options.c, and by whoever has no
 * configuration.
 */
#include "app/config/settings.h"

const struct settings settings_default = {
    .max_rows = SETTINGS_MAX_ROWS,
    .page_size = 100,
    .facet_size = 30,
    .facet_limit_ms = 200,
    .suggest_limit_ms = 50,
    .allow_facet = 1,
    .suggest_facets = 1,
    .nofollow = 1,
    .noindex = 1,
};
