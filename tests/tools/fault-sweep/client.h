#ifndef FAULT_SWEEP_CLIENT_H
#define FAULT_SWEEP_CLIENT_H

#include "tests/tools/fault-sweep/reply.h"

/* How long anything may take.  Longer than squall's own limits. */
enum { HANG_S = 60 };

/* A request's variables, NAME=VALUE, ended by NULL. */
extern char *client_variables[64];

/* Variables for a GET of this address, and header fields (HTTP_NAME=VALUE). */
void client_prepare(const char *uri, char *const fields[]);

/*
 * Asks over FastCGI, on a connection of its own.  False: it took HANG_S.  What
 * has come of the reply until the connection ended is in `reply` else.
 */
bool client_ask(const char *socket_path, struct reply *reply);

/* Does somebody listen there? */
bool client_can_connect(const char *socket_path);

#endif
