/*
 * The custom sites.  To add one: a folder beside this file, and a row here.
 */
#include "handlers/sites.h"

#include "handlers/atlas/routes.h"

static const struct custom_site sites[] = {
    {"atlas", "atlas", &atlas_routes},
};

enum { N_SITES = sizeof(sites) / sizeof(*sites) };

const struct custom_site *
sites_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < N_SITES; i++) {
		if (strcmp(sites[i].name, name) == 0)
			return &sites[i];
	}
	return NULL;
}

void
sites_list(struct buf *b)
{
	for (size_t i = 0; i < N_SITES; i++)
		buf_printf(b, "%s\"%s\"", i == 0 ? "" : ", ", sites[i].name);
}
