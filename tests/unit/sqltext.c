/*
 * app/text/sqltext.c: parameters and comments of SQL, as SQLite reads them, and
 * what is no condition.
 */
#include "app/text/sqltext.h"

#include "tests/unit/util.h"

/* The names, with a comma between them. */
static void
check(const char *sql, const char *expected)
{
	struct sqltext_params params;
	struct buf names = {0};

	sqltext_params(str_of(sql), &params);
	for (size_t i = 0; i < params.n; i++) {
		if (i > 0)
			buf_char(&names, ',');
		buf_add(&names, params.names[i].s, params.names[i].len);
	}
	if (strcmp(buf_cstr(&names), expected) != 0)
		print_error("%s\n", sql);
	assert_string_equal(buf_cstr(&names), expected);
	buf_release(&names);
}

static void
parameters_are_found(void **state)
{
	(void)state;
	check("", "");
	check("SELECT 1", "");
	check("SELECT :a", "a");
	check("SELECT :a,@b,$c", "a,b,c");
	check("SELECT #a,@b,#$c", "a,b,$c");
	check("SELECT $a::b(`:c), :::d, $::", "a::b(`:c),::d");
	check("SELECT $a(:b", "a,b");
	check("SELECT $a(:b c), :d()", "a,b,d()");
	check("SELECT :b, :a, :b", "b,a");
	check("SELECT :a_1, :1, :_x, :\xc3\xa4", "a_1,1,_x,\xc3\xa4");
	check("SELECT x=:a", "a");
	check("SELECT 5:a", "a");
	check(":", "");
	check("SELECT : a", "");
	check("SELECT ::a", "a");
	check("SELECT ?, ?1", "");
}

static void
strings_names_and_comments_have_none(void **state)
{
	(void)state;
	check("SELECT ':a'", "");
	check("SELECT 'it''s :a', :b", "b");
	check("SELECT \":a\", \"x\"\":a\", :b", "b");
	check("SELECT `:a`, [:a], :b", "b");
	check("SELECT 1 -- :a\n, :b", "b");
	check("SELECT 1 -- :a", "");
	check("SELECT 1 /* :a \n */, :b", "b");
	check("SELECT 1 /* :a", "");
	check("SELECT 1 /*/ :a */, :b", "b");
	check("SELECT 1 - -:a / :b", "a,b");
	check("SELECT ':a", "");
	check("SELECT a$b, c$d", "");
	check("SELECT x'00', :b", "b");
}

static void
there_is_a_limit(void **state)
{
	struct sqltext_params params;
	struct buf sql = {0};

	(void)state;
	for (int i = 0; i < SQLTEXT_PARAMS; i++)
		buf_printf(&sql, ":p%d ", i);
	sqltext_params(str_of_buf(&sql), &params);
	assert_int_equal(params.n, SQLTEXT_PARAMS);
	assert_false(params.too_many);
	buf_lit(&sql, ":p0 :q");
	sqltext_params(str_of_buf(&sql), &params);
	assert_int_equal(params.n, SQLTEXT_PARAMS);
	assert_true(params.too_many);
	assert_true(sqltext_has(&params, LIT("p31")));
	assert_false(sqltext_has(&params, LIT("q")));
	buf_release(&sql);
}

static void
comments_at_the_beginning(void **state)
{
	struct str sql = LIT("\n \t\n-- a: b \r\n--c\n\n  -- d\nSELECT -- e\n");
	static const char *const lines[] = {"a: b", "c", "d"};
	static const int numbers[] = {3, 4, 6};
	struct str line;
	int number = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		assert_true(sqltext_comment(&sql, &line, &number));
		assert_true(str_is(line, lines[i]));
		assert_int_equal(number, numbers[i]);
	}
	assert_false(sqltext_comment(&sql, &line, &number));
	assert_int_equal(number, 7);
	sql = LIT("");
	assert_false(sqltext_comment(&sql, &line, &number));
	sql = LIT("--");
	assert_true(sqltext_comment(&sql, &line, &number));
	assert_int_equal(line.len, 0);
}

#define NO_MATCH "its parentheses don't match"
#define NO_END   "a string or a name has no end"
#define COMMENT  "comments are not possible here"
#define PARAM    "parameters are not possible here"

static void
conditions_stay_in_parentheses(void **state)
{
	static const struct {
		const char *sql, *wrong;
	} cases[] = {
	    {"", NULL},
	    {"a = 1 AND (b OR c)", NULL},
	    {"a = ')' AND \")\" = `)` OR [)] = x')'", NULL},
	    {"a = 'it''s )' AND b->>'$.x' = 5 - -3 / 2", NULL},
	    {"a$b = 1", NULL},
	    {")", NO_MATCH},
	    {"(", NO_MATCH},
	    {"1) UNION SELECT (1", NO_MATCH},
	    {"0) OR (1", NO_MATCH},
	    {"'(' || 1)", NO_MATCH},
	    {"[(]) OR (1", NO_MATCH},
	    {"'", NO_END},
	    {"'a", NO_END},
	    {"'a''", NO_END},
	    {"a = \"b", NO_END},
	    {"`", NO_END},
	    {"[", NO_END},
	    {"[a", NO_END},
	    {"1 -- ) OR 1", COMMENT},
	    {"1 --", COMMENT},
	    {"1 /* a */", COMMENT},
	    {"1 /*", COMMENT},
	    {"1 --\n", COMMENT},
	    {"1; DROP TABLE t", "only one condition is possible"},
	    {"1 = ?", PARAM},
	    {"1 = ?1", PARAM},
	    {"1 = #1", PARAM},
	    {":a(')') OR 1", PARAM},
	    {"$a::b(')", PARAM},
	    {"@a", PARAM},
	};
	struct str zero = {"1\0) OR (1", 9};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *wrong = sqltext_no_condition(str_of(cases[i].sql));

		if (wrong == NULL || cases[i].wrong == NULL)
			assert_ptr_equal(wrong, cases[i].wrong);
		else
			assert_string_equal(wrong, cases[i].wrong);
	}
	assert_string_equal(
	    sqltext_no_condition(zero), "there is a zero byte in it");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parameters_are_found),
	    cmocka_unit_test(strings_names_and_comments_have_none),
	    cmocka_unit_test(there_is_a_limit),
	    cmocka_unit_test(comments_at_the_beginning),
	    cmocka_unit_test(conditions_stay_in_parentheses),
	};

	return RUN("sqltext", tests);
}
