/*
 * app/text/html.c: the one escaper, and numbers as people read them.
 */
#include "app/text/html.h"

#include <limits.h>
#include <malloc.h>

#include "tests/unit/util.h"

#define FFFD "\xef\xbf\xbd"

/* What html_str writes for `in`. */
#define assert_html(in, out) check_html(LIT(in), LIT(out), __FILE__, __LINE__)

static void
check_html(struct str in, struct str want, const char *file, int line)
{
	char *copy = exact_copy(in.s, in.len);
	struct buf b = {0};

	html_str(&b, (struct str){copy, in.len});
	check_wrote(&b, want, file, line);
	buf_release(&b);
	free(copy);
}

static void
markup_is_escaped_in_text(void **state)
{
	(void)state;
	assert_html("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d");
	assert_html("<script>alert(1)</script>",
	    "&lt;script&gt;alert(1)&lt;/script&gt;");
	assert_html("&lt;", "&amp;lt;");
}

static void
both_quotes_are_escaped_for_attributes(void **state)
{
	(void)state;
	assert_html("\" onload=\"x", "&quot; onload=&quot;x");
	assert_html("' onload='x", "&#39; onload=&#39;x");
}

static void
every_printable_ascii_character(void **state)
{
	static const char special[] = "&<>\"'";
	struct buf b = {0};

	(void)state;
	for (char c = 0x20; c < 0x7f; c++) {
		html_str(&b, (struct str){&c, 1});
		if (strchr(special, c) != NULL) {
			assert_int_equal(b.data[0], '&');
			assert_int_equal(b.data[b.len - 1], ';');
		} else {
			assert_same(str_of_buf(&b), ((struct str){&c, 1}));
		}
		buf_reset(&b);
	}
	buf_release(&b);
}

static void
white_space_survives(void **state)
{
	(void)state;
	assert_html("a\tb\nc d", "a\tb\nc d");
	/* A parser would turn a bare one into a line feed. */
	assert_html("a\r\nb", "a&#13;\nb");
}

static void
control_characters_are_replaced(void **state)
{
	struct buf b = {0};

	(void)state;
	for (char c = 0; c < 0x20; c++) {
		/* A form feed is white space: both are right. */
		if (c == '\t' || c == '\n' || c == '\r' || c == '\f')
			continue;
		html_str(&b, (struct str){&c, 1});
		assert_wrote(&b, FFFD);
	}
	assert_html("\x7f", FFFD);
	assert_html("a\0b", "a" FFFD "b");
	buf_release(&b);
}

/* HTML, "preprocessing the input stream": controls are U+007F to U+009F too. */
static void
c1_control_characters_are_replaced(void **state)
{
	(void)state;
	assert_html("\xc2\x80", FFFD);
	assert_html("a\xc2\x85z", "a" FFFD "z");
	assert_html("\xc2\x9f", FFFD);
}

static void
characters_beyond_the_controls_survive(void **state)
{
	(void)state;
	assert_html("\xc2\xa0", "\xc2\xa0");
	assert_html("é€🌍", "é€🌍");
	assert_html("\xef\xbf\xbd", FFFD);
	assert_html("é<€", "é&lt;€");
}

static void
malformed_bytes_are_replaced_one_by_one(void **state)
{
	(void)state;
	assert_html("\xff", FFFD);
	assert_html("a\x80z", "a" FFFD "z");
	assert_html("\xc0\xaf", FFFD FFFD);
	assert_html("\xed\xa0\x80", FFFD FFFD FFFD);
	assert_html("\xf0\x9f\x8c", FFFD FFFD FFFD);
	assert_html("\xe2\x82<", FFFD FFFD "&lt;");
	assert_html("é\xc3", "é" FFFD);
}

static void
a_cut_sequence_hides_no_markup(void **state)
{
	(void)state;
	assert_html("\xc3<b>", FFFD "&lt;b&gt;");
	assert_html("\xf0\x9f\"", FFFD FFFD "&quot;");
}

static void
empty_text_is_nothing(void **state)
{
	struct buf b = {0};

	(void)state;
	mallopt(M_PERTURB, 0x55); /* new memory is not zero */
	html(&b, "");
	html_str(&b, (struct str){NULL, 0});
	mallopt(M_PERTURB, 0);
	assert_int_equal(b.len, 0);
	assert_int_equal(buf_cstr(&b)[0], '\0');
	buf_release(&b);
}

static void
long_text_between_escapes_is_kept(void **state)
{
	enum { N = 100000 };
	struct buf in = {0}, out = {0};

	(void)state;
	for (int i = 0; i < N; i++)
		buf_str(&in, i % 1000 == 0 ? "<" : "x");
	html_str(&out, str_of_buf(&in));
	assert_int_equal(out.len, N + N / 1000 * 3);
	assert_memory_equal(out.data, "&lt;xxx", 7);
	assert_memory_equal(out.data + 1003, "&lt;xxx", 7);
	buf_release(&in);
	buf_release(&out);
}

static void
text_is_added_to_what_is_there(void **state)
{
	struct buf b = {0};

	(void)state;
	html_raw(&b, "<b>");
	html(&b, "1 < 2");
	html_raw(&b, "</b>");
	assert_wrote(&b, "<b>1 &lt; 2</b>");
	buf_release(&b);
}

static void
whole_numbers_have_thousands_separators(void **state)
{
	static const struct {
		long long value;
		const char *text;
	} cases[] = {
	    {0, "0"},
	    {7, "7"},
	    {-7, "-7"},
	    {999, "999"},
	    {-999, "-999"},
	    {1000, "1,000"},
	    {-1000, "-1,000"},
	    {12345, "12,345"},
	    {135233, "135,233"},
	    {-135233, "-135,233"},
	    {1000000, "1,000,000"},
	    {LLONG_MAX, "9,223,372,036,854,775,807"},
	    {LLONG_MIN, "-9,223,372,036,854,775,808"},
	};
	struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		html_int(&b, cases[i].value);
		assert_string_equal(buf_cstr(&b), cases[i].text);
		buf_reset(&b);
	}
	buf_release(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(markup_is_escaped_in_text),
	    cmocka_unit_test(both_quotes_are_escaped_for_attributes),
	    cmocka_unit_test(every_printable_ascii_character),
	    cmocka_unit_test(white_space_survives),
	    cmocka_unit_test(control_characters_are_replaced),
	    cmocka_unit_test(c1_control_characters_are_replaced),
	    cmocka_unit_test(characters_beyond_the_controls_survive),
	    cmocka_unit_test(malformed_bytes_are_replaced_one_by_one),
	    cmocka_unit_test(a_cut_sequence_hides_no_markup),
	    cmocka_unit_test(empty_text_is_nothing),
	    cmocka_unit_test(long_text_between_escapes_is_kept),
	    cmocka_unit_test(text_is_added_to_what_is_there),
	    cmocka_unit_test(whole_numbers_have_thousands_separators),
	};

	return RUN("html", tests);
}
