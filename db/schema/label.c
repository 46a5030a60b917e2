/*
 * Which column of a table tells people what a row is about.
 */
#include "db/schema/label.h"

#include <string.h>
#include <strings.h>

#include "db/sqlite/published.h"

static const char *const names[] = {
    "name",
    "title",
    "label",
    "headline",
    "subject",
    "caption",
    "full_name",
    "fullname",
    "display_name",
    "username",
};

enum { NAMES = sizeof(names) / sizeof(*names) };

/* Nobody is called by bytes, whatever the column is called. */
static bool
holds_bytes(const struct column *c)
{
	return strcasestr(c->type, "BLOB") != NULL;
}

/* The place of a column's name in the list; NAMES if it is not in it. */
static size_t
rank(const struct column *c)
{
	size_t i = 0;

	while (i < NAMES && strcasecmp(c->name, names[i]) != 0)
		i++;
	return i;
}

size_t
label_guess(const struct table *t)
{
	size_t best = NAMES, label = t->n_columns, other;

	for (size_t i = 0; i < t->n_columns; i++) {
		size_t r = rank(&t->columns[i]);

		if (t->columns[i].key == 0 && r < best &&
		    !holds_bytes(&t->columns[i])) {
			best = r;
			label = i;
		}
	}
	if (label < t->n_columns || t->n_columns != 2 || t->n_key != 1)
		return label;
	/* A key that is a name itself needs no label, least of all a number. */
	other = t->key[0] == 0 ? 1 : 0;
	return rank(&t->columns[t->key[0]]) < NAMES ||
		holds_bytes(&t->columns[other])
	    ? t->n_columns
	    : other;
}

size_t
label_column(const struct db *db, const struct table *t)
{
	const char *name = published_table(db, t->name)->label_column;
	size_t label =
	    name == NULL ? t->n_columns : table_column(t, str_of(name));

	return label < t->n_columns ? label : label_guess(t);
}
