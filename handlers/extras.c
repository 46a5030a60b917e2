/*
 * The parameter _extra.
 */
#include "handlers/extras.h"

#include "app/json.h"
#include "app/params.h"
#include "app/route.h"
#include "app/url.h"
#include "app/utf8.h"

/* Cuts the first of names with commas between them off. */
static struct str
cut_name(struct str *list)
{
	const char *comma = memchr(list->s, ',', list->len);
	size_t len = comma == NULL ? list->len : (size_t)(comma - list->s);
	struct str name = {list->s, len};

	len += comma != NULL;
	list->s += len;
	list->len -= len;
	return name;
}

static size_t
find(const struct extras *e, struct str name)
{
	size_t i = 0;

	while (i < e->n && !str_is(name, e->rows[i].name))
		i++;
	return i;
}

/* The first name that is none, or s is NULL; a bit for each that is one. */
static struct str
wanted(const struct extras *e, const struct request *req, uint64_t *bits)
{
	*bits = 0;
	for (size_t i = 0; i < req->n_arguments; i++) {
		struct str list = req->arguments[i].text;

		if (req->arguments[i].param != e->param)
			continue;
		while (list.len > 0) {
			struct str name = cut_name(&list);
			size_t k = find(e, name);

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
	struct str unknown = wanted(e, req, &bits);
	struct str shown = utf8_cut(unknown, 80);

	if (unknown.s == NULL)
		return 200;
	return page_error(page, 400,
	    "_extra: there is no “%.*s”; _extra=extras lists what there is.",
	    (int)shown.len, shown.s);
}

void
extras_write(const struct extras *e, const struct request *req,
    const char *more, void *page, struct buf *b)
{
	uint64_t bits;

	wanted(e, req, &bits);
	if (more != NULL)
		bits |= UINT64_C(1) << find(e, str_of(more));
	for (size_t i = 0; i < e->n; i++) {
		if ((bits >> i & 1) == 0 || e->rows[i].write == NULL)
			continue;
		json_raw(b, ",");
		json_str(b, e->rows[i].name);
		json_raw(b, ":");
		e->rows[i].write(page, b);
	}
}

void
extras_list(const struct extras *e, const struct request *req, struct buf *b)
{
	uint64_t bits;

	wanted(e, req, &bits);
	json_raw(b, "[");
	for (size_t i = 0; i < e->n; i++) {
		if (i > 0)
			json_raw(b, ",");
		json_raw(b, "{\"name\":");
		json_str(b, e->rows[i].name);
		json_raw(b, ",\"description\":");
		json_str(b, e->rows[i].description);
		json_raw(b, ",\"selected\":");
		buf_str(b, (bits >> i & 1) != 0 ? "true}" : "false}");
	}
	json_raw(b, "]");
}

static void
write_pair(struct buf *b, struct str name, struct str text)
{
	if (b->len > 0 && b->data[b->len - 1] == ']')
		json_raw(b, ",");
	json_raw(b, "[");
	json_text(b, name);
	json_raw(b, ",");
	json_text(b, text);
	json_raw(b, "]");
}

void
extras_args(const struct request *req, uint64_t without, struct buf *b)
{
	json_raw(b, "[");
	params_each(route_params(req->route), req, without, write_pair, b);
	json_raw(b, "]");
}

void
extras_request(const struct request *req, struct buf *b)
{
	struct buf url = {0};

	url_path(&url, req->prefix);
	request_path(req, &url);
	buf_str(&url, format_suffix(req->format));
	route_query(req, &url);
	json_raw(b, "{\"full_path\":");
	json_text(b, str_of_buf(&url));
	json_raw(b, ",\"args\":");
	extras_args(req, 0, b);
	json_raw(b, "}");
	buf_release(&url);
}
