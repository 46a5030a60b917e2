#ifndef SQUALL_HANDLERS_STATUS_H
#define SQUALL_HANDLERS_STATUS_H

#include "app/http/route.h"

/* "/-/status": workers, caches, latencies, databases; as JSON as well. */
live_handler status_page;

#endif
