/*
 * The operator's queries: from files to what pages are made of.  Called at the
 * start and for each reload; nothing is looked up again in between.
 */
#include "app/config/stored.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/text/alloc.h"
#include "app/text/sqltext.h"
#include "app/text/utf8.h"
#include "app/text/value.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	TEXT_MAX = 64 << 10, /* bytes of a file */
	TTL_MAX_S = 30 * 24 * 3600,
};

/* A file, while its comments are read. */
struct parsing {
	struct stored_query *query;
	struct sqltext_params names;
	bool title_given, chart_given, ttl_given, hide_given;
	bool param_given[SQLTEXT_PARAMS];
	int line; /* of the comment */
};

static bool
add_line(char **field, struct str line, struct buf *why)
{
	struct buf text = {0};
	bool ok;

	if (*field != NULL) {
		buf_str(&text, *field);
		buf_char(&text, '\n');
	}
	buf_add(&text, line.s, line.len);
	ok = value_keep(field, &text, why);
	buf_release(&text);
	return ok;
}

/* True for what is given for the first time. */
static bool
is_first(bool *given, struct buf *why)
{
	if (*given)
		buf_lit(why, "it was given before");
	else
		*given = true;
	return why->len == 0;
}

static bool
set_ttl(struct parsing *p, struct str value, struct buf *why)
{
	char text[24] = "";

	if (!is_first(&p->ttl_given, why))
		return false;
	if (value.len < sizeof(text))
		memcpy(text, value.s, value.len);
	if (value_number(text, &p->query->ttl_s) && p->query->ttl_s >= 1 &&
	    p->query->ttl_s <= TTL_MAX_S)
		return true;
	buf_printf(why, "expected a whole number from 1 to %d, got \"%.*s\"",
	    TTL_MAX_S, (int)value.len, value.s);
	return false;
}

static bool
set_hide(struct parsing *p, struct str value, struct buf *why)
{
	if (!is_first(&p->hide_given, why))
		return false;
	p->query->hide_sql = str_is(value, "on");
	if (str_is(value, "on") || str_is(value, "off"))
		return true;
	buf_printf(
	    why, "expected on or off, got \"%.*s\"", (int)value.len, value.s);
	return false;
}

static bool
set_chart(struct parsing *p, struct str value, struct buf *why)
{
	struct stored_query *q = p->query;

	if (!is_first(&p->chart_given, why))
		return false;
	q->chart_line = p->line;
	return chart_spec_parse(&q->chart, value, why);
}

/* "param NAME: what it is unless it is given". */
static bool
set_param(struct parsing *p, struct str name, struct str value, struct buf *why)
{
	for (size_t i = 0; i < p->query->n_params; i++) {
		struct stored_param *param = &p->query->params[i];

		if (!str_is(name, param->name))
			continue;
		if (!is_first(&p->param_given[i], why))
			return false;
		free(param->value);
		param->value = alloc_text(value);
		if (param->value == NULL)
			buf_lit(why, "out of memory");
		return param->value != NULL;
	}
	buf_printf(
	    why, "the statement has no parameter :%.*s", (int)name.len, name.s);
	return false;
}

/* A key's value; an unknown key is an ordinary comment. */
static bool
set_key(struct parsing *p, struct str key, struct str value, struct buf *why)
{
	static const char param[] = "param ";
	struct stored_query *q = p->query;

	if (str_is(key, "title"))
		return is_first(&p->title_given, why) &&
		    add_line(&q->title, value, why);
	if (str_is(key, "description"))
		return add_line(&q->description, value, why);
	if (str_is(key, "chart"))
		return set_chart(p, value, why);
	if (str_is(key, "ttl"))
		return set_ttl(p, value, why);
	if (str_is(key, "hide_sql"))
		return set_hide(p, value, why);
	if (str_starts(key, str_of(param))) {
		key.s += sizeof(param) - 1;
		key.len -= sizeof(param) - 1;
		while (key.len > 0 && key.s[0] == ' ') {
			key.s++;
			key.len--;
		}
		return set_param(p, key, value, why);
	}
	return true;
}

static bool
read_comment(struct parsing *p, struct str line, struct buf *why)
{
	const char *colon = memchr(line.s, ':', line.len);
	struct buf what = {0};
	struct str key, value;
	bool ok;

	if (colon == NULL)
		return true;
	key = (struct str){line.s, (size_t)(colon - line.s)};
	value = (struct str){colon + 1, line.len - key.len - 1};
	while (value.len > 0 && (value.s[0] == ' ' || value.s[0] == '\t')) {
		value.s++;
		value.len--;
	}
	ok = set_key(p, key, value, &what);
	if (!ok)
		buf_printf(
		    why, "%.*s: %s", (int)key.len, key.s, buf_cstr(&what));
	buf_release(&what);
	return ok;
}

static bool
take_params(struct parsing *p, struct buf *why)
{
	struct stored_query *q = p->query;

	sqltext_params(str_of(q->sql), &p->names);
	if (p->names.too_many) {
		buf_printf(
		    why, "there are more than %d parameters", SQLTEXT_PARAMS);
		return false;
	}
	q->params = alloc_array(p->names.n + 1, sizeof(*q->params));
	for (size_t i = 0; q->params != NULL && i < p->names.n; i++) {
		struct str name = p->names.names[i];
		struct stored_param *param = &q->params[q->n_params++];

		param->name = alloc_text(name);
		param->value = alloc_copy("");
		if (param->name == NULL || param->value == NULL) {
			buf_lit(why, "out of memory");
			return false;
		}
		if (name.s[0] == '_') {
			buf_printf(why,
			    "a parameter can't be called :%s: names that "
			    "begin with _ are squall's own",
			    param->name);
			return false;
		}
	}
	if (q->params == NULL)
		buf_lit(why, "out of memory");
	return q->params != NULL;
}

bool
stored_parse(
    struct stored_query *q, const char *file, struct str text, struct buf *why)
{
	struct parsing p = {.query = q};
	struct buf what = {0};
	struct str line;
	bool ok = false;

	if (!utf8_valid(text) || memchr(text.s, '\0', text.len) != NULL) {
		buf_printf(why, "%s: expected UTF-8 text", file);
		return false;
	}
	q->sql = alloc_text(text);
	q->hash = XXH3_64bits(text.s, text.len);
	if (q->sql == NULL || !take_params(&p, &what)) {
		buf_printf(why, "%s: %s", file,
		    q->sql == NULL ? "out of memory" : buf_cstr(&what));
		goto out;
	}
	while (sqltext_comment(&text, &line, &p.line)) {
		if (!read_comment(&p, line, &what)) {
			buf_printf(
			    why, "%s:%d: %s", file, p.line, buf_cstr(&what));
			goto out;
		}
	}
	ok = true;
out:
	buf_release(&what);
	return ok;
}

static void
release_query(struct stored_query *q)
{
	for (size_t i = 0; i < q->n_params; i++) {
		free(q->params[i].name);
		free(q->params[i].value);
	}
	free(q->params);
	free(q->name);
	free(q->file);
	free(q->sql);
	free(q->title);
	free(q->description);
	chart_spec_release(&q->chart);
}

void
stored_release(struct stored_queries *queries)
{
	for (size_t i = 0; i < queries->n; i++)
		release_query(&queries->list[i]);
	free(queries->list);
	*queries = (struct stored_queries){0};
}

static bool
read_text(const char *file, struct buf *text, struct buf *why)
{
	char part[4096];
	FILE *in = fopen(file, "re");
	size_t n;
	bool ok;

	if (in == NULL) {
		buf_printf(why, "%s: %s", file, strerror(errno));
		return false;
	}
	while (
	    text->len <= TEXT_MAX && (n = fread(part, 1, sizeof(part), in)) > 0)
		buf_add(text, part, n);
	ok = !ferror(in) && text->len <= TEXT_MAX && !text->failed;
	if (text->len > TEXT_MAX)
		buf_printf(
		    why, "%s: it is longer than %d bytes", file, TEXT_MAX);
	else if (!ok)
		buf_printf(why, "%s: it can't be read", file);
	fclose(in);
	return ok;
}

/* A name that is the same in every address. */
static bool
is_name(const char *s, size_t len)
{
	return len > 0 &&
	    strspn(s,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-") >= len;
}

/* Reads FOLDER/NAME.sql. */
static bool
read_query(struct stored_query *q, const char *folder, const char *entry,
    struct buf *why)
{
	size_t len = strlen(entry) - strlen(".sql");
	struct buf text = {0};
	bool ok = false;

	q->file = alloc_printf("%s/%s", folder, entry);
	q->name = alloc_text((struct str){entry, len});
	if (q->file == NULL || q->name == NULL)
		buf_lit(why, "out of memory");
	else if (!is_name(entry, len))
		buf_printf(why,
		    "%s: a query's name has letters, digits, _ and - only",
		    q->file);
	else
		ok = read_text(q->file, &text, why) &&
		    stored_parse(q, q->file, str_of_buf(&text), why);
	buf_release(&text);
	return ok;
}

static int
is_query(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 &&
	    strcmp(entry->d_name + len - 4, ".sql") == 0;
}

static bool
read_folder(struct stored_queries *queries, const char *folder, struct buf *why)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_query, alphasort);
	bool ok = true;

	if (n < 0 && errno == ENOENT)
		return true;
	if (n < 0) {
		buf_printf(why, "%s: %s", folder, strerror(errno));
		return false;
	}
	queries->list = alloc_array((size_t)n + 1, sizeof(*queries->list));
	ok = queries->list != NULL;
	if (!ok)
		buf_lit(why, "out of memory");
	for (int i = 0; i < n; i++) {
		if (ok)
			ok = read_query(&queries->list[queries->n++], folder,
			    entries[i]->d_name, why);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

bool
stored_read(struct stored_queries *queries, const char *folder,
    const char *database, struct buf *why)
{
	char *path = alloc_printf("%s/%s", folder, database);
	bool ok;

	*queries = (struct stored_queries){0};
	if (path == NULL) {
		buf_lit(why, "out of memory");
		return false;
	}
	ok = read_folder(queries, path, why);
	free(path);
	return ok;
}
