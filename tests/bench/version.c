/*
 * What it costs to read a database's version, as the event loop does on every
 * request: nanoseconds, and as a share of a hit that takes so many
 * microseconds of CPU.  usage: version DATABASE HIT_US (the file is changed)
 */
#include "db/sqlite/version.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { READS = 200000, ROUNDS = 5 };

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The best of the rounds: what else runs here can only make it longer. */
static double
cost_ns(struct version_source *v)
{
	double best = 1e18;
	uint64_t label;

	for (int round = 0; round < ROUNDS; round++) {
		double from = now_ns(), took;

		for (int i = 0; i < READS; i++) {
			if (!version_read(v, &label))
				exit(1);
		}
		took = (now_ns() - from) / READS;
		if (took < best)
			best = took;
	}
	return best;
}

static void
measure(const char *mode, const char *file, double hit_us)
{
	struct version_source v;
	char log[4096], sql[64];
	struct timespec times[2] = {{0}};
	sqlite3 *writer, *reader;
	double ns;

	snprintf(log, sizeof(log), "%s-wal", file);
	snprintf(sql, sizeof(sql),
	    "PRAGMA journal_mode=%s; CREATE TABLE \"%s\"(x)", mode, mode);
	if (sqlite3_open(file, &writer) != SQLITE_OK ||
	    sqlite3_exec(writer, sql, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_open_v2(file, &reader, SQLITE_OPEN_READONLY, NULL) !=
		SQLITE_OK ||
	    sqlite3_exec(reader, "PRAGMA user_version", NULL, NULL, NULL) !=
		SQLITE_OK) {
		fprintf(
		    stderr, "version: %s: %s\n", file, sqlite3_errmsg(writer));
		exit(1);
	}
	/* As if it had been left alone for an hour: the usual state. */
	times[0].tv_sec = times[1].tv_sec = time(NULL) - 3600;
	utimensat(AT_FDCWD, file, times, 0);
	version_init(&v, reader, file, log);
	ns = cost_ns(&v);
	printf("  %-6s %6.0f ns  %.3f\n", mode, ns, ns / 1000 / hit_us);
	sqlite3_close(reader);
	sqlite3_close(writer);
}

int
main(int argc, char *argv[])
{
	if (argc != 3) {
		fputs("usage: version DATABASE HIT_US\n", stderr);
		return 2;
	}
	measure("wal", argv[1], atof(argv[2]));
	measure("delete", argv[1], atof(argv[2]));
	return 0;
}
