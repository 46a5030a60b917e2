/*
 * Descriptions, sources and licences: as people and as programs read them.
 */
#include "handlers/page/about.h"

const char *
about_title(const struct about *about, const char *otherwise)
{
	return about->title != NULL ? about->title : otherwise;
}

void
about_description(struct buf *b, const struct about *about)
{
	const char *line = about->description;

	while (line != NULL) {
		const char *end = strchr(line, '\n');
		size_t len = end == NULL ? strlen(line) : (size_t)(end - line);

		html_raw(b, "<p>");
		html_str(b, (struct str){line, len});
		html_raw(b, "</p>\n");
		line = end == NULL ? NULL : end + 1;
	}
}

void
about_column(
    struct buf *b, const struct column *c, const struct table_metadata *t)
{
	const struct column_metadata *m =
	    metadata_table_column(t, str_of(c->name));

	html(b, *c->type == '\0' ? "any type" : c->type);
	if (c->key > 0)
		html_raw(b, ", primary key");
	if (c->not_null)
		html_raw(b, ", not null");
	if (m != NULL && m->unit != NULL) {
		html_raw(b, ", in ");
		html(b, m->unit);
	}
	if (m != NULL && m->description != NULL) {
		html_raw(b, ": ");
		html(b, m->description);
	}
}

/* Words and where they lead to; either may be missing. */
struct credit {
	const char *text, *url;
};

static bool
is_given(struct credit c)
{
	return c.text != NULL || c.url != NULL;
}

static struct credit
credit_of(const struct about *about, size_t which)
{
	const struct credit credits[] = {
	    {about->source, about->source_url},
	    {about->license, about->license_url},
	    {about->about, about->about_url},
	};

	return credits[which];
}

static void
write_credit(struct buf *b, const char *label, struct credit c)
{
	html(b, label);
	html_raw(b, ": ");
	if (c.url != NULL) {
		html_raw(b, "<a href=\"");
		html(b, c.url);
		html_raw(b, "\">");
	}
	html(b, c.text != NULL ? c.text : c.url);
	if (c.url != NULL)
		html_raw(b, "</a>");
}

void
about_origin(struct buf *b, const struct about *table,
    const struct about *database, const struct about *site)
{
	static const char *const labels[] = {
	    "Data source", "Data license", "About"};
	const struct about *from[] = {table, database, site};
	bool any = false;

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		struct credit c = {0};

		for (size_t j = 0; j < 3 && !is_given(c); j++) {
			if (from[j] != NULL)
				c = credit_of(from[j], i);
		}
		if (!is_given(c))
			continue;
		if (any)
			html_raw(b, " · ");
		else
			html_raw(b, "<p class=\"origin\">");
		any = true;
		write_credit(b, labels[i], c);
	}
	if (any)
		html_raw(b, "</p>\n");
}

static void
member(struct buf *b, const char *name, const char *value)
{
	if (value != NULL)
		json_member(b, name, value);
}

void
about_members(struct buf *b, const struct about *about)
{
	member(b, "title", about->title);
	member(b, "description", about->description);
	member(b, "source", about->source);
	member(b, "source_url", about->source_url);
	member(b, "license", about->license);
	member(b, "license_url", about->license_url);
	member(b, "about", about->about);
	member(b, "about_url", about->about_url);
}

void
about_json(struct buf *b, const struct about *about)
{
	json_begin_object(b);
	about_members(b, about);
	json_end_object(b);
}

static void
words_json(struct buf *b, const char *name, const struct words *words)
{
	if (!words->given)
		return;
	json_key(b, name);
	json_begin_array(b);
	for (size_t i = 0; i < words->n; i++)
		json_str(b, words->items[i]);
	json_end_array(b);
}

/* The descriptions of columns, or their units, as an object, if there are any.
 */
static void
columns_json(struct buf *b, const struct table_metadata *t, bool units)
{
	bool any = false;

	for (size_t i = 0; i < t->n_columns; i++) {
		const struct column_metadata *c = &t->columns[i];
		const char *text = units ? c->unit : c->description;

		if (text == NULL)
			continue;
		if (!any) {
			json_key(b, units ? "units" : "columns");
			json_begin_object(b);
		}
		any = true;
		json_member(b, c->column, text);
	}
	if (any)
		json_end_object(b);
}

/* 0: it is not given. */
static void
number(struct buf *b, const char *name, int64_t value)
{
	if (value != 0)
		json_member_int(b, name, value);
}

void
about_table_json(struct buf *b, const struct table_metadata *t)
{
	json_begin_object(b);
	about_members(b, &t->about);
	columns_json(b, t, false);
	columns_json(b, t, true);
	member(b, "label_column", t->label_column);
	member(b, "sort", t->sort);
	member(b, "sort_desc", t->sort_desc);
	number(b, "size", t->size);
	number(b, "facet_size", t->facet_size);
	words_json(b, "sortable_columns", &t->sortable_columns);
	words_json(b, "facets", &t->facets);
	member(b, "fts_table", t->fts_table);
	member(b, "fts_pk", t->fts_pk);
	member(b, "searchmode", t->raw_search ? "raw" : NULL);
	if (t->hidden)
		json_member_bool(b, "hidden", true);
	json_end_object(b);
}

void
about_database_json(struct buf *b, const struct database_metadata *m)
{
	json_begin_object(b);
	about_members(b, &m->about);
	if (m->n_tables > 0) {
		json_key(b, "tables");
		json_begin_object(b);
		for (size_t i = 0; i < m->n_tables; i++) {
			json_key(b, m->tables[i].name);
			about_table_json(b, &m->tables[i]);
		}
		json_end_object(b);
	}
	json_end_object(b);
}
