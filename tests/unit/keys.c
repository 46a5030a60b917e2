/*
 * route_key in app/http/route.c: one page, one key.  The last test compares the
 * keys of all pairs of many requests with what the requests mean, which is
 * written down here in another way.
 */
#include "app/http/route.h"
#include "app/text/url.h"
#include "handlers/routes.h"
#include "tests/unit/asking.h"

static const struct param params[] = {
    {"_size", PARAM_INT, 1, 1000, .def = 100},
    {"_text", PARAM_TEXT, .max = 100},
    {"_more", PARAM_TEXT, .max = 100},
};

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

static const struct routes all = {.rows = rows, .n = COUNT_OF(rows)};

/* A request's key; to be released. */
static struct buf
key_of(const struct routes *routes, const char *prefix, const char *path,
    const char *query)
{
	struct vars v = {.method = "GET",
	    .script_name = prefix,
	    .path_info = path,
	    .query = query};
	struct request *req = request_new();
	struct buf key = {0}, why = {0};

	assert_int_equal(ask(req, &v, NULL, &why), 200);
	if (route_request(routes, req, &why) != 200)
		print_error("%s?%s: %s\n", path, query, buf_cstr(&why));
	assert_int_equal(why.len, 0);
	route_key(req, &key);
	assert_false(key.failed);
	request_unref(req);
	buf_release(&why);
	return key;
}

#define assert_same_key(path, query, path2, query2)                            \
	assert_true(keys_equal((path), (query), (path2), (query2)))
#define assert_other_key(path, query, path2, query2)                           \
	assert_false(keys_equal((path), (query), (path2), (query2)))

static bool
keys_equal(
    const char *path, const char *query, const char *path2, const char *query2)
{
	struct buf a = key_of(&all, "", path, query);
	struct buf b = key_of(&all, "", path2, query2);
	bool equal = str_eq(str_of_buf(&a), str_of_buf(&b));

	buf_release(&a);
	buf_release(&b);
	return equal;
}

static void
undeclared_parameters_make_no_second_key(void **state)
{
	(void)state;
	assert_same_key("/d/t", NULL, "/d/t", "utm=1&x=y&_siz=5&&=");
	assert_same_key("/d", NULL, "/d", "_size=5&_text=a");
	assert_same_key("/d/t", "_size=5", "/d/t", "a=b&_size=5&c");
}

static void
the_order_of_parameters_makes_no_second_key(void **state)
{
	(void)state;
	assert_same_key("/d/t", "_size=5&_text=a&_more=b", "/d/t",
	    "_more=b&_text=a&_size=5");
}

static void
repeated_parameters_make_no_second_key(void **state)
{
	(void)state;
	assert_same_key("/d/t", "_size=5", "/d/t", "_size=5&_size=6&_size=x");
	assert_other_key("/d/t", "_size=6", "/d/t", "_size=5&_size=6");
}

static void
encodings_make_no_second_key(void **state)
{
	(void)state;
	assert_same_key(
	    "/d/t", "_text=a b", "/d/t", "%5Ftext=%61+%62&_size=100");
	assert_same_key("/d/t", "_text=a%20b", "/d/t", "_text=a+b");
	assert_same_key("/d/t", "_text=%c3%a9", "/d/t", "_text=\xc3\xa9");
	assert_same_key("/d/t", "_size=5", "/d/t", "_size=005");
	assert_same_key("/d~41/t b", NULL, "/~64A/t+b", NULL);
	assert_same_key("/d/t/~61,b", NULL, "/d/t/a,~62", NULL);
}

static void
defaults_make_no_second_key(void **state)
{
	(void)state;
	assert_same_key("/d/t", NULL, "/d/t", "_size=100");
	assert_same_key("/d/t", "_text=a", "/d/t", "_text=a&_size=100");
	assert_other_key("/d/t", NULL, "/d/t", "_size=101");
}

static void
head_and_get_share_a_key(void **state)
{
	static const char *const methods[] = {"GET", "HEAD"};
	struct buf keys[2] = {{0}, {0}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct vars v = {.method = methods[i], .script_name = "/d/t"};
		struct request *req = request_new();
		struct buf why = {0};

		assert_int_equal(ask(req, &v, NULL, &why), 200);
		assert_int_equal(route_request(&all, req, &why), 200);
		route_key(req, &keys[i]);
		request_unref(req);
		buf_release(&why);
	}
	assert_same(str_of_buf(&keys[0]), str_of_buf(&keys[1]));
	buf_release(&keys[0]);
	buf_release(&keys[1]);
}

static void
empty_text_is_not_missing_text(void **state)
{
	(void)state;
	assert_other_key("/d/t", NULL, "/d/t", "_text=");
	assert_same_key("/d/t", "_text", "/d/t", "_text=");
}

static void
values_can_not_run_into_each_other(void **state)
{
	(void)state;
	assert_other_key(
	    "/d/t", "_text=a%26_more%3Db", "/d/t", "_text=a&_more=b");
	assert_other_key("/d/t", "_text=a", "/d/t", "_more=a");
	assert_other_key("/d/t", "_text=%2561", "/d/t", "_text=%61");
	assert_other_key("/d/t", "_text=%2B", "/d/t", "_text=+");
}

static void
names_can_not_run_into_each_other(void **state)
{
	(void)state;
	assert_other_key("/a~2Fb", NULL, "/a/b", NULL);
	assert_other_key("/a~2Ejson", NULL, "/a.json", NULL);
	assert_other_key("/d/t~3F_text~3Da", NULL, "/d/t", "_text=a");
	assert_other_key("/~", NULL, "/", NULL);
	assert_other_key("/~", NULL, "/~7E", NULL);
	assert_other_key("/d/t/a,b", NULL, "/d/t/a~2Cb", NULL);
}

static void
parts_of_a_stream_have_keys_of_their_own(void **state)
{
	struct buf first = {0}, second = {0}, why = {0};
	struct request *req = request_new();

	(void)state;
	assert_int_equal(ask_path(req, "/a/b", "_text=x", &why), 200);
	assert_int_equal(route_request(&all, req, &why), 200);
	route_key(req, &first);
	buf_lit(&req->resume, "i1,#b&");
	route_key(req, &second);
	assert_str(str_of_buf(&first), ":table:/a/b?_text=x");
	assert_str(str_of_buf(&second), ":table:/a/b?_text=x#i1%2C%23b%26");
	buf_release(&first);
	buf_release(&second);
	request_unref(req);
}

static void
lists_and_filters_have_one_key(void **state)
{
	static const char *const same[][2] = {
	    {"n=1&s=2&_col=b&_col=a", "_col=b&s=2&_col=a&n=1"},
	    {"n=1&n=2&_junk=1", "n=2&n=1&n=2"},
	    {"n__in=a%2Cb", "%6E__in=a,b&__junk=2"},
	};
	static const char *const different[][2] = {
	    {"_col=b&_col=a", "_col=a&_col=b"},
	    {"n=1", "n__exact=1"},
	    {"n=1&s=2", "n=2&s=1"},
	    {"n=1", "s=1"},
	    {"n=1%26s%3D2", "n=1&s=2"},
	    {"n%3D1=2", "n=1%3D2"},
	    {"_stream=on", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(same); i++) {
		struct buf a =
		    key_of(&routes_publisher, "", "/a/b", same[i][0]);
		struct buf b =
		    key_of(&routes_publisher, "", "/a/b", same[i][1]);

		assert_same(str_of_buf(&a), str_of_buf(&b));
		buf_release(&a);
		buf_release(&b);
	}
	for (size_t i = 0; i < COUNT_OF(different); i++) {
		struct buf a =
		    key_of(&routes_publisher, "", "/a/b", different[i][0]);
		struct buf b =
		    key_of(&routes_publisher, "", "/a/b", different[i][1]);

		assert_false(str_eq(str_of_buf(&a), str_of_buf(&b)));
		buf_release(&a);
		buf_release(&b);
	}
}

static void
formats_have_keys_of_their_own(void **state)
{
	(void)state;
	assert_other_key("/", NULL, "/.json", NULL);
	assert_other_key("/d", NULL, "/d.json", NULL);
	assert_other_key("/d/t/1", NULL, "/d/t/1.json", NULL);
}

static void
prefixes_have_keys_of_their_own(void **state)
{
	static const struct {
		const char *prefix, *path;
	} cases[] = {
	    {"", "/a/b"},
	    {"/a", "/b"},
	    {"/a/b", "/"},
	    {"/b", "/a"},
	    {"/a:", "/b"},
	    {"/a%3A", "/b"},
	    {"/a ", "/b"},
	    {"/a+", "/b"},
	    {"/a%20", "/b"},
	    {"/:", "/a"},
	};
	struct buf keys[COUNT_OF(cases)];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		keys[i] = key_of(&all, cases[i].prefix, cases[i].path, NULL);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(
			    buf_cstr(&keys[i]), buf_cstr(&keys[j]));
	}
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		buf_release(&keys[i]);
}

static void
keys_are_fit_for_a_store(void **state)
{
	struct buf key = key_of(&all, "/a b\x01\xff", "/\x02~00 \x7f/t\xff",
	    "_text=%00%20%0d%0A%7f\xc3\xa9");

	(void)state;
	for (size_t i = 0; i < key.len; i++) {
		assert_true(key.data[i] > 0x20);
		assert_true(key.data[i] < 0x7f);
	}
	buf_release(&key);
}

/*
 * "~2D" is "-", so the row's address and the file's have the same names; but
 * one of the two pages is no such database, and must not take the place of
 * the stylesheet.
 */
static void
encoded_literals_do_not_take_the_key_of_the_literal_route(void **state)
{
	(void)state;
	assert_other_key("/-/static/s.css", NULL, "/~2D/static/s~2Ecss", NULL);
	assert_other_key("/-/status", NULL, "/~2D/status", NULL);
	assert_other_key("/-/status", NULL, "/-/st~61tus", NULL);
}

static void
encoded_literals_do_not_take_the_key_of_the_stylesheet(void **state)
{
	struct buf a =
	    key_of(&routes_publisher, "", "/-/static/style-1.css", NULL);
	struct buf b =
	    key_of(&routes_publisher, "", "/~2D/static/style-1~2Ecss", NULL);

	(void)state;
	if (str_eq(str_of_buf(&a), str_of_buf(&b)))
		print_error("both have the key %s\n", buf_cstr(&a));
	assert_string_not_equal(buf_cstr(&a), buf_cstr(&b));
	buf_release(&a);
	buf_release(&b);
}

/* A field of `meaning`, which nothing can run out of. */
static void
mean(struct buf *b, struct str s)
{
	buf_printf(b, "%zu:", s.len);
	buf_add(b, s.s, s.len);
}

/* The components of a row's key. */
static void
mean_row_key(struct buf *b, struct str raw)
{
	const char *s = raw.s, *end = raw.s + raw.len;
	bool alone = memchr(s, ',', raw.len) == NULL;

	for (;;) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		struct str part = {
		    s, (size_t)((comma == NULL ? end : comma) - s)};
		bool marked = part.len >= 2 && part.s[0] == '~' &&
		    (part.s[1] == 'x' || part.s[1] == 't');
		struct buf decoded = {0};

		if (marked) {
			buf_char(b, part.s[1]);
			part.s += 2;
			part.len -= 2;
		}
		(alone && !marked ? url_unname : url_unpart)(&decoded, part);
		mean(b, str_of_buf(&decoded));
		buf_release(&decoded);
		if (comma == NULL)
			return;
		s = comma + 1;
	}
}

/* What a request asks for, without ambiguity. */
static void
mean_request(const struct request *req, struct str raw_row_key, struct buf *b)
{
	mean(b, str_of(req->route->name));
	mean(b, req->prefix);
	buf_printf(b, "%d", req->format);
	for (size_t i = 0; i < req->n_names; i++)
		mean(b, req->segments[i]);
	if (req->route->row_key)
		mean_row_key(b, raw_row_key);
	for (size_t i = 0; i < route_params(req->route)->n; i++) {
		const struct value *v = &req->values[i];

		if (route_params(req->route)->rows[i].type == PARAM_INT)
			buf_printf(b, "=%lld", (long long)v->number);
		else if (v->given)
			mean(b, v->text);
		else
			buf_char(b, '!');
	}
}

struct sample {
	struct buf url, key, meaning;
};

struct samples {
	struct sample *list;
	size_t n;
};

/* Adds a request, if it has a page. */
static void
add_sample(struct samples *samples, const char *prefix, const char *path,
    const char *query)
{
	struct vars v = {.method = "GET",
	    .script_name = prefix,
	    .path_info = path,
	    .query = query};
	struct request *req = request_new();
	struct buf why = {0};
	struct sample *s;

	assert_int_equal(ask(req, &v, NULL, &why), 200);
	if (route_request(&all, req, &why) == 200) {
		/* The key as it came: behind the last slash, without .json. */
		struct str raw = str_of(strrchr(path, '/') + 1);

		if (req->format == FORMAT_JSON)
			raw.len -= strlen(".json");
		s = realloc(
		    samples->list, (samples->n + 1) * sizeof(*samples->list));
		assert_non_null(s);
		samples->list = s;
		s += samples->n++;
		*s = (struct sample){0};
		buf_printf(&s->url, "%s %s?%s", prefix, path,
		    query == NULL ? "" : query);
		route_key(req, &s->key);
		mean_request(req, raw, &s->meaning);
	}
	request_unref(req);
	buf_release(&why);
}

static void
check_pairs(struct samples *samples)
{
	size_t wrong = 0;

	for (size_t i = 0; i < samples->n; i++) {
		for (size_t j = 0; j < i; j++) {
			struct sample *a = &samples->list[i];
			struct sample *b = &samples->list[j];
			bool same = str_eq(
			    str_of_buf(&a->meaning), str_of_buf(&b->meaning));

			if (str_eq(str_of_buf(&a->key), str_of_buf(&b->key)) ==
			    same)
				continue;
			if (wrong++ < 10)
				print_error("%s\n%s\n%s: %s\n",
				    buf_cstr(&a->url), buf_cstr(&b->url),
				    same ? "two keys for one page"
					 : "one key for two pages",
				    buf_cstr(&a->key));
		}
	}
	for (size_t i = 0; i < samples->n; i++) {
		buf_release(&samples->list[i].url);
		buf_release(&samples->list[i].key);
		buf_release(&samples->list[i].meaning);
	}
	free(samples->list);
	assert_int_equal(wrong, 0);
}

static const char *const segments[] = {"a", "~61", "b", "-", "~2D", "static",
    "status", "~73tatus", "~", "~7E", "~7e", "~~", "a~2Fb", "a,b", "a~2Cb", ",",
    "a,", ",a", "~,a", "~7E,a", "a~2Ejson", "a~2ejson", "x~2Ecss", "a+b", "a b",
    "a~20b", "a%20b", ":", "a?b", "a~3Fb", "é", "~C3~A9", "~00", "~25", "%",
    "a=b&c", "1", "01", "~x", "~t", "~xa", "~ta", "~x~61", "~7Exa", "~x,~t",
    "~t~", "~t~7E", "~x1,a"};

static void
keys_of_paths_are_equal_only_if_the_pages_are(void **state)
{
	static const char *const prefixes[] = {"", "/a", "/-"};
	enum { N = COUNT_OF(segments) };
	struct samples samples = {0};
	struct buf path = {0};

	(void)state;
	for (size_t p = 0; p < COUNT_OF(prefixes); p++) {
		add_sample(&samples, prefixes[p], "/", NULL);
		add_sample(&samples, prefixes[p], "/.json", NULL);
		for (size_t i = 0; i < N; i++) {
			buf_reset(&path);
			buf_printf(&path, "/%s", segments[i]);
			add_sample(
			    &samples, prefixes[p], buf_cstr(&path), NULL);
			buf_lit(&path, ".json");
			add_sample(
			    &samples, prefixes[p], buf_cstr(&path), NULL);
		}
	}
	/* Each segment beside its neighbours in the list. */
	for (size_t i = 0; i < N * 8; i++) {
		buf_reset(&path);
		buf_printf(&path, "/%s/%s", segments[i % N],
		    segments[(i % N + i / N) % N]);
		add_sample(&samples, "", buf_cstr(&path), NULL);
	}
	/* As the key of a row, and as a file. */
	for (size_t i = 0; i < N * 4; i++) {
		buf_reset(&path);
		buf_printf(&path, "/%s/%s/%s", i / N % 2 == 0 ? "-" : "~2D",
		    i / N / 2 == 0 ? "static" : "~73tatic", segments[i % N]);
		add_sample(&samples, "", buf_cstr(&path), NULL);
		buf_reset(&path);
		buf_printf(&path, "/a/%s/%s%s", i / N % 2 == 0 ? "b" : "b~2C",
		    segments[i % N], i / N / 2 == 0 ? "" : ".json");
		add_sample(&samples, "", buf_cstr(&path), NULL);
	}
	buf_release(&path);
	assert_true(samples.n > 600);
	check_pairs(&samples);
}

static void
keys_of_values_are_equal_only_if_the_pages_are(void **state)
{
	static const char *const texts[] = {NULL, "", "a", "%61", "A", "a+b",
	    "a%20b", "a%2Bb", "a%2520b", "%26", "%3D", "a%26_more%3Db", "_more",
	    "%3F", "%25", "%", "~", "%7E", "~41", "%00", "%C3%A9", "\xc3\xa9",
	    "/", "%2F", ":", ".json", "100", "#"};
	static const char *const sizes[] = {
	    NULL, "100", "0100", "1", "01", "10", "1000"};
	enum { N = COUNT_OF(texts), M = COUNT_OF(sizes) };
	struct samples samples = {0};
	struct buf query = {0};

	(void)state;
	for (size_t i = 0; i < N * N + N * M * 2; i++) {
		const char *text = texts[i % N];
		const char *more = i < N * N ? texts[i / N] : NULL;
		const char *size =
		    i < N * N ? NULL : sizes[(i - N * N) / N % M];

		buf_reset(&query);
		if (size != NULL)
			buf_printf(&query, "_size=%s&", size);
		if (more != NULL)
			buf_printf(&query, "_more=%s&", more);
		if (text != NULL)
			buf_printf(&query, "_text=%s", text);
		add_sample(&samples, "",
		    i < N * N + N * M ? "/d/t" : "/d/t.json", buf_cstr(&query));
	}
	buf_release(&query);
	assert_int_equal(samples.n, N * N + N * M * 2);
	check_pairs(&samples);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(undeclared_parameters_make_no_second_key),
	    cmocka_unit_test(the_order_of_parameters_makes_no_second_key),
	    cmocka_unit_test(repeated_parameters_make_no_second_key),
	    cmocka_unit_test(encodings_make_no_second_key),
	    cmocka_unit_test(defaults_make_no_second_key),
	    cmocka_unit_test(head_and_get_share_a_key),
	    cmocka_unit_test(empty_text_is_not_missing_text),
	    cmocka_unit_test(values_can_not_run_into_each_other),
	    cmocka_unit_test(names_can_not_run_into_each_other),
	    cmocka_unit_test(parts_of_a_stream_have_keys_of_their_own),
	    cmocka_unit_test(lists_and_filters_have_one_key),
	    cmocka_unit_test(formats_have_keys_of_their_own),
	    cmocka_unit_test(prefixes_have_keys_of_their_own),
	    cmocka_unit_test(keys_are_fit_for_a_store),
	    cmocka_unit_test(
		encoded_literals_do_not_take_the_key_of_the_literal_route),
	    cmocka_unit_test(
		encoded_literals_do_not_take_the_key_of_the_stylesheet),
	    cmocka_unit_test(keys_of_paths_are_equal_only_if_the_pages_are),
	    cmocka_unit_test(keys_of_values_are_equal_only_if_the_pages_are),
	};

	return RUN("keys", tests);
}
