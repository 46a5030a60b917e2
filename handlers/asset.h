#ifndef SQUALL_ASSET_H
#define SQUALL_ASSET_H

#include "app/route.h"

/* The stylesheet, compiled in, under a name that changes with its content. */
handler asset_file;

/* "style-<hash>.css", below /-/static/. */
const char *asset_style_name(void);

#endif
