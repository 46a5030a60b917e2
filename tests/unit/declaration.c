/*
 * db/schema/declaration.c: the parts of CREATE VIRTUAL TABLE, however it is
 * written.
 */
#include "db/schema/declaration.h"

#include "tests/unit/util.h"

/* "module: argument; argument" of a statement; "none" if it is another. */
#define assert_parts(sql, lit)                                                 \
	check_parts(LIT(sql), LIT(lit), __FILE__, __LINE__)

static void
check_parts(struct str sql, struct str want, const char *file, int line)
{
	char *copy = exact_copy(sql.s, sql.len);
	const char *separator = ":";
	struct declaration d;
	struct buf b = {0};
	struct str a;

	if (declaration_parse(&d, (struct str){copy, sql.len})) {
		buf_add(&b, d.module.s, d.module.len);
		for (; declaration_next(&d, &a); separator = ";") {
			buf_printf(&b, "%s %.*s", separator, (int)a.len, a.s);
		}
	} else {
		buf_lit(&b, "none");
	}
	check_str(str_of_buf(&b), want, file, line);
	buf_release(&b);
	free(copy);
}

static void
modules_and_arguments(void **state)
{
	(void)state;
	assert_parts("CREATE VIRTUAL TABLE f USING fts5(a, b, content='t')",
	    "fts5: a; b; content='t'");
	assert_parts(
	    "create virtual table f using FTS4 ( a ,\n b )", "FTS4: a; b");
	assert_parts("CREATE VIRTUAL TABLE f USING m", "m");
	assert_parts("CREATE VIRTUAL TABLE f USING m()", "m");
	assert_parts(
	    "CREATE VIRTUAL TABLE f USING m(f(x, y), z)", "m: f(x, y); z");
}

static void
names_in_quotes(void **state)
{
	(void)state;
	assert_parts("CREATE VIRTUAL TABLE \"using x\" USING \"fts5\"(\"a,b\")",
	    "\"fts5\": \"a,b\"");
	assert_parts("CREATE VIRTUAL TABLE [using]USING fts4([a)b], `c,``d`)",
	    "fts4: [a)b]; `c,``d`");
	assert_parts(
	    "CREATE VIRTUAL TABLE 'it''s USING x(y)' USING z('''')", "z: ''''");
	assert_parts("CREATE VIRTUAL TABLE main.f USING fts5(a)", "fts5: a");
}

static void
comments(void **state)
{
	(void)state;
	assert_parts(
	    "CREATE/**/VIRTUAL -- x\n TABLE f USING m(/* , */ a, -- )\n"
	    " b)",
	    "m: a; b");
	assert_parts("CREATE VIRTUAL TABLE f USING m(a) /* open", "m: a");
}

static void
other_statements(void **state)
{
	(void)state;
	assert_parts("CREATE TABLE t(a)", "none");
	assert_parts("", "none");
	assert_parts("CREATE", "none");
	assert_parts("CREATE VIRTUAL TABLE", "none");
	assert_parts("CREATE VIRTUAL TABLE f", "none");
	assert_parts("CREATE VIRTUAL TABLE f USING", "none");
	assert_parts("CREATE VIRTUAL TABLE \"f USING m(a)", "none");
}

static void
statements_that_are_cut_off(void **state)
{
	static const char sql[] =
	    "CREATE VIRTUAL TABLE \"f\" USING [m](a, 'b', /* c */ d(e, f))";

	(void)state;
	for (size_t len = 0; len < sizeof(sql); len++) {
		char *copy = exact_copy(sql, len);
		struct declaration d;
		struct str a;
		size_t n = 0;

		if (declaration_parse(&d, (struct str){copy, len})) {
			while (declaration_next(&d, &a) && n < 10)
				n++;
		}
		assert_true(n <= 3);
		free(copy);
	}
}

/* The value of the option "content" of an argument; "none" if it is none. */
#define assert_content(argument, lit)                                          \
	check_content(LIT(argument), LIT(lit), __FILE__, __LINE__)

static void
check_content(struct str argument, struct str want, const char *file, int line)
{
	char *copy = exact_copy(argument.s, argument.len);
	struct buf b = {0};

	if (!declaration_option(
		(struct str){copy, argument.len}, "content", &b))
		buf_lit(&b, "none");
	check_str(str_of_buf(&b), want, file, line);
	buf_release(&b);
	free(copy);
}

static void
options_however_quoted(void **state)
{
	(void)state;
	assert_content("content=t", "t");
	assert_content("content='t'", "t");
	assert_content("content=\"t\"", "t");
	assert_content("content=[t]", "t");
	assert_content("content=`t`", "t");
	assert_content("CONTENT\t=\n't'", "t");
	assert_content("content = two words", "two words");
	assert_content("content='it''s'", "it's");
	assert_content("content=\"a\"\"b\"", "a\"b");
	assert_content("content=[a\"b]", "a\"b");
	assert_content("content=''", "");
	assert_content("content=", "");
	assert_content("content", "none");
	assert_content("contents=t", "none");
	assert_content("content_rowid=t", "none");
	assert_content("'content'=t", "none");
	assert_content("", "none");
	assert_content("content='t", "t");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(modules_and_arguments),
	    cmocka_unit_test(names_in_quotes),
	    cmocka_unit_test(comments),
	    cmocka_unit_test(other_statements),
	    cmocka_unit_test(statements_that_are_cut_off),
	    cmocka_unit_test(options_however_quoted),
	};

	return RUN("declaration", tests);
}
