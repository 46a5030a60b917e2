#ifndef SQUALL_HANDOVER_H
#define SQUALL_HANDOVER_H

#include "app/process/listener.h"
#include "app/process/pool.h"

/*
 * The listening sockets and the workers, which a program hands over to the one
 * that replaces it in the same process.  They travel in the environment, as the
 * variable SQUALL_HANDOVER: a line with the number of the format, and then a
 * line for each thing.
 */
struct handover {
	bool given; /* there is one: this program replaces another */
	struct listeners listeners;
	struct child *workers; /* a list */
	/* For a program that is to be one worker, to be tried: */
	bool is_worker;
	struct pool_place place;
};

/*
 * Reads the handover from the environment, if there is one, and leaves it there
 * for handover_again.  False if it can't be understood, or there is no memory,
 * which `why` says.  To be released in any case.
 */
bool handover_take(struct handover *, struct buf *why);

/* Frees the list of workers; the listeners belong to who has taken them. */
void handover_release(struct handover *);

/*
 * Executes the program that argv[0] names, found as the shell does, which takes
 * the handover.  Returns only if that can't be, with a line in the log.
 */
void handover_execute(char *const argv[], const struct handover *);

/*
 * For a master that could not start in the place of the one before: its workers
 * still serve, so it executes itself once more with what it was handed, after a
 * pause, until that succeeds.  The descriptors must be open still.  Returns if
 * SIGTERM or SIGINT comes.
 */
void handover_again(char *const argv[], const struct handover *);

/* For tests: the text of the variable, and back. */
void handover_format(const struct handover *, struct buf *);
bool handover_parse(struct handover *, const char *text, struct buf *why);

#endif
