#ifndef SQUALL_INTROSPECT_H
#define SQUALL_INTROSPECT_H

#include "app/http/route.h"

/*
 * "/-/versions", "/-/databases", "/-/metadata": what is served by what, mainly
 * for programs.
 */
handler introspect_versions, introspect_databases, introspect_metadata;

/* "/robots.txt" */
handler introspect_robots;

#endif
