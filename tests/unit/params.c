/*
 * app/http/params.c: what query strings are taken for, and the one form in
 * which they are written.
 */
#include "app/http/params.h"

#include "tests/unit/util.h"

enum { MAX_TEXT = 10 };

static const char *const shapes[] = {"objects", "arrays", NULL};
static const char *const max_word[] = {"max", NULL};

static const struct param rows[] = {
    {"_size", PARAM_INT, 0, 1000, .def = 100, .words = max_word},
    {"_text", PARAM_TEXT, .max = MAX_TEXT},
    {"_flag", PARAM_FLAG, .def = 1},
    {"_shape", PARAM_WORD, .words = shapes},
    {"_col", PARAM_LIST, .max = MAX_TEXT},
    {"_own", PARAM_FLAG, .uncached = true},
    {"_more", PARAM_LIST, .max = MAX_TEXT},
};

enum { SIZE, TEXT, FLAG, SHAPE, COL, OWN, MORE };

static bool
is_plain(struct str name)
{
	return *name.s != '_';
}

static const struct params params = {
    .rows = rows, .n = COUNT_OF(rows), .takes = is_plain};

/* A request for a query; its memory is as large as request_parse makes it. */
static bool
read_query(const struct params *p, struct request *req, const char *query,
    struct buf *why)
{
	request_reset(req);
	req->query = str_of(query);
	buf_reserve(&req->memory, 2 * req->query.len + 1);
	return params_read(p, req, why);
}

/* How a query is written; or, behind a '!', why it is refused. */
static void
check(const char *query, const char *want)
{
	struct request *req = request_new();
	struct buf got = {0}, why = {0};

	if (read_query(&params, req, query, &why))
		params_write(&params, req, 0, ARGUMENT_NONE, &got);
	else
		buf_printf(&got, "!%s", buf_cstr(&why));
	if (strcmp(buf_cstr(&got), want) != 0) {
		print_error(
		    "%s: expected %s\n%s\n", query, want, buf_cstr(&got));
		fail();
	}
	request_unref(req);
	buf_release(&got);
	buf_release(&why);
}

static void
queries_have_one_form(void **state)
{
	static const char *const cases[][2] = {
	    {"", ""},
	    {"&&=&=x&", ""},
	    {"_size=100", ""},
	    {"_size=5", "?_size=5"},
	    {"_size=005", "?_size=5"},
	    {"_size=5&_size=x", "?_size=5"},
	    {"_size=0", "?_size=0"},
	    {"_size=max", "?_size=1000"},
	    {"_flag=1", ""},
	    {"_flag=on", ""},
	    {"_flag=true", ""},
	    {"_flag=off", "?_flag=off"},
	    {"_flag=0", "?_flag=off"},
	    {"_flag=false", "?_flag=off"},
	    {"_shape=objects", ""},
	    {"_shape=arrays&_text=", "?_text=&_shape=arrays"},
	    {"_col=b&_col=a", "?_col=b&_col=a"},
	    {"_more=x&_col=b&_col=a&_col=b", "?_col=b&_col=a&_more=x"},
	    {"b=2&a=1", "?a=1&b=2"},
	    {"a=2&a=1&a=2&aa=0", "?a=1&a=2&aa=0"},
	    {"b=1&_col=z&_size=7", "?_size=7&_col=z&b=1"},
	    {"a", "?a="},
	    {"%61=%31", "?a=1"},
	    {"a%3D1=2%263", "?a%3D1=2%263"},
	    {"_junk=1&_=2", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check(cases[i][0], cases[i][1]);
}

static void
what_is_not_as_declared_is_refused(void **state)
{
	static const char *const cases[][2] = {
	    {"_size=",
		"!_size: expected a whole number from 0 to 1000 or max, got "
		"\"\"."},
	    {"_size=1001",
		"!_size: expected a whole number from 0 to 1000 or max, got "
		"\"1001\"."},
	    {"_flag=maybe",
		"!_flag: expected off, on, 0, 1, false or true, got "
		"\"maybe\"."},
	    {"_flag",
		"!_flag: expected off, on, 0, 1, false or true, got "
		"\"\"."},
	    {"_shape=Arrays",
		"!_shape: expected objects or arrays, got \"Arrays\"."},
	    {"_text=12345678901",
		"!_text: expected UTF-8 text of at most 10 bytes."},
	    {"_col=%FF", "!_col: expected UTF-8 text of at most 10 bytes."},
	    {"_col=12345678901",
		"!_col: expected UTF-8 text of at most 10 bytes."},
	    {"name=%FF", "!name: expected UTF-8 text."},
	    {"na%FFme=1", "!na\xffme: expected UTF-8 text."},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check(cases[i][0], cases[i][1]);
}

static void
values_are_read(void **state)
{
	struct request *req = request_new();
	struct buf why = {0};

	(void)state;
	assert_true(read_query(&params, req,
	    "_shape=arrays&_col=x&_size=max&n=1&_flag=off", &why));
	assert_int_equal(req->values[SIZE].number, 1000);
	assert_true(req->values[SIZE].given);
	assert_false(req->values[TEXT].given);
	assert_int_equal(req->values[FLAG].number, 0);
	assert_int_equal(req->values[SHAPE].number, 1);
	assert_int_equal(req->n_arguments, 2);
	assert_int_equal(req->arguments[0].param, COL);
	assert_str(req->arguments[0].text, "x");
	assert_int_equal(req->arguments[1].param, COUNT_OF(rows));
	assert_str(req->arguments[1].name, "n");
	assert_str(req->arguments[1].text, "1");
	assert_true(read_query(&params, req, "", &why));
	assert_int_equal(req->values[SIZE].number, 100);
	assert_int_equal(req->values[FLAG].number, 1);
	assert_int_equal(req->n_arguments, 0);
	request_unref(req);
}

static void
a_page_may_be_for_one_request_alone(void **state)
{
	struct request *req = request_new();
	struct buf why = {0};

	(void)state;
	assert_true(read_query(&params, req, "_flag=on&_own=off", &why));
	assert_false(req->uncached);
	assert_true(read_query(&params, req, "_own=on", &why));
	assert_true(req->uncached);
	request_unref(req);
}

static void
parts_can_be_left_out(void **state)
{
	struct request *req = request_new();
	struct buf why = {0}, b = {0};

	(void)state;
	assert_true(read_query(
	    &params, req, "_size=5&_text=t&_col=x&_col=y&a=1&b=2", &why));
	assert_int_equal(
	    params_write(&params, req, PARAM_BIT(SIZE), ARGUMENT_NONE, &b),
	    '&');
	assert_wrote(&b, "?_text=t&_col=x&_col=y&a=1&b=2");
	params_write(&params, req, PARAM_BIT(COL) | PARAM_BIT(TEXT), 2, &b);
	assert_wrote(&b, "?_size=5&b=2");
	params_write(&params, req, 0, 1, &b);
	assert_wrote(&b, "?_size=5&_text=t&_col=x&a=1&b=2");
	assert_true(read_query(&params, req, "a=1", &why));
	assert_int_equal(params_write(&params, req, 0, 0, &b), '?');
	assert_wrote(&b, "");
	request_unref(req);
	buf_release(&b);
}

static void
there_is_a_bound(void **state)
{
	struct buf query = {0}, why = {0};
	struct request *req = request_new();

	(void)state;
	for (int i = 0; i < REQUEST_ARGUMENTS; i++)
		buf_printf(&query, "&a%d=%d&_junk=1", i, i);
	/* What is ignored, or there already, does not count. */
	buf_lit(&query, "&a0=0");
	assert_true(read_query(&params, req, buf_cstr(&query), &why));
	assert_int_equal(req->n_arguments, REQUEST_ARGUMENTS);
	buf_lit(&query, "&_col=x");
	assert_false(read_query(&params, req, buf_cstr(&query), &why));
	assert_has(buf_cstr(&why), "too many parameters: more than 100");
	request_unref(req);
	buf_release(&query);
	buf_release(&why);
}

static void
a_page_may_take_declared_ones_only(void **state)
{
	static const struct params closed = {.rows = rows, .n = COUNT_OF(rows)};
	struct request *req = request_new();
	struct buf why = {0};

	(void)state;
	assert_true(read_query(&closed, req, "a=1&b=%FF&_col=x", &why));
	assert_int_equal(req->n_arguments, 1);
	request_unref(req);
}

/* Whatever order parameters come in, the page's own ones are the same. */
static void
any_order_gives_the_same(void **state)
{
	static const char *const parts[] = {"_size=5", "_flag=off", "a=1",
	    "a=0", "b=", "_more=m", "%62=x", "_shape=arrays"};
	uint64_t random = 7;

	(void)state;
	for (int round = 0; round < 200; round++) {
		size_t order[COUNT_OF(parts)];
		struct buf query = {0};

		for (size_t i = 0; i < COUNT_OF(parts); i++) {
			size_t k = next_random(&random) % (i + 1);

			order[i] = order[k];
			order[k] = i;
		}
		for (size_t i = 0; i < COUNT_OF(parts); i++)
			buf_printf(&query, "&%s", parts[order[i]]);
		check(buf_cstr(&query),
		    "?_size=5&_flag=off&_shape=arrays&_more=m&a=0&a=1&b=&b=x");
		buf_release(&query);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(queries_have_one_form),
	    cmocka_unit_test(what_is_not_as_declared_is_refused),
	    cmocka_unit_test(values_are_read),
	    cmocka_unit_test(a_page_may_be_for_one_request_alone),
	    cmocka_unit_test(parts_can_be_left_out),
	    cmocka_unit_test(there_is_a_bound),
	    cmocka_unit_test(a_page_may_take_declared_ones_only),
	    cmocka_unit_test(any_order_gives_the_same),
	};

	return RUN("params", tests);
}
