/*
 * app/text/csv.c: fields of CSV, and what spreadsheets would make of them.
 */
#include "app/text/csv.h"

#include "tests/unit/util.h"

typedef void writer(struct buf *, struct str);

static void
check(writer *write, struct str in, struct str want, int line)
{
	char *copy = exact_copy(in.s, in.len);
	struct buf b = {0};

	write(&b, (struct str){copy, in.len});
	check_wrote(&b, want, __FILE__, line);
	buf_release(&b);
	free(copy);
}

#define assert_text(in, out) check(csv_text, LIT(in), LIT(out), __LINE__)
#define assert_no_formula(in, out)                                             \
	check(csv_text_no_formula, LIT(in), LIT(out), __LINE__)

static void
quotes_stand_where_they_must(void **state)
{
	(void)state;
	assert_text("", "");
	assert_text("a b", "a b");
	assert_text("a,b", "\"a,b\"");
	assert_text("a\"b", "\"a\"\"b\"");
	assert_text("a\nb", "\"a\nb\"");
	assert_text("a\rb", "\"a\rb\"");
	assert_text(" a", "\" a\"");
	assert_text("a ", "\"a \"");
	assert_text("a\xff", "a\xef\xbf\xbd");
}

static void
formulas_are_text(void **state)
{
	(void)state;
	assert_no_formula("=1+1", "'=1+1");
	assert_no_formula("+1", "'+1");
	assert_no_formula("-1", "'-1");
	assert_no_formula("@SUM(A1)", "'@SUM(A1)");
	assert_no_formula("\t=1", "'\t=1");
	assert_no_formula("\r=1", "\"'\r=1\"");
	assert_no_formula("\n=1", "\"'\n=1\"");
	assert_no_formula("=A1,\"x\"", "\"'=A1,\"\"x\"\"\"");
}

static void
other_text_stays(void **state)
{
	(void)state;
	assert_no_formula("", "");
	assert_no_formula("\0=", "\0=");
	assert_no_formula("1=1", "1=1");
	assert_no_formula("'=1", "'=1");
	assert_no_formula("a,b", "\"a,b\"");
	assert_text("=1+1", "=1+1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quotes_stand_where_they_must),
	    cmocka_unit_test(formulas_are_text),
	    cmocka_unit_test(other_text_stays),
	};

	return RUN("csv", tests);
}
