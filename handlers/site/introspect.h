#ifndef SQUALL_INTROSPECT_H
#define SQUALL_INTROSPECT_H

#include "app/http/route.h"

/*
 * "/-/versions", "/-/databases", "/-/metadata": what is served by what, mainly
 * for programs.
 */
handler versions_page, databases_page, metadata_page;

/* "/robots.txt" */
handler robots_file;

#endif
