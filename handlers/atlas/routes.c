/*
 * The atlas's pages.  What they show, programs find in the database's own.
 */
#include "handlers/atlas/routes.h"

#include "handlers/atlas/countries.h"
#include "handlers/atlas/country.h"
#include "handlers/atlas/front.h"
#include "handlers/atlas/place.h"
#include "handlers/atlas/search.h"

static const struct route rows[] = {
    {
	.name = "atlas",
	.path = "/",
	.reads = "atlas",
	.handler = front_page,
	.only_html = true,
    },
    {
	.name = "countries",
	.path = "/countries",
	.reads = "atlas",
	.handler = countries_page,
	.only_html = true,
    },
    {
	.name = "country",
	.path = "/countries/:code",
	.reads = "atlas",
	.handler = country_page,
	.only_html = true,
    },
    {
	.name = "place",
	.path = "/places/:id",
	.reads = "atlas",
	.handler = place_page,
	.only_html = true,
    },
    {
	.name = "search",
	.path = "/search",
	.reads = "atlas",
	.handler = search_page,
	.params = &search_params,
    },
};

const struct routes atlas_routes = {
    .rows = rows,
    .n = sizeof(rows) / sizeof(*rows),
};
