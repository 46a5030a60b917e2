#ifndef FRESH_CHECK_SHELL_H
#define FRESH_CHECK_SHELL_H

#include <sys/types.h>

#include <stddef.h>
#include <stdio.h>

/*
 * A `sqlite3` shell: a process of its own that has a database open, driven
 * through pipes by one thread.  That there are no programs or processes to be
 * had, or that one ends unasked, ends the whole check.
 */
struct shell {
	pid_t pid;
	FILE *to, *from;
};

enum shell_result {
	SHELL_OK,
	SHELL_REFUSED, /* by a lock, or by what another shell has done */
	SHELL_FAULT,   /* an error that should not be; it has been printed */
};

enum { SHELL_LINE = 256 };

void shell_open(struct shell *, const char *file);

/*
 * Runs statements, with semicolons between, and returns when all of them have
 * run.  `last`, unless NULL, gets the last line of their output, or is empty.
 */
enum shell_result
shell_run(struct shell *, const char *sql, char last[SHELL_LINE]);

/* Sends statements, and waits for nothing: shell_kill is all that may follow.
 */
void shell_send(struct shell *, const char *sql);

/* Has it end, and waits for the end. */
void shell_close(struct shell *);

/* Ends it by SIGKILL, wherever it is. */
void shell_kill(struct shell *);

#endif
