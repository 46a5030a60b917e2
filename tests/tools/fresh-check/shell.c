/*
 * Processes that run sqlite3.  Statements go in as a line, followed by another
 * that prints END; errors come out with the rest.
 */
#include "tests/tools/fresh-check/shell.h"

#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define END          "--"
#define LOCK_TIMEOUT ".timeout 5000"
/* A small cache spills: what is not committed yet is written all the same. */
#define SMALL_CACHE "PRAGMA cache_size = 20"

/* Errors that come of several shells' working side by side. */
static const char *const harmless[] = {
    "database is locked",
    "database table is locked",
    "database schema is locked",
    "duplicate column name",
    "no such column",
};

static void
make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		err(2, "pipe");
}

static FILE *
stream(int fd, const char *mode)
{
	FILE *f = fdopen(fd, mode);

	if (f == NULL)
		err(2, "fdopen");
	return f;
}

void
shell_open(struct shell *s, const char *file)
{
	const char *argv[] = {"sqlite3", "-batch", "-init", "/dev/null", "-cmd",
	    LOCK_TIMEOUT, "-cmd", SMALL_CACHE, file, NULL};
	posix_spawn_file_actions_t actions;
	int in[2], out[2], rc;

	make_pipe(in);
	make_pipe(out);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDERR_FILENO);
	rc = posix_spawnp(&s->pid, argv[0], &actions, NULL,
	    (char *const *)(const void *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc != 0)
		errx(2, "sqlite3: %s", strerror(rc));
	close(in[0]);
	close(out[1]);
	s->to = stream(in[1], "w");
	s->from = stream(out[0], "r");
}

/* The shell shows where in the statement an error is, on a line of its own. */
static bool
is_error(const char *line)
{
	return strstr(line, "error here ---^") == NULL &&
	    (strstr(line, "error") != NULL || strstr(line, "Error") != NULL);
}

static enum shell_result
judge(const char *error)
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
		if (strstr(error, harmless[i]) != NULL)
			return SHELL_REFUSED;
	}
	return SHELL_FAULT;
}

void
shell_send(struct shell *s, const char *sql)
{
	fprintf(s->to, "%s;\n.print " END "\n", sql);
	fflush(s->to);
}

enum shell_result
shell_run(struct shell *s, const char *sql, char last[SHELL_LINE])
{
	enum shell_result result = SHELL_OK;
	char line[SHELL_LINE];

	if (last != NULL)
		last[0] = '\0';
	shell_send(s, sql);
	while (fgets(line, sizeof(line), s->from) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, END) == 0)
			return result;
		if (is_error(line)) {
			result = judge(line);
			if (result == SHELL_FAULT)
				warnx("%s: %s", sql, line);
		} else if (last != NULL) {
			memcpy(last, line, sizeof(line));
		}
	}
	errx(2, "a shell ended at: %s", sql);
}

static void
release(struct shell *s)
{
	fclose(s->to);
	fclose(s->from);
	waitpid(s->pid, NULL, 0);
	*s = (struct shell){0};
}

void
shell_close(struct shell *s)
{
	release(s);
}

void
shell_kill(struct shell *s)
{
	kill(s->pid, SIGKILL);
	release(s);
}
