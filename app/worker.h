#ifndef SQUALL_WORKER_H
#define SQUALL_WORKER_H

#include "app/site.h"

/*
 * Serves FastCGI on listening sockets until SIGTERM or SIGINT, then finishes
 * what it has accepted.  Returns the process's exit status.
 */
int worker_run(const struct site *, const int *listeners, size_t n);

#endif
