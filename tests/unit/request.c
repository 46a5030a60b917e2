/*
 * app/http/request.c: the prefix and the path out of every web server's
 * variables.
 */
#include "app/http/request.h"

#include "app/http/route.h"
#include "tests/unit/asking.h"

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
parse(struct fixture *f, const char *script_name, const char *path_info,
    const char *prefix)
{
	return ask(f->req,
	    &(struct vars){.method = "GET",
		.script_name = script_name,
		.path_info = path_info},
	    prefix, &f->why);
}

#define assert_segments(f, text)                                               \
	check_segments((f), LIT(text), __FILE__, __LINE__)

/* The segments, each in brackets. */
static void
check_segments(
    const struct fixture *f, struct str want, const char *file, int line)
{
	struct buf got = {0};

	for (size_t i = 0; i < f->req->n_segments; i++) {
		struct str s = f->req->segments[i];

		buf_char(&got, '[');
		buf_add(&got, s.s, s.len);
		buf_char(&got, ']');
	}
	check_str(str_of_buf(&got), want, file, line);
	buf_release(&got);
}

static void
at_the_root_with_path_info(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "", "/atlas/places", NULL), 200);
	assert_str(f->req->prefix, "");
	assert_segments(f, "[atlas][places]");
	assert_int_equal(parse(f, "", "/", NULL), 200);
	assert_str(f->req->prefix, "");
	assert_segments(f, "");
}

static void
mounted_with_path_info(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "/data", "/atlas/places", NULL), 200);
	assert_str(f->req->prefix, "/data");
	assert_segments(f, "[atlas][places]");
	assert_int_equal(parse(f, "/data", "/", NULL), 200);
	assert_str(f->req->prefix, "/data");
	assert_segments(f, "");
	assert_int_equal(parse(f, "/a/b.fcgi", "/x", NULL), 200);
	assert_str(f->req->prefix, "/a/b.fcgi");
	assert_segments(f, "[x]");
}

static void
mounted_with_a_slash_at_the_end_of_script_name(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "/data/", "atlas", NULL), 200);
	assert_str(f->req->prefix, "/data");
	assert_segments(f, "[atlas]");
	assert_int_equal(parse(f, "/", "atlas", NULL), 200);
	assert_str(f->req->prefix, "");
	assert_segments(f, "[atlas]");
}

static void
the_whole_path_in_script_name(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "/atlas/places", NULL, NULL), 200);
	assert_str(f->req->prefix, "");
	assert_segments(f, "[atlas][places]");
	assert_int_equal(parse(f, "/atlas/places", "", NULL), 200);
	assert_str(f->req->prefix, "");
	assert_segments(f, "[atlas][places]");
	assert_int_equal(parse(f, "/", NULL, NULL), 200);
	assert_segments(f, "");
}

static void
prefix_option_with_path_info(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "/data", "/atlas", "/data"), 200);
	assert_str(f->req->prefix, "/data");
	assert_segments(f, "[atlas]");
	/* The server mounts higher, or not at all. */
	assert_int_equal(parse(f, "", "/data/atlas", "/data"), 200);
	assert_str(f->req->prefix, "/data");
	assert_segments(f, "[atlas]");
	assert_int_equal(parse(f, "/data/x", "/atlas", "/data"), 200);
	assert_segments(f, "[x][atlas]");
}

static void
prefix_option_with_the_whole_path_in_script_name(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "/data/atlas/places", NULL, "/data"), 200);
	assert_str(f->req->prefix, "/data");
	assert_segments(f, "[atlas][places]");
	assert_int_equal(parse(f, "/data", NULL, "/data"), 200);
	assert_segments(f, "");
	assert_int_equal(parse(f, "/data/", NULL, "/data"), 200);
	assert_segments(f, "");
}

static void
prefix_option_with_slashes_at_its_end(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "/data/atlas", NULL, "/data/"), 200);
	assert_str(f->req->prefix, "/data");
	assert_segments(f, "[atlas]");
	assert_int_equal(parse(f, "/data/atlas", NULL, "/"), 200);
	assert_str(f->req->prefix, "");
	assert_segments(f, "[data][atlas]");
}

static void
outside_the_prefix_is_404(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "/other/atlas", NULL, "/data"), 404);
	assert_string_equal(buf_cstr(&f->why), "Pages here begin with /data/.");
	assert_int_equal(parse(f, "/database", NULL, "/data"), 404);
	assert_int_equal(parse(f, "/dat", NULL, "/data"), 404);
	assert_int_equal(parse(f, "/", NULL, "/data"), 404);
	assert_int_equal(parse(f, "", "", "/data"), 404);
	assert_int_equal(parse(f, "/DATA/x", NULL, "/data"), 404);
}

static void
outside_the_prefix_is_told_with_one_slash(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "/other", NULL, "/data/"), 404);
	assert_string_equal(buf_cstr(&f->why), "Pages here begin with /data/.");
}

static void
a_path_without_a_slash_is_404_and_says_why(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "*", NULL, NULL), 404);
	assert_lacks(buf_cstr(&f->why), "null");
	assert_int_equal(parse(f, "atlas", "places", NULL), 404);
	assert_lacks(buf_cstr(&f->why), "null");
}

static void
empty_segments_are_kept(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "", "/atlas/", NULL), 200);
	assert_segments(f, "[atlas][]");
	assert_int_equal(parse(f, "", "//", NULL), 200);
	assert_segments(f, "[][]");
	assert_int_equal(parse(f, "", "//host/x", NULL), 200);
	assert_segments(f, "[][host][x]");
	assert_int_equal(parse(f, "", "/a//b", NULL), 200);
	assert_segments(f, "[a][][b]");
}

static void
as_many_segments_as_fit(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "", "/1/2/3/4/5/6/7/8", NULL), 200);
	assert_segments(f, "[1][2][3][4][5][6][7][8]");
}

static void
too_many_segments_are_404(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "", "/1/2/3/4/5/6/7/8/9", NULL), 404);
	assert_int_equal(parse(f, "", "/1/2/3/4/5/6/7/8/", NULL), 404);
	assert_int_equal(parse(f, "", "//////////////////", NULL), 404);
	/* The prefix does not count. */
	assert_int_equal(parse(f, "/a/b/c/d/e", "/1/2/3/4/5/6/7/8", NULL), 200);
}

static void
missing_variables(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f->req, &(struct vars){0}, NULL, &f->why), 200);
	assert_segments(f, "");
	assert_int_equal(f->req->method, METHOD_OTHER);
	assert_int_equal(f->req->method_name.len, 0);
	assert_int_equal(f->req->query.len, 0);
	assert_int_equal(
	    ask(f->req, &(struct vars){.path_info = "/a"}, NULL, &f->why), 200);
	assert_segments(f, "[a]");
	assert_int_equal(
	    ask(f->req, &(struct vars){.query = "x=1"}, NULL, &f->why), 200);
	assert_str(f->req->query, "x=1");
}

static void
no_variables_at_all(void **state)
{
	char *none[] = {NULL};
	struct fixture *f = *state;

	assert_int_equal(request_parse(f->req, none, NULL, &f->why), 200);
	assert_segments(f, "");
}

static void
methods(void **state)
{
	static const struct {
		const char *name;
		enum method method;
	} cases[] = {
	    {"GET", METHOD_GET},
	    {"HEAD", METHOD_HEAD},
	    {"POST", METHOD_OTHER},
	    {"get", METHOD_OTHER},
	    {"GETS", METHOD_OTHER},
	    {"", METHOD_OTHER},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		ask(f->req,
		    &(struct vars){.method = cases[i].name, .script_name = "/"},
		    NULL, &f->why);
		assert_int_equal(f->req->method, cases[i].method);
		assert_same(f->req->method_name, str_of(cases[i].name));
	}
}

static void
the_address_for_the_log(void **state)
{
	struct fixture *f = *state;

	ask(f->req,
	    &(struct vars){.script_name = "/data",
		.path_info = "/a b",
		.uri = "/data/a%20b?x=1"},
	    NULL, &f->why);
	assert_str(f->req->uri, "/data/a%20b?x=1");
	parse(f, "/data", "/a b", NULL);
	assert_str(f->req->uri, "/data/a b");
}

static void
the_query_is_kept_raw(void **state)
{
	struct fixture *f = *state;

	ask_path(f->req, "/a", "b=%20&c=+&b=d", &f->why);
	assert_str(f->req->query, "b=%20&c=+&b=d");
	ask_path(f->req, "/a", "", &f->why);
	assert_str(f->req->query, "");
}

static void
segments_are_not_decoded_yet(void **state)
{
	struct fixture *f = *state;

	parse(f, "", "/a~2Fb/%2F/c+d", NULL);
	assert_segments(f, "[a~2Fb][%2F][c+d]");
}

static char *
long_text(char first, size_t len)
{
	char *s = malloc(len + 1);

	assert_non_null(s);
	memset(s, 'x', len);
	s[0] = first;
	s[len] = '\0';
	return s;
}

static void
an_address_of_the_greatest_length(void **state)
{
	struct fixture *f = *state;
	char *path = long_text('/', REQUEST_MAX - 100);
	char *query = long_text('q', 100);

	assert_int_equal(ask_path(f->req, path, query, &f->why), 200);
	assert_int_equal(f->req->segments[0].len, REQUEST_MAX - 101);
	assert_int_equal(f->req->query.len, 100);
	free(path);
	free(query);
}

static void
a_longer_address_is_414(void **state)
{
	struct fixture *f = *state;
	char *path = long_text('/', REQUEST_MAX - 100);
	char *query = long_text('q', 101);
	char *all = long_text('/', REQUEST_MAX + 1);

	assert_int_equal(ask_path(f->req, path, query, &f->why), 414);
	assert_has(buf_cstr(&f->why), "16384 bytes");
	assert_int_equal(parse(f, all, NULL, NULL), 414);
	assert_int_equal(parse(f, path, query, NULL), 414);
	assert_int_equal(f->req->n_segments, 0);
	free(path);
	free(query);
	free(all);
}

static void
a_refusal_comes_in_the_format_that_was_asked_for(void **state)
{
	struct fixture *f = *state;
	char *query = long_text('q', REQUEST_MAX);

	assert_int_equal(ask_path(f->req, "/a.json", query, &f->why), 414);
	assert_int_equal(f->req->format, FORMAT_JSON);
	assert_int_equal(ask_path(f->req, "/a", query, &f->why), 414);
	assert_int_equal(f->req->format, FORMAT_HTML);
	assert_int_equal(parse(f, "/other/a.json", NULL, "/data"), 404);
	assert_int_equal(f->req->format, FORMAT_JSON);
	assert_int_equal(parse(f, "", "/1/2/3/4/5/6/7/8/9.json", NULL), 404);
	assert_int_equal(f->req->format, FORMAT_JSON);
	free(query);
}

static void
variables_without_a_value_are_none(void **state)
{
	char *vars[] = {(char[]){"PATH_INFO"}, (char[]){"=x"}, (char[]){""},
	    (char[]){"SCRIPT_NAME=/a=b"}, NULL};
	struct fixture *f = *state;

	assert_int_equal(request_parse(f->req, vars, NULL, &f->why), 200);
	assert_segments(f, "[a=b]");
}

/* The widest each part can grow: all of it escapes, in every segment. */
static void
memory_never_moves(void **state)
{
	enum { STEPS = 45 };
	static const struct param params[] = {
	    {"a", PARAM_TEXT, .max = REQUEST_MAX},
	    {"b", PARAM_TEXT, .max = REQUEST_MAX},
	};
	static const struct params declared = {
	    .rows = params, .n = COUNT_OF(params)};
	static const struct route rows[] = {
	    {.path = "/:a/:b/:c", .row_key = true, .params = &declared},
	    {.path = "/:a", .row_key = true, .params = &declared},
	};
	static const struct routes routes = {.rows = rows, .n = COUNT_OF(rows)};
	static const struct {
		const char *start, *fill;
	} shapes[] = {
	    {"/d/t/x", "!"},
	    {"/d/t/x", ",!~ "},
	    {"/~64/~C3~A9/,", ",~"},
	    {"/x", "!"},
	    {"/x", "\xff,"},
	};
	struct fixture *f = *state;

	/* Many lengths, since what is reserved is rounded up. */
	for (size_t i = 0; i < COUNT_OF(shapes) * STEPS; i++) {
		size_t in_path = (REQUEST_MAX - 4) / STEPS * (i % STEPS + 1);
		const char *fill = shapes[i / STEPS].fill;
		struct buf path = {0}, query = {0};
		const char *at;
		size_t cap;

		buf_str(&path, shapes[i / STEPS].start);
		while (path.len < in_path)
			buf_char(&path, fill[path.len % strlen(fill)]);
		buf_lit(&query, "a=");
		while (i % 2 == 0 && path.len + query.len < REQUEST_MAX)
			buf_str(&query, query.len % 1000 == 0 ? "&" : "b");
		assert_int_equal(ask(f->req,
				     &(struct vars){.method = "GET",
					 .path_info = buf_cstr(&path),
					 .query = buf_cstr(&query)},
				     NULL, &f->why),
		    200);
		at = f->req->memory.data;
		cap = f->req->memory.cap;
		assert_int_equal(route_request(&routes, f->req, &f->why), 200);
		assert_ptr_equal(f->req->memory.data, at);
		assert_int_equal(f->req->memory.cap, cap);
		assert_false(f->req->memory.failed);
		request_unref(f->req); /* or it would be large for good */
		f->req = request_new();
		buf_release(&path);
		buf_release(&query);
	}
}

/* With the client's fields, which are kept if they are wanted. */
static int
parse_with_client(struct fixture *f, bool wanted, struct str path_info)
{
	static const char *const names[] = {"REMOTE_ADDR", "REMOTE_USER",
	    "SERVER_PROTOCOL", "HTTP_REFERER", "HTTP_USER_AGENT"};
	struct request_vars v = {.wants_client = wanted};
	int status;

	for (size_t i = 0; i < COUNT_OF(names); i++)
		request_vars_add(&v, str_of(names[i]), str_of(names[i]));
	request_vars_add(&v, LIT("REQUEST_METHOD"), LIT("GET"));
	request_vars_add(&v, LIT("PATH_INFO"), path_info);
	buf_reset(&f->why);
	status = request_parse_vars(f->req, &v, NULL, &f->why);
	if (!wanted)
		return status;
	assert_str(f->req->client.address, "REMOTE_ADDR");
	assert_str(f->req->client.user, "REMOTE_USER");
	assert_str(f->req->client.protocol, "SERVER_PROTOCOL");
	assert_str(f->req->client.referer, "HTTP_REFERER");
	assert_str(f->req->client.agent, "HTTP_USER_AGENT");
	return status;
}

static void
the_client_is_kept_if_it_is_wanted(void **state)
{
	struct fixture *f = *state;
	char *path = long_text('/', REQUEST_MAX + 1);

	assert_int_equal(parse_with_client(f, false, LIT("/a")), 200);
	assert_int_equal(f->req->client.agent.len, 0);
	assert_int_equal(parse_with_client(f, true, LIT("/a")), 200);
	assert_segments(f, "[a]");
	assert_int_equal(parse_with_client(f, true, str_of(path)), 414);
	assert_int_equal(
	    parse_with_client(f, true, LIT("/1/2/3/4/5/6/7/8/9")), 404);
	parse(f, "", "/", NULL);
	assert_int_equal(f->req->client.agent.len, 0);
	free(path);
}

/* It has the strings of the first part, which need not be there any more. */
static void
a_part_of_a_stream_is_a_request_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct buf resume = {0};
	struct request *second, *third;

	assert_int_equal(parse_with_client(f, true, LIT("/a/b")), 200);
	f->req->arguments = calloc(1, sizeof(*f->req->arguments));
	assert_non_null(f->req->arguments);
	f->req->arguments[0] = (struct argument){
	    .name = f->req->segments[0], .text = f->req->segments[1]};
	f->req->n_arguments = 1;
	buf_lit(&resume, "token");
	second = request_part(f->req, &resume);
	assert_non_null(second);
	assert_int_equal(f->req->refs, 2);
	assert_int_equal(f->req->resume.len, 0);
	request_unref(f->req);
	f->req = request_new();
	assert_str(str_of_buf(&second->resume), "token");
	buf_reset(&resume);
	buf_lit(&resume, "more");
	third = request_part(second, &resume);
	assert_non_null(third);
	assert_str(str_of_buf(&second->resume), "token");
	request_unref(second);
	assert_int_equal(third->refs, 1);
	assert_str(str_of_buf(&third->resume), "more");
	assert_str(third->method_name, "GET");
	assert_str(third->segments[1], "b");
	assert_str(third->arguments[0].name, "a");
	assert_str(third->arguments[0].text, "b");
	assert_str(third->client.address, "REMOTE_ADDR");
	assert_str(third->client.user, "REMOTE_USER");
	assert_str(third->client.protocol, "SERVER_PROTOCOL");
	assert_str(third->client.referer, "HTTP_REFERER");
	assert_str(third->client.agent, "HTTP_USER_AGENT");
	request_reset(third); /* as the next request on a connection does */
	assert_null(third->first);
	request_unref(third);
	buf_release(&resume);
}

static void
paths_are_written_back(void **state)
{
	static const char *const paths[] = {
	    "/", "/atlas", "/a~2Fb/c+d", "/d/t/1,2", "/~/x"};
	static const struct route rows[] = {
	    {.path = "/"},
	    {.path = "/:a"},
	    {.path = "/:a/:b"},
	    {.path = "/:a/:b/:c", .row_key = true},
	};
	static const struct routes routes = {.rows = rows, .n = COUNT_OF(rows)};
	struct fixture *f = *state;
	struct buf b = {0};

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		assert_int_equal(
		    ask_path(f->req, paths[i], NULL, &f->why), 200);
		assert_int_equal(route_request(&routes, f->req, &f->why), 200);
		request_path(f->req, &b);
		assert_string_equal(buf_cstr(&b), paths[i]);
		buf_reset(&b);
	}
	buf_release(&b);
}

static void
the_next_request_knows_nothing_of_the_last(void **state)
{
	struct fixture *f = *state;

	ask(f->req,
	    &(struct vars){.method = "HEAD",
		.script_name = "/data",
		.path_info = "/a/b",
		.query = "x=1",
		.uri = "/u"},
	    NULL, &f->why);
	f->req->format = FORMAT_JSON;
	f->req->n_names = 2;
	f->req->values[3].given = true;
	f->req->n_arguments = 2;
	f->req->uncached = true;
	buf_lit(&f->req->resume, "token");
	parse(f, "/", NULL, NULL);
	assert_int_equal(f->req->n_arguments, 0);
	assert_false(f->req->uncached);
	assert_int_equal(f->req->resume.len, 0);
	assert_int_equal(f->req->method, METHOD_GET);
	assert_int_equal(f->req->format, FORMAT_HTML);
	assert_str(f->req->prefix, "");
	assert_str(f->req->query, "");
	assert_str(f->req->uri, "/");
	assert_int_equal(f->req->n_segments, 0);
	assert_int_equal(f->req->n_names, 0);
	assert_false(f->req->values[3].given);
}

static void
the_last_reference_frees_the_request(void **state)
{
	struct fixture *f = *state;

	parse(f, "/data", "/a", NULL);
	assert_ptr_equal(request_ref(f->req), f->req);
	assert_int_equal(f->req->refs, 2);
	request_unref(f->req);
	assert_int_equal(f->req->refs, 1);
	assert_str(f->req->segments[0], "a");
	request_unref(NULL);
}

static void
reset_leaves_an_empty_request(void **state)
{
	struct fixture *f = *state;
	struct request empty = {.refs = 1};

	parse(f, "/data", "/a", NULL);
	empty.memory = f->req->memory;
	empty.memory.len = 0;
	request_reset(f->req);
	assert_memory_equal(f->req, &empty, sizeof(empty));
}

static bool
is_local(struct fixture *f, const char *remote_addr)
{
	struct request_vars vars = {.method = LIT("GET")};

	if (remote_addr != NULL)
		request_vars_add(
		    &vars, LIT("REMOTE_ADDR"), str_of(remote_addr));
	assert_int_equal(request_parse_vars(f->req, &vars, NULL, &f->why), 200);
	return f->req->local;
}

static void
who_is_on_this_machine(void **state)
{
	static const char *const local[] = {"127.0.0.1", "127.255.0.9", "::1",
	    "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::FFFF:127.1.2.3",
	    "::ffff:7f00:1", "unix:", "unix:/run/x.sock"};
	static const char *const others[] = {"", "-", "unix", "192.0.2.1",
	    "127.0.0.1.example", "127.", "127.0.0.1, 192.0.2.1",
	    "127.0.0.1000000000", "::2", "::12", "::ffff:192.0.2.1",
	    "::127.0.0.1", "128.0.0.1", "localhost", " ", "1", "127.1", "[::1]",
	    "::1%lo", " 127.0.0.1", "127.0.0.1 ", "@"};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(local); i++)
		assert_true(is_local(f, local[i]));
	for (size_t i = 0; i < COUNT_OF(others); i++)
		assert_false(is_local(f, others[i]));
	/* Not said is not known. */
	assert_false(is_local(f, NULL));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(at_the_root_with_path_info),
	    TEST(mounted_with_path_info),
	    TEST(mounted_with_a_slash_at_the_end_of_script_name),
	    TEST(the_whole_path_in_script_name),
	    TEST(prefix_option_with_path_info),
	    TEST(prefix_option_with_the_whole_path_in_script_name),
	    TEST(prefix_option_with_slashes_at_its_end),
	    TEST(outside_the_prefix_is_404),
	    TEST(outside_the_prefix_is_told_with_one_slash),
	    TEST(a_path_without_a_slash_is_404_and_says_why),
	    TEST(empty_segments_are_kept),
	    TEST(as_many_segments_as_fit),
	    TEST(too_many_segments_are_404),
	    TEST(missing_variables),
	    TEST(no_variables_at_all),
	    TEST(methods),
	    TEST(the_address_for_the_log),
	    TEST(the_query_is_kept_raw),
	    TEST(segments_are_not_decoded_yet),
	    TEST(an_address_of_the_greatest_length),
	    TEST(a_longer_address_is_414),
	    TEST(a_refusal_comes_in_the_format_that_was_asked_for),
	    TEST(variables_without_a_value_are_none),
	    TEST(memory_never_moves),
	    TEST(the_client_is_kept_if_it_is_wanted),
	    TEST(a_part_of_a_stream_is_a_request_of_its_own),
	    TEST(paths_are_written_back),
	    TEST(the_next_request_knows_nothing_of_the_last),
	    TEST(reset_leaves_an_empty_request),
	    TEST(the_last_reference_frees_the_request),
	    TEST(who_is_on_this_machine),
	};

	return RUN("request", tests);
}
