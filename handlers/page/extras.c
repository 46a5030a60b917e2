/*
 * The parameter _extra.
 */
#include "handlers/page/extras.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "app/http/params.h"
#include "app/http/route.h"
#include "app/text/json.h"
#include "app/text/url.h"
#include "app/text/utf8.h"
#include "db/sqlite/db.h"

static size_t
find_extra(const struct extras *e, struct str name)
{
	size_t i = 0;

	while (i < e->n && !str_is(name, e->rows[i].name))
		i++;
	return i;
}

/* Sets a bit for each extra that is asked for; returns an unknown name, or {0}.
 */
static struct str
read_names(const struct extras *e, const struct request *req, uint64_t *bits)
{
	*bits = 0;
	for (size_t i = 0; i < req->n_arguments; i++) {
		struct str list = req->arguments[i].text;

		if (req->arguments[i].param != e->param)
			continue;
		while (list.len > 0) {
			struct str name = str_cut(&list, ',');
			size_t k = find_extra(e, name);

			if (k == e->n)
				return name;
			*bits |= UINT64_C(1) << k;
		}
	}
	return (struct str){0};
}

int
extras_check(
    const struct extras *e, const struct request *req, struct page *page)
{
	uint64_t bits;
	struct str unknown = read_names(e, req, &bits);
	struct str shown = utf8_cut(unknown, 80);

	if (unknown.s == NULL)
		return 200;
	return page_error(page, 400,
	    "_extra: there is no “%.*s”; _extra=extras lists what there is.",
	    (int)shown.len, shown.s);
}

void
extras_write(const struct extras_page *p, const char *more, struct buf *b)
{
	const struct extras *e = p->extras;
	uint64_t bits;

	read_names(e, p->req, &bits);
	if (more != NULL)
		bits |= UINT64_C(1) << find_extra(e, str_of(more));
	for (size_t i = 0; i < e->n; i++) {
		if ((bits >> i & 1) == 0 || e->rows[i].write == NULL)
			continue;
		json_key(b, e->rows[i].name);
		e->rows[i].write(p, b);
	}
}

static void
add_path(const struct request *req, struct buf *url)
{
	url_path(url, req->prefix);
	request_path(req, url);
	buf_str(url, request_suffix(req->format));
}

/* The address of the page with the extras of these bits. */
static void
add_toggle_url(const struct extras_page *p, uint64_t bits, struct buf *b)
{
	const struct extras *e = p->extras;
	const struct request *req = p->req;
	struct buf url = {0};
	const char *comma = "";
	char mark;

	add_path(req, &url);
	mark = params_write(route_params(req->route), req, PARAM_BIT(e->param),
	    ARGUMENT_NONE, &url);
	if (bits != 0)
		buf_printf(&url, "%c_extra=", mark);
	for (size_t i = 0; i < e->n; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		buf_printf(&url, "%s%s", comma, e->rows[i].name);
		comma = ",";
	}
	json_text(b, str_of_buf(&url));
	buf_release(&url);
}

void
extras_list(const struct extras_page *p, struct buf *b)
{
	const struct extras *e = p->extras;
	uint64_t bits;

	read_names(e, p->req, &bits);
	json_begin_array(b);
	for (size_t i = 0; i < e->n; i++) {
		json_begin_object(b);
		json_member(b, "name", e->rows[i].name);
		json_member(b, "description", e->rows[i].description);
		json_key(b, "toggle_url");
		add_toggle_url(p, bits ^ UINT64_C(1) << i, b);
		json_member_bool(b, "selected", (bits >> i & 1) != 0);
		json_end_object(b);
	}
	json_end_array(b);
}

static void
write_pair(void *context, struct str name, struct str text)
{
	struct buf *b = context;

	json_begin_array(b);
	json_text(b, name);
	json_text(b, text);
	json_end_array(b);
}

void
extras_args(const struct request *req, uint64_t without, struct buf *b)
{
	json_begin_array(b);
	params_each(route_params(req->route), req, without, write_pair, b);
	json_end_array(b);
}

/* A list of parameters by name, while it is written. */
struct by_name {
	struct buf *b;
	bool begun;
	struct buf name; /* whose values are being written */
};

static void
write_by_name(void *context, struct str name, struct str text)
{
	struct by_name *list = context;

	if (!list->begun || !str_eq(name, str_of_buf(&list->name))) {
		if (list->begun)
			json_end_array(list->b);
		json_key_text(list->b, name);
		json_begin_array(list->b);
		buf_reset(&list->name);
		buf_add(&list->name, name.s, name.len);
		list->begun = true;
	}
	json_text(list->b, text);
}

/* {"name": ["value", …], …}: equal names follow each other. */
static void
add_args(const struct request *req, struct buf *b)
{
	struct by_name list = {.b = b};

	json_begin_object(b);
	params_each(route_params(req->route), req, 0, write_by_name, &list);
	if (list.begun)
		json_end_array(b);
	json_end_object(b);
	buf_release(&list.name);
}

void
extras_request(const struct extras_page *p, struct buf *b)
{
	const struct request *req = p->req;
	struct buf url = {0};

	add_path(req, &url);
	json_begin_object(b);
	json_member_text(b, "path", str_of_buf(&url));
	route_query(req, &url);
	json_member_text(b, "full_path", str_of_buf(&url));
	json_key(b, "args");
	add_args(req, b);
	json_end_object(b);
	buf_release(&url);
}

void
extras_database(const struct extras_page *p, struct buf *b)
{
	json_str(b, db_name(p->db));
}

void
extras_color(const struct extras_page *p, struct buf *b)
{
	struct str name = str_of(db_name(p->db));
	uint64_t hash = XXH3_64bits(name.s, name.len);

	buf_printf(b, "\"%06x\"", (unsigned)(hash & 0xffffff));
}

void
extras_private(const struct extras_page *p, struct buf *b)
{
	(void)p;
	json_bool(b, false);
}

void
extras_types(const struct extras_page *p, struct buf *b)
{
	(void)p;
	json_raw(b, "{}");
}

void
extras_debug(const struct extras_page *p, struct buf *b)
{
	static const char *const names[] = {"database", "table", "pks"};
	const struct request *req = p->req;
	const char *format = request_suffix(req->format);

	json_raw(b, "{\"url_vars\":{");
	for (size_t i = 0; i < req->n_segments && i < 3; i++) {
		if (str_is(req->segments[i], "-"))
			break; /* what follows is squall's own */
		json_member_text(b, names[i], req->segments[i]);
	}
	json_member(b, "format", format + (*format == '.'));
	json_raw(b, "}}");
}
