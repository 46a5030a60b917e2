#ifndef SQUALL_ATLAS_ROUTES_H
#define SQUALL_ATLAS_ROUTES_H

#include "app/http/route.h"

/* The pages of the demo: the world atlas. */
extern const struct routes atlas_routes;

#endif
