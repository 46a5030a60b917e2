/*
 * Fails every call that squall makes while it does one thing, one after the
 * other, by fault.so, and looks at what comes of it: no death by a signal, no
 * end without end, no reply but the right one, a 5xx or none, and the next
 * request's the right one.
 *
 *	fault-sweep MODE URI [FIELD=VALUE...]
 *
 * Works in a folder that has squall.ini and, for the start and the master,
 * start.ini; SQUALL and FAULT_SO are files.
 *
 *	cgi		the request by CGI, from the start of the process
 *	start		the start of a worker, which answers the request then
 *	miss		the request to a worker that keeps no pages
 *	hit		to one that has the page in memory
 *	change		to one that has a page that is too old
 *	memcached, redis
 *			to one that has the page in the store, at store.sock
 *	memcached-change, redis-change
 *			to one that has an old page there
 *	memcached-start, redis-start
 *			the start of one with a store
 *	reload		the master, on SIGHUP; then the request
 *	upgrade		the master, on SIGUSR2
 *	death		the master, when a worker was killed
 *
 * Prints a line for each point that failed (all of it is in the file
 * `failures`) and a last one, "ok" or "failed", with their number.
 */
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/tools/fault-sweep/client.h"
#include "tests/tools/fault-sweep/process.h"

enum {
	ERRORS_MAX = 6,
	POINTS_MAX = 50000, /* of one class: more are no end */
	LINES_MAX = 10,
	POLL_US = 2000,
	SETTLE_S = 5, /* for a word in the log that may be the one lost */
};

static const char socket_path[] = "squall.sock";
static const char database[] = "small.db";
/* Stores, by the whole path of the socket. */
static char memcached[PATH_MAX], redis[PATH_MAX];

/* Errors that the calls of a class have, on Linux, and how often they matter.
 */
static const int errors[FAULT_CLASSES][ERRORS_MAX] = {
    [FAULT_MEMORY] = {ENOMEM},
    [FAULT_OPEN] = {EMFILE, ENOMEM},
    [FAULT_READ] = {EINTR, EIO, FAULT_SHORT},
    [FAULT_WRITE] = {EINTR, EAGAIN, ENOSPC, EIO, FAULT_SHORT},
    [FAULT_SEND] = {EINTR, EAGAIN, ECONNRESET, ENOBUFS, FAULT_SHORT},
    [FAULT_RECEIVE] = {EINTR, ECONNRESET, FAULT_SHORT},
    [FAULT_ACCEPT] = {EINTR, EAGAIN, ECONNABORTED, EMFILE, ENFILE, ENOMEM},
    [FAULT_CONNECT] = {EINTR, EAGAIN, ECONNREFUSED},
    [FAULT_DESCRIPTOR] = {EMFILE, ENOMEM},
    [FAULT_WATCH] = {ENOMEM, ENOSPC},
    [FAULT_WAIT] = {EINTR},
    [FAULT_THREAD] = {EAGAIN},
    [FAULT_FORK] = {EAGAIN, ENOMEM},
    [FAULT_MAP] = {ENOMEM},
    [FAULT_STAT] = {ENOMEM, EACCES},
    [FAULT_LOCK] = {EAGAIN, ENOLCK},
    [FAULT_RANDOM] = {EINTR},
};

struct sweep {
	const struct mode *mode;
	const char *uri;
	struct process squall;
	struct reply right, got;
	size_t points, failed;
	FILE *failures;
};

/* A step, and how it is tried; NULL in place of a text: it went well. */
struct mode {
	const char *name;
	const char *(*try)(struct sweep *);
	const char *arguments[8];
	bool forks;   /* is started for each point, by a fork server */
	bool changes; /* the database changes before each point */
	int signal;   /* that the master gets */
};

static void
arm(struct sweep *s)
{
	atomic_store(&s->squall.fault->armed, true);
}

static void
disarm(struct sweep *s)
{
	atomic_store(&s->squall.fault->armed, false);
}

/* The text of a process's end that is no good one. */
static const char *
judge_end(int status)
{
	static char text[64];

	if (status == PROCESS_HUNG)
		return "it does not end";
	if (!WIFSIGNALED(status))
		return NULL;
	snprintf(text, sizeof(text), "it was killed by signal %d (%s)",
	    WTERMSIG(status), strsignal(WTERMSIG(status)));
	return text;
}

/* By CGI, in the process that was started. */
static const char *
judge_cgi(struct sweep *s)
{
	int status = process_wait(&s->squall);
	const char *why = judge_end(status);

	reply_release(&s->got);
	s->got = process_read(s->squall.out);
	s->got.whole = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return why != NULL ? why : reply_judge(&s->got, &s->right);
}

static const char *
try_cgi(struct sweep *s)
{
	const char *why;

	arm(s);
	process_start(&s->squall);
	why = judge_cgi(s);
	disarm(s);
	return why;
}

/* Asks; true: in time. */
static bool
ask(struct sweep *s)
{
	reply_release(&s->got);
	return client_ask(socket_path, &s->got);
}

/* The right reply, without a fault. */
static const char *
ask_right(struct sweep *s)
{
	static char text[128];
	const char *why =
	    ask(s) ? reply_compare(&s->got, &s->right) : "it hangs";

	if (why == NULL)
		return NULL;
	snprintf(text, sizeof(text), "the next request: %s", why);
	return text;
}

/* Starts it and waits until it listens; else it has ended, with that status. */
static bool
start(struct sweep *s, int *status)
{
	unlink(socket_path);
	process_start(&s->squall);
	for (int us = 0; us < HANG_S * 1000000; us += POLL_US) {
		if (process_has_ended(&s->squall, status))
			return false;
		if (client_can_connect(socket_path))
			return true;
		usleep(POLL_US);
	}
	*status = process_wait(&s->squall);
	return false;
}

static const char *
stop(struct sweep *s)
{
	int status;

	kill(s->squall.pid, SIGTERM);
	status = process_wait(&s->squall);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return NULL;
	return judge_end(status) != NULL ? judge_end(status)
					 : "it ends with a status";
}

/* It listens before it has started, so the first request is part of that. */
static const char *
try_start(struct sweep *s)
{
	const char *why;
	int status;

	arm(s);
	if (start(s, &status)) {
		why = ask(s) ? reply_judge(&s->got, &s->right) : "it hangs";
		disarm(s);
		if (why == NULL)
			why = ask_right(s);
		if (why == NULL)
			return stop(s);
		if (s->got.len > 0) {
			stop(s);
			return why;
		}
		status = process_wait(&s->squall); /* it does not serve */
	}
	disarm(s);
	if (judge_end(status) != NULL)
		return judge_end(status);
	return WEXITSTATUS(status) == 0 ? "it ends with status 0" : NULL;
}

/* A commit that no page shows. */
static void
change(void)
{
	sqlite3 *db;

	if (sqlite3_open(database, &db) != SQLITE_OK ||
	    sqlite3_busy_timeout(db, HANG_S * 1000) != SQLITE_OK ||
	    sqlite3_exec(db,
		"PRAGMA synchronous = off; UPDATE commits SET n = n + 1", NULL,
		NULL, NULL) != SQLITE_OK)
		errx(1, "%s: %s", database, sqlite3_errmsg(db));
	sqlite3_close(db);
}

/*
 * After a death there is a new one, which has answered: a wrong page that is
 * kept has been reported, and goes now.
 */
static void
start_if_ended(struct sweep *s)
{
	int status;

	if (s->squall.pid != 0)
		return;
	change();
	if (!start(s, &status) || ask_right(s) != NULL)
		errx(1, "squall does not start");
}

static const char *
try_worker(struct sweep *s)
{
	const char *why, *next;
	bool in_time;
	int status;

	start_if_ended(s);
	process_clear(s->squall.log);
	if (s->mode->changes)
		change();
	arm(s);
	in_time = ask(s);
	disarm(s);
	why = in_time ? reply_judge(&s->got, &s->right) : "it hangs";
	if (process_has_ended(&s->squall, &status))
		return judge_end(status) ? judge_end(status) : "it has ended";
	next = why == NULL ? ask_right(s) : NULL;
	if (process_has_ended(&s->squall, &status))
		return judge_end(status) ? judge_end(status) : "it has ended";
	if (why == NULL && next == NULL)
		return NULL;
	/* The next step begins anew. */
	stop(s);
	return why != NULL ? why : next;
}

/* Has the log one of these words? */
static bool
log_says(struct sweep *s, const char *const words[])
{
	struct reply log = process_read(s->squall.log);
	bool says = false;

	for (size_t i = 0; words[i] != NULL; i++)
		says |= strstr(log.bytes, words[i]) != NULL;
	reply_release(&log);
	return says;
}

/* Waits for the master to have done what the signal asks for. */
static bool
await_log(struct sweep *s, const char *const words[], int *status)
{
	for (int us = 0; us < SETTLE_S * 1000000; us += POLL_US) {
		if (process_has_ended(&s->squall, status))
			return false;
		if (log_says(s, words))
			break;
		usleep(POLL_US);
	}
	return true;
}

static const char *
try_master(struct sweep *s)
{
	static const char *const words[] = {"reloaded\n", "going on as before",
	    "the new program has taken over", NULL};
	static const char *const deaths[] = {"was killed by", NULL};
	const char *why;
	int status = 0;

	start_if_ended(s);
	process_clear(s->squall.log);
	atomic_store(&s->squall.fault->pid, s->squall.pid);
	arm(s);
	kill(s->squall.pid, s->mode->signal);
	await_log(s, words, &status);
	disarm(s);
	if (s->squall.pid == 0)
		return judge_end(status) ? judge_end(status) : "it has ended";
	why = ask_right(s);
	if (why == NULL && log_says(s, deaths))
		why = "a worker was killed";
	if (why != NULL)
		stop(s);
	return why;
}

/* The only child of a process. */
static pid_t
child_of(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid,
	    (int)pid);
	f = fopen(path, "r");
	if (f == NULL || fscanf(f, "%d", &child) != 1)
		errx(1, "the master has no worker");
	fclose(f);
	return child;
}

static const char *
try_death(struct sweep *s)
{
	const char *why;
	int status;

	start_if_ended(s);
	process_clear(s->squall.log);
	atomic_store(&s->squall.fault->pid, s->squall.pid);
	arm(s);
	kill(child_of(s->squall.pid), SIGKILL);
	/* This waits for the next worker. */
	why = ask_right(s);
	disarm(s);
	if (process_has_ended(&s->squall, &status))
		return judge_end(status) ? judge_end(status) : "it has ended";
	if (why != NULL)
		stop(s);
	return why;
}

#define SOCKET "--listen=unix:squall.sock"
#define CONFIG "--config=squall.ini"
#define LISTEN CONFIG, SOCKET
#define START  "--config=start.ini", SOCKET
#define ALONE  "--workers=0"
#define BARE   ALONE, "--memory=0"

static const struct mode modes[] = {
    {"cgi", try_cgi, .arguments = {CONFIG}, .forks = true},
    {"start", try_start, .arguments = {START, ALONE}, .forks = true},
    {"memcached-start", try_start, .arguments = {START, ALONE, memcached},
	.forks = true},
    {"redis-start", try_start, .arguments = {START, ALONE, redis},
	.forks = true},
    {"miss", try_worker, .arguments = {LISTEN, BARE}},
    {"hit", try_worker, .arguments = {LISTEN, ALONE}},
    {"change", try_worker, .arguments = {LISTEN, ALONE}, .changes = true},
    {"memcached", try_worker, .arguments = {LISTEN, BARE, memcached}},
    {"memcached-change", try_worker, .arguments = {LISTEN, BARE, memcached},
	.changes = true},
    {"redis", try_worker, .arguments = {LISTEN, BARE, redis}},
    {"redis-change", try_worker, .arguments = {LISTEN, BARE, redis},
	.changes = true},
    {"reload", try_master, .arguments = {START, "--workers=1"},
	.signal = SIGHUP},
    {"upgrade", try_master, .arguments = {START, "--workers=1"},
	.signal = SIGUSR2},
    {"death", try_death, .arguments = {START, "--workers=1"}},
};

static void
set_fault(struct sweep *s, int class, int error, unsigned long nth)
{
	struct fault *f = s->squall.fault;

	atomic_store(&f->class, class);
	atomic_store(&f->error, error);
	atomic_store(&f->nth, nth);
	atomic_store(&f->struck, 0);
	atomic_store(&f->at, 0);
	for (int i = 0; i < FAULT_CLASSES; i++)
		atomic_store(&f->counts[i], 0);
}

static void
note_failure(struct sweep *s, const char *point, const char *why)
{
	struct reply log = process_read(s->squall.log);

	if (s->failed++ < LINES_MAX)
		printf("failed  %s: %s\n", point, why);
	fprintf(s->failures, "== %s: %s\n", point, why);
	fwrite(log.bytes, 1, log.len, s->failures);
	fputs("-- reply\n", s->failures);
	fwrite(s->got.bytes, 1, s->got.len, s->failures);
	fputc('\n', s->failures);
	fflush(s->failures);
	reply_release(&log);
}

/*
 * Pages of all databases show the others where one can't be read, and are not
 * kept then.
 */
static bool
may_lack(const char *uri, int class)
{
	static const char *const uris[] = {
	    "/", "/-/databases.json", "/-/openapi.json", "/-/schema"};
	bool of_files = class == FAULT_OPEN || class == FAULT_READ ||
	    class == FAULT_STAT || class == FAULT_LOCK || class == FAULT_MAP;

	for (size_t i = 0; i < sizeof(uris) / sizeof(*uris); i++) {
		if (of_files && strcmp(uri, uris[i]) == 0)
			return true;
	}
	return false;
}

/* A point was tried; NULL in place of a text: it went well. */
static void
count_point(struct sweep *s, int class, int error, const char *why)
{
	char point[256];

	s->points++;
	if (why == NULL)
		return;
	snprintf(point, sizeof(point), "%s %s: %s %lu, %s", s->mode->name,
	    s->uri, fault_names[class], atomic_load(&s->squall.fault->nth),
	    error == FAULT_SHORT ? "half" : strerrorname_np(error));
	note_failure(s, point, why);
}

/* All points of a class with an error: until it does not strike any more. */
static void
sweep(struct sweep *s, int class, int error)
{
	s->right.partial = may_lack(s->uri, class);
	for (unsigned long n = 1; n < POINTS_MAX; n++) {
		const char *why;

		set_fault(s, class, error, n);
		why = s->mode->try(s);
		if (why == NULL && atomic_load(&s->squall.fault->struck) == 0)
			return;
		count_point(s, class, error, why);
	}
}

/* The same in one go, in children of one process: see fault.c. */
static void
walk(struct sweep *s, int class, int error)
{
	int walker, status;

	s->right.partial = may_lack(s->uri, class);
	set_fault(s, class, error, 0);
	atomic_store(&s->squall.fault->walks, true);
	arm(s);
	process_start(&s->squall);
	walker = s->squall.pid;
	while (process_walks_on(&s->squall))
		count_point(s, class, error, judge_cgi(s));
	s->squall.pid = walker;
	status = process_wait(&s->squall);
	disarm(s);
	atomic_store(&s->squall.fault->walks, false);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s, without a fault: it fails", s->uri);
}

/* The right reply is learnt without a fault, twice. */
static void
learn(struct sweep *s)
{
	const char *why;
	int status;

	set_fault(s, 0, 0, 0);
	if (s->mode->try == try_cgi) {
		try_cgi(s);
	} else {
		if (!start(s, &status))
			errx(1, "squall does not start");
		ask(s);
	}
	s->right = s->got;
	s->got = (struct reply){0};
	if (s->mode->try == try_start)
		stop(s);
	if (s->right.len == 0)
		errx(1, "%s: no reply", s->uri);
	s->right.loose = strncmp(s->uri, "/-/status", 9) == 0 ||
	    strncmp(s->uri, "/-/metrics", 10) == 0;
	why = s->mode->try(s);
	if (why != NULL) {
		note_failure(s, s->uri, why);
		errx(1, "%s, without a fault: %s", s->uri, why);
	}
}

int
main(int argc, char *argv[])
{
	struct sweep s = {.uri = argv[2]};
	char folder[PATH_MAX - 64];

	if (argc < 3 || getenv("SQUALL") == NULL || getenv("FAULT_SO") == NULL)
		errx(2, "usage: fault-sweep MODE URI [FIELD=VALUE...]");
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (strcmp(modes[i].name, argv[1]) == 0)
			s.mode = &modes[i];
	}
	s.failures = fopen("failures", "w");
	if (s.mode == NULL || s.failures == NULL)
		errx(2, "%s: no such mode", argv[1]);
	signal(SIGPIPE, SIG_IGN);
	if (getcwd(folder, sizeof(folder)) == NULL)
		err(1, "getcwd");
	snprintf(memcached, sizeof(memcached),
	    "--cache=memcached:%s/store.sock", folder);
	snprintf(redis, sizeof(redis), "--cache=redis:%s/store.sock", folder);
	client_prepare(s.uri, argv + 3);
	if (s.mode->try == try_cgi) {
		for (char **v = client_variables; *v != NULL; v++)
			putenv(*v);
	}
	process_init(&s.squall, s.mode->arguments);
	if (s.mode->forks)
		process_serve_forks(&s.squall);
	learn(&s);
	for (int class = 0; class < FAULT_CLASSES; class ++) {
		for (int i = 0; i < ERRORS_MAX && errors[class][i] != 0; i++)
			(s.mode->try == try_cgi ? walk : sweep)(
			    &s, class, errors[class][i]);
	}
	if (s.squall.pid != 0)
		stop(&s);
	process_release(&s.squall);
	printf("%-7s %s %s: %zu of %zu points failed\n",
	    s.failed == 0 ? "ok" : "failed", s.mode->name, s.uri, s.failed,
	    s.points);
	return s.failed > 0;
}
