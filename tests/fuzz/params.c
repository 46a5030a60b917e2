/*
 * Fuzzes params_read and params_write with the query string of a table's page,
 * and of a query in SQL.  What is read is as declared, and the canonical form
 * is one: it reads as the same request, and so does whatever differs in
 * nothing that counts.
 */
#include "app/http/params.h"

#include "app/text/utf8.h"
#include "handlers/sql/query.h"
#include "handlers/table/table.h"
#include "tests/fuzz/fuzz.h"

/* As a request that has come to its route; to be released. */
static bool
read_query(const struct params *params, struct request *req, struct str query,
    struct buf *why)
{
	const char *memory;
	bool ok;

	buf_reserve(&req->memory, 2 * query.len + 1);
	buf_add(&req->memory, query.s, query.len);
	req->query = (struct str){req->memory.data, query.len};
	memory = req->memory.data;
	ok = params_read(params, req, why);
	CHECK(req->memory.data == memory && !req->memory.failed);
	return ok;
}

static void
check_value(const struct param *p, const struct value *v)
{
	if (!v->given) {
		CHECK(v->number == p->def);
		return;
	}
	if (p->type == PARAM_INT)
		CHECK(v->number >= p->min && v->number <= p->max);
	else if (p->type == PARAM_FLAG)
		CHECK(v->number == 0 || v->number == 1);
	else if (p->type == PARAM_WORD)
		CHECK(v->number >= 0 && p->words[v->number] != NULL);
	else
		CHECK(v->text.len <= (size_t)p->max && utf8_valid(v->text));
}

static void
check_request(const struct params *params, const struct request *req)
{
	for (size_t i = 0; i < params->n; i++)
		check_value(&params->rows[i], &req->values[i]);
	CHECK(req->n_arguments <= REQUEST_ARGUMENTS);
	for (size_t i = 0; i < req->n_arguments; i++) {
		const struct argument *a = &req->arguments[i];

		CHECK(utf8_valid(a->name) && utf8_valid(a->text));
		CHECK(a->param <= params->n);
		if (a->param < params->n)
			CHECK(params->rows[a->param].type == PARAM_LIST &&
			    str_is(a->name, params->rows[a->param].name));
		else
			CHECK(params->takes(a->name));
		CHECK(i == 0 || req->arguments[i - 1].param <= a->param);
	}
}

/* The canonical form, without the mark that it begins with. */
static struct str
canonical(const struct params *params, const struct request *req, struct buf *b)
{
	struct str form;
	char mark = params_write(params, req, 0, ARGUMENT_NONE, b);

	form = str_of_buf(b);
	CHECK(mark == (form.len == 0 ? '?' : '&'));
	CHECK(form.len == 0 || *form.s == '?');
	take(&form, 1);
	return form;
}

/* A query string that means the same has the same form. */
static void
check_same(const struct params *params, struct str query, struct str form)
{
	struct request *req = request_new();
	struct buf again = {0}, why = {0};

	if (!read_query(params, req, query, &why))
		fuzz_fail(__FILE__, __LINE__, buf_cstr(&why));
	CHECK(str_eq(canonical(params, req, &again), form));
	request_unref(req);
	buf_release(&again);
	buf_release(&why);
}

/* With junk in front of it, and all of it once more. */
static void
check_more(const struct params *params, struct str query, struct str form)
{
	struct buf b = {0};

	buf_lit(&b, "&&=&=x&_nothing=1&_nothing&");
	buf_add(&b, query.s, query.len);
	buf_char(&b, '&');
	buf_add(&b, query.s, query.len);
	check_same(params, str_of_buf(&b), form);
	buf_release(&b);
}

/* Left out is what is asked to be, and nothing else. */
static void
check_without(const struct params *params, const struct request *req)
{
	struct buf b = {0};

	params_write(params, req, UINT64_MAX, ARGUMENT_NONE, &b);
	for (size_t i = 0; i < req->n_arguments; i++) {
		struct str name = req->arguments[i].name;

		CHECK(req->arguments[i].param < params->n ||
		    b.len > name.len + 1);
	}
	buf_reset(&b);
	if (req->n_arguments == 1) {
		params_write(params, req, UINT64_MAX, 0, &b);
		CHECK(b.len == 0);
	}
	buf_release(&b);
}

static void
check(const struct params *params, struct str query)
{
	struct request *req = request_new();
	struct buf b = {0}, why = {0};
	struct str form;

	if (read_query(params, req, query, &why)) {
		check_request(params, req);
		form = canonical(params, req, &b);
		check_same(params, form, form);
		check_more(params, query, form);
		check_without(params, req);
	} else {
		CHECK(why.len > 0 && !why.failed);
	}
	request_unref(req);
	buf_release(&b);
	buf_release(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str query = {(const char *)data, size};

	if (size > REQUEST_MAX)
		return 0;
	check(&table_params, query);
	check(&query_params, query);
	return 0;
}
