#ifndef SQUALL_CGI_H
#define SQUALL_CGI_H

#include "app/render/site.h"

/* True if a web server has started this process for one CGI request. */
bool cgi_is_asked_for(void);

/*
 * The arguments without those that come from the client: a server may pass the
 * words of a query string that has no '=' on as arguments (RFC 3875, section
 * 4.4), and they must not become options.  Returns how many are left.
 */
int cgi_own_arguments(int argc, char *const argv[]);

/* Answers the request on standard output; returns the exit status. */
int cgi_run(const struct site *);

/* Answers that squall can't serve, when it can't even start. */
void cgi_fail(void);

#endif
