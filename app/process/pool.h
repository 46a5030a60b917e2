#ifndef SQUALL_POOL_H
#define SQUALL_POOL_H

#include "app/process/children.h"

/* A worker's place in the pool. */
enum { POOL_PLACES = 2048 };

struct pool_place {
	size_t number; /* below POOL_PLACES: no other living worker has it */
	int link;      /* to the master: see link.h */
	bool on_trial; /* if it fails now, a reload is called off */
};

/*
 * The master: keeps worker processes running, each of which serves what a
 * service describes.  It knows nothing of what that is.
 *
 * SIGTERM and SIGINT: the workers finish what they have accepted, and all ends;
 * a worker that takes too long is killed.  SIGHUP: the master reads another
 * service and replaces the workers one by one, each new one ready before an old
 * one stops; if a new one fails, the reload is abandoned.  SIGUSR1: all open
 * their logs anew.  SIGUSR2: the process goes on with the program as it is on
 * disk now; a worker of that is tried first, and if it fails, all stays as it
 * was.
 */
struct pool_ops {
	void *context; /* the first argument of those that have one */

	/* In the child: the process's exit status. */
	int (*work)(void *context, void *service, const struct pool_place *);

	/* How many workers the service wants; at least 1, and under half of
	 * POOL_PLACES. */
	size_t (*workers)(const void *service);

	/* Milliseconds that a replaced worker has to finish; 0: no limit. */
	int64_t (*drain_limit)(const void *service);

	/* A service as it is configured now; NULL: the log knows why not. */
	void *(*reload)(void *context, const void *service);

	/* The service is not needed any more. */
	void (*discard)(void *service);

	/*
	 * Executes the program anew: in a child, as a worker on trial, and in
	 * the master, which hands its workers over.  They return if that can't
	 * be; the log knows why not.
	 */
	void (*execute_worker)(void *context, const struct pool_place *);
	void (*execute_master)(void *context, const struct children *);
};

/*
 * Runs until it is stopped, and returns the process's exit status.  The
 * service is the pool's from now on.  `inherited` are workers that the program
 * had before it was executed anew, in a list whose links are the pool's then:
 * they are replaced.
 */
int
pool_run(const struct pool_ops *, void *service, const struct child *inherited);

#endif
