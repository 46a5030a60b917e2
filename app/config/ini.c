/*
 * INI files through inih, the only file that knows it.  inih splits lines into
 * keys and values; sections are followed here, since it does not tell of empty
 * ones and cuts long names.
 */
#include "app/config/ini.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

static const char expected[] = "expected [section], key = value or a comment";

struct reading {
	const struct ini_handler *handler;
	FILE *stream;
	const char *file;
	int line;
	bool failed;
	struct buf *why;
};

/* The first error is the one that is told. */
static void
fail(struct reading *r, const char *what)
{
	if (r->failed)
		return;
	r->failed = true;
	buf_printf(r->why, "%s:%d: %s", r->file, r->line, what);
}

/* A line that begins with '['. */
static void
read_section(struct reading *r, char *line)
{
	char *end = strchr(line, ']');
	struct buf what = {0};

	if (end == NULL) {
		fail(r, expected);
		return;
	}
	*end = '\0';
	if (!r->handler->section(r->handler->arg, line + 1, &what))
		fail(r, buf_cstr(&what));
	*end = ']';
	buf_release(&what);
}

/* Reads a line for inih, and notices what its buffer would cut off. */
static char *
read_line(char *s, int size, void *state)
{
	struct reading *r = state;
	size_t len, blanks;

	if (r->failed || fgets(s, size, r->stream) == NULL)
		return NULL;
	r->line++;
	len = strlen(s);
	if (len + 1 == (size_t)size && s[len - 1] != '\n' && !feof(r->stream)) {
		fail(r, "the line is too long");
		return NULL;
	}
	/* inih would take an indented key for more of the last value. */
	blanks = strspn(s, " \t");
	memmove(s, s + blanks, len - blanks + 1);
	if (s[0] == '[')
		read_section(r, s);
	return r->failed ? NULL : s;
}

static int
read_key(void *state, const char *section, const char *key, const char *value)
{
	struct reading *r = state;
	struct buf what = {0};

	(void)section;
	if (!r->handler->key(r->handler->arg, key, value, &what))
		fail(r, buf_cstr(&what));
	buf_release(&what);
	return !r->failed;
}

bool
ini_read(const char *file, const struct ini_handler *handler, struct buf *why)
{
	struct reading r = {.handler = handler, .file = file, .why = why};
	int line;

	r.stream = fopen(file, "re");
	if (r.stream == NULL) {
		buf_printf(why, "%s: %s", file, strerror(errno));
		return false;
	}
	line = ini_parse_stream(read_line, &r, read_key, &r);
	if (ferror(r.stream)) {
		buf_printf(why, "%s: it can't be read", file);
		r.failed = true;
	} else if (line != 0) {
		r.line = line > 0 ? line : r.line;
		fail(&r, expected);
	}
	fclose(r.stream);
	return !r.failed;
}
