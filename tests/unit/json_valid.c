/*
 * app/text/json_valid.c: what is JSON, and what only looks like it.
 */
#include "app/text/json_valid.h"

#include "tests/unit/util.h"

static bool
valid(struct str s)
{
	char *copy = exact_copy(s.s, s.len);
	bool ok = json_valid((struct str){copy, s.len});

	free(copy);
	return ok;
}

static void
json_is_recognized(void **state)
{
	static const char *const texts[] = {
	    "null",
	    "true",
	    " false ",
	    "0",
	    "-0.5e+10",
	    "12E3",
	    "\"\"",
	    "\"a\\n\\u00e9\\\"ü\"",
	    "[]",
	    "[ ]",
	    "[1, \"a,b\" ,null]",
	    "{}",
	    "{\"a\": [{\"b\":\t{}}],\n\"c\":1}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		if (!valid(str_of(texts[i])))
			fail_msg("refused: %s", texts[i]);
	}
}

static void
what_is_not_json_is_refused(void **state)
{
	static const char *const texts[] = {
	    "",
	    " ",
	    "nul",
	    "nulll",
	    "01",
	    "+1",
	    "1.",
	    ".5",
	    "1e",
	    "-",
	    "NaN",
	    "Infinity",
	    "\"",
	    "\"a",
	    "\"\\x\"",
	    "\"\\u12g4\"",
	    "\"\\u12",
	    "\"\n\"",
	    "\"\xff\"",
	    "'a'",
	    "[",
	    "[1,]",
	    "[,1]",
	    "[1 2]",
	    "[1}",
	    "]",
	    "{a:1}",
	    "{\"a\"}",
	    "{\"a\":}",
	    "{\"a\":1,}",
	    "{1:1}",
	    "1 2",
	    "[] x",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		if (valid(str_of(texts[i])))
			fail_msg("taken: %s", texts[i]);
	}
	assert_false(valid(LIT("1\0")));
	assert_false(valid(LIT("\"\\\0\"")));
}

static void
nesting_is_bounded(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < JSON_DEPTH; i++)
		buf_char(&b, '[');
	for (int i = 0; i < JSON_DEPTH; i++)
		buf_char(&b, ']');
	assert_true(valid(str_of_buf(&b)));
	buf_reset(&b);
	for (int i = 0; i < 100000; i++)
		buf_char(&b, '[');
	assert_false(valid(str_of_buf(&b)));
	buf_reset(&b);
	for (int i = 0; i <= JSON_DEPTH; i++)
		buf_lit(&b, "[");
	for (int i = 0; i <= JSON_DEPTH; i++)
		buf_lit(&b, "]");
	assert_false(valid(str_of_buf(&b)));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_is_recognized),
	    cmocka_unit_test(what_is_not_json_is_refused),
	    cmocka_unit_test(nesting_is_bounded),
	};

	return RUN("json_valid", tests);
}
