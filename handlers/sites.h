#ifndef SQUALL_SITES_H
#define SQUALL_SITES_H

#include "app/http/route.h"

/*
 * Custom sites: pages of their own beside those that every database has.  Each
 * is a folder of handlers/ and a row in sites.c.
 */
struct custom_site {
	const char *name;     /* for --site */
	const char *database; /* the name of the one that it shows */
	const struct routes *routes;
};

/* NULL: there is none of this name, which may be NULL. */
const struct custom_site *sites_find(const char *name);

/* Adds their names, as a list for people. */
void sites_list(struct buf *);

#endif
