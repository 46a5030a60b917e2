#ifndef SQUALL_ASSET_H
#define SQUALL_ASSET_H

#include "app/http/route.h"

/*
 * The files that are compiled in, under names that change with their content.
 */
enum asset_file { ASSET_STYLE, ASSET_SCRIPT };

handler asset_page;

/* "style-<hash>.css" and the like, below /-/static/. */
const char *asset_name(enum asset_file);

#endif
