#ifndef SQUALL_POOL_H
#define SQUALL_POOL_H

#include <stddef.h>

/*
 * The master: keeps `n` worker processes running until SIGTERM or SIGINT, then
 * has them finish what they have accepted.
 *
 * `work` runs in each worker process with SIGTERM and SIGINT blocked, and
 * returns the process's exit status.  `slot`, below n, is the worker's own
 * while it lives, and its successor's.  pool_run returns the master's status.
 */
int pool_run(size_t n, int (*work)(void *arg, size_t slot), void *arg);

#endif
