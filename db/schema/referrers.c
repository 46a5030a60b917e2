/*
 * Foreign keys seen from the other end, as the inventory of the schema has
 * them: no other table is read.
 */
#include "db/schema/referrers.h"

#include <stdlib.h>

#include "app/text/alloc.h"
#include "db/schema/indexes.h"
#include "db/schema/inventory.h"

/* How many of these references, from the first on, are of one foreign key. */
static size_t
count_columns(const struct reference *list, size_t n)
{
	size_t i = 1;

	while (i < n && list[i].id == list[0].id &&
	    strcmp(list[i].table, list[0].table) == 0)
		i++;
	return i;
}

/* False if it can't be followed. */
static bool
make(const struct table *t, const struct reference *list, size_t n,
    struct referrer *r)
{
	*r = (struct referrer){.table = list[0].table, .n = n};
	if (n > SCHEMA_KEY_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t to;

		if (list[i].to != NULL)
			to = table_column(t, str_of(list[i].to));
		else
			to = i < t->n_key ? t->key[i] : t->n_columns;
		if (to == t->n_columns)
			return false;
		r->columns[i].column = list[i].from;
		r->columns[i].to = to;
	}
	return true;
}

size_t
referrers_find(struct db *db, const struct table *t, struct referrer **list)
{
	const struct reference *references;
	size_t all = inventory_references(db, t->name, &references);
	size_t n = 0, columns;

	*list = all == 0 ? NULL : alloc_array(all, sizeof(**list));
	if (all > 0 && *list == NULL) {
		db_no_memory(db);
		return 0;
	}
	for (size_t i = 0; i < all; i += columns) {
		columns = count_columns(references + i, all - i);
		n += make(t, references + i, columns, *list + n);
	}
	return n;
}

bool
referrer_is_indexed(
    struct db *db, const struct referrer *r, const struct table *other)
{
	size_t columns[SCHEMA_KEY_MAX];

	for (size_t i = 0; i < r->n; i++)
		columns[i] = table_column(other, str_of(r->columns[i].column));
	return indexes_have(db, other, columns, r->n);
}
