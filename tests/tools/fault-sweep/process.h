#ifndef FAULT_SWEEP_PROCESS_H
#define FAULT_SWEEP_PROCESS_H

#include <stdbool.h>

#include "tests/tools/fault-sweep/reply.h"
#include "tests/tools/fault.h"

/*
 * squall under fault.so, in a folder of its own: squall.ini is there, its
 * listening socket, log and output come to be there.
 */
struct process {
	const char *const *arguments; /* after squall's name */
	struct fault *fault;
	int out, log; /* files */
	int server;   /* the way to the fork server; -1: there is none */
	int pid;      /* 0: it does not run */
};

/* Ends the fork server, if there is one. */
void process_release(struct process *);

enum { PROCESS_HUNG = -1 };

/* Ends with a message if something is missing. */
void process_init(struct process *, const char *const *arguments);

/*
 * Starts it, with empty files.  The fork server, which is started first, does
 * it in a third of the time, but is the parent then.
 */
void process_serve_forks(struct process *);
void process_start(struct process *);

/*
 * One that walks (fault.h) goes on to its next child, which is `pid` then and
 * is to be waited for.  False: it is at its end.
 */
bool process_walks_on(struct process *);

/* Its status, as waitpid has it, or PROCESS_HUNG: it has been killed then. */
int process_wait(struct process *);

/* Has it ended?  Then `status` is set. */
bool process_has_ended(struct process *, int *status);

/* All that is in the file. */
struct reply process_read(int fd);

/* Empties the file. */
void process_clear(int fd);

#endif
