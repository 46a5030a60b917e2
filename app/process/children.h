#ifndef SQUALL_CHILDREN_H
#define SQUALL_CHILDREN_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The worker processes of a pool as their master sees them: how they are
 * forked, heard of, told to finish, killed and buried.  What they are for is
 * not known here.
 */
enum child_state {
	CHILD_STARTING,
	CHILD_SERVING,
	CHILD_RETIRING, /* it was told to finish */
};

struct child {
	struct child *next;
	pid_t pid;
	size_t place; /* a number that no other living worker has */
	int link;     /* to read from: see link.h; -1: it has been closed */
	enum child_state state;
	unsigned generation; /* of its service */
	bool unwanted;       /* it asked to be replaced */
	int64_t
	    deadline_us;   /* when it is to be killed, unless it is heard of */
	int64_t finish_us; /* and when in any case; INT64_MAX: never */
};

struct pollfd;

struct children {
	struct child *first;
	struct pollfd *fds; /* room for what children_wait waits for */
	size_t places;      /* numbers of places are below it */
};

/* False without memory, with errno; to be released in any case. */
bool children_init(struct children *, size_t places);

/* Forgets them: they go on. */
void children_release(struct children *);

/*
 * Forks one.  Returns 1 in the master; 0 in the new process, which has no
 * other's link, ends when its master does, and gets its place and its end of
 * the link (close-on-exec); -1, with errno, if it can't be.
 */
int
children_fork(struct children *, unsigned generation, size_t *place, int *link);

/*
 * Takes a process over that is this one's child already, as children_fork has
 * made it before this program was executed.  One that was told to finish then
 * has `ms` from now on, as with children_retire.  False without memory.
 */
bool children_adopt(struct children *, const struct child *, int64_t ms);

/*
 * Asks the child to finish, by a signal.  SIGKILL follows when its signs of
 * life stop, or after `ms` milliseconds (0: never).
 */
void children_retire(struct child *, int signal_number, int64_t ms);

void children_signal(const struct children *, int signal_number);

/*
 * Waits until one of them says something, `fd` can be read from or so many
 * microseconds have passed (-1: without end), and takes note of what they say.
 * Returns how many have become ready.  Takes no memory.
 */
size_t children_wait(struct children *, int fd, int64_t wait_us);

/*
 * One that has ended, with its status as waitpid(2) has it; NULL if none has.
 * To be freed with children_free.
 */
struct child *children_reap(struct children *, int *status);
void children_free(struct child *);

/* Kills who has not become ready, is silent, or takes too long to finish. */
void children_kill_overdue(struct children *);

/* When that is due next; INT64_MAX if it is not. */
int64_t children_due_us(const struct children *);

#endif
