/*
 * app/serve/respond.c: the head of a reply, line by line.
 */
#include "app/serve/respond.h"

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
	    .type = MEDIA_HTML,
	    .ends_ms = NOW_MS + 600000,
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

	respond_head(&head, page, (struct form){0}, o, NOW_MS);
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
	respond_head(&head, &page, (struct form){0}, &miss, NOW_MS);
	assert_wrote(&head,
	    "Status: 200 OK\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Length: 5\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Referrer-Policy: same-origin\r\n"
	    "Content-Security-Policy: default-src 'none'; "
	    "style-src 'self'; script-src 'self'; connect-src 'self'; "
	    "img-src 'self' data:; "
	    "form-action 'self'; base-uri 'none'; "
	    "frame-ancestors 'self'\r\n"
	    "Cache-Control: no-cache\r\n"
	    "Cache-Status: squall; fwd=uri-miss\r\n"
	    "Server-Timing: cache;dur=0.000\r\n"
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
	respond_head(&head, &page, (struct form){0}, &miss, NOW_MS);
	for (size_t i = 0; i < head.len; i++) {
		if (head.data[i] == '\n') {
			assert_int_equal(head.data[i - 1], '\r');
			lines++;
		}
		if (head.data[i] == '\r')
			assert_int_equal(head.data[i + 1], '\n');
	}
	assert_int_equal(lines, 11);
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
	page.ends_ms = NOW_MS + 1999;
	assert_line(
	    &page, &o, "Cache-Status", "squall; hit; ttl=1; detail=memory");
	page.ends_ms = NOW_MS + 1;
	assert_line(
	    &page, &o, "Cache-Status", "squall; hit; ttl=0; detail=memory");
	page.ends_ms = NOW_MS - 5000;
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
a_miss_for_a_page_of_another_version(void **state)
{
	struct page page = sample_page();
	struct outcome o = {
	    .kind = OUTCOME_MISS, .stale = true, .version = 0xabc};

	(void)state;
	assert_line(&page, &o, "Cache-Status",
	    "squall; fwd=stale; detail=\"version 0000000000000abc\"");
	o.stored = true;
	o.version = UINT64_MAX;
	assert_line(&page, &o, "Cache-Status",
	    "squall; fwd=stale; stored; detail=\"version ffffffffffffffff\"");
	o.expired = true;
	assert_line(&page, &o, "Cache-Status",
	    "squall; fwd=stale; stored; detail=expired");
	o.expired = false;
	o.version = 0; /* it is not known */
	assert_line(&page, &o, "Cache-Status", "squall; fwd=stale; stored");
	o.kind = OUTCOME_COLLAPSED;
	o.version = UINT64_MAX;
	assert_line(&page, &o, "Cache-Status",
	    "squall; fwd=stale; collapsed; "
	    "detail=\"version ffffffffffffffff\"");
}

static void
a_page_that_is_behind(void **state)
{
	struct page page = sample_page();
	struct outcome o = {.kind = OUTCOME_BEHIND};

	(void)state;
	page.ends_ms = NOW_MS + 5000;
	assert_line(
	    &page, &o, "Cache-Status", "squall; hit; ttl=0; detail=behind");
	page.ends_ms = NOW_MS - 5000;
	assert_line(
	    &page, &o, "Cache-Status", "squall; hit; ttl=-5; detail=behind");
}

static void
a_page_that_stands_in_for_an_error(void **state)
{
	struct page page = sample_page();
	struct outcome o = {.kind = OUTCOME_ERROR, .stale = true};

	(void)state;
	assert_line(&page, &o, "Cache-Status",
	    "squall; fwd=stale; fwd-status=503; detail=stale-if-error");
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
	page.type = MEDIA_CSS;
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

/* A page that a browser may show for a while, `s` seconds behind. */
static struct page
lasting_page(int64_t s)
{
	struct page page = sample_page();

	page.fresh_s = s;
	page.stale_if_error_s = 60;
	page.checked_ms = NOW_MS;
	return page;
}

static void
browsers_share_in_how_far_a_page_may_be_behind(void **state)
{
	static const struct {
		int64_t fresh_s;
		const char *want;
	} cases[] = {
	    {0, "no-cache"},
	    {1, "max-age=1, stale-while-revalidate=0, stale-if-error=60"},
	    {2, "max-age=1, stale-while-revalidate=1, stale-if-error=60"},
	    {9, "max-age=5, stale-while-revalidate=4, stale-if-error=60"},
	};
	struct page page;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		page = lasting_page(cases[i].fresh_s);
		assert_line(&page, &miss, "Cache-Control", cases[i].want);
	}
	/* What squall has used of it is gone. */
	page = lasting_page(10);
	page.checked_ms = NOW_MS - 4500;
	assert_line(&page, &miss, "Cache-Control",
	    "max-age=3, stale-while-revalidate=2, stale-if-error=60");
	page.checked_ms = NOW_MS - 9500;
	assert_line(&page, &miss, "Cache-Control", "no-cache");
	/* Nothing outlives its expiry, and what is not kept has none. */
	page = lasting_page(10);
	page.ends_ms = NOW_MS + 2000;
	assert_line(&page, &miss, "Cache-Control",
	    "max-age=1, stale-while-revalidate=1, stale-if-error=60");
	page.ends_ms = 0;
	assert_line(&page, &miss, "Cache-Control", "no-cache");
	page = lasting_page(10);
	page.status = 404;
	assert_line(&page, &miss, "Cache-Control", "no-cache");
	/* A route knows better. */
	page = lasting_page(10);
	page.browser_cache = "immutable";
	assert_line(&page, &miss, "Cache-Control", "immutable");
}

static void
what_it_took_is_told(void **state)
{
	static const struct {
		struct outcome o;
		const char *want;
	} cases[] = {
	    {{.kind = OUTCOME_MEMORY}, "cache;dur=0"},
	    {{.kind = OUTCOME_BYPASS}, "cache;dur=0"},
	    {{.kind = OUTCOME_STORE, .store = "redis", .store_us = 1234},
		"cache;dur=1.234"},
	    {{.kind = OUTCOME_MISS,
		 .store_us = 7,
		 .db_us = 1000,
		 .render_us = 1500},
		"cache;dur=0.007, db;dur=1.000, render;dur=0.500"},
	    {{.kind = OUTCOME_COLLAPSED, .store = "redis", .store_us = 20001},
		"cache;dur=20.001"},
	};
	struct page page = sample_page();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_line(&page, &cases[i].o, "Server-Timing", cases[i].want);
}

static void
who_waited_for_another_worker_is_told_of_the_store(void **state)
{
	struct outcome o = {.kind = OUTCOME_COLLAPSED, .store = "redis"};
	struct page page = sample_page();

	(void)state;
	assert_line(&page, &o, "Cache-Status",
	    "squall; fwd=uri-miss; collapsed; detail=redis");
}

#define TAG "0123456789abcdef0123456789abcdef"

/* A compressed page with a tag. */
static struct page
packed_page(void)
{
	struct page page = sample_page();

	page.plain_len = 1000;
	memcpy(page.tag, TAG, sizeof(TAG));
	buf_lit(&page.body, "packed");
	return page;
}

/* That a line of the head in this form is this; NULL: that it is not there. */
static void
check_form(const struct page *page, struct form form, const char *name,
    const char *want)
{
	struct buf head = {0};
	char *got;

	respond_head(&head, page, form, &miss, NOW_MS);
	got = line_of(&head, name);
	if (want == NULL)
		assert_null(got);
	else
		assert_string_equal(got == NULL ? "none" : got, want);
	free(got);
	buf_release(&head);
}

static void
a_compressed_page_as_it_lies(void **state)
{
	static const struct form form = {0};
	struct page page = packed_page();

	(void)state;
	check_form(&page, form, "Status", "200 OK");
	check_form(&page, form, "Content-Encoding", "gzip");
	check_form(&page, form, "Content-Length", "6");
	check_form(&page, form, "ETag", "\"" TAG "-gzip\"");
	check_form(&page, form, "Vary", "Accept-Encoding");
	buf_release(&page.body);
}

static void
a_compressed_page_inflated(void **state)
{
	static const struct form form = {.inflate = true};
	struct page page = packed_page();

	(void)state;
	check_form(&page, form, "Content-Encoding", NULL);
	check_form(&page, form, "Content-Length", "1000");
	check_form(&page, form, "ETag", "\"" TAG "\"");
	check_form(&page, form, "Vary", "Accept-Encoding");
	buf_release(&page.body);
}

static void
a_plain_page_has_one_form(void **state)
{
	static const struct form form = {0};
	struct page page = packed_page();

	(void)state;
	page.plain_len = 0;
	check_form(&page, form, "Content-Encoding", NULL);
	check_form(&page, form, "Content-Length", "6");
	check_form(&page, form, "ETag", "\"" TAG "\"");
	check_form(&page, form, "Vary", NULL);
	buf_release(&page.body);
}

/* RFC 9110, section 15.4.5: what a 304 has to say, and what it leaves out. */
static void
a_304_has_what_caches_need_and_no_entity(void **state)
{
	static const struct form form = {.not_modified = true};
	struct page page = packed_page();

	(void)state;
	buf_lit(&page.header, "X-Y: z\r\n");
	check_form(&page, form, "Status", "304 Not Modified");
	check_form(&page, form, "ETag", "\"" TAG "-gzip\"");
	check_form(&page, form, "Vary", "Accept-Encoding");
	check_form(&page, form, "Cache-Control", "no-cache");
	check_form(&page, form, "Cache-Status", "squall; fwd=uri-miss");
	check_form(&page, form, "Content-Type", NULL);
	check_form(&page, form, "Content-Length", NULL);
	check_form(&page, form, "Content-Encoding", NULL);
	check_form(&page, form, "X-Y", NULL);
	buf_release(&page.header);
	buf_release(&page.body);
}

static void
errors_have_no_tag(void **state)
{
	static const struct form form = {0};
	struct page page = packed_page();

	(void)state;
	page.status = 404;
	check_form(&page, form, "ETag", NULL);
	page.status = 503;
	check_form(&page, form, "ETag", NULL);
	buf_release(&page.body);
}

static void
the_form_is_what_the_request_asks_for(void **state)
{
	struct page page = packed_page();
	struct request req = {0};
	struct form form = respond_form(&req, &page, false);

	(void)state;
	assert_true(form.inflate && !form.not_modified);
	req.accept_encoding = LIT("br, gzip");
	form = respond_form(&req, &page, false);
	assert_false(form.inflate || form.not_modified);
	req.if_none_match = LIT("\"" TAG "\"");
	form = respond_form(&req, &page, false);
	assert_true(!form.inflate && form.not_modified);
	req.if_none_match = LIT("*");
	assert_true(respond_form(&req, &page, false).not_modified);
	req.if_none_match = LIT("\"another\"");
	assert_false(respond_form(&req, &page, false).not_modified);
	/* A plain page is not inflated. */
	page.plain_len = 0;
	req.accept_encoding = LIT("");
	assert_false(respond_form(&req, &page, false).inflate);
	buf_release(&page.body);
}

static void
only_a_200_with_a_tag_can_be_not_modified(void **state)
{
	struct page page = packed_page();
	struct request req = {.if_none_match = LIT("*")};

	(void)state;
	assert_true(respond_form(&req, &page, false).not_modified);
	page.status = 404;
	assert_false(respond_form(&req, &page, false).not_modified);
	page.status = 503;
	assert_false(respond_form(&req, &page, false).not_modified);
	page.status = 200;
	page.tag[0] = '\0';
	assert_false(respond_form(&req, &page, false).not_modified);
	req.if_none_match = LIT("\"\"");
	assert_false(respond_form(&req, &page, false).not_modified);
	buf_release(&page.body);
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
a_page_may_say_how_long_it_is_kept(void **state)
{
	struct page page = sample_page();
	struct buf head = {0};
	char *got;

	(void)state;
	buf_lit(&page.header, "Link: <x>\r\nCache-Control: max-age=5\r\n");
	page.browser_cache = "public";
	/* Once only, and with a 304 as well. */
	assert_line(&page, &miss, "Cache-Control", "max-age=5");
	respond_head(
	    &head, &page, (struct form){.not_modified = true}, &miss, NOW_MS);
	got = line_of(&head, "Cache-Control");
	assert_non_null(got);
	assert_string_equal(got, "max-age=5");
	assert_null(line_of(&head, "Link"));
	free(got);
	buf_release(&head);
	buf_release(&page.header);
}

static void
the_length_of_a_stream_is_not_known(void **state)
{
	struct page page = sample_page();
	struct buf head = {0};

	(void)state;
	buf_lit(&page.body, "12345");
	buf_lit(&page.next, "token");
	respond_head(&head, &page, (struct form){0}, &miss, NOW_MS);
	assert_null(line_of(&head, "Content-Length"));
	buf_release(&head);
	buf_release(&page.body);
	buf_release(&page.next);
}

static void
other_sites_may_read_data_if_the_site_says_so(void **state)
{
	static const struct request req = {0};
	struct page page = sample_page();

	(void)state;
	for (size_t i = 0; i < MEDIAS; i++) {
		page.type = (enum media)i;
		assert_false(respond_form(&req, &page, false).cors);
		assert_int_equal(respond_form(&req, &page, true).cors,
		    page.type != MEDIA_HTML);
	}
	check_form(
	    &page, (struct form){0}, "Access-Control-Allow-Origin", NULL);
	check_form(&page, (struct form){.cors = true},
	    "Access-Control-Allow-Origin", "*");
	check_form(&page, (struct form){.cors = true, .not_modified = true},
	    "Access-Control-Allow-Origin", "*");
	check_form(&page, (struct form){.cors = true},
	    "Access-Control-Expose-Headers", "Link");
}

static void
outcomes_have_words_for_the_log(void **state)
{
	static const struct {
		struct outcome outcome;
		const char *word;
	} cases[] = {
	    {{.kind = OUTCOME_MEMORY}, "hit-memory"},
	    {{.kind = OUTCOME_STORE, .store = "memcached"}, "hit-memcached"},
	    {{.kind = OUTCOME_MISS, .stored = true}, "miss"},
	    {{.kind = OUTCOME_MISS}, "miss"},
	    {{.kind = OUTCOME_COLLAPSED}, "collapsed"},
	    {{.kind = OUTCOME_BEHIND}, "behind"},
	    {{.kind = OUTCOME_ERROR}, "error"},
	    {{.kind = OUTCOME_BYPASS}, "bypass"},
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
	    cmocka_unit_test(a_miss_for_a_page_of_another_version),
	    cmocka_unit_test(a_page_that_is_behind),
	    cmocka_unit_test(a_page_that_stands_in_for_an_error),
	    cmocka_unit_test(a_bypass),
	    cmocka_unit_test(the_length_is_the_bodys),
	    cmocka_unit_test(the_type_is_the_pages),
	    cmocka_unit_test(browsers_keep_what_the_route_says),
	    cmocka_unit_test(browsers_do_not_keep_errors),
	    cmocka_unit_test(browsers_share_in_how_far_a_page_may_be_behind),
	    cmocka_unit_test(what_it_took_is_told),
	    cmocka_unit_test(
		who_waited_for_another_worker_is_told_of_the_store),
	    cmocka_unit_test(a_compressed_page_as_it_lies),
	    cmocka_unit_test(a_compressed_page_inflated),
	    cmocka_unit_test(a_plain_page_has_one_form),
	    cmocka_unit_test(a_304_has_what_caches_need_and_no_entity),
	    cmocka_unit_test(errors_have_no_tag),
	    cmocka_unit_test(the_form_is_what_the_request_asks_for),
	    cmocka_unit_test(only_a_200_with_a_tag_can_be_not_modified),
	    cmocka_unit_test(further_lines_are_the_pages),
	    cmocka_unit_test(a_page_may_say_how_long_it_is_kept),
	    cmocka_unit_test(the_length_of_a_stream_is_not_known),
	    cmocka_unit_test(other_sites_may_read_data_if_the_site_says_so),
	    cmocka_unit_test(outcomes_have_words_for_the_log),
	};

	return RUN("respond", tests);
}
