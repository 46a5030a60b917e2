/*
 * Fuzzes app/text/sqltext.c with SQL as a visitor may send it.  Names stand in
 * the text, each once, and of what SQLite compiles they are the parameters that
 * it has itself; comments at the beginning are lines of it, in their order.
 */
#include "app/text/sqltext.h"

#include "app/text/utf8.h"
#include "tests/fuzz/database.h"

static const char schema[] = "CREATE TABLE t (a, b); CREATE VIEW v AS "
			     "SELECT a FROM t; INSERT INTO t VALUES (1, 'x')";

static void
check_names(struct str sql, const struct sqltext_params *params)
{
	const char *from = sql.s;

	CHECK(params->n <= SQLTEXT_PARAMS);
	CHECK(!params->too_many || params->n == SQLTEXT_PARAMS);
	for (size_t i = 0; i < params->n; i++) {
		struct str name = params->names[i];

		CHECK(name.len > 0 && name.s > from);
		CHECK(name.s + name.len <= sql.s + sql.len);
		CHECK(strchr(":@$#", name.s[-1]) != NULL);
		for (size_t k = 0; k < i; k++)
			CHECK(!str_eq(params->names[k], name));
		CHECK(sqltext_has(params, name));
		from = name.s + name.len - 1;
	}
}

/* Whether SQLite's parameters are the same ones. */
static void
check_parameters(const struct query *q, const struct sqltext_params *params)
{
	for (size_t i = 0; i < params->n; i++) {
		bool found = false;

		for (size_t k = 0; k < guard_parameters(q); k++) {
			const char *name = guard_parameter(q, k);

			found |= name != NULL && str_is(params->names[i], name);
		}
		CHECK(found);
	}
}

static void
check_statement(
    struct db *db, struct str sql, const struct sqltext_params *params)
{
	struct query q;

	db_begin(db);
	if (!guard_open(&q, db, sql)) {
		CHECK(db_end(db) == DB_REJECTED);
		CHECK(db_message(db)[0] != '\0');
		return;
	}
	for (size_t i = 0; i < guard_parameters(&q); i++) {
		const char *name = guard_parameter(&q, i);

		CHECK(name == NULL || params->too_many ||
		    sqltext_has(params, str_of(name)));
	}
	check_parameters(&q, params);
	guard_close(&q);
	CHECK(db_end(db) == DB_OK);
}

static void
check_comments(struct str sql)
{
	struct str rest = sql, line;
	int number = 0;

	for (;;) {
		struct str before = rest;
		int number_before = number;

		if (!sqltext_comment(&rest, &line, &number)) {
			CHECK(rest.s == before.s && rest.len == before.len);
			return;
		}
		CHECK(number > number_before);
		CHECK(rest.s > before.s && rest.len < before.len);
		CHECK(line.s >= before.s + 2 && line.s + line.len <= rest.s);
		CHECK(memchr(line.s, '\n', line.len) == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct db *db;
	struct str sql = {
	    exact_copy((struct str){(const char *)data, size}), size};
	struct sqltext_params params;

	if (db == NULL)
		db = database_of(schema, GUARD_VISITOR);
	sqltext_params(sql, &params);
	check_names(sql, &params);
	check_comments(sql);
	/* A page takes nothing else. */
	if (utf8_valid(sql))
		check_statement(db, sql, &params);
	free((char *)sql.s);
	return 0;
}
