/*
 * Query strings, as declared.  Called by route.c for each request, and by pages
 * for links to other pages.
 */
#include "app/http/params.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/url.h"
#include "app/text/utf8.h"

_Static_assert(REQUEST_VALUES <= 64, "PARAM_BIT has a bit for each value");

struct params *
params_within(const struct params *params, int64_t max_rows)
{
	size_t size = params->n * sizeof(struct param);
	struct params *copy = alloc_array(1, sizeof(*copy) + size);
	struct param *rows;

	if (copy == NULL)
		return NULL;
	rows = (struct param *)(copy + 1);
	*copy = *params;
	copy->rows = rows;
	for (size_t i = 0; i < params->n; i++) {
		rows[i] = params->rows[i];
		if (rows[i].rows)
			rows[i].max = max_rows;
	}
	return copy;
}

static bool
parse_int(struct str text, int64_t min, int64_t max, int64_t *value)
{
	char digits[24];
	char *end;
	long long v;

	if (text.len == 0 || text.len >= sizeof(digits) ||
	    strspn(text.s, "-0123456789") < text.len)
		return false;
	memcpy(digits, text.s, text.len);
	digits[text.len] = '\0';
	errno = 0;
	v = strtoll(digits, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return false;
	*value = v;
	return true;
}

static bool
read_int(const struct param *p, struct str text, int64_t *value)
{
	if (p->words != NULL && str_is(text, p->words[0])) {
		*value = p->max;
		return true;
	}
	return parse_int(text, p->min, p->max, value);
}

static bool
read_word(const char *const *words, struct str text, int64_t *value)
{
	for (*value = 0; words[*value] != NULL; ++*value) {
		if (str_is(text, words[*value]))
			return true;
	}
	return false;
}

static const char *const flag_words[] = {
    "off", "on", "0", "1", "false", "true", NULL};

static void
add_expected_words(
    const struct param *p, const char *const *words, struct buf *why)
{
	buf_printf(why, "%s: expected ", p->name);
	for (size_t i = 0; words[i] != NULL; i++)
		buf_printf(why, "%s%s",
		    i == 0                     ? ""
			: words[i + 1] == NULL ? " or "
					       : ", ",
		    words[i]);
}

static void
add_expectation(const struct param *p, struct str text, struct buf *why)
{
	struct str shown = utf8_cut(text, 80);

	switch (p->type) {
	case PARAM_INT:
		buf_printf(why,
		    "%s: expected a whole number from %" PRId64 " to %" PRId64,
		    p->name, p->min, p->max);
		if (p->words != NULL)
			buf_printf(why, " or %s", p->words[0]);
		break;
	case PARAM_FLAG:
		add_expected_words(p, flag_words, why);
		break;
	case PARAM_WORD:
		add_expected_words(p, p->words, why);
		break;
	case PARAM_TEXT:
	case PARAM_LIST:
		buf_printf(why,
		    "%s: expected UTF-8 text of at most %" PRId64 " bytes.",
		    p->name, p->max);
		return;
	}
	buf_printf(why, ", got \"%.*s\".", (int)shown.len, shown.s);
}

static bool
is_text(const struct param *p, struct str text)
{
	return text.len <= (size_t)p->max && utf8_valid(text);
}

static bool
read_value(const struct param *p, struct str text, struct value *value)
{
	bool ok = false;

	switch (p->type) {
	case PARAM_INT:
		ok = read_int(p, text, &value->number);
		break;
	case PARAM_FLAG:
		ok = read_word(flag_words, text, &value->number);
		value->number &= 1;
		break;
	case PARAM_WORD:
		ok = read_word(p->words, text, &value->number);
		break;
	case PARAM_TEXT:
		ok = is_text(p, text);
		break;
	case PARAM_LIST:
		break;
	}
	value->given = ok;
	value->text = text;
	return ok;
}

static int
compare_texts(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.s, b.s, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/*
 * The one order of arguments: lists as declared, each in the order that it was
 * given in, and then the others by name and value.
 */
static int
compare_arguments(
    const struct argument *a, const struct argument *b, size_t n_params)
{
	int order;

	if (a->param != b->param)
		return a->param < b->param ? -1 : 1;
	if (a->param < n_params)
		return 0;
	order = compare_texts(a->name, b->name);
	return order != 0 ? order : compare_texts(a->text, b->text);
}

static bool
add_argument(const struct params *params, struct request *req,
    const struct argument *a, struct buf *why)
{
	size_t i = req->n_arguments;

	for (size_t k = 0; k < req->n_arguments; k++) {
		if (req->arguments[k].param == a->param &&
		    str_eq(req->arguments[k].name, a->name) &&
		    str_eq(req->arguments[k].text, a->text))
			return true; /* twice the same is once */
	}
	if (req->n_arguments == REQUEST_ARGUMENTS) {
		buf_printf(why,
		    "There are too many parameters: more than %d of those "
		    "that may be repeated.",
		    REQUEST_ARGUMENTS);
		return false;
	}
	if (req->arguments == NULL)
		req->arguments =
		    alloc_array(REQUEST_ARGUMENTS, sizeof(*req->arguments));
	if (req->arguments == NULL) {
		req->memory.failed = true; /* route_request says so */
		return false;
	}
	while (i > 0 &&
	    compare_arguments(&req->arguments[i - 1], a, params->n) > 0) {
		req->arguments[i] = req->arguments[i - 1];
		i--;
	}
	req->arguments[i] = *a;
	req->n_arguments++;
	return true;
}

static struct str
decode_text(struct request *req, struct str raw)
{
	size_t from = req->memory.len;

	url_unarg(&req->memory, raw);
	return (struct str){req->memory.data + from, req->memory.len - from};
}

static bool
read_declared(const struct params *params, struct request *req,
    struct argument *a, struct str raw, struct buf *why)
{
	const struct param *p = &params->rows[a->param];
	struct value *value = &req->values[a->param];

	if (value->given)
		return true;
	a->text = decode_text(req, raw);
	if (p->type == PARAM_LIST) {
		if (is_text(p, a->text))
			return add_argument(params, req, a, why);
	} else if (read_value(p, a->text, value)) {
		req->uncached |= p->uncached && value->number != 0;
		return true;
	}
	add_expectation(p, a->text, why);
	return false;
}

/* One NAME=VALUE of the query string. */
static bool
read_argument(const struct params *params, struct request *req, struct str arg,
    struct buf *why)
{
	const char *equals = memchr(arg.s, '=', arg.len);
	size_t len = equals == NULL ? arg.len : (size_t)(equals - arg.s);
	struct str raw = {arg.s + len, arg.len - len};
	struct argument a = {
	    .name = decode_text(req, (struct str){arg.s, len})};
	struct str shown;

	if (equals != NULL) {
		raw.s++;
		raw.len--;
	}
	while (
	    a.param < params->n && !str_is(a.name, params->rows[a.param].name))
		a.param++;
	if (a.param < params->n)
		return read_declared(params, req, &a, raw, why);
	if (a.name.len == 0 || params->takes == NULL || !params->takes(a.name))
		return true;
	a.text = decode_text(req, raw);
	if (utf8_valid(a.name) && utf8_valid(a.text))
		return add_argument(params, req, &a, why);
	shown = utf8_cut(a.name, 80);
	buf_printf(why, "%.*s: expected UTF-8 text.", (int)shown.len, shown.s);
	return false;
}

bool
params_read(const struct params *params, struct request *req, struct buf *why)
{
	const char *p = req->query.s, *end = p + req->query.len;

	for (size_t i = 0; i < params->n; i++)
		req->values[i] = (struct value){.number = params->rows[i].def};
	req->n_arguments = 0;
	while (p < end) {
		const char *amp = memchr(p, '&', (size_t)(end - p));
		const char *stop = amp == NULL ? end : amp;

		if (!read_argument(
			params, req, (struct str){p, (size_t)(stop - p)}, why))
			return false;
		p = stop + 1;
	}
	if (params->settle != NULL)
		params->settle(req);
	return true;
}

static bool
is_default(const struct param *p, const struct value *v)
{
	return !v->given || (p->type != PARAM_TEXT && v->number == p->def);
}

static void
write_value(const struct param *p, const struct value *v, struct buf *b)
{
	switch (p->type) {
	case PARAM_INT:
		buf_int(b, v->number);
		break;
	case PARAM_FLAG:
		buf_str(b, flag_words[v->number]);
		break;
	case PARAM_WORD:
		buf_str(b, p->words[v->number]);
		break;
	case PARAM_TEXT:
	case PARAM_LIST:
		url_arg(b, v->text);
		break;
	}
}

char
params_write(const struct params *params, const struct request *req,
    uint64_t without, size_t without_argument, struct buf *b)
{
	char mark = '?';

	for (size_t i = 0; i < params->n; i++) {
		const struct param *p = &params->rows[i];

		if ((without & PARAM_BIT(i)) != 0 ||
		    is_default(p, &req->values[i]))
			continue;
		buf_char(b, mark);
		buf_str(b, p->name);
		buf_char(b, '=');
		write_value(p, &req->values[i], b);
		mark = '&';
	}
	for (size_t i = 0; i < req->n_arguments; i++) {
		const struct argument *a = &req->arguments[i];

		if (i == without_argument ||
		    (a->param < params->n &&
			(without & PARAM_BIT(a->param)) != 0))
			continue;
		buf_char(b, mark);
		url_arg(b, a->name);
		buf_char(b, '=');
		url_arg(b, a->text);
		mark = '&';
	}
	return mark;
}

void
params_each(const struct params *params, const struct request *req,
    uint64_t without,
    void (*each)(void *context, struct str name, struct str text),
    void *context)
{
	struct buf query = {0}, name = {0}, text = {0};
	const char *p, *end;

	params_write(params, req, without, ARGUMENT_NONE, &query);
	p = buf_cstr(&query);
	end = p + query.len;
	while (p < end && ++p < end) { /* behind '?' or '&' */
		const char *equals = memchr(p, '=', (size_t)(end - p));
		const char *amp = memchr(p, '&', (size_t)(end - p));
		const char *stop = amp == NULL ? end : amp;

		buf_reset(&name);
		buf_reset(&text);
		url_unarg(&name, (struct str){p, (size_t)(equals - p)});
		url_unarg(&text,
		    (struct str){equals + 1, (size_t)(stop - equals - 1)});
		if (name.failed || text.failed)
			break;
		each(context, str_of_buf(&name), str_of_buf(&text));
		p = stop;
	}
	buf_release(&query);
	buf_release(&name);
	buf_release(&text);
}
