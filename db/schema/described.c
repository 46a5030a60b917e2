/*
 * Keeps descriptions of tables.
 */
#include "db/schema/described.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/text/alloc.h"

const struct table *
described_find(const struct described *d, struct str name)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *known = d->tables[i].name;

		if (strlen(known) == name.len &&
		    strncasecmp(known, name.s, name.len) == 0)
			return &d->tables[i];
	}
	return NULL;
}

const struct table *
described_keep(struct described *d, const struct table *t)
{
	if (d->n == DESCRIBED_TABLES ||
	    t->n_columns > DESCRIBED_COLUMNS - d->n_columns)
		return NULL;
	if (d->tables == NULL)
		d->tables = alloc_array(DESCRIBED_TABLES, sizeof(*d->tables));
	if (d->tables == NULL)
		return NULL;
	d->tables[d->n] = *t;
	d->n_columns += t->n_columns;
	return &d->tables[d->n++];
}

void
described_clear(struct described *d)
{
	for (size_t i = 0; i < d->n; i++)
		table_release(&d->tables[i]);
	free(d->tables);
	*d = (struct described){0};
}
