#ifndef SQUALL_WORKER_H
#define SQUALL_WORKER_H

#include "app/render/site.h"

/*
 * Serves FastCGI on listening sockets until SIGTERM or SIGINT, then finishes
 * the requests that have come.  After SIGHUP from the master it accepts nothing
 * more, and ends when each connection has had one more reply or a minute has
 * gone.  SIGUSR1 opens the logs anew.  `link` is to the master (see link.h), or
 * -1.  Returns the process's exit status.
 */
int worker_run(const struct site *, const int *listeners, size_t n, int link);

#endif
