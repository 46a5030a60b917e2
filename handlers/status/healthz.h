#ifndef SQUALL_HEALTHZ_H
#define SQUALL_HEALTHZ_H

#include "app/http/route.h"

/* "/-/healthz": 200 and "ready"; 503 and "draining" where squall is to end. */
live_handler healthz_page;

#endif
