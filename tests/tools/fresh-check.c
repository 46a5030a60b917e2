/*
 * Checks that squall's pages are exactly fresh.  Other processes (sqlite3
 * shells) commit numbers to a database that squall publishes behind a web
 * server, and disturb it in between; meanwhile its pages are read, and none may
 * show an older number than was committed before it was asked for.  Prints
 * counts; the exit status is 0 if all was right, and 1 if it wasn't.
 */
#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/fresh-check/board.h"
#include "tests/tools/fresh-check/readers.h"
#include "tests/tools/fresh-check/writers.h"

enum { COMMITS_MIN = 10 /* fewer check nothing */, SECOND_US = 1000000 };

static const char usage[] =
    "usage: fresh-check --init --file=PATH [--journal=MODE]\n"
    "       fresh-check --file=PATH --port=N [OPTION]...\n"
    "  --init            make the database, and do nothing else\n"
    "  --file=PATH       the database\n"
    "  --port=N          of the web server on 127.0.0.1\n"
    "  --database=NAME   as it is published (demo)\n"
    "  --journal=LIST    of journal modes to choose from (WAL)\n"
    "  --reads=N         until there are so many right replies\n"
    "  --seconds=N       or until these are over (10, without --reads)\n"
    "  --limit=SECONDS   fail if it takes longer (120)\n"
    "  --connections=N   that read (16)\n"
    "  --writers=N       (2)\n"
    "  --pause=MS        of a writer between commits, mostly (40)\n"
    "  --disturb=LIST    what else writers do; all is all but rename (all)\n"
    "  --seed=N          of all that is done by chance\n";

struct settings {
	bool init;
	const char *file, *database, *journal, *disturb;
	long port, reads, seconds, limit, connections, writers, pause, seed;
};

/* `--init`, or `--NAME=VALUE`. */
static bool
set_option(struct settings *s, const char *argument)
{
	const struct {
		const char *name;
		const char **text;
		long *number, min, max;
	} options[] = {
	    {"--file", .text = &s->file},
	    {"--database", .text = &s->database},
	    {"--journal", .text = &s->journal},
	    {"--disturb", .text = &s->disturb},
	    {"--port", NULL, &s->port, 1, 65535},
	    {"--reads", NULL, &s->reads, 1, LONG_MAX},
	    {"--seconds", NULL, &s->seconds, 1, INT_MAX},
	    {"--limit", NULL, &s->limit, 1, INT_MAX},
	    {"--connections", NULL, &s->connections, 1, 1000},
	    {"--writers", NULL, &s->writers, 1, WRITERS_MAX},
	    {"--pause", NULL, &s->pause, 0, 10000},
	    {"--seed", NULL, &s->seed, 0, INT_MAX},
	};
	size_t len = strcspn(argument, "=");
	const char *value = argument + len + 1;
	char *end;

	if (strcmp(argument, "--init") == 0) {
		s->init = true;
		return true;
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (argument[len] == '\0' || strlen(options[i].name) != len ||
		    strncmp(argument, options[i].name, len) != 0)
			continue;
		if (options[i].text != NULL) {
			*options[i].text = value;
			return true;
		}
		*options[i].number = strtol(value, &end, 10);
		return end != value && *end == '\0' &&
		    *options[i].number >= options[i].min &&
		    *options[i].number <= options[i].max;
	}
	return false;
}

static struct settings
read_settings(int argc, char **argv)
{
	struct settings s = {
	    .database = "demo",
	    .journal = "WAL",
	    .disturb = "all",
	    .limit = 120,
	    .connections = 16,
	    .writers = 2,
	    .pause = 40,
	    .seed = (long)(board_clock_us() % INT_MAX),
	};

	for (int i = 1; i < argc; i++) {
		if (!set_option(&s, argv[i]))
			errx(2, "%s: no such option\n%s", argv[i], usage);
	}
	if (s.file == NULL || (!s.init && s.port == 0))
		errx(2, "what is to be checked?\n%s", usage);
	if (s.reads == 0 && s.seconds == 0)
		s.seconds = 10;
	return s;
}

/* One line, of names and numbers. */
static void
print_summary(const struct tally *t, const struct board *b)
{
	double seconds = (double)t->us / SECOND_US;
	const struct {
		const char *name;
		uint64_t n;
	} counts[] = {
	    {"wrong", t->wrong},
	    {"not modified", t->not_modified},
	    {"unanswered", t->unanswered},
	    {"memory", t->memory},
	    {"memcached", t->memcached},
	    {"redis", t->redis},
	    {"collapsed", t->collapsed},
	    {"rendered", t->rendered},
	};

	printf("reads %" PRIu64, t->reads);
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		printf(", %s %" PRIu64, counts[i].name, counts[i].n);
	printf(", ");
	board_print(b);
	printf(", seconds %.1f, reads per second %.0f\n", seconds,
	    (double)t->reads / seconds);
}

int
main(int argc, char **argv)
{
	struct settings s = read_settings(argc, argv);
	struct writers_options w = {
	    .file = s.file,
	    .journals = s.journal,
	    .disturb = s.disturb,
	    .n = (size_t)s.writers,
	    .seed = (unsigned)s.seed,
	    .pause_ms = (int)s.pause,
	};
	struct readers_options r = {
	    .port = (int)s.port,
	    .database = s.database,
	    .connections = (size_t)s.connections,
	    .seed = (unsigned)s.seed,
	    .reads = (uint64_t)s.reads,
	    .time_us = s.seconds * SECOND_US,
	    .limit_us = s.limit * SECOND_US,
	};
	struct tally tally = {0};
	struct board board = {0};
	struct writers *writers;
	bool enough;

	signal(SIGPIPE, SIG_IGN);
	if (s.init) {
		writers_make_file(&w);
		return 0;
	}
	printf("seed %ld\n", s.seed);
	writers = writers_start(&w, &board);
	if (writers == NULL)
		return 2;
	enough = readers_run(&r, &board, &tally);
	writers_stop(writers);
	if (!enough)
		warnx("it takes longer than %ld s", s.limit);
	if (board.counts[COUNT_COMMITS] < COMMITS_MIN)
		warnx("there were too few commits");
	print_summary(&tally, &board);
	return !enough || tally.wrong > 0 || board.counts[COUNT_FAULTS] > 0 ||
	    board.counts[COUNT_COMMITS] < COMMITS_MIN;
}
