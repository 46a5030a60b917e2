#ifndef SQUALL_ACCESS_H
#define SQUALL_ACCESS_H

#include "app/http/request.h"
#include "app/serve/respond.h"

/*
 * Adds a request's line to the access log, in the format that the log has been
 * set up for: about a reply with this status and so many bytes of body, `us`
 * microseconds after its request had arrived.
 */
void access_log(const struct request *, const struct outcome *, int status,
    size_t len, int64_t us);

#endif
