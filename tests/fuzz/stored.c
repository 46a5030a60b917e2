/*
 * Fuzzes stored_parse with the text of a stored query's file.  What it takes
 * has parameters as they stand in the statement, and written as a file again
 * it is the same query; what it refuses it says why, with the file's name.
 */
#include "app/config/stored.h"

#include <inttypes.h>

#include "app/text/sqltext.h"
#include "tests/fuzz/fuzz.h"

static const char file[] = "top.sql";

/* The query of a text, as if it had been read; to be released. */
static bool
parse(struct stored_queries *queries, struct str text, struct buf *why)
{
	struct stored_query *list = calloc(1, sizeof(*list));
	char *copy = exact_copy(text);
	bool ok;

	CHECK(list != NULL);
	*queries = (struct stored_queries){.list = list, .n = 1};
	ok = stored_parse(list, file, (struct str){copy, text.len}, why);
	free(copy);
	return ok;
}

static void
check_params(const struct stored_query *q)
{
	struct sqltext_params names;

	sqltext_params(str_of(q->sql), &names);
	CHECK(!names.too_many && names.n == q->n_params);
	for (size_t i = 0; i < q->n_params; i++) {
		CHECK(str_is(names.names[i], q->params[i].name));
		CHECK(q->params[i].name[0] != '_');
		CHECK(strchr(q->params[i].value, '\n') == NULL);
	}
}

static void
comment(struct buf *text, const char *key, const char *value)
{
	if (value != NULL)
		buf_printf(text, "-- %s: %s\n", key, value);
}

/* A description has a comment for each of its lines. */
static void
describe(struct buf *text, const char *lines)
{
	while (lines != NULL) {
		const char *end = strchrnul(lines, '\n');

		buf_printf(
		    text, "-- description:%.*s\n", (int)(end - lines), lines);
		lines = *end == '\0' ? NULL : end + 1;
	}
}

/* In quotes a name may be anything. */
static void
write_column(struct buf *text, const char *key, const char *name)
{
	if (name == NULL)
		return;
	buf_printf(text, " %s=\"", key);
	for (; *name != '\0'; name++) {
		if (*name == '"')
			buf_char(text, '"');
		buf_char(text, *name);
	}
	buf_char(text, '"');
}

static void
write_chart(struct buf *text, const struct chart_spec *chart)
{
	if (chart->kind == CHART_NONE)
		return;
	buf_printf(text, "-- chart: %s", chart_spec_kinds[chart->kind]);
	write_column(text, "y", chart->y);
	write_column(text, "x", chart->x);
	buf_char(text, '\n');
}

/* As an operator would write it; the statement is another. */
static void
write_query(const struct stored_query *q, struct buf *text)
{
	comment(text, "title", q->title);
	describe(text, q->description);
	write_chart(text, &q->chart);
	comment(text, "hide_sql", q->hide_sql ? "on" : "off");
	if (q->ttl_s > 0)
		buf_printf(text, "--ttl:\t%" PRId64 "\r\n", q->ttl_s);
	for (size_t i = 0; i < q->n_params; i++)
		buf_printf(text, " --param  %s:%s\n\n", q->params[i].name,
		    q->params[i].value);
	buf_lit(text, "SELECT 1");
	for (size_t i = 0; i < q->n_params; i++)
		buf_printf(text, ", :%s", q->params[i].name);
}

static void
check_same(const char *a, const char *b)
{
	CHECK((a == NULL) == (b == NULL));
	CHECK(a == NULL || strcmp(a, b) == 0);
}

/* Tcl's names, "$a::b", can't stand in a comment. */
static bool
can_be_written(const struct stored_query *q)
{
	for (size_t i = 0; i < q->n_params; i++) {
		if (strchr(q->params[i].name, ':') != NULL)
			return false;
	}
	return true;
}

static void
check_round_trip(const struct stored_query *q)
{
	struct buf text = {0}, why = {0};
	struct stored_queries again;
	const struct stored_query *same;

	write_query(q, &text);
	if (!parse(&again, str_of_buf(&text), &why))
		fuzz_fail(__FILE__, __LINE__, buf_cstr(&why));
	same = again.list;
	check_same(same->title, q->title);
	check_same(same->description, q->description);
	CHECK(same->chart.kind == q->chart.kind);
	check_same(same->chart.x, q->chart.x);
	check_same(same->chart.y, q->chart.y);
	CHECK(same->hide_sql == q->hide_sql && same->ttl_s == q->ttl_s);
	CHECK(same->n_params == q->n_params);
	for (size_t i = 0; i < q->n_params; i++) {
		check_same(same->params[i].name, q->params[i].name);
		check_same(same->params[i].value, q->params[i].value);
	}
	stored_release(&again);
	buf_release(&text);
	buf_release(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct stored_queries queries;
	struct buf why = {0};

	if (parse(&queries, text, &why)) {
		CHECK(why.len == 0);
		CHECK(str_is(text, queries.list->sql));
		check_params(queries.list);
		if (can_be_written(queries.list))
			check_round_trip(queries.list);
	} else {
		CHECK(str_starts(str_of_buf(&why), str_of(file)));
		CHECK(memchr(why.data, '\n', why.len) == NULL);
	}
	stored_release(&queries);
	buf_release(&why);
	return 0;
}
