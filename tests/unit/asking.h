#ifndef SQUALL_TESTS_ASKING_H
#define SQUALL_TESTS_ASKING_H

/*
 * Requests as web servers hand them over, for the tests of what is made of
 * them.
 */
#include "app/http/request.h"
#include "tests/unit/util.h"

/* The variables of one request; NULL: not sent. */
struct vars {
	const char *method, *script_name, *path_info, *query, *uri;
};

static inline int
ask(struct request *req, const struct vars *v, const char *prefix,
    struct buf *why)
{
	const struct {
		const char *name, *value;
	} all[] = {
	    {"HTTP_SCRIPT_NAME", "/wrong"},
	    {"REQUEST_METHOD", v->method},
	    {"SCRIPT_NAME", v->script_name},
	    {"PATH_INFO", v->path_info},
	    {"QUERY_STRING", v->query},
	    {"REQUEST_URI", v->uri},
	    {"PATH_INFORMATION", "/wrong"},
	};
	char *strings[COUNT_OF(all) + 1] = {NULL};
	size_t n = 0;
	int status;

	for (size_t i = 0; i < COUNT_OF(all); i++) {
		struct buf s = {0};

		if (all[i].value == NULL)
			continue;
		buf_str(&s, all[i].name);
		buf_char(&s, '=');
		buf_str(&s, all[i].value);
		buf_trim(&s); /* ends where its memory does */
		strings[n++] = s.data;
	}
	buf_reset(why);
	status = request_parse(req, strings, prefix, why);
	assert_int_equal(status == 200, why->len == 0);
	/* The request has its own copies. */
	while (n-- > 0) {
		memset(strings[n], '#', strlen(strings[n]));
		free(strings[n]);
	}
	return status;
}

/* GET of a path and query in lighttpd's way; NULL: no query. */
static inline int
ask_path(
    struct request *req, const char *path, const char *query, struct buf *why)
{
	return ask(req,
	    &(struct vars){.method = "GET",
		.script_name = "",
		.path_info = path,
		.query = query,
		.uri = path},
	    NULL, why);
}

#endif
