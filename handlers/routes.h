#ifndef SQUALL_ROUTES_H
#define SQUALL_ROUTES_H

#include "app/http/route.h"

/* Every page of the generic publisher. */
extern const struct routes routes_publisher;

#endif
