/*
 * app/http/page.c: references, and pages that become errors.
 */
#include "app/http/page.h"

#include "tests/unit/util.h"

static void
a_new_page_is_empty(void **state)
{
	struct page *p = page_new();

	(void)state;
	assert_non_null(p);
	assert_int_equal(p->refs, 1);
	assert_int_equal(p->status, 200);
	assert_int_equal(p->type, MEDIA_HTML);
	assert_int_equal(p->body.len, 0);
	assert_int_equal(p->header.len, 0);
	assert_int_equal(p->expires_ms, 0);
	assert_null(p->browser_cache);
	assert_false(p->transient);
	page_unref(p);
	page_unref(NULL);
}

static void
references_are_counted(void **state)
{
	struct page *p = page_new();

	(void)state;
	buf_lit(&p->body, "body");
	buf_lit(&p->header, "X: y\r\n");
	assert_ptr_equal(page_ref(p), p);
	assert_int_equal(p->refs, 2);
	page_unref(p);
	assert_int_equal(p->refs, 1);
	assert_string_equal(buf_cstr(&p->body), "body");
	page_unref(p);
}

static void
an_error_takes_the_place_of_the_body(void **state)
{
	struct page *p = page_new();

	(void)state;
	buf_lit(&p->body, "<html>half of a pa");
	assert_int_equal(
	    page_error(p, 404, "There is no %s %d.", "row", 7), 404);
	assert_int_equal(p->status, 404);
	assert_string_equal(buf_cstr(&p->body), "There is no row 7.");
	page_unref(p);
}

static void
an_error_forgets_that_the_body_failed(void **state)
{
	struct page *p = page_new();

	(void)state;
	buf_reserve(&p->body, BUF_MAX + 1);
	assert_true(p->body.failed);
	page_error(p, 503, "Too large.");
	assert_false(p->body.failed);
	assert_string_equal(buf_cstr(&p->body), "Too large.");
	page_unref(p);
}

static void
the_size_counts_what_is_allocated(void **state)
{
	struct page *p = page_new();
	size_t empty = page_size(p);

	(void)state;
	assert_int_equal(empty, sizeof(*p));
	buf_reserve(&p->body, 5000);
	assert_int_equal(page_size(p), empty + p->body.cap);
	buf_lit(&p->header, "X: y\r\n");
	assert_int_equal(page_size(p), empty + p->body.cap + p->header.cap);
	assert_true(page_size(p) > empty + 5000 + 6);
	page_unref(p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_page_is_empty),
	    cmocka_unit_test(references_are_counted),
	    cmocka_unit_test(an_error_takes_the_place_of_the_body),
	    cmocka_unit_test(an_error_forgets_that_the_body_failed),
	    cmocka_unit_test(the_size_counts_what_is_allocated),
	};

	return RUN("page", tests);
}
