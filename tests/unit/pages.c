/*
 * The handlers with the route table: whatever requests share a key must get
 * the same page, since one of them renders it for all; and the pages of a
 * table lead to each other.
 */
#include "app/http/page.h"
#include "db/catalog.h"
#include "handlers/routes.h"
#include "tests/unit/asking.h"
#include "tests/unit/database.h"

/* What a request comes to. */
struct answer {
	struct buf key;
	struct page *page;
};

static struct answer
answer(struct catalog *catalog, const char *path, const char *query)
{
	struct answer a = {.page = page_new()};
	struct request *req = request_new();
	struct buf why = {0};

	assert_non_null(a.page);
	assert_int_equal(ask_path(req, path, query, &why), 200);
	assert_int_equal(route_request(&routes_publisher, req, &why), 200);
	route_key(req, &a.key);
	a.page->status = req->route->handler(req, catalog, a.page);
	request_unref(req);
	buf_release(&why);
	return a;
}

static void
release(struct answer *a)
{
	buf_release(&a->key);
	page_unref(a->page);
}

static struct catalog *
open_catalog(struct database *d, const char *sql)
{
	static struct published published;
	struct catalog *c;

	run_sql(d->file, sql);
	published = (struct published){.name = "db", .file = d->file};
	c = catalog_new(&published, 1, LIMIT_MS);
	assert_non_null(c);
	return c;
}

/* That all requests of a list have one key, and one page. */
static void
check_same(struct catalog *c, const char *const (*requests)[2], size_t n)
{
	struct answer first = answer(c, requests[0][0], requests[0][1]);
	size_t wrong = 0;

	/* Once more, now that the file is open: counts have a time limit. */
	release(&first);
	first = answer(c, requests[0][0], requests[0][1]);
	for (size_t i = 1; i < n; i++) {
		struct answer a = answer(c, requests[i][0], requests[i][1]);

		assert_same(str_of_buf(&a.key), str_of_buf(&first.key));
		assert_int_equal(a.page->status, first.page->status);
		assert_int_equal(a.page->type, first.page->type);
		assert_same(str_of_buf(&a.page->header),
		    str_of_buf(&first.page->header));
		if (!str_eq(str_of_buf(&a.page->body),
			str_of_buf(&first.page->body))) {
			print_error("%s?%s has another page\n", requests[i][0],
			    requests[i][1]);
			wrong++;
		}
		release(&a);
	}
	assert_true(first.page->body.len > 0);
	release(&first);
	assert_int_equal(wrong, 0);
}

#define TABLES(rows)                                                           \
	"CREATE TABLE t(id INTEGER PRIMARY KEY, v);"                           \
	"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c "      \
	"LIMIT " #rows ") INSERT INTO t SELECT i, i % 7 FROM c;"               \
	"CREATE VIEW w AS SELECT v FROM t"

/* So few rows that counting them can't be over its budget. */
static const char *const tables = TABLES(40);

static void
one_key_is_one_table_page(void **state)
{
	static const char *const requests[][2] = {
	    {"/db/t", NULL},
	    {"/db/t", "_utm_source=x"},
	    {"/db/t", "_token=SECRET"},
	    {"/db/t", "_nocount=off"},
	    {"/~64b/~74", "_nocount=0&_siz=5"},
	};
	struct catalog *c = open_catalog(*state, tables);

	check_same(c, requests, COUNT_OF(requests));
	catalog_free(c);
}

static void
one_key_is_one_page_of_sorted_rows(void **state)
{
	static const char *const requests[][2] = {
	    {"/db/t", "_sort=v&_size=2&_next=i3,i10"},
	    {"/db/t", "_next=i3%2Ci10&_size=2&_sort=v"},
	    {"/db/t", "_size=2&_size=3&_junk&_sort=%76&_next=i3,i10"},
	};
	struct catalog *c = open_catalog(*state, tables);

	check_same(c, requests, COUNT_OF(requests));
	catalog_free(c);
}

static void
one_key_is_one_json_page(void **state)
{
	static const char *const requests[][2] = {
	    {"/db/t.json", "_size=2"},
	    {"/db/t.json", "_x=y&_size=2"},
	    {"/db/~74.json", "_size=02"},
	};
	struct catalog *c = open_catalog(*state, tables);

	check_same(c, requests, COUNT_OF(requests));
	catalog_free(c);
}

static void
one_key_is_one_page_of_the_other_routes(void **state)
{
	static const char *const lists[][3][2] = {
	    {{"/", NULL}, {"/", "x=y"}, {"/", "_size=5"}},
	    {{"/db", NULL}, {"/db", "x=y"}, {"/~64b", "_sort=v"}},
	    {{"/db/t/1", NULL}, {"/db/t/1", "x=y"}, {"/db/t/~31", "_size=1"}},
	    {{"/db/w", NULL}, {"/db/w", "_x=y"}, {"/db/~77", "&&"}},
	};
	struct catalog *c = open_catalog(*state, tables);

	for (size_t i = 0; i < COUNT_OF(lists); i++)
		check_same(c, lists[i], COUNT_OF(lists[i]));
	catalog_free(c);
}

static void
one_key_is_one_error(void **state)
{
	static const char *const lists[][2][2] = {
	    {{"/no", NULL}, {"/~6Eo", "x=y"}},
	    {{"/db/no", NULL}, {"/db/~6Eo", "_x=y"}},
	    {{"/db/t/no", NULL}, {"/db/t/~6Eo", "x=y"}},
	    {{"/db/t.json", "_sort=no"}, {"/db/t.json", "_x&_sort=%6eo"}},
	};
	struct catalog *c = open_catalog(*state, tables);

	for (size_t i = 0; i < COUNT_OF(lists); i++)
		check_same(c, lists[i], COUNT_OF(lists[i]));
	catalog_free(c);
}

/* The value of "next" in a page; empty if it is null. */
static void
next_token(const struct page *page, struct buf *token)
{
	const char *at = strstr(buf_cstr(&page->body), "\"next\":");

	buf_reset(token);
	assert_non_null(at);
	at += strlen("\"next\":");
	if (*at == '"')
		buf_add(token, at + 1, strcspn(at + 1, "\""));
	else
		assert_memory_equal(at, "null", 4);
}

/* Follows "next" to the end; returns how many pages there were. */
static size_t
follow(struct catalog *c, const char *path, const char *query)
{
	struct buf token = {0}, next = {0};
	size_t pages = 0;

	buf_str(&next, query);
	do {
		struct answer a = answer(c, path, buf_cstr(&next));

		if (a.page->status != 200)
			print_error("%s\n", buf_cstr(&a.page->body));
		assert_int_equal(a.page->status, 200);
		next_token(a.page, &token);
		release(&a);
		buf_reset(&next);
		buf_printf(&next, "%s&_next=%s", query, buf_cstr(&token));
		pages++;
	} while (token.len > 0 && pages < 1000);
	buf_release(&token);
	buf_release(&next);
	return pages;
}

static void
pages_lead_to_each_other(void **state)
{
	struct catalog *c = open_catalog(*state, TABLES(250));

	assert_int_equal(follow(c, "/db/t.json", "_size=100"), 3);
	assert_int_equal(follow(c, "/db/t.json", "_size=50"), 5);
	assert_int_equal(follow(c, "/db/t.json", "_size=250"), 1);
	assert_int_equal(follow(c, "/db/t.json", "_sort_desc=v&_size=7"), 36);
	assert_int_equal(follow(c, "/db/w.json", "_size=100"), 3);
	catalog_free(c);
}

/* A page is only as good as the address of the next one. */
static void
long_values_lead_to_the_next_page(void **state)
{
	struct catalog *c = open_catalog(*state,
	    "CREATE TABLE t(id INTEGER PRIMARY KEY, v);"
	    "INSERT INTO t VALUES (1, hex(zeroblob(5000))), (2, 'x')");
	struct answer a = answer(c, "/db/t.json", "_sort=v&_size=1");
	struct buf token = {0}, query = {0}, why = {0};
	struct request *req = request_new();

	next_token(a.page, &token);
	assert_true(token.len > 0);
	buf_printf(&query, "_sort=v&_size=1&_next=%s", buf_cstr(&token));
	assert_int_equal(
	    ask_path(req, "/db/t.json", buf_cstr(&query), &why), 200);
	assert_int_equal(route_request(&routes_publisher, req, &why), 200);
	assert_string_equal(buf_cstr(&why), "");
	release(&a);
	buf_release(&token);
	buf_release(&query);
	buf_release(&why);
	request_unref(req);
	catalog_free(c);
}

static void
long_keys_lead_to_the_next_page(void **state)
{
	struct catalog *c = open_catalog(*state,
	    "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES"
	    "(hex(zeroblob(5000)), 1), (hex(zeroblob(5001)), 2), ('x', 3)");

	assert_int_equal(follow(c, "/db/t.json", "_sort=k&_size=1"), 3);
	assert_int_equal(follow(c, "/db/t.json", "_size=1"), 3);
	catalog_free(c);
}

static void
a_broken_view_does_not_take_the_databases_page(void **state)
{
	struct catalog *c = open_catalog(*state,
	    "CREATE TABLE good(x); CREATE TABLE gone(x);"
	    "CREATE VIEW broken AS SELECT x FROM gone; DROP TABLE gone");
	struct answer a = answer(c, "/db", NULL);

	assert_int_equal(a.page->status, 200);
	assert_has(buf_cstr(&a.page->body), "good");
	release(&a);
	catalog_free(c);
}

static void
a_broken_view_is_listed_and_says_that_it_is(void **state)
{
	struct catalog *c = open_catalog(*state,
	    "CREATE TABLE gone(x); CREATE VIEW broken AS SELECT x FROM gone;"
	    "DROP TABLE gone");
	struct answer a = answer(c, "/db", NULL);

	assert_has(buf_cstr(&a.page->body), "broken");
	release(&a);
	a = answer(c, "/db/broken", NULL);
	assert_int_equal(a.page->status, 500);
	assert_has(buf_cstr(&a.page->body), "broken");
	release(&a);
	a = answer(c, "/db/unbroken", NULL);
	assert_int_equal(a.page->status, 404);
	release(&a);
	catalog_free(c);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    DATABASE_TEST(one_key_is_one_table_page),
	    DATABASE_TEST(one_key_is_one_page_of_sorted_rows),
	    DATABASE_TEST(one_key_is_one_json_page),
	    DATABASE_TEST(one_key_is_one_page_of_the_other_routes),
	    DATABASE_TEST(one_key_is_one_error),
	    DATABASE_TEST(pages_lead_to_each_other),
	    DATABASE_TEST(long_values_lead_to_the_next_page),
	    DATABASE_TEST(long_keys_lead_to_the_next_page),
	    DATABASE_TEST(a_broken_view_does_not_take_the_databases_page),
	    DATABASE_TEST(a_broken_view_is_listed_and_says_that_it_is),
	};

	return RUN("pages", tests);
}
