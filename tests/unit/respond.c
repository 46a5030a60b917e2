/*
 * app/respond.c: the head of a reply, line by line.
 */
#include "app/respond.h"

#include "tests/unit/util.h"

enum { NOW_MS = 100000 };

static const struct outcome miss = {.kind = OUTCOME_MISS};

/* A page that is fresh for ten minutes. */
static struct page
sample_page(void)
{
	return (struct page){
	    .refs = 1,
	    .status = 200,
	    .type = "text/html; charset=utf-8",
	    .expires_ms = NOW_MS + 600000,
	};
}

/* The value of a header line, or NULL; there must be no more than one. */
static char *
line_of(const struct buf *head, const char *name)
{
	size_t len = strlen(name);
	char *found = NULL;

	for (const char *p = buf_cstr(head); *p != '\0';) {
		const char *end = strstr(p, "\r\n");

		assert_non_null(end);
		if (strncmp(p, name, len) == 0 &&
		    strncmp(p + len, ": ", 2) == 0) {
			assert_null(found);
			p += len + 2;
			found = strndup(p, (size_t)(end - p));
			assert_non_null(found);
		}
		p = end + 2;
	}
	return found;
}

#define assert_line(page, outcome, name, value)                                \
	check_line((page), (outcome), (name), (value), __FILE__, __LINE__)

static void
check_line(const struct page *page, const struct outcome *o, const char *name,
    const char *want, const char *file, int line)
{
	struct buf head = {0};
	char *got;

	respond_head(&head, page, o, NOW_MS);
	assert_false(head.failed);
	got = line_of(&head, name);
	if (got == NULL)
		print_error("there is no %s\n", name);
	check_str(str_of(got == NULL ? "" : got), str_of(want), file, line);
	free(got);
	buf_release(&head);
}

static void
the_whole_head(void **state)
{
	struct page page = sample_page();
	struct buf head = {0};

	(void)state;
	buf_lit(&page.body, "12345");
	respond_head(&head, &page, &miss, NOW_MS);
	assert_wrote(&head,
	    "Status: 200 OK\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Length: 5\r\n"
	    "Cache-Control: no-cache\r\n"
	    "Cache-Status: squall; fwd=uri-miss\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Referrer-Policy: same-origin\r\n"
	    "Content-Security-Policy: default-src 'none'; "
	    "style-src 'self'; img-src 'self' data:; "
	    "form-action 'self'; base-uri 'none'; "
	    "frame-ancestors 'self'\r\n"
	    "\r\n");
	buf_release(&page.body);
	buf_release(&head);
}

static void
lines_end_with_crlf_and_the_head_with_an_empty_one(void **state)
{
	struct page page = sample_page();
	struct buf head = {0};
	size_t lines = 0;

	(void)state;
	buf_lit(&page.header, "Retry-After: 5\r\n");
	respond_head(&head, &page, &miss, NOW_MS);
	for (size_t i = 0; i < head.len; i++) {
		if (head.data[i] == '\n') {
			assert_int_equal(head.data[i - 1], '\r');
			lines++;
		}
		if (head.data[i] == '\r')
			assert_int_equal(head.data[i + 1], '\n');
	}
	assert_int_equal(lines, 10);
	assert_string_equal(head.data + head.len - 4, "\r\n\r\n");
	assert_ptr_equal(
	    strstr(head.data, "\r\n\r\n"), head.data + head.len - 4);
	buf_release(&page.header);
	buf_release(&head);
}

static void
every_status_has_its_line(void **state)
{
	static const struct {
		int status;
		const char *line;
	} cases[] = {
	    {200, "200 OK"},
	    {301, "301 Moved Permanently"},
	    {304, "304 Not Modified"},
	    {400, "400 Bad Request"},
	    {404, "404 Not Found"},
	    {405, "405 Method Not Allowed"},
	    {414, "414 URI Too Long"},
	    {500, "500 Internal Server Error"},
	    {503, "503 Service Unavailable"},
	};
	struct page page = sample_page();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		page.status = cases[i].status;
		assert_line(&page, &miss, "Status", cases[i].line);
	}
}

/* A damaged entry may hold any. */
static void
an_unknown_status_is_500(void **state)
{
	static const int statuses[] = {0, 1, 100, 204, 418, 599, 65535, -1};
	struct page page = sample_page();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		page.status = statuses[i];
		assert_line(
		    &page, &miss, "Status", "500 Internal Server Error");
	}
}

static void
a_hit_in_memory(void **state)
{
	struct page page = sample_page();
	struct outcome o = {.kind = OUTCOME_MEMORY};

	(void)state;
	assert_line(
	    &page, &o, "Cache-Status", "squall; hit; ttl=600; detail=memory");
}

static void
a_hit_in_the_store(void **state)
{
	struct page page = sample_page();
	struct outcome o = {.kind = OUTCOME_STORE, .store = "memcached"};

	(void)state;
	assert_line(&page, &o, "Cache-Status",
	    "squall; hit; ttl=600; detail=memcached");
	o.stored = true; /* by the worker's memory: no news for the client */
	assert_line(&page, &o, "Cache-Status",
	    "squall; hit; ttl=600; detail=memcached");
}

static void
the_time_that_is_left_counts_down(void **state)
{
	struct page page = sample_page();
	struct outcome o = {.kind = OUTCOME_MEMORY};

	(void)state;
	page.expires_ms = NOW_MS + 1999;
	assert_line(
	    &page, &o, "Cache-Status", "squall; hit; ttl=1; detail=memory");
	page.expires_ms = NOW_MS + 1;
	assert_line(
	    &page, &o, "Cache-Status", "squall; hit; ttl=0; detail=memory");
	page.expires_ms = NOW_MS - 5000;
	assert_line(
	    &page, &o, "Cache-Status", "squall; hit; ttl=-5; detail=memory");
}

static void
a_miss(void **state)
{
	struct page page = sample_page();
	struct outcome o = {.kind = OUTCOME_MISS};

	(void)state;
	assert_line(&page, &o, "Cache-Status", "squall; fwd=uri-miss");
	o.stored = true;
	assert_line(&page, &o, "Cache-Status", "squall; fwd=uri-miss; stored");
}

static void
a_collapsed_miss(void **state)
{
	struct page page = sample_page();
	struct outcome o = {.kind = OUTCOME_COLLAPSED};

	(void)state;
	assert_line(
	    &page, &o, "Cache-Status", "squall; fwd=uri-miss; collapsed");
}

static void
a_bypass(void **state)
{
	struct page page = sample_page();
	struct outcome o = {.kind = OUTCOME_BYPASS};

	(void)state;
	page.status = 405;
	assert_line(&page, &o, "Cache-Status", "squall; fwd=bypass");
}

static void
the_length_is_the_bodys(void **state)
{
	struct page page = sample_page();

	(void)state;
	assert_line(&page, &miss, "Content-Length", "0");
	buf_add(&page.body, "a\0b", 3);
	assert_line(&page, &miss, "Content-Length", "3");
	buf_reserve(&page.body, 100000);
	assert_line(&page, &miss, "Content-Length", "3");
	buf_release(&page.body);
}

static void
the_type_is_the_pages(void **state)
{
	struct page page = sample_page();

	(void)state;
	page.type = "text/css; charset=utf-8";
	assert_line(&page, &miss, "Content-Type", "text/css; charset=utf-8");
}

static void
browsers_keep_what_the_route_says(void **state)
{
	struct page page = sample_page();

	(void)state;
	assert_line(&page, &miss, "Cache-Control", "no-cache");
	page.browser_cache = "public, max-age=31536000, immutable";
	assert_line(&page, &miss, "Cache-Control",
	    "public, max-age=31536000, immutable");
}

static void
browsers_do_not_keep_errors(void **state)
{
	struct page page = sample_page();

	(void)state;
	page.browser_cache = "public, max-age=31536000, immutable";
	page.status = 404;
	assert_line(&page, &miss, "Cache-Control", "no-cache");
	page.status = 503;
	assert_line(&page, &miss, "Cache-Control", "no-cache");
}

static void
further_lines_are_the_pages(void **state)
{
	struct page page = sample_page();

	(void)state;
	buf_lit(&page.header, "Location: /atlas\r\nX-Y: z\r\n");
	assert_line(&page, &miss, "Location", "/atlas");
	assert_line(&page, &miss, "X-Y", "z");
	buf_release(&page.header);
}

static void
outcomes_have_words_for_the_log(void **state)
{
	static const struct {
		struct outcome outcome;
		const char *word;
	} cases[] = {
	    {{OUTCOME_MEMORY, NULL, false}, "hit-memory"},
	    {{OUTCOME_STORE, "memcached", true}, "hit-memcached"},
	    {{OUTCOME_MISS, NULL, true}, "miss"},
	    {{OUTCOME_MISS, NULL, false}, "miss"},
	    {{OUTCOME_COLLAPSED, NULL, false}, "collapsed"},
	    {{OUTCOME_BYPASS, NULL, false}, "bypass"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		respond_outcome(&b, &cases[i].outcome);
		assert_string_equal(buf_cstr(&b), cases[i].word);
		buf_reset(&b);
	}
	buf_release(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_whole_head),
	    cmocka_unit_test(
		lines_end_with_crlf_and_the_head_with_an_empty_one),
	    cmocka_unit_test(every_status_has_its_line),
	    cmocka_unit_test(an_unknown_status_is_500),
	    cmocka_unit_test(a_hit_in_memory),
	    cmocka_unit_test(a_hit_in_the_store),
	    cmocka_unit_test(the_time_that_is_left_counts_down),
	    cmocka_unit_test(a_miss),
	    cmocka_unit_test(a_collapsed_miss),
	    cmocka_unit_test(a_bypass),
	    cmocka_unit_test(the_length_is_the_bodys),
	    cmocka_unit_test(the_type_is_the_pages),
	    cmocka_unit_test(browsers_keep_what_the_route_says),
	    cmocka_unit_test(browsers_do_not_keep_errors),
	    cmocka_unit_test(further_lines_are_the_pages),
	    cmocka_unit_test(outcomes_have_words_for_the_log),
	};

	return RUN("respond", tests);
}
