/*
 * Taking apart the replies that the reader gets: status, some of the fields,
 * and a body of a length that is announced.
 */
#include "tests/tools/fresh-check/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { STATUS_AT = 9 /* behind "HTTP/1.1 " */ };

/* Copies the value of a field of the head; empty if it has none. */
static void
get_field(const char *head, const char *end, const char *name, char *value,
    size_t size)
{
	size_t len = strlen(name);
	const char *line = head, *next;

	value[0] = '\0';
	for (; (next = memchr(line, '\n', (size_t)(end - line))) != NULL;
	     line = next + 1) {
		if ((size_t)(next - line) < len + 3 || line[len] != ':' ||
		    strncasecmp(line, name, len) != 0)
			continue;
		line += len + 2;
		snprintf(value, size, "%.*s", (int)(next - line - 1), line);
		return;
	}
}

enum reply_result
reply_parse(struct reply *r, const char *data, size_t len)
{
	const char *end = memmem(data, len, "\r\n\r\n", 4);
	char length[24], word[16];

	if (end == NULL)
		return REPLY_MORE;
	end += 2;
	*r = (struct reply){.body = end + 2};
	if (strncmp(data, "HTTP/1.1 ", STATUS_AT) != 0)
		return REPLY_BAD;
	r->status = (int)strtol(data + STATUS_AT, NULL, 10);
	get_field(data, end, "ETag", r->tag, sizeof(r->tag));
	get_field(data, end, "Cache-Status", r->cache, sizeof(r->cache));
	get_field(data, end, "Connection", word, sizeof(word));
	r->close = strcasecmp(word, "close") == 0;
	get_field(data, end, "Content-Encoding", word, sizeof(word));
	r->gzip = strcasecmp(word, "gzip") == 0;
	get_field(data, end, "Content-Length", length, sizeof(length));
	if (r->status == 304)
		return REPLY_WHOLE;
	if (length[0] == '\0')
		return REPLY_BAD;
	r->body_len = strtoul(length, NULL, 10);
	return (size_t)(data + len - r->body) < r->body_len ? REPLY_MORE
							    : REPLY_WHOLE;
}
