#ifndef SQUALL_DESCRIPTORS_H
#define SQUALL_DESCRIPTORS_H

#include "app/render/site.h"

/*
 * How the descriptors that the process may have (RLIMIT_NOFILE) are shared:
 * among the databases of each thread, the store's servers and connections.
 * Where they are few, databases get half of them.
 */

/* Raises the limit as far as it goes without privileges. */
void descriptors_raise(void);

/* For the databases of each renderer, and of the event loop. */
size_t descriptors_for_databases(const struct site *);

/* The rest, for connections; those open by now count as taken. */
size_t descriptors_for_connections(const struct site *);

#endif
