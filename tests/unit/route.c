/*
 * app/http/route.c: which row of a table a request belongs to, and what is made
 * of its parameters.  Keys have a file of their own.
 */
#include "app/http/route.h"

#include "tests/unit/asking.h"

enum { MAX_TEXT = 10 };

static const struct param params[] = {
    {"_size", PARAM_INT, 1, 1000, .def = 100},
    {"_text", PARAM_TEXT, .max = MAX_TEXT},
    {"any", PARAM_INT, INT64_MIN, INT64_MAX, .def = -1},
};

enum { SIZE, TEXT, ANY };

static const struct route rows[] = {
    {.name = "index", .path = "/"},
    {.name = "file", .path = "/-/static/:file", .file = true},
    {.name = "status", .path = "/-/status"},
    {.name = "database", .path = "/:database"},
    {.name = "table",
	.path = "/:database/:table",
	.params =
	    &(const struct params){.rows = params, .n = COUNT_OF(params)}},
    {.name = "row", .path = "/:database/:table/:key", .row_key = true},
};

static const struct routes routes = {.rows = rows, .n = COUNT_OF(rows)};

struct fixture {
	struct request *req;
	struct buf why;
};

static int
set_up(void **state)
{
	struct fixture *f = *state = calloc(1, sizeof(struct fixture));

	return f == NULL || (f->req = request_new()) == NULL;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	request_unref(f->req);
	buf_release(&f->why);
	free(f);
	return 0;
}

static int
get(struct fixture *f, const char *path, const char *query)
{
	int status;

	assert_int_equal(ask_path(f->req, path, query, &f->why), 200);
	status = route_request(&routes, f->req, &f->why);
	assert_int_equal(status == 200, f->why.len == 0);
	return status;
}

static void
assert_route(struct fixture *f, const char *path, const char *name)
{
	assert_int_equal(get(f, path, NULL), 200);
	assert_non_null(f->req->route);
	assert_string_equal(f->req->route->name, name);
}

static void
literal_segments(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/", "index");
	assert_route(f, "/-/status", "status");
	assert_int_equal(f->req->n_segments, 2);
}

static void
colon_segments_take_any_name(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/atlas", "database");
	assert_str(f->req->segments[0], "atlas");
	assert_route(f, "/atlas/places", "table");
	assert_route(f, "/-/statu", "table");
	assert_route(f, "/-/statuses", "table");
	assert_route(f, "/atlas/places/5", "row");
	assert_route(f, "/:database", "database");
}

static void
the_first_row_that_matches_counts(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/-/static/x", "file");
	assert_route(f, "/-/other/x", "row");
}

static void
too_many_segments_match_nothing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b/c/d", NULL), 404);
	assert_null(f->req->route);
	assert_int_equal(get(f, "/-/static", NULL), 200);
	assert_string_equal(f->req->route->name, "table");
}

static void
empty_segments_match_nothing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a//b", NULL), 404);
	assert_int_equal(get(f, "//", NULL), 404);
	assert_int_equal(get(f, "//a", NULL), 404);
	assert_int_equal(get(f, "/-//status", NULL), 404);
}

static void
names_are_decoded(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/a~2Fb/c+d", "table");
	assert_int_equal(f->req->n_names, 2);
	assert_str(f->req->segments[0], "a/b");
	assert_str(f->req->segments[1], "c d");
	assert_route(f, "/~/~2Ejson", "table");
	assert_str(f->req->segments[0], "");
	assert_str(f->req->segments[1], ".json");
	assert_route(f, "/%C3/~00", "table");
	assert_str(f->req->segments[0], "%C3");
	assert_str(f->req->segments[1], "\0");
}

static void
row_keys_stay_encoded(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/d~2D/t/a,b~2Cc", "row");
	assert_int_equal(f->req->n_names, 2);
	assert_str(f->req->segments[0], "d-");
	assert_str(f->req->segments[2], "a,b~2Cc");
}

static void
row_keys_come_in_one_form(void **state)
{
	static const struct {
		const char *path, *key;
	} cases[] = {
	    {"/d/t/a,b", "a,b"},
	    {"/d/t/~61,~62", "a,b"},
	    {"/d/t/a~2cb", "a~2Cb"},
	    {"/d/t/a b", "a+b"},
	    {"/d/t/a~20b", "a+b"},
	    {"/d/t/é", "~C3~A9"},
	    {"/d/t/~", "~"},
	    {"/d/t/~7e", "~7E"},
	    {"/d/t/~~", "~7E~7E"},
	    {"/d/t/,", ","},
	    {"/d/t/a,", "a,"},
	    {"/d/t/~,b", "~7E,b"},
	    {"/d/t/,,", ",,"},
	    {"/d/t/1~2E5", "1~2E5"},
	    {"/d/t/~4", "~7E4"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_route(f, cases[i].path, "row");
		assert_same(f->req->segments[2], str_of(cases[i].key));
	}
}

static void
json_is_a_suffix(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/atlas", "database");
	assert_int_equal(f->req->format, FORMAT_HTML);
	assert_route(f, "/atlas.json", "database");
	assert_int_equal(f->req->format, FORMAT_JSON);
	assert_str(f->req->segments[0], "atlas");
	assert_route(f, "/atlas/places/5.json", "row");
	assert_int_equal(f->req->format, FORMAT_JSON);
	assert_str(f->req->segments[2], "5");
	assert_route(f, "/-/status.json", "status");
	assert_int_equal(f->req->format, FORMAT_JSON);
}

static void
only_the_last_suffix_is_one(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/a.json.json", "database");
	assert_str(f->req->segments[0], "a.json");
	assert_route(f, "/a.json/b", "table");
	assert_int_equal(f->req->format, FORMAT_HTML);
	assert_str(f->req->segments[0], "a.json");
}

static void
an_encoded_suffix_is_a_name(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/a~2Ejson", "database");
	assert_int_equal(f->req->format, FORMAT_HTML);
	assert_str(f->req->segments[0], "a.json");
}

static void
the_index_as_json(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/.json", "index");
	assert_int_equal(f->req->format, FORMAT_JSON);
	assert_int_equal(f->req->n_segments, 0);
	assert_int_equal(get(f, "/atlas/.json", NULL), 404);
	assert_int_equal(get(f, "//.json", NULL), 404);
}

static void
unknown_suffixes_are_404(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/atlas.txt", NULL), 404);
	assert_null(f->req->route);
	assert_int_equal(get(f, "/atlas.", NULL), 404);
	assert_int_equal(get(f, "/atlas.JSON", NULL), 404);
	assert_int_equal(get(f, "/atlas.jsonx", NULL), 404);
	assert_int_equal(get(f, "/atlas.json.txt", NULL), 404);
	assert_int_equal(get(f, "/.txt", NULL), 404);
}

static void
files_keep_their_suffix(void **state)
{
	struct fixture *f = *state;

	assert_route(f, "/-/static/style-1.css", "file");
	assert_int_equal(f->req->format, FORMAT_FILE);
	assert_str(f->req->segments[2], "style-1.css");
	assert_route(f, "/-/static/data.json", "file");
	assert_int_equal(f->req->format, FORMAT_FILE);
	assert_str(f->req->segments[2], "data.json");
	assert_int_equal(get(f, "/-/static/", NULL), 301);
}

static void
an_error_comes_in_the_format_that_was_asked_for(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b/c/d.json", NULL), 404);
	assert_int_equal(f->req->format, FORMAT_JSON);
	assert_int_equal(get(f, "/a/b/c/d", NULL), 404);
	assert_int_equal(f->req->format, FORMAT_HTML);
	assert_int_equal(get(f, "/a/b.json", "_size=0"), 400);
	assert_int_equal(f->req->format, FORMAT_JSON);
}

static void
a_slash_too_many_is_301(void **state)
{
	static const struct {
		const char *path, *query, *to;
	} cases[] = {
	    {"/atlas/", NULL, "/atlas"},
	    {"/atlas/places/", NULL, "/atlas/places"},
	    {"/atlas/", "", "/atlas"},
	    {"/atlas/places/", "_size=5&x=%20", "/atlas/places?_size=5&x=%20"},
	    {"/a~2Fb/", NULL, "/a~2Fb"},
	    {"/a b?/", NULL, "/a%20b%3F"},
	    {"/\\host/", NULL, "/%5Chost"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(get(f, cases[i].path, cases[i].query), 301);
		assert_null(f->req->route);
		assert_string_equal(buf_cstr(&f->why), cases[i].to);
	}
}

static void
a_redirect_keeps_the_prefix(void **state)
{
	struct fixture *f = *state;
	struct vars v = {
	    .method = "GET", .script_name = "/da ta", .path_info = "/a/"};

	assert_int_equal(ask(f->req, &v, NULL, &f->why), 200);
	assert_int_equal(route_request(&routes, f->req, &f->why), 301);
	assert_string_equal(buf_cstr(&f->why), "/da%20ta/a");
}

static void
a_redirect_ends_no_header_line(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a\r\nX: y/", "b\r\nX: z\x7f\xff"), 301);
	for (size_t i = 0; i < f->why.len; i++) {
		assert_true(f->why.data[i] > 0x20);
		assert_true(f->why.data[i] < 0x7f);
	}
	assert_string_equal(buf_cstr(&f->why), "/a%0D%0AX%3A%20y?bX:z");
}

static void
no_redirect_goes_to_another_host(void **state)
{
	static const char *const paths[] = {"//host/", "//", "///", "//host//",
	    "//host/x/", "/a//", "/a//b/", "///host/"};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		assert_int_equal(get(f, paths[i], NULL), 404);
		assert_null(f->req->route);
	}
}

static void
no_redirect_under_a_prefix_goes_to_another_host(void **state)
{
	static const struct vars cases[] = {
	    {"GET", "//host", "/a/", NULL, NULL},
	    {"GET", "/", "/host/", NULL, NULL},
	    {"GET", "//host/a/", NULL, NULL, NULL},
	    {"GET", "//host/", "a/", NULL, NULL},
	    {"GET", "//", "host/", NULL, NULL},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int status = ask(f->req, &cases[i], NULL, &f->why);

		if (status == 200)
			status = route_request(&routes, f->req, &f->why);
		if (status == 301) {
			assert_int_equal(f->why.data[0], '/');
			assert_int_not_equal(f->why.data[1], '/');
		}
		assert_true(status == 301 || status == 404);
	}
}

static void
other_methods_are_405(void **state)
{
	static const char *const paths[] = {"/", "/atlas", "/a/b/c/d", "/x/"};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		struct vars v = {.method = "POST", .script_name = paths[i]};

		assert_int_equal(ask(f->req, &v, NULL, &f->why), 200);
		assert_int_equal(route_request(&routes, f->req, &f->why), 405);
		assert_has(buf_cstr(&f->why), "POST is not possible");
	}
}

static void
head_is_as_get(void **state)
{
	struct fixture *f = *state;
	struct vars v = {.method = "HEAD", .script_name = "/atlas"};

	assert_int_equal(ask(f->req, &v, NULL, &f->why), 200);
	assert_int_equal(route_request(&routes, f->req, &f->why), 200);
	assert_string_equal(f->req->route->name, "database");
}

static void
a_long_method_is_cut_in_its_refusal(void **state)
{
	struct fixture *f = *state;
	char method[200];
	struct vars v = {.method = method, .script_name = "/"};

	memset(method, 'M', sizeof(method) - 1);
	method[sizeof(method) - 1] = '\0';
	assert_int_equal(ask(f->req, &v, NULL, &f->why), 200);
	assert_int_equal(route_request(&routes, f->req, &f->why), 405);
	assert_true(f->why.len < 140);
}

static void
values_are_the_defaults_if_not_given(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b", NULL), 200);
	assert_false(f->req->values[SIZE].given);
	assert_int_equal(f->req->values[SIZE].number, 100);
	assert_false(f->req->values[TEXT].given);
	assert_null(f->req->values[TEXT].text.s);
	assert_int_equal(f->req->values[ANY].number, -1);
	assert_int_equal(get(f, "/a/b", "&&x=1&"), 200);
	assert_false(f->req->values[SIZE].given);
}

static void
whole_numbers_within_their_range(void **state)
{
	static const struct {
		const char *query;
		int64_t number;
	} cases[] = {
	    {"_size=1", 1},
	    {"_size=1000", 1000},
	    {"_size=0007", 7},
	    {"_size=%31%30", 10},
	    {"x&_size=42&y", 42},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(get(f, "/a/b", cases[i].query), 200);
		assert_true(f->req->values[SIZE].given);
		assert_int_equal(f->req->values[SIZE].number, cases[i].number);
	}
}

static void
the_whole_range_of_64_bits(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b", "any=9223372036854775807"), 200);
	assert_true(f->req->values[ANY].number == INT64_MAX);
	assert_int_equal(get(f, "/a/b", "any=-9223372036854775808"), 200);
	assert_true(f->req->values[ANY].number == INT64_MIN);
	assert_int_equal(get(f, "/a/b", "any=9223372036854775808"), 400);
	assert_int_equal(get(f, "/a/b", "any=-9223372036854775809"), 400);
	assert_int_equal(get(f, "/a/b", "any=18446744073709551617"), 400);
}

static void
whole_numbers_out_of_their_range_are_400(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b", "_size=0"), 400);
	assert_string_equal(buf_cstr(&f->why),
	    "_size: expected a whole number from 1 to 1000, got \"0\".");
	assert_non_null(f->req->route);
	assert_int_equal(get(f, "/a/b", "_size=1001"), 400);
	assert_int_equal(get(f, "/a/b", "_size=-1"), 400);
	assert_int_equal(get(f, "/a/b", "_size=4294967297"), 400);
}

static void
what_is_no_whole_number_is_400(void **state)
{
	static const char *const queries[] = {"_size=", "_size", "_size=x",
	    "_size=5x", "_size=x5", "_size=5.0", "_size=5e1", "_size=+5",
	    "_size=%205", "_size=5%20", "_size=0x5", "_size=-", "_size=--5",
	    "_size=5-", "_size=5-5", "_size=5%00", "_size=5%000",
	    "_size=0000000000000000000000000000000000000005"};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(queries); i++) {
		if (get(f, "/a/b", queries[i]) != 400)
			print_error("%s was accepted\n", queries[i]);
		assert_has(buf_cstr(&f->why), "_size: expected");
	}
}

static void
a_wrong_value_is_shown_cut(void **state)
{
	struct fixture *f = *state;
	char query[400] = "_size=";

	memset(query + 6, '9', sizeof(query) - 7);
	assert_int_equal(get(f, "/a/b", query), 400);
	assert_true(f->why.len < 160);
	assert_has(buf_cstr(&f->why), "999");
}

static void
text_is_decoded(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b", "_text=a+b%20c"), 200);
	assert_true(f->req->values[TEXT].given);
	assert_str(f->req->values[TEXT].text, "a b c");
	assert_int_equal(get(f, "/a/b", "_text=a%2Bb%26%3d"), 200);
	assert_str(f->req->values[TEXT].text, "a+b&=");
	assert_int_equal(get(f, "/a/b", "_text=a=b=c"), 200);
	assert_str(f->req->values[TEXT].text, "a=b=c");
	assert_int_equal(get(f, "/a/b", "_text=100%"), 200);
	assert_str(f->req->values[TEXT].text, "100%");
	assert_int_equal(get(f, "/a/b", "_text=a%00b"), 200);
	assert_str(f->req->values[TEXT].text, "a\0b");
	assert_int_equal(get(f, "/a/b", "_text=~41"), 200);
	assert_str(f->req->values[TEXT].text, "~41");
}

static void
empty_text_is_given(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b", "_text="), 200);
	assert_true(f->req->values[TEXT].given);
	assert_non_null(f->req->values[TEXT].text.s);
	assert_int_equal(f->req->values[TEXT].text.len, 0);
	assert_int_equal(get(f, "/a/b", "_text"), 200);
	assert_true(f->req->values[TEXT].given);
}

static void
text_must_be_utf8(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b", "_text=%C3%A9"), 200);
	assert_str(f->req->values[TEXT].text, "é");
	assert_int_equal(get(f, "/a/b", "_text=%C3"), 400);
	assert_string_equal(buf_cstr(&f->why),
	    "_text: expected UTF-8 text of at most 10 bytes.");
	assert_int_equal(get(f, "/a/b", "_text=\xff"), 400);
	assert_int_equal(get(f, "/a/b", "_text=%ED%A0%80"), 400);
}

static void
text_must_not_be_too_long(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b", "_text=0123456789"), 200);
	assert_int_equal(get(f, "/a/b", "_text=01234567890"), 400);
	/* Its length is that of the decoded text. */
	assert_int_equal(
	    get(f, "/a/b", "_text=%30%31%32%33%34%35%36%37%38%39"), 200);
}

static void
the_first_of_repeated_parameters_counts(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b", "_size=5&_size=6"), 200);
	assert_int_equal(f->req->values[SIZE].number, 5);
	assert_int_equal(get(f, "/a/b", "_size=5&_size=x"), 200);
	assert_int_equal(f->req->values[SIZE].number, 5);
	assert_int_equal(get(f, "/a/b", "_size=x&_size=5"), 400);
	assert_int_equal(get(f, "/a/b", "_text=&_text=a"), 200);
	assert_str(f->req->values[TEXT].text, "");
}

static void
parameters_names_are_decoded(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/a/b", "%5fsi%7Ae=5"), 200);
	assert_int_equal(f->req->values[SIZE].number, 5);
	assert_int_equal(get(f, "/a/b", "_SIZE=x&_size%00=x&=x"), 200);
	assert_false(f->req->values[SIZE].given);
}

static void
undeclared_parameters_are_ignored(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "/atlas", "_size=x&utm=1&%ff"), 200);
	assert_int_equal(get(f, "/a/b", "size=x&_siz=x&_sizes=x"), 200);
	assert_false(f->req->values[SIZE].given);
}

static void
values_keep_apart(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    get(f, "/a/b", "any=7&_text=%41%42&_size=5&_size=9"), 200);
	assert_int_equal(f->req->values[SIZE].number, 5);
	assert_str(f->req->values[TEXT].text, "AB");
	assert_int_equal(f->req->values[ANY].number, 7);
	assert_str(f->req->segments[0], "a");
	assert_str(f->req->segments[1], "b");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(literal_segments),
	    TEST(colon_segments_take_any_name),
	    TEST(the_first_row_that_matches_counts),
	    TEST(too_many_segments_match_nothing),
	    TEST(empty_segments_match_nothing),
	    TEST(names_are_decoded),
	    TEST(row_keys_stay_encoded),
	    TEST(row_keys_come_in_one_form),
	    TEST(json_is_a_suffix),
	    TEST(only_the_last_suffix_is_one),
	    TEST(an_encoded_suffix_is_a_name),
	    TEST(the_index_as_json),
	    TEST(unknown_suffixes_are_404),
	    TEST(files_keep_their_suffix),
	    TEST(an_error_comes_in_the_format_that_was_asked_for),
	    TEST(a_slash_too_many_is_301),
	    TEST(a_redirect_keeps_the_prefix),
	    TEST(a_redirect_ends_no_header_line),
	    TEST(no_redirect_goes_to_another_host),
	    TEST(no_redirect_under_a_prefix_goes_to_another_host),
	    TEST(other_methods_are_405),
	    TEST(head_is_as_get),
	    TEST(a_long_method_is_cut_in_its_refusal),
	    TEST(values_are_the_defaults_if_not_given),
	    TEST(whole_numbers_within_their_range),
	    TEST(the_whole_range_of_64_bits),
	    TEST(whole_numbers_out_of_their_range_are_400),
	    TEST(what_is_no_whole_number_is_400),
	    TEST(a_wrong_value_is_shown_cut),
	    TEST(text_is_decoded),
	    TEST(empty_text_is_given),
	    TEST(text_must_be_utf8),
	    TEST(text_must_not_be_too_long),
	    TEST(the_first_of_repeated_parameters_counts),
	    TEST(parameters_names_are_decoded),
	    TEST(undeclared_parameters_are_ignored),
	    TEST(values_keep_apart),
	};

	return RUN("route", tests);
}
