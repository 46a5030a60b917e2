#ifndef SQUALL_SERVICE_H
#define SQUALL_SERVICE_H

#include "app/config/config.h"
#include "app/process/listener.h"
#include "app/render/site.h"

/*
 * Everything that one generation of workers serves, from the command line and
 * the configuration file.  Nothing of it is opened.
 */
struct service {
	struct config config;
	struct site site; /* its strings are the configuration's */
	struct published *databases;
	struct stored_queries *queries; /* of each database */
	/* The custom site's, the stored queries', and all others. */
	struct routes routes;
	size_t n_custom, n_own;   /* of the first two */
	char *password;           /* of the store */
	struct identity identity; /* to become */
	struct listener_access access;
};

/*
 * Reads and checks it.  NULL if something is wrong, and `why` says what; a
 * service that was read for --help or --version has a configuration only.
 */
struct service *service_read(int argc, char *const argv[], struct buf *why);

/* NULL is harmless. */
void service_free(struct service *);

/*
 * Opens each database once.  False if one can't be read; says which, or with
 * `aloud` what is there, on standard output and standard error.
 */
bool service_check(const struct service *, bool aloud);

#endif
