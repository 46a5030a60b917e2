/*
 * app/text/url.c: tilde-encoding as Datasette documents it, and query strings.
 */
#include "app/text/url.h"

#include <ctype.h>

#include "tests/unit/util.h"

typedef void coder(struct buf *, struct str);

#define assert_coded(code, in, out)                                            \
	check_coded(code, LIT(in), LIT(out), __FILE__, __LINE__)

static void
check_coded(
    coder *code, struct str in, struct str want, const char *file, int line)
{
	char *copy = exact_copy(in.s, in.len);
	struct buf b = {0};

	code(&b, (struct str){copy, in.len});
	check_wrote(&b, want, file, line);
	buf_release(&b);
	free(copy);
}

/* That `decode` undoes `encode` for every string of one and two bytes. */
static void
check_round_trips(coder *encode, coder *decode)
{
	struct buf there = {0}, back = {0};

	for (unsigned i = 0; i < N_BYTES * N_BYTES; i++) {
		char bytes[2] = {(char)(i >> 8), (char)i};

		for (size_t n = 1; n <= 2; n++) {
			buf_reset(&there);
			buf_reset(&back);
			encode(&there, (struct str){bytes, n});
			decode(&back, str_of_buf(&there));
			assert_same(
			    str_of_buf(&back), ((struct str){bytes, n}));
		}
	}
	buf_release(&there);
	buf_release(&back);
}

/* What each byte is encoded as: itself, '+', or a mark and two digits. */
static void
check_bytes(coder *encode, char mark, const char *plain, bool plus)
{
	struct buf b = {0};

	for (int c = 0; c < N_BYTES; c++) {
		char byte = (char)c, want[8];

		if (c < 0x80 && c != 0 &&
		    (isalnum(c) || strchr(plain, c) != NULL))
			snprintf(want, sizeof(want), "%c", c);
		else if (c == ' ' && plus)
			snprintf(want, sizeof(want), "+");
		else
			snprintf(want, sizeof(want), "%c%02X", mark, c);
		encode(&b, (struct str){&byte, 1});
		assert_string_equal(buf_cstr(&b), want);
		buf_reset(&b);
	}
	buf_release(&b);
}

static void
names_byte_by_byte(void **state)
{
	(void)state;
	check_bytes(url_name, '~', "_-", true);
	check_bytes(url_part, '~', "_-", true);
}

/* Datasette's documentation of tilde-encoding, and its tests. */
static void
names_as_datasette_writes_them(void **state)
{
	(void)state;
	assert_coded(url_name, "abc", "abc");
	assert_coded(url_name, "/foo/bar", "~2Ffoo~2Fbar");
	assert_coded(url_name, "/-/bar", "~2F-~2Fbar");
	assert_coded(url_name, "-/db-/table.csv", "-~2Fdb-~2Ftable~2Ecsv");
	assert_coded(url_name, "%~-/", "~25~7E-~2F");
	assert_coded(url_name, "~25~7E~2D~2F", "~7E25~7E7E~7E2D~7E2F");
	assert_coded(url_name, "with space", "with+space");
	assert_coded(url_name, "é", "~C3~A9");
}

static void
names_as_datasette_reads_them(void **state)
{
	(void)state;
	assert_coded(url_unname, "~2Ffoo~2Fbar", "/foo/bar");
	assert_coded(url_unname, "-~2Fdb-~2Ftable~2Ecsv", "-/db-/table.csv");
	assert_coded(url_unname, "with+space", "with space");
	assert_coded(url_unname, "~2f~c3~a9", "/é");
	assert_coded(url_unname, "%2F", "%2F");
	assert_coded(url_unname, "a.b,c", "a.b,c");
}

static void
names_round_trip(void **state)
{
	(void)state;
	check_round_trips(url_name, url_unname);
}

static void
the_empty_name_is_a_tilde(void **state)
{
	(void)state;
	assert_coded(url_name, "", "~");
	assert_coded(url_unname, "~", "");
	assert_coded(url_name, "~", "~7E");
	assert_coded(url_unname, "~7E", "~");
	assert_coded(url_unname, "", "");
}

static void
the_empty_part_is_empty(void **state)
{
	(void)state;
	assert_coded(url_part, "", "");
	assert_coded(url_unpart, "", "");
	assert_coded(url_unpart, "~", "~");
	assert_coded(url_part, "~", "~7E");
}

static void
parts_round_trip(void **state)
{
	(void)state;
	check_round_trips(url_part, url_unpart);
}

static void
parts_hold_no_comma_and_no_dot(void **state)
{
	(void)state;
	assert_coded(url_part, "a,b", "a~2Cb");
	assert_coded(url_part, "1.5", "1~2E5");
	assert_coded(url_part, "a/b", "a~2Fb");
}

static void
incomplete_escapes_stand_for_themselves(void **state)
{
	(void)state;
	assert_coded(url_unname, "a~", "a~");
	assert_coded(url_unname, "a~4", "a~4");
	assert_coded(url_unname, "~4", "~4");
	assert_coded(url_unname, "~4g", "~4g");
	assert_coded(url_unname, "~g4", "~g4");
	assert_coded(url_unname, "~~41", "~A");
	assert_coded(url_unname, "~4~41", "~4A");
	assert_coded(url_unname, "~~", "~~");
	assert_coded(url_unname, "~ 1", "~ 1");
	assert_coded(url_unarg, "%", "%");
	assert_coded(url_unarg, "%4", "%4");
	assert_coded(url_unarg, "%zz", "%zz");
	assert_coded(url_unarg, "%%41", "%A");
	assert_coded(url_unarg, "100%", "100%");
}

static void
escapes_are_undone_once(void **state)
{
	(void)state;
	assert_coded(url_unname, "~7E41", "~41");
	assert_coded(url_unname, "~2B", "+");
	assert_coded(url_unarg, "%2541", "%41");
	assert_coded(url_unarg, "%2B", "+");
}

static void
arguments_byte_by_byte(void **state)
{
	(void)state;
	check_bytes(url_arg, '%', "_-.~", false);
}

static void
arguments_round_trip(void **state)
{
	(void)state;
	check_round_trips(url_arg, url_unarg);
	assert_coded(url_arg, "", "");
}

static void
arguments_as_forms_encode_them(void **state)
{
	(void)state;
	assert_coded(url_unarg, "a+b%20c", "a b c");
	assert_coded(url_unarg, "%c3%A9", "é");
	assert_coded(url_unarg, "a~41", "a~41");
	assert_coded(url_unarg, "%00", "\0");
}

/* A token of tilde-encoded parts stays readable in a query. */
static void
arguments_leave_tilde_encoding_alone(void **state)
{
	(void)state;
	assert_coded(url_arg, "ta~2Cb", "ta~2Cb");
}

static void
values_that_arrive_nowhere(void **state)
{
	char longest[1001];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	assert_true(url_arg_arrives(LIT("")));
	assert_true(url_arg_arrives(LIT("a b&c=é%\"<")));
	assert_true(url_arg_arrives((struct str){longest, 1000}));
	assert_false(url_arg_arrives((struct str){longest, 1001}));
	assert_false(url_arg_arrives(LIT("\xff")));
	assert_false(url_arg_arrives(LIT("a\0")));
	assert_false(url_arg_arrives(LIT("a\n")));
	assert_false(url_arg_arrives(LIT("\x7f")));
}

static void
paths_keep_their_slashes(void **state)
{
	(void)state;
	check_bytes(url_path, '%', "_-.~/+", false);
	assert_coded(url_path, "/a b/ü?x#y%", "/a%20b/%C3%BC%3Fx%23y%25");
	assert_coded(url_path, "/a\r\nb", "/a%0D%0Ab");
	assert_coded(url_path, "", "");
}

/* Values that look like marks, commas and escapes. */
static const struct str tricky[] = {{"", 0}, {"a", 1}, {"x", 1}, {"t", 1},
    {"~", 1}, {"~x", 2}, {"~t", 2}, {"~xa", 3}, {"x61", 3}, {",", 1},
    {"a,b", 3}, {"~2C", 3}, {"5", 1}, {" ", 1}, {"+", 1}, {"/", 1},
    {".json", 5}, {"\0", 1}, {"\xff", 1}};

enum { TRICKY = COUNT_OF(tricky), MARKS = 3 };

static struct url_component
tricky_component(size_t i)
{
	return (struct url_component){
	    tricky[i % TRICKY], (enum url_mark)(i / TRICKY % MARKS)};
}

static void
assert_component(struct url_component got, struct url_component want)
{
	assert_int_equal(got.mark, want.mark);
	assert_same(got.s, want.s);
}

static void
keys_of_one_component_round_trip_and_differ(void **state)
{
	struct buf keys[TRICKY * MARKS] = {{0}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct buf memory = {0};
		struct str key;

		url_key_part(&keys[i], tricky_component(i), true);
		assert_true(keys[i].len > 0);
		assert_true(url_key_is_single(str_of_buf(&keys[i])));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(
			    buf_cstr(&keys[i]), buf_cstr(&keys[j]));
		key = str_of_buf(&keys[i]);
		assert_component(
		    url_key_cut(&key, true, &memory), tricky_component(i));
		assert_int_equal(key.len, 0);
		buf_release(&memory);
	}
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		buf_release(&keys[i]);
}

static void
keys_of_two_components_round_trip(void **state)
{
	enum { N = TRICKY * MARKS };
	struct buf b = {0}, memory = {0};

	(void)state;
	buf_reserve(&memory, 1000); /* it must not move */
	for (size_t i = 0; i < N * N; i++) {
		struct str key;

		buf_reset(&b);
		buf_reset(&memory);
		url_key_part(&b, tricky_component(i % N), false);
		buf_char(&b, ',');
		url_key_part(&b, tricky_component(i / N), false);
		assert_false(url_key_is_single(str_of_buf(&b)));
		key = str_of_buf(&b);
		assert_component(
		    url_key_cut(&key, false, &memory), tricky_component(i % N));
		assert_true(url_key_is_single(key));
		assert_component(
		    url_key_cut(&key, false, &memory), tricky_component(i / N));
	}
	buf_release(&b);
	buf_release(&memory);
}

static void
output_is_added_to_what_is_there(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_lit(&b, "/");
	url_name(&b, LIT("a/b"));
	buf_lit(&b, "?x=");
	url_arg(&b, LIT("1&2"));
	assert_wrote(&b, "/a~2Fb?x=1%262");
	buf_release(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_byte_by_byte),
	    cmocka_unit_test(names_as_datasette_writes_them),
	    cmocka_unit_test(names_as_datasette_reads_them),
	    cmocka_unit_test(names_round_trip),
	    cmocka_unit_test(the_empty_name_is_a_tilde),
	    cmocka_unit_test(the_empty_part_is_empty),
	    cmocka_unit_test(parts_round_trip),
	    cmocka_unit_test(parts_hold_no_comma_and_no_dot),
	    cmocka_unit_test(incomplete_escapes_stand_for_themselves),
	    cmocka_unit_test(escapes_are_undone_once),
	    cmocka_unit_test(arguments_byte_by_byte),
	    cmocka_unit_test(arguments_round_trip),
	    cmocka_unit_test(arguments_as_forms_encode_them),
	    cmocka_unit_test(arguments_leave_tilde_encoding_alone),
	    cmocka_unit_test(values_that_arrive_nowhere),
	    cmocka_unit_test(paths_keep_their_slashes),
	    cmocka_unit_test(keys_of_one_component_round_trip_and_differ),
	    cmocka_unit_test(keys_of_two_components_round_trip),
	    cmocka_unit_test(output_is_added_to_what_is_there),
	};

	return RUN("url", tests);
}
