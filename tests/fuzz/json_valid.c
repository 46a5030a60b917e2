/*
 * Fuzzes json_valid beside SQLite's function of the same name.  What passes
 * here passes there, since it is given to SQLite's other functions; what passes
 * only there is no UTF-8, or nested deeper than here.
 */
#include "app/text/json_valid.h"

#include <sqlite3.h>

#include "app/text/utf8.h"
#include "tests/fuzz/fuzz.h"

static bool
sqlite_says(struct str text)
{
	static sqlite3_stmt *stmt;
	sqlite3 *handle;
	bool valid;

	if (stmt == NULL)
		CHECK(sqlite3_open(":memory:", &handle) == SQLITE_OK &&
		    sqlite3_prepare_v2(handle, "SELECT json_valid(?)", -1,
			&stmt, NULL) == SQLITE_OK);
	CHECK(sqlite3_bind_text(
		  stmt, 1, text.s, (int)text.len, SQLITE_STATIC) == SQLITE_OK);
	CHECK(sqlite3_step(stmt) == SQLITE_ROW);
	valid = sqlite3_column_int(stmt, 0) == 1;
	CHECK(sqlite3_reset(stmt) == SQLITE_OK);
	return valid;
}

/* Whether it has enough brackets to be nested too deep. */
static bool
may_be_deep(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.s[i] == '[' || text.s[i] == '{';
	return n >= JSON_DEPTH;
}

static bool
is_text(struct str text)
{
	return utf8_valid(text) && memchr(text.s, '\0', text.len) == NULL;
}

/* An array of it is as valid as it is, where that is not too deep. */
static void
check_within(struct str text, bool valid)
{
	struct buf b = {0};

	buf_char(&b, '[');
	buf_add(&b, text.s, text.len);
	buf_lit(&b, ",{\"\":");
	buf_add(&b, text.s, text.len);
	buf_lit(&b, "}]");
	CHECK(!valid || may_be_deep(text) || json_valid(str_of_buf(&b)));
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {
	    exact_copy((struct str){(const char *)data, size}), size};
	bool valid = json_valid(text);

	if (valid)
		CHECK(sqlite_says(text) && is_text(text));
	else if (is_text(text) && !may_be_deep(text))
		CHECK(!sqlite_says(text));
	check_within(text, valid);
	free((char *)text.s);
	return 0;
}
