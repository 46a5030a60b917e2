/*
 * Functions that look at the clock, as lang_corefunc.html has them.  Called by
 * connection.c, when it opens one.
 */
#include "db/sqlite/functions.h"

#include <string.h>

#include "db/sqlite/internal.h"
#include "db/sqlite/pattern.h"
#include "db/sqlite/timing.h"

enum {
	CALL = 64,             /* bytes that a call counts as, */
	LOOK_EVERY = 32 << 10, /* and after which the clock is looked at */
};

/* Is the time over, or has too little been done since it was not? */
static bool
is_over(struct db *db, size_t done)
{
	db->unlooked += done;
	if (db->unlooked < LOOK_EVERY)
		return false;
	db->unlooked = 0;
	return db_over_time(db);
}

/* A function that is about to read, or has read, so many bytes. */
static bool
is_late(sqlite3_context *c, size_t bytes)
{
	if (!is_over(sqlite3_user_data(c), CALL + bytes))
		return false;
	sqlite3_result_error_code(c, SQLITE_INTERRUPT);
	return true;
}

static bool
any_null(int n, sqlite3_value **v)
{
	for (int i = 0; i < n; i++) {
		if (sqlite3_value_type(v[i]) == SQLITE_NULL)
			return true;
	}
	return false;
}

/* A value's text; s is NULL without memory. */
static struct str
text_of(sqlite3_value *v)
{
	const unsigned char *s = sqlite3_value_text(v);

	return (struct str){(const char *)s, (size_t)sqlite3_value_bytes(v)};
}

static struct str
blob_of(sqlite3_value *v)
{
	const void *s = sqlite3_value_blob(v);
	size_t len = (size_t)sqlite3_value_bytes(v);

	return (struct str){s == NULL && len == 0 ? "" : s, len};
}

static int64_t
characters(const char *s, const char *end)
{
	int64_t n = 0;

	for (; s < end; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

/* In linear time; sanitizers read all of memmem's text for each hit. */
static const char *
find(struct str in, struct str what)
{
	if (what.len == 1)
		return memchr(in.s, what.s[0], in.len);
	return memmem(in.s, in.len, what.s, what.len);
}

static void
instr(sqlite3_context *c, int n, sqlite3_value **v)
{
	bool blobs = sqlite3_value_type(v[0]) == SQLITE_BLOB &&
	    sqlite3_value_type(v[1]) == SQLITE_BLOB;
	struct str in, what;
	const char *at;

	if (any_null(n, v))
		return;
	in = blobs ? blob_of(v[0]) : text_of(v[0]);
	what = blobs ? blob_of(v[1]) : text_of(v[1]);
	if (in.s == NULL || what.s == NULL) {
		sqlite3_result_error_nomem(c);
		return;
	}
	if (is_late(c, in.len))
		return;
	at = find(in, what);
	if (at == NULL)
		sqlite3_result_int(c, 0);
	else if (blobs)
		sqlite3_result_int64(c, at - in.s + 1);
	else
		sqlite3_result_int64(c, characters(in.s, at) + 1);
}

/* Counts what is to be replaced, so that the result is allocated once. */
static size_t
occurrences(struct str in, struct str what)
{
	const char *at = in.s, *end = in.s + in.len;
	size_t n = 0;

	while (
	    (at = find((struct str){at, (size_t)(end - at)}, what)) != NULL) {
		at += what.len;
		n++;
	}
	return n;
}

static void
replace(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct str in, what, by;
	const char *from, *end, *at;
	uint64_t len;
	char *out, *to;

	if (any_null(n, v))
		return;
	in = text_of(v[0]);
	what = text_of(v[1]);
	by = text_of(v[2]);
	if (in.s == NULL || what.s == NULL || by.s == NULL) {
		sqlite3_result_error_nomem(c);
		return;
	}
	if (what.len == 0) {
		sqlite3_result_value(c, v[0]);
		return;
	}
	if (is_late(c, in.len))
		return;
	len = occurrences(in, what);
	len = in.len - len * what.len + len * by.len;
	if (len > (uint64_t)sqlite3_limit(
		      sqlite3_context_db_handle(c), SQLITE_LIMIT_LENGTH, -1)) {
		sqlite3_result_error_toobig(c);
		return;
	}
	out = to = sqlite3_malloc64(len + 1);
	if (out == NULL) {
		sqlite3_result_error_nomem(c);
		return;
	}
	from = in.s;
	end = in.s + in.len;
	while ((at = find((struct str){from, (size_t)(end - from)}, what)) !=
	    NULL) {
		to = mempcpy(to, from, (size_t)(at - from));
		to = mempcpy(to, by.s, by.len);
		from = at + what.len;
	}
	to = mempcpy(to, from, (size_t)(end - from));
	*to = '\0';
	sqlite3_result_text64(c, out, len, sqlite3_free, SQLITE_UTF8);
}

/* The length of a character, by its first byte. */
static size_t
character_len(struct str s)
{
	size_t len = 1;

	while (len < s.len && (s.s[len] & 0xc0) == 0x80)
		len++;
	return len;
}

/* The character of `set` that `s` begins or ends with: its length, or 0. */
static size_t
matching(struct str s, struct str set, bool at_end)
{
	while (set.len > 0) {
		size_t len = character_len(set);

		if (len <= s.len &&
		    memcmp(at_end ? s.s + s.len - len : s.s, set.s, len) == 0)
			return len;
		set.s += len;
		set.len -= len;
	}
	return 0;
}

enum side { LEFT = 1, RIGHT = 2 };

static void
trim(sqlite3_context *c, int n, sqlite3_value **v, enum side sides)
{
	struct str s, set = {" ", 1};
	size_t len;

	if (any_null(n, v))
		return;
	s = text_of(v[0]);
	if (n > 1)
		set = text_of(v[1]);
	if (s.s == NULL || set.s == NULL) {
		sqlite3_result_error_nomem(c);
		return;
	}
	while ((sides & LEFT) != 0 && (len = matching(s, set, false)) > 0) {
		s.s += len;
		s.len -= len;
		if (is_late(c, set.len))
			return;
	}
	while ((sides & RIGHT) != 0 && (len = matching(s, set, true)) > 0) {
		s.len -= len;
		if (is_late(c, set.len))
			return;
	}
	sqlite3_result_text64(c, s.s, s.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void
trim_both(sqlite3_context *c, int n, sqlite3_value **v)
{
	trim(c, n, v, LEFT | RIGHT);
}

static void
trim_left(sqlite3_context *c, int n, sqlite3_value **v)
{
	trim(c, n, v, LEFT);
}

static void
trim_right(sqlite3_context *c, int n, sqlite3_value **v)
{
	trim(c, n, v, RIGHT);
}

/* pattern.c's steps are worth about as much as this many bytes. */
static bool
stops(void *db)
{
	return is_over(db, LOOK_EVERY);
}

static void
compare(sqlite3_context *c, int n, sqlite3_value **v, struct pattern pattern)
{
	int max = sqlite3_limit(
	    sqlite3_context_db_handle(c), SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1);
	struct str text;

	if (any_null(n, v))
		return;
	pattern.text = (const char *)sqlite3_value_text(v[0]);
	pattern.stops = stops;
	pattern.context = sqlite3_user_data(c);
	text = text_of(v[1]);
	if (pattern.text == NULL || text.s == NULL) {
		sqlite3_result_error_nomem(c);
		return;
	}
	if (sqlite3_value_bytes(v[0]) > max) {
		sqlite3_result_error(c, "LIKE or GLOB pattern too complex", -1);
		return;
	}
	if (is_late(c, text.len))
		return;
	switch (pattern_compare(&pattern, text.s)) {
	case PATTERN_MATCHES:
		sqlite3_result_int(c, 1);
		break;
	case PATTERN_DIFFERS:
		sqlite3_result_int(c, 0);
		break;
	case PATTERN_STOPPED:
		sqlite3_result_error_code(c, SQLITE_INTERRUPT);
		break;
	}
}

static void
like(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct pattern pattern = {.any = '%', .one = '_', .folds = true};

	if (n == 3 && !any_null(n, v)) {
		struct str s = text_of(v[2]);

		if (s.s == NULL || characters(s.s, s.s + s.len) != 1 ||
		    (s.s[0] & 0x80) != 0) {
			sqlite3_result_error(c,
			    "ESCAPE expression must be a single ASCII "
			    "character",
			    -1);
			return;
		}
		pattern.escape = (unsigned char)s.s[0];
	}
	compare(c, n, v, pattern);
}

static void
glob(sqlite3_context *c, int n, sqlite3_value **v)
{
	compare(c, n, v,
	    (struct pattern){.any = '*', .one = '?', .has_sets = true});
}

int
functions_install(struct db *db)
{
	static const struct {
		const char *name;
		int n;
		void (*function)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
	    {"instr", 2, instr},
	    {"replace", 3, replace},
	    {"trim", 1, trim_both},
	    {"trim", 2, trim_both},
	    {"ltrim", 1, trim_left},
	    {"ltrim", 2, trim_left},
	    {"rtrim", 1, trim_right},
	    {"rtrim", 2, trim_right},
	    {"like", 2, like},
	    {"like", 3, like},
	    {"glob", 2, glob},
	};
	const size_t n = sizeof(functions) / sizeof(*functions);
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < n; i++)
		rc = sqlite3_create_function(db->conn.handle, functions[i].name,
		    functions[i].n,
		    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, db,
		    functions[i].function, NULL, NULL);
	return rc;
}
