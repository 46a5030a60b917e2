/*
 * Charts as stored queries ask for them.  Called by stored.c.
 */
#include "app/config/chart_spec.h"

#include <stdlib.h>

#include "app/text/value.h"

const char *const chart_spec_kinds[] = {
    [CHART_NONE] = "none",
    [CHART_BAR] = "bar",
    [CHART_LINE] = "line",
    [CHART_SCATTER] = "scatter",
    [CHART_HISTOGRAM] = "histogram",
    [CHART_HISTOGRAM + 1] = NULL,
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
skip(struct str *s, size_t n)
{
	s->s += n;
	s->len -= n;
}

static void
skip_blanks(struct str *s)
{
	while (s->len > 0 && (is_blank(*s->s) || *s->s == '\r'))
		skip(s, 1);
}

/* Cuts off what stands before a blank or `end`. */
static struct str
take_word(struct str *s, char end)
{
	struct str word = {s->s, 0};

	while (s->len > 0 && !is_blank(*s->s) && *s->s != end) {
		word.len++;
		skip(s, 1);
	}
	return word;
}

/* Cuts a name off: a word, or anything in quotes, where "" means one. */
static bool
take_name(struct str *s, struct buf *name)
{
	struct str word;

	if (s->len == 0 || *s->s != '"') {
		word = take_word(s, '\r');
		buf_add(name, word.s, word.len);
		return word.len > 0;
	}
	skip(s, 1);
	while (s->len > 0) {
		char c = *s->s;

		skip(s, 1);
		if (c == '"' && (s->len == 0 || *s->s != '"'))
			return name->len > 0;
		if (c == '"')
			skip(s, 1);
		buf_char(name, c);
	}
	return false;
}

/* "x=NAME" or "y=NAME". */
static bool
take_column(struct chart_spec *spec, struct str *s, struct buf *why)
{
	struct str key = take_word(s, '=');
	struct buf name = {0};
	char **column = str_is(key, "x") ? &spec->x
	    : str_is(key, "y")           ? &spec->y
					 : NULL;
	bool ok = false;

	if (s->len > 0 && *s->s == '=')
		skip(s, 1);
	else
		column = NULL;
	if (column == NULL)
		buf_printf(why, "expected x=COLUMN or y=COLUMN, got \"%.*s\"",
		    (int)key.len, key.s);
	else if (*column != NULL)
		buf_printf(why, "%.*s was given before", (int)key.len, key.s);
	else if (!take_name(s, &name))
		buf_printf(why, "%.*s: expected the name of a column",
		    (int)key.len, key.s);
	else
		ok = value_keep(column, &name, why);
	buf_release(&name);
	return ok;
}

static bool
take_kind(struct chart_spec *spec, struct str *s, struct buf *why)
{
	struct str word = take_word(s, '\r');

	for (size_t i = CHART_BAR; chart_spec_kinds[i] != NULL; i++) {
		if (!str_is(word, chart_spec_kinds[i]))
			continue;
		spec->kind = (enum chart_kind)i;
		return true;
	}
	buf_printf(why,
	    "expected bar, line, scatter or histogram, got \"%.*s\"",
	    (int)word.len, word.s);
	return false;
}

bool
chart_spec_parse(struct chart_spec *spec, struct str text, struct buf *why)
{
	bool ok;

	*spec = (struct chart_spec){0};
	skip_blanks(&text);
	ok = take_kind(spec, &text, why);
	skip_blanks(&text);
	while (ok && text.len > 0) {
		ok = take_column(spec, &text, why);
		skip_blanks(&text);
	}
	return ok;
}

void
chart_spec_release(struct chart_spec *spec)
{
	free(spec->x);
	free(spec->y);
	*spec = (struct chart_spec){0};
}
