/*
 * The keys of sections that describe: one table for each kind of section.
 * Called for the INI file, line by line.
 */
#include "app/config/metadata.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/text/alloc.h"
#include "app/text/value.h"

enum { MAX_SIZE = 1000000 }; /* rows of a page; a setting says less */

enum key_type {
	KEY_TEXT,   /* char *: once */
	KEY_LINES,  /* char *: each time a line more */
	KEY_URL,    /* char *: http or https, since a page links to it */
	KEY_WORDS,  /* struct words: separated by commas, each time more */
	KEY_SIZE,   /* int64_t: rows of a page, or values of a facet */
	KEY_SWITCH, /* int64_t: on or off */
	KEY_MODE,   /* int64_t: raw or escaped */
};

struct key_row {
	const char *name;
	enum key_type type;
	size_t offset;
};

#define ABOUT(key) offsetof(struct about, key)
#define TABLE(key) offsetof(struct table_metadata, key)

static const struct key_row about_keys[] = {
    {"title", KEY_TEXT, ABOUT(title)},
    {"description", KEY_LINES, ABOUT(description)},
    {"source", KEY_TEXT, ABOUT(source)},
    {"source_url", KEY_URL, ABOUT(source_url)},
    {"license", KEY_TEXT, ABOUT(license)},
    {"license_url", KEY_URL, ABOUT(license_url)},
    {"about", KEY_TEXT, ABOUT(about)},
    {"about_url", KEY_URL, ABOUT(about_url)},
    {.name = NULL},
};

static const struct key_row table_keys[] = {
    {"label_column", KEY_TEXT, TABLE(label_column)},
    {"sort", KEY_TEXT, TABLE(sort)},
    {"sort_desc", KEY_TEXT, TABLE(sort_desc)},
    {"fts_table", KEY_TEXT, TABLE(fts_table)},
    {"fts_pk", KEY_TEXT, TABLE(fts_pk)},
    {"searchmode", KEY_MODE, TABLE(raw_search)},
    {"size", KEY_SIZE, TABLE(size)},
    {"facet_size", KEY_SIZE, TABLE(facet_size)},
    {"hidden", KEY_SWITCH, TABLE(hidden)},
    {"sortable_columns", KEY_WORDS, TABLE(sortable_columns)},
    {"facets", KEY_WORDS, TABLE(facets)},
    {.name = NULL},
};

static const struct key_row database_keys[] = {
    {"sql", KEY_SWITCH, offsetof(struct database_metadata, sql)},
    {"allow_facet", KEY_SWITCH,
	offsetof(struct database_metadata, allow_facet)},
    {.name = NULL},
};

static bool
no_memory(struct buf *why)
{
	buf_lit(why, "out of memory");
	return false;
}

static bool
add_line(char **field, const char *value, struct buf *why)
{
	struct buf text = {0};
	bool ok;

	if (*field != NULL) {
		buf_str(&text, *field);
		buf_char(&text, '\n');
	}
	buf_str(&text, value);
	ok = value_keep(field, &text, why);
	buf_release(&text);
	return ok;
}

static bool
add_word(struct words *words, const char *s, size_t len, struct buf *why)
{
	char **more =
	    alloc_resize(words->items, words->n + 1, sizeof(*words->items));

	if (more == NULL)
		return no_memory(why);
	words->items = more;
	more[words->n] = alloc_text((struct str){s, len});
	if (more[words->n] == NULL)
		return no_memory(why);
	words->n++;
	return true;
}

static bool
add_words(struct words *words, const char *value, struct buf *why)
{
	words->given = true;
	for (;;) {
		size_t len, cut;

		value += strspn(value, " \t");
		len = cut = strcspn(value, ",");
		while (cut > 0 && strchr(" \t", value[cut - 1]) != NULL)
			cut--;
		if (cut > 0 && !add_word(words, value, cut, why))
			return false;
		if (value[len] == '\0')
			return true;
		value += len + 1;
	}
}

static bool
set_switch(int64_t *field, const char *value, struct buf *why)
{
	static const char *const words[] = {
	    "off", "on", "false", "true", "0", "1", "no", "yes", NULL};
	int64_t word;

	if (value_choice(value, words, &word)) {
		*field = word % 2;
		return true;
	}
	buf_printf(why, "expected on or off, got \"%s\"", value);
	return false;
}

static bool
set_mode(int64_t *field, const char *value, struct buf *why)
{
	static const char *const words[] = {"escaped", "raw", NULL};

	if (value_choice(value, words, field))
		return true;
	buf_printf(why, "expected raw or escaped, got \"%s\"", value);
	return false;
}

static bool
set_size(int64_t *field, const char *value, struct buf *why)
{
	int64_t size;

	if (value_number(value, &size) && size >= 1 && size <= MAX_SIZE) {
		*field = size;
		return true;
	}
	buf_printf(why, "expected a whole number from 1 to %d, got \"%s\"",
	    MAX_SIZE, value);
	return false;
}

/* Accepts http(s) only: another scheme could run a script. */
static bool
set_url(char **field, const char *value, struct buf *why)
{
	if (strncasecmp(value, "https://", 8) == 0 ||
	    strncasecmp(value, "http://", 7) == 0)
		return value_copy(field, value, why);
	buf_printf(why,
	    "expected an address that begins with https:// or http://, got "
	    "\"%s\"",
	    value);
	return false;
}

static bool
set(void *field, enum key_type type, const char *value, struct buf *why)
{
	switch (type) {
	case KEY_TEXT:
		return value_copy(field, value, why);
	case KEY_LINES:
		return add_line(field, value, why);
	case KEY_URL:
		return set_url(field, value, why);
	case KEY_WORDS:
		return add_words(field, value, why);
	case KEY_SIZE:
		return set_size(field, value, why);
	case KEY_SWITCH:
		return set_switch(field, value, why);
	case KEY_MODE:
		return set_mode(field, value, why);
	}
	return false;
}

/* The result of a key. */
enum result { SET, WRONG, UNKNOWN };

/* `given` has a bit for each row whose key was given, by its place. */
static enum result
try(const struct key_row *rows, void *object, uint64_t *given, const char *key,
    const char *value, struct buf *why)
{
	struct buf what = {0};
	uint64_t bit = 1;
	bool ok;

	for (; rows->name != NULL && strcmp(rows->name, key) != 0; rows++)
		bit <<= 1;
	if (rows->name == NULL)
		return UNKNOWN;
	ok = (*given & bit) == 0 || rows->type == KEY_LINES ||
	    rows->type == KEY_WORDS;
	*given |= bit;
	if (!ok)
		buf_lit(&what, "it was given before");
	else
		ok = set(
		    (char *)object + rows->offset, rows->type, value, &what);
	if (!ok)
		buf_printf(why, "%s: %s", key, buf_cstr(&what));
	buf_release(&what);
	return ok ? SET : WRONG;
}

/* The result as a caller's; an unknown key is named. */
static bool
done(enum result result, const char *key, struct buf *why)
{
	if (result == UNKNOWN)
		buf_printf(why, "unknown key \"%s\"", key);
	return result == SET;
}

bool
metadata_about_set(
    struct about *about, const char *key, const char *value, struct buf *why)
{
	return done(
	    try(about_keys, about, &about->given, key, value, why), key, why);
}

bool
metadata_database_set(struct database_metadata *d, const char *key,
    const char *value, struct buf *why)
{
	enum result result = try(database_keys, d, &d->given, key, value, why);

	if (result == UNKNOWN)
		result = try(
		    about_keys, &d->about, &d->about.given, key, value, why);
	return done(result, key, why);
}

static struct column_metadata *
column_for(struct table_metadata *t, const char *name)
{
	struct column_metadata *more;

	for (size_t i = 0; i < t->n_columns; i++) {
		if (strcasecmp(t->columns[i].column, name) == 0)
			return &t->columns[i];
	}
	more = alloc_resize(t->columns, t->n_columns + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	t->columns = more;
	more += t->n_columns;
	*more = (struct column_metadata){.column = alloc_copy(name)};
	if (more->column == NULL)
		return NULL;
	t->n_columns++;
	return more;
}

/* "column.NAME" and "units.NAME". */
static enum result
try_column(struct table_metadata *t, const char *key, const char *value,
    struct buf *why)
{
	const char *dot = strchr(key, '.');
	struct column_metadata *c;
	bool unit = strncmp(key, "units.", 6) == 0;

	if ((!unit && strncmp(key, "column.", 7) != 0) || dot[1] == '\0')
		return UNKNOWN;
	c = column_for(t, dot + 1);
	if (c == NULL)
		return no_memory(why) ? SET : WRONG;
	if (!unit)
		return add_line(&c->description, value, why) ? SET : WRONG;
	if (c->unit == NULL)
		return value_copy(&c->unit, value, why) ? SET : WRONG;
	buf_lit(why, "it was given before");
	return WRONG;
}

bool
metadata_table_set(struct table_metadata *t, const char *key, const char *value,
    struct buf *why)
{
	enum result result = try(table_keys, t, &t->given, key, value, why);

	if (result == UNKNOWN)
		result = try(
		    about_keys, &t->about, &t->about.given, key, value, why);
	if (result == UNKNOWN)
		result = try_column(t, key, value, why);
	if (result == SET && t->sort != NULL && t->sort_desc != NULL) {
		buf_lit(why, "sort and sort_desc: expected one of the two");
		result = WRONG;
	}
	return done(result, key, why);
}

bool
metadata_about_is_empty(const struct about *a)
{
	for (const struct key_row *row = about_keys; row->name != NULL; row++) {
		if (*(char *const *)((const char *)a + row->offset) != NULL)
			return false;
	}
	return true;
}

const struct column_metadata *
metadata_table_column(const struct table_metadata *t, struct str column)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const char *name = t->columns[i].column;

		if (strlen(name) == column.len &&
		    strncasecmp(name, column.s, column.len) == 0)
			return &t->columns[i];
	}
	return NULL;
}

bool
metadata_words_have(const struct words *words, struct str s)
{
	for (size_t i = 0; i < words->n; i++) {
		if (strlen(words->items[i]) == s.len &&
		    strncasecmp(words->items[i], s.s, s.len) == 0)
			return true;
	}
	return false;
}

static void
release_words(struct words *words)
{
	while (words->n > 0)
		free(words->items[--words->n]);
	free(words->items);
}

static void
release(const struct key_row *rows, void *object)
{
	for (; rows->name != NULL; rows++) {
		void *field = (char *)object + rows->offset;

		switch (rows->type) {
		case KEY_TEXT:
		case KEY_LINES:
		case KEY_URL:
			free(*(char **)field);
			break;
		case KEY_WORDS:
			release_words(field);
			break;
		case KEY_SIZE:
		case KEY_SWITCH:
		case KEY_MODE:
			break; /* numbers own nothing */
		}
	}
}

void
metadata_about_release(struct about *about)
{
	release(about_keys, about);
	*about = (struct about){0};
}

void
metadata_table_release(struct table_metadata *t)
{
	release(table_keys, t);
	release(about_keys, &t->about);
	for (size_t i = 0; i < t->n_columns; i++) {
		free(t->columns[i].column);
		free(t->columns[i].description);
		free(t->columns[i].unit);
	}
	free(t->columns);
	free(t->name);
	*t = (struct table_metadata){0};
}

void
metadata_database_release(struct database_metadata *d)
{
	for (size_t i = 0; i < d->n_tables; i++)
		metadata_table_release(&d->tables[i]);
	free(d->tables);
	metadata_about_release(&d->about);
	*d = (struct database_metadata){0};
}
