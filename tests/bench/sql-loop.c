/*
 * The floor of a miss: the SQL of a table's page and nothing else, statement by
 * statement as --log=debug shows it, stepped through with every column read.
 * Statements are prepared once.  No page comes of it; but after each round a
 * page that is ready is compressed, so that it is known what that takes beside.
 *
 * usage: sql-loop DATABASE SECONDS PAGE ID...
 *
 * A round is the page of the rows after one ID.  Prints microseconds of CPU: of
 * a round's SQL, and of compressing PAGE as squall does (app/render/encoder.c).
 */
#include <libdeflate.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { STATEMENTS = 7, PAGE = 5, LEVEL = 4, PAGE_MAX = 1 << 20 };

static const char *const sql[STATEMENTS] = {
    "BEGIN",
    "PRAGMA schema_version",
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE "
    "'CREATE VIRTUAL TABLE %' ORDER BY name <> 'places_fts' COLLATE NOCASE, "
    "rowid",
    "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    "SELECT count(*) FROM \"places\"",
    [PAGE] =
	"SELECT t.c0, t.c1, t.c2, t.c3, t.c4, t.c5, t.c6, t.c7, t.c8, "
	"p0.\"code\", p0.\"name\", p1.\"iso2\", p1.\"name\" FROM (SELECT "
	"r.\"id\" AS c0, r.\"name\" AS c1, r.\"country\" AS c2, r.\"region\" "
	"AS c3, r.\"feature\" AS c4, r.\"population\" AS c5, r.\"lat\" AS c6, "
	"r.\"lon\" AS c7, r.\"rowid\" AS c8 FROM \"places\" AS r WHERE "
	"r.\"id\" > ? ORDER BY r.\"id\" LIMIT 101 OFFSET 0) AS t LEFT JOIN "
	"\"regions\" AS p0 ON p0.\"code\" = +t.c3 LEFT JOIN \"countries\" AS "
	"p1 ON p1.\"iso2\" = +t.c2",
    "COMMIT",
};

static uint64_t seen; /* so that reading is not left out */

static double
us_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
fail(sqlite3 *db)
{
	fprintf(stderr, "sql-loop: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void
read_column(sqlite3_stmt *s, int i)
{
	double real;

	switch (sqlite3_column_type(s, i)) {
	case SQLITE_INTEGER:
		seen += (uint64_t)sqlite3_column_int64(s, i);
		break;
	case SQLITE_FLOAT:
		real = sqlite3_column_double(s, i);
		seen += real > 0;
		break;
	case SQLITE_TEXT:
		seen += sqlite3_column_text(s, i)[0];
		seen += (uint64_t)sqlite3_column_bytes(s, i);
		break;
	default:
		break;
	}
}

static void
round_of(sqlite3 *db, sqlite3_stmt *statements[], int64_t id)
{
	for (size_t i = 0; i < STATEMENTS; i++) {
		sqlite3_stmt *s = statements[i];
		int rc;

		if (i == PAGE)
			sqlite3_bind_int64(s, 1, id);
		while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
			for (int c = 0; c < sqlite3_column_count(s); c++)
				read_column(s, c);
		}
		if (rc != SQLITE_DONE)
			fail(db);
		sqlite3_reset(s);
	}
}

static size_t
read_page(const char *path, char *page)
{
	FILE *f = fopen(path, "rb");
	size_t len = f == NULL ? 0 : fread(page, 1, PAGE_MAX, f);

	if (len == 0) {
		perror(path);
		exit(1);
	}
	fclose(f);
	return len;
}

int
main(int argc, char *argv[])
{
	static char page[PAGE_MAX], packed[PAGE_MAX];
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);
	sqlite3_stmt *statements[STATEMENTS];
	double end, sql_us = 0, packing_us = 0;
	size_t n = 0, len;
	sqlite3 *db;

	if (argc < 5 || c == NULL) {
		fputs("usage: sql-loop DATABASE SECONDS PAGE ID...\n", stderr);
		return 2;
	}
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) !=
	    SQLITE_OK)
		fail(db);
	for (size_t i = 0; i < STATEMENTS; i++) {
		if (sqlite3_prepare_v2(db, sql[i], -1, &statements[i], NULL) !=
		    SQLITE_OK)
			fail(db);
	}
	len = read_page(argv[3], page);
	for (int i = 4; i < argc; i++)
		round_of(db, statements, atoll(argv[i]));
	end = us_of(CLOCK_MONOTONIC) + strtod(argv[2], NULL) * 1e6;
	for (; us_of(CLOCK_MONOTONIC) < end; n++) {
		double from = us_of(CLOCK_PROCESS_CPUTIME_ID), between;

		round_of(
		    db, statements, atoll(argv[4 + n % (size_t)(argc - 4)]));
		between = us_of(CLOCK_PROCESS_CPUTIME_ID);
		seen += libdeflate_gzip_compress(
		    c, page, len, packed, sizeof(packed));
		sql_us += between - from;
		packing_us += us_of(CLOCK_PROCESS_CPUTIME_ID) - between;
	}
	printf("%.1f %.1f\n", sql_us / (double)n, packing_us / (double)n);
	return seen == 0;
}
