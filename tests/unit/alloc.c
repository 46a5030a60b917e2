/*
 * app/text/alloc.c, and what it is for: whichever allocation fails while a page
 * is made, squall's own or SQLite's, the page is the right one, or an error
 * that nobody keeps, and the next page is right.  The linker puts the
 * allocators below in the place of libc's (see the Makefile).
 */
#include "app/text/alloc.h"

#include "app/render/renderer.h"
#include "db/sqlite/heap.h"
#include "handlers/routes.h"
#include "tests/unit/asking.h"
#include "tests/unit/database.h"

/* Fails allocation number `at`, counted from 1 down; and those that follow. */
static struct {
	size_t at; /* 0: none fails */
	bool all;
	bool failed;
} fault;

static bool
is_due(void)
{
	if (fault.at == 0)
		return fault.all && fault.failed;
	if (--fault.at > 0)
		return false;
	fault.failed = true;
	return true;
}

static void
fail_at(size_t n, bool all)
{
	fault.at = n;
	fault.all = all;
	fault.failed = false;
}

#define REPLACE(type, name, params, ...)                                       \
	type __real_##name params;                                             \
	type __wrap_##name params;                                             \
	type __wrap_##name params                                              \
	{                                                                      \
		return is_due() ? NULL : __real_##name(__VA_ARGS__);           \
	}

REPLACE(void *, malloc, (size_t n), n)
REPLACE(void *, calloc, (size_t n, size_t size), n, size)
REPLACE(void *, realloc, (void *p, size_t size), p, size)
REPLACE(void *, reallocarray, (void *p, size_t n, size_t size), p, n, size)
REPLACE(char *, strdup, (const char *s), s)
REPLACE(char *, strndup, (const char *s, size_t n), s, n)

static sqlite3_mem_methods sqlites;

static void *
sqlite_malloc(int n)
{
	return is_due() ? NULL : sqlites.xMalloc(n);
}

static void *
sqlite_realloc(void *p, int n)
{
	return is_due() ? NULL : sqlites.xRealloc(p, n);
}

/* Below squall's own, which notes what fails. */
static bool
replace_sqlites(void)
{
	sqlite3_mem_methods ours;

	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlites) != SQLITE_OK)
		return false;
	ours = sqlites;
	ours.xMalloc = sqlite_malloc;
	ours.xRealloc = sqlite_realloc;
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK &&
	    heap_install();
}

static void
the_first_failure_is_noted(void **state)
{
	struct buf b = {0};
	void *p;

	(void)state;
	alloc_begin();
	p = alloc_array(3, 5);
	assert_non_null(p);
	assert_int_equal(alloc_failure(), ALLOC_OK);
	fail_at(1, false);
	assert_null(alloc_resize(p, 100, 5));
	assert_int_equal(alloc_failure(), ALLOC_NO_MEMORY);
	free(p);
	buf_reserve(&b, BUF_MAX + 1);
	assert_true(b.failed);
	assert_int_equal(alloc_failure(), ALLOC_NO_MEMORY);
	alloc_begin();
	assert_int_equal(alloc_failure(), ALLOC_OK);
}

static void
all_that_allocates_notes_its_failure(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 6; i++) {
		alloc_begin();
		fail_at(1, false);
		switch (i) {
		case 0:
			assert_null(alloc_array(1, 1));
			break;
		case 1:
			assert_null(alloc_copy("a"));
			break;
		case 2:
			assert_null(alloc_text(LIT("a")));
			break;
		case 3:
			assert_null(alloc_printf("%d", 1));
			break;
		case 4:
			buf_lit(&b, "a");
			assert_true(b.failed);
			break;
		case 5:
			assert_null(sqlite3_malloc(1));
			break;
		}
		assert_int_equal(alloc_failure(), ALLOC_NO_MEMORY);
	}
	alloc_begin();
	buf_reset(&b);
	buf_reserve(&b, BUF_MAX + 1);
	assert_int_equal(alloc_failure(), ALLOC_TOO_LARGE);
	buf_release(&b);
}

/* A site with one database, and the job of one of its pages. */
struct subject {
	struct published published;
	struct settings settings;
	struct database_metadata metadata;
	struct site site;
	const char *path, *query;
};

static void
set_up_subject(struct subject *s, struct database *d)
{
	run_sql(d->file,
	    "CREATE TABLE city(id INTEGER PRIMARY KEY, name TEXT);"
	    "INSERT INTO city VALUES (1, 'Rome'), (2, 'Oslo');"
	    "CREATE TABLE t(id TEXT PRIMARY KEY, v REAL, city INTEGER"
	    " REFERENCES city(id), tags, lat, lon);"
	    "CREATE INDEX of_city ON t(city);"
	    "INSERT INTO t VALUES ('a', 1.5, 1, '[\"x\"]', 41.9, 12.5),"
	    " ('b', 2.5, 1, '[\"x\", \"y\"]', 59.9, 10.7),"
	    " ('c,d', 1e300, 2, '[\"y\"]', NULL, NULL);"
	    "CREATE VIEW w AS SELECT id, v FROM t;"
	    "CREATE VIEW broken AS SELECT missing FROM t");
	s->settings = settings_default;
	s->settings.facet_limit_ms = s->settings.suggest_limit_ms = LIMIT_MS;
	s->metadata = (struct database_metadata){.sql = 1, .allow_facet = 1};
	s->published = (struct published){.name = "db",
	    .file = d->file,
	    .settings = &s->settings,
	    .metadata = &s->metadata};
	s->site = (struct site){.routes = &routes_publisher,
	    .databases = &s->published,
	    .n_databases = 1,
	    .store.url = "none",
	    .ttl_s = 60,
	    .time_limit_ms = LIMIT_MS,
	    .stats = stats_new(1)};
	assert_non_null(s->site.stats);
	s->site.slot = stats_take(s->site.stats, 0);
}

static struct job *
job_of(const struct subject *s)
{
	struct request *req = request_new();
	struct buf key = {0}, why = {0};
	struct job *job;

	assert_int_equal(ask_path(req, s->path, s->query, &why), 200);
	assert_int_equal(route_request(&routes_publisher, req, &why), 200);
	route_key(req, &key);
	job = job_new(req, &key);
	assert_non_null(job);
	request_unref(req);
	buf_release(&why);
	return job;
}

static struct job *
make(const struct subject *s, struct renderer *r, size_t n, bool all)
{
	struct job *job = job_of(s);

	fail_at(n, all);
	renderer_make(r, job);
	fault.at = 0;
	fault.all = false;
	return job;
}

static bool
is_right(const struct job *job, const struct page *right)
{
	const struct page *page = job->page;

	/* gzip has no memory, or there was no time. */
	if (page == NULL || page->status >= 500 || page->cut_short)
		return page == NULL || page->expires_ms == 0 || page->cut_short;
	if (page->plain_len != right->plain_len)
		return page->plain_len == 0 &&
		    page->body.len == right->plain_len &&
		    strcmp(page->tag, right->tag) == 0;
	return page->status == right->status &&
	    str_eq(str_of_buf(&page->body), str_of_buf(&right->body)) &&
	    str_eq(str_of_buf(&page->header), str_of_buf(&right->header));
}

/* The page once more, now that nothing fails: it must be there, and right. */
static struct job *
make_right(const struct subject *s, struct renderer *r)
{
	struct job *job = make(s, r, 0, false);

	assert_non_null(job->page);
	assert_true(job->page->status < 500);
	return job;
}

/*
 * Fails each allocation of a page; `cold`: those of a renderer's first page,
 * which opens the database and compiles statements.
 */
static void
sweep(const struct subject *s, bool cold, bool all)
{
	struct renderer *r = renderer_new(&s->site);
	struct job *right, *job;
	bool more = true;

	assert_non_null(r);
	right = make_right(s, r);
	for (size_t n = 1; more; n++) {
		if (cold) {
			renderer_free(r);
			r = renderer_new(&s->site);
			assert_non_null(r);
		}
		job = make(s, r, n, all);
		more = fault.failed;
		if (!is_right(job, right->page))
			fail_msg("%s: wrong after failure %zu", s->path, n);
		job_free(job);
		job = make_right(s, r);
		if (!is_right(job, right->page))
			fail_msg(
			    "%s: wrong later than failure %zu", s->path, n);
		job_free(job);
	}
	job_free(right);
	renderer_free(r);
}

static void
a_page_is_right_or_an_error(void **state)
{
	static const struct {
		const char *path, *query;
		bool cold;
	} pages[] = {
	    {"/", NULL, false},
	    {"/db", NULL, false},
	    {"/db.json", NULL, false},
	    {"/db/t", "_facet=city&_facet_array=tags&_sort=v", true},
	    {"/db/t.json",
		"_labels=on&_extra=count,suggested_facets,facet_results&v__gt="
		"1",
		false},
	    {"/db/t.csv", "_size=1", false},
	    {"/db/t.geojson", NULL, false},
	    {"/db/t/a", NULL, false},
	    {"/db/t/c~2Cd.json", "_extras=foreign_key_tables", false},
	    {"/db/city/1", NULL, false},
	    {"/db/none", NULL, false},
	    {"/db/-/query", "sql=SELECT+id,+v+FROM+t", false},
	    {"/db/-/query.json", "sql=SELECT+replace(id,+'a',+v)+AS+x+FROM+t",
		true},
	};
	struct subject s = {.path = NULL};

	set_up_subject(&s, *state);
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		s.path = pages[i].path;
		s.query = pages[i].query;
		sweep(&s, pages[i].cold, false);
		sweep(&s, false, true);
	}
	stats_free(s.site.stats);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_failure_is_noted),
	    cmocka_unit_test(all_that_allocates_notes_its_failure),
	    DATABASE_TEST(a_page_is_right_or_an_error),
	};

	if (!replace_sqlites())
		return 1;
	return RUN("alloc", tests);
}
