/*
 * Commits, and what disturbs: a table of statements, and the few things that
 * take more than that.  Turns are under a lock that they share, but for those
 * that want all shells closed.
 */
#include "tests/tools/fresh-check/writers.h"

#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/tools/fresh-check/shell.h"

enum {
	DISTURB_1_IN = 4,    /* turns */
	LONG_1_IN = 12,      /* pauses */
	LONG_FACTOR = 8,     /* times the usual */
	RENAME_US = 2000000, /* from one to the next */
	GRACE_US = 1000000,  /* a new file is to be noticed within this */
	JUMP = 1000,         /* what a new file's number is ahead */
	EMPTY_TRIES = 20,
	KILL_US = 3000, /* a commit takes about as long */
};

#define UPDATE "UPDATE t SET n = n + 1"
#define SELECT "SELECT n FROM t WHERE id = 1"
/* More than fits a shell's cache, mostly. */
#define INSERT_BULK                                                            \
	"INSERT INTO bulk SELECT hex(randomblob(2000)) FROM t, t AS u, t AS v" \
	" LIMIT 1 + abs(random() % 200)"

struct writer {
	struct writers *all;
	struct shell shell;
	pthread_t thread;
	unsigned seed;
};

struct writers {
	const struct writers_options *options;
	struct board *board;
	pthread_rwlock_t lock;     /* whoever has it alone may use all shells */
	_Atomic int64_t rename_us; /* when the next is due */
	uint32_t enabled;          /* bits: indices into `disturbances` */
	struct writer writers[WRITERS_MAX];
};

struct disturbance {
	const char *name;
	enum count count;
	const char *sql;
	const char *undo; /* after a commit */
	void (*act)(struct writer *);
	bool alone; /* no other writer is to do anything meanwhile */
};

static int
choose(struct writer *w, int n)
{
	return rand_r(&w->seed) % n;
}

static void
pause_us(int us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000L};

	nanosleep(&t, NULL);
}

static enum shell_result
run(struct writer *w, const char *sql, char last[SHELL_LINE])
{
	enum shell_result result = shell_run(&w->shell, sql, last);

	if (result != SHELL_OK)
		board_count(w->all->board,
		    result == SHELL_FAULT ? COUNT_FAULTS : COUNT_REFUSED);
	return result;
}

/* One of the modes of the options, as a statement. */
static void
set_journal(struct writer *w)
{
	const char *modes = w->all->options->journals;
	char sql[64];
	int n = 1;

	for (const char *s = modes; *s != '\0'; s++)
		n += *s == ',';
	for (n = choose(w, n); n > 0; n--)
		modes = strchr(modes, ',') + 1;
	snprintf(sql, sizeof(sql), "PRAGMA journal_mode = %.*s",
	    (int)strcspn(modes, ","), modes);
	run(w, sql, NULL);
}

/* Rollback journals are each connection's own affair, WAL is the file's. */
static void
open_shell(struct writer *w)
{
	const struct writers_options *o = w->all->options;

	shell_open(&w->shell, o->file);
	if (strcasestr(o->journals, "wal") == NULL)
		set_journal(w);
}

static void
close_all(struct writers *all)
{
	for (size_t i = 0; i < all->options->n; i++)
		shell_close(&all->writers[i].shell);
}

static void
open_all(struct writers *all)
{
	for (size_t i = 0; i < all->options->n; i++)
		open_shell(&all->writers[i]);
}

static void
commit(struct writer *w)
{
	struct board *b = w->all->board;
	char number[SHELL_LINE];

	board_attempt(b, 1);
	if (run(w, UPDATE ";" SELECT, number) != SHELL_OK)
		return;
	board_commit(b, strtoll(number, NULL, 10));
	board_count(b, COUNT_COMMITS);
}

static void
quit(struct writer *w)
{
	shell_close(&w->shell);
	open_shell(w);
}

/* A transaction whose numbers nobody may see, though they are on disk. */
static void
begin_vain(struct writer *w)
{
	if (run(w, "BEGIN IMMEDIATE", NULL) == SHELL_OK)
		run(w, "UPDATE t SET n = n + 1000000;" INSERT_BULK, NULL);
}

static void
roll_back(struct writer *w)
{
	begin_vain(w);
	run(w, "ROLLBACK", NULL);
}

/* With a transaction open, or anywhere in a commit. */
static void
get_killed(struct writer *w)
{
	if (choose(w, 2) == 0) {
		begin_vain(w);
	} else {
		board_attempt(w->all->board, 1);
		shell_send(&w->shell, UPDATE);
		pause_us(choose(w, KILL_US));
	}
	shell_kill(&w->shell);
	open_shell(w);
}

/* The last one that has a WAL database open removes the log. */
static void
depart(struct writer *w)
{
	close_all(w->all);
	open_all(w->all);
}

/* Readers of the log are waited for, so it takes as many tries as it does. */
static void
empty_log(struct writer *w)
{
	char busy[SHELL_LINE];

	for (int i = 0; i < EMPTY_TRIES; i++) {
		run(w, "PRAGMA wal_checkpoint(TRUNCATE)", busy);
		if (busy[0] == '0')
			return;
	}
	errx(2, "the log can't be emptied");
}

static void
unlink_beside(const char *file, const char *suffix)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", file, suffix);
	unlink(path);
}

/*
 * By a larger or smaller one.  The empty log and its index go first: who opened
 * the new file with the old one's index would find it damaged.
 */
static void
replace_file(struct writer *w)
{
	struct writers *all = w->all;
	const char *file = all->options->file;
	char path[PATH_MAX], sql[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s.new", file);
	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", path);
	close_all(all);
	shell_open(&w->shell, file);
	empty_log(w);
	run(w, sql, NULL);
	shell_close(&w->shell);

	snprintf(sql, sizeof(sql), "DELETE FROM bulk; UPDATE t SET n = n + %d",
	    JUMP);
	shell_open(&w->shell, path);
	set_journal(w);
	run(w, sql, NULL);
	run(w, INSERT_BULK, NULL);
	shell_close(&w->shell);

	board_attempt(all->board, JUMP);
	board_freeze(all->board);
	unlink_beside(file, "-wal");
	unlink_beside(file, "-shm");
	if (rename(path, file) < 0)
		err(2, "%s", path);
	board_thaw(all->board, GRACE_US);
	open_all(all);
}

static const struct disturbance disturbances[] = {
    {"passive", COUNT_CHECKPOINTS, .sql = "PRAGMA wal_checkpoint(PASSIVE)"},
    {"full", COUNT_CHECKPOINTS, .sql = "PRAGMA wal_checkpoint(FULL)"},
    {"restart", COUNT_CHECKPOINTS, .sql = "PRAGMA wal_checkpoint(RESTART)"},
    {"truncate", COUNT_CHECKPOINTS, .sql = "PRAGMA wal_checkpoint(TRUNCATE)"},
    {"vacuum", COUNT_VACUUMS, .sql = "VACUUM"},
    {"analyze", COUNT_SCHEMA_CHANGES, .sql = "ANALYZE"},
    {"index", COUNT_SCHEMA_CHANGES,
	.sql = "CREATE INDEX IF NOT EXISTS i ON t(n)",
	.undo = "DROP INDEX IF EXISTS i"},
    {"column", COUNT_SCHEMA_CHANGES, .sql = "ALTER TABLE t ADD COLUMN more",
	.undo = "ALTER TABLE t DROP COLUMN more"},
    {"table", COUNT_SCHEMA_CHANGES,
	.sql = "CREATE TABLE IF NOT EXISTS other (x)",
	.undo = "DROP TABLE IF EXISTS other"},
    {"rollback", COUNT_ROLLBACKS, .act = roll_back},
    {"no-op", COUNT_NO_OPS, .sql = "UPDATE t SET n = n + 1 WHERE id < 0"},
    {"same", COUNT_NO_OPS, .sql = "UPDATE t SET n = n"},
    {"bulk", COUNT_BULKS, .sql = INSERT_BULK, .undo = "DELETE FROM bulk"},
    {"quit", COUNT_RESTARTS, .act = quit},
    {"kill", COUNT_KILLS, .act = get_killed},
    {"depart", COUNT_DEPARTURES, .act = depart, .alone = true},
    {"rename", COUNT_RENAMES, .act = replace_file, .alone = true},
};
enum {
	N_DISTURBANCES = sizeof(disturbances) / sizeof(*disturbances),
	RENAME = N_DISTURBANCES - 1, /* it has a time of its own */
	ALL = (1 << RENAME) - 1,     /* the bits of the others */
};

/* True for one writer, when it is time. */
static bool
claim_rename(struct writers *all)
{
	int64_t now = board_clock_us(), due = all->rename_us;

	return (all->enabled & 1u << RENAME) != 0 && now >= due &&
	    atomic_compare_exchange_strong(
		&all->rename_us, &due, now + RENAME_US);
}

/* What to do in this turn besides a commit; mostly nothing. */
static const struct disturbance *
pick(struct writer *w)
{
	uint32_t enabled = w->all->enabled & ALL;
	int i;

	if (claim_rename(w->all))
		return &disturbances[RENAME];
	if (enabled == 0 || choose(w, DISTURB_1_IN) != 0)
		return NULL;
	do
		i = choose(w, RENAME);
	while ((enabled & 1u << i) == 0);
	return &disturbances[i];
}

static void
disturb(struct writer *w, const struct disturbance *d)
{
	if (d->sql != NULL)
		run(w, d->sql, NULL);
	if (d->act != NULL)
		d->act(w);
	board_count(w->all->board, d->count);
	if (d->undo != NULL) {
		commit(w);
		run(w, d->undo, NULL);
	}
}

static void
pause_between(struct writer *w)
{
	int ms = w->all->options->pause_ms *
	    (choose(w, LONG_1_IN) == 0 ? LONG_FACTOR : 1);

	pause_us(choose(w, 1000 * (ms + 1)));
}

static void *
writer_main(void *arg)
{
	struct writer *w = arg;
	struct writers *all = w->all;

	while (!all->board->over) {
		const struct disturbance *d = pick(w);

		if (d != NULL && d->alone)
			pthread_rwlock_wrlock(&all->lock);
		else
			pthread_rwlock_rdlock(&all->lock);
		commit(w);
		if (d != NULL)
			disturb(w, d);
		pthread_rwlock_unlock(&all->lock);
		pause_between(w);
	}
	return NULL;
}

void
writers_make_file(const struct writers_options *o)
{
	struct board board = {0};
	struct writers all = {.options = o, .board = &board};
	struct writer w = {.all = &all, .seed = o->seed};

	shell_open(&w.shell, o->file);
	set_journal(&w);
	if (shell_run(&w.shell,
		"CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, pad TEXT,"
		" mark AS ('fresh:' || id || ':' || n || ';'));"
		"CREATE TABLE bulk (x)",
		NULL) != SHELL_OK)
		errx(2, "%s can't be made", o->file);
	for (int i = 0; i < ROWS; i++)
		shell_run(&w.shell,
		    "INSERT INTO t(n, pad) VALUES (1, hex(zeroblob(500)))",
		    NULL);
	shell_close(&w.shell);
}

static bool
enable(struct writers *all, const char *name, size_t len)
{
	if (len == 0)
		return true;
	if (len == 3 && strncmp(name, "all", len) == 0) {
		all->enabled |= ALL;
		return true;
	}
	for (int i = 0; i < N_DISTURBANCES; i++) {
		const char *s = disturbances[i].name;

		if (strlen(s) == len && strncmp(s, name, len) == 0) {
			all->enabled |= 1u << i;
			return true;
		}
	}
	warnx("no disturbance \"%.*s\"", (int)len, name);
	return false;
}

static bool
enable_list(struct writers *all, const char *names)
{
	for (;;) {
		size_t len = strcspn(names, ",");

		if (!enable(all, names, len))
			return false;
		if (names[len] == '\0')
			return true;
		names += len + 1;
	}
}

static void
init_lock(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	/* Or those that want it alone might wait for ever. */
	pthread_rwlockattr_setkind_np(
	    &attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(lock, &attr);
	pthread_rwlockattr_destroy(&attr);
}

struct writers *
writers_start(const struct writers_options *o, struct board *board)
{
	struct writers *all = calloc(1, sizeof(*all));
	char number[SHELL_LINE];

	if (all == NULL)
		err(2, NULL);
	all->options = o;
	all->board = board;
	if (!enable_list(all, o->disturb)) {
		free(all);
		return NULL;
	}
	all->rename_us = board_clock_us() + RENAME_US / 2;
	init_lock(&all->lock);
	for (size_t i = 0; i < o->n; i++)
		all->writers[i] =
		    (struct writer){.all = all, .seed = o->seed + (unsigned)i};
	open_all(all);
	run(&all->writers[0], SELECT, number);
	board_attempt(board, strtoll(number, NULL, 10));
	board_commit(board, strtoll(number, NULL, 10));
	for (size_t i = 0; i < o->n; i++) {
		struct writer *w = &all->writers[i];

		if (pthread_create(&w->thread, NULL, writer_main, w) != 0)
			errx(2, "no thread");
	}
	return all;
}

void
writers_stop(struct writers *all)
{
	all->board->over = true;
	for (size_t i = 0; i < all->options->n; i++)
		pthread_join(all->writers[i].thread, NULL);
	close_all(all);
	pthread_rwlock_destroy(&all->lock);
	free(all);
}
