/*
 * Replies, and what may differ between two of them: the encoding, and what
 * header fields say of the moment.
 */
#include "tests/tools/fault-sweep/reply.h"

#include <err.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PLAIN_MAX = 4 << 20 };

void
reply_add(struct reply *r, const void *bytes, size_t len)
{
	r->bytes = realloc(r->bytes, r->len + len + 1);
	if (r->bytes == NULL)
		err(1, "a reply");
	memcpy(r->bytes + r->len, bytes, len);
	r->len += len;
	r->bytes[r->len] = '\0';
}

void
reply_release(struct reply *r)
{
	free(r->bytes);
	*r = (struct reply){0};
}

/* Where the body begins; NULL: the header fields have no end. */
static const char *
find_body(const struct reply *r)
{
	const char *end = r->len == 0 ? NULL : strstr(r->bytes, "\r\n\r\n");

	return end == NULL ? NULL : end + 4;
}

/* The value of a header field; NULL: there is none. */
static const char *
find_field(const struct reply *r, const char *name)
{
	const char *body = find_body(r), *line = r->bytes;
	size_t len = strlen(name);

	while (line != NULL && line < body) {
		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 2;
		line = strstr(line, "\r\n");
		line = line == NULL ? NULL : line + 2;
	}
	return NULL;
}

/* These follow from the moment, from the way to the page, or from its body. */
static bool
may_differ(const char *line)
{
	static const char *const names[] = {"Age", "Cache-Control",
	    "Cache-Status", "Content-Encoding", "Content-Length", "Date",
	    "ETag", "Expires", "Server-Timing", "Vary", "Warning"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t len = strlen(names[i]);

		if (strncasecmp(line, names[i], len) == 0 && line[len] == ':')
			return true;
	}
	return false;
}

/* The header fields that may not differ, and the body without its encoding. */
static struct reply
strip(const struct reply *r)
{
	static char plain[PLAIN_MAX];
	const char *body = find_body(r), *line = r->bytes;
	const char *encoding = find_field(r, "Content-Encoding");
	size_t len = r->len - (size_t)(body - r->bytes);
	struct reply to = {0};

	while (line < body) {
		const char *end = strstr(line, "\r\n") + 2;

		if (!may_differ(line))
			reply_add(&to, line, (size_t)(end - line));
		line = end;
	}
	if (encoding != NULL && len > 0) {
		struct libdeflate_decompressor *d =
		    libdeflate_alloc_decompressor();

		if (d == NULL ||
		    libdeflate_gzip_decompress(d, body, len, plain,
			sizeof(plain), &len) != LIBDEFLATE_SUCCESS)
			len = 0;
		libdeflate_free_decompressor(d);
		body = plain;
	}
	reply_add(&to, body, len);
	return to;
}

static const char *
check_length(const struct reply *r)
{
	const char *said = find_field(r, "Content-Length");
	size_t len = r->len - (size_t)(find_body(r) - r->bytes);

	/* A 304 and a reply to HEAD have none. */
	return said != NULL && len > 0 && strtoul(said, NULL, 10) != len
	    ? "its length is not that of Content-Length"
	    : NULL;
}

static const char *
compare_status(const struct reply *got, const struct reply *right)
{
	size_t len = strcspn(right->bytes, "\r");

	return strncmp(got->bytes, right->bytes, len + 1) == 0
	    ? NULL
	    : "it has another status";
}

const char *
reply_compare(const struct reply *got, const struct reply *right)
{
	struct reply a, b;
	bool same;

	if (!got->whole)
		return got->len == 0 ? "there is no reply" : "it has no end";
	if (find_body(got) == NULL)
		return "its header fields have no end";
	if (check_length(got) != NULL)
		return check_length(got);
	if (right->loose)
		return compare_status(got, right);
	a = strip(got);
	b = strip(right);
	same = a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
	reply_release(&a);
	reply_release(&b);
	return same ? NULL : "it differs from the right reply";
}

const char *
reply_judge(const struct reply *got, const struct reply *right)
{
	if (!got->whole || strncmp(got->bytes, "Status: 5", 9) == 0)
		return NULL;
	return right->partial ? compare_status(got, right)
			      : reply_compare(got, right);
}
