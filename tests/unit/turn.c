/*
 * app/render/pages.c: a version counts until the turn of the event loop ends,
 * that of all databases like that of one, and not any longer.
 */
#include "app/render/pages.h"
#include "app/watch/clock.h"
#include "handlers/routes.h"
#include "tests/unit/asking.h"
#include "tests/unit/database.h"

static uint64_t
version_for(struct pages *p, const char *path)
{
	struct request *req = request_new();
	struct lookup l;
	struct buf why = {0};

	assert_int_equal(ask_path(req, path, NULL, &why), 200);
	assert_int_equal(route_request(&routes_publisher, req, &why), 200);
	l = pages_look_up(p, req, LIT("key"), clock_steady_ms());
	assert_true(l.version_known);
	request_unref(req);
	buf_release(&why);
	return l.version;
}

static void
a_version_counts_for_a_turn(void **state)
{
	static const char *const paths[] = {"/", "/a", "/b/t"};
	struct database *d = *state;
	char other[96];
	struct published list[] = {
	    {.name = "a", .file = d->file}, {.name = "b", .file = other}};
	struct stats *stats = stats_new(1);
	struct site site = {
	    .routes = &routes_publisher,
	    .databases = list,
	    .n_databases = 2,
	    .store = {.url = "none"},
	    .memory_bytes = 1 << 20,
	    .threads = 1,
	    .files = 100,
	    .time_limit_ms = LIMIT_MS,
	    .queue = 1,
	    .stats = stats,
	    .slot = stats_take(stats, 0),
	};
	uint64_t before[COUNT_OF(paths)];
	struct pages *p;

	snprintf(other, sizeof(other), "%s/other.db", d->folder);
	run_sql(d->file, "CREATE TABLE t(x)");
	run_sql(other, "PRAGMA journal_mode=WAL; CREATE TABLE t(x)");
	p = pages_new(&site);
	assert_non_null(p);
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		pages_new_turn(p);
		before[i] = version_for(p, paths[i]);
		run_sql(d->file, "INSERT INTO t VALUES (1)");
		run_sql(other, "INSERT INTO t VALUES (1)");
		assert_true(version_for(p, paths[i]) == before[i]);
		pages_new_turn(p);
		assert_true(version_for(p, paths[i]) != before[i]);
	}
	/* One of them says nothing of the others. */
	pages_new_turn(p);
	assert_true(version_for(p, "/a") != version_for(p, "/b/t"));
	assert_true(version_for(p, "/") != version_for(p, "/a"));
	pages_free(p);
	stats_free(stats);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(a_version_counts_for_a_turn),
	};

	return RUN("turn", tests);
}
