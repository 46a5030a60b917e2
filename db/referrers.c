/*
 * Foreign keys seen from the other end.  SQLite has no list of these: each
 * table is asked for its own.
 */
#include "db/referrers.h"

#include <stdlib.h>
#include <strings.h>

#include "db/indexes.h"
#include "db/query.h"

static bool
take(struct db *db, const struct table *t, const struct table *other,
    const struct foreign_key *f, struct referrer *r)
{
	size_t to[SCHEMA_KEY_MAX];

	if (!foreign_key_targets(f, t, to))
		return false;
	r->table = strdup(other->name);
	for (; r->n < f->n; r->n++) {
		r->columns[r->n].to = to[r->n];
		r->columns[r->n].column =
		    strdup(other->columns[f->from[r->n]].name);
		if (r->columns[r->n].column == NULL)
			return false;
	}
	r->indexed = indexes_have(db, other, f->from, f->n);
	return r->table != NULL;
}

static void
release(struct referrer *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->columns[i].column);
	free(r->table);
}

/* Adds those of one table. */
static size_t
add(struct db *db, const struct table *t, struct str name,
    struct referrer **list, size_t n)
{
	struct table other;

	if (!table_read(db, name, &other))
		goto out;
	for (size_t i = 0; i < other.n_foreign_keys; i++) {
		const struct foreign_key *f = &other.foreign_keys[i];
		struct referrer r = {0}, *more;

		if (f->n == 0 || strcasecmp(f->table, t->name) != 0)
			continue;
		more = realloc(*list, (n + 1) * sizeof(**list));
		if (more != NULL)
			*list = more;
		if (more == NULL || !take(db, t, &other, f, &r))
			release(&r);
		else
			more[n++] = r;
	}
out:
	table_release(&other);
	return n;
}

size_t
referrers_find(struct db *db, const struct table *t, struct referrer **list)
{
	struct query q;
	size_t n = 0;

	*list = NULL;
	query_open(&q, db,
	    "SELECT DISTINCT l.name FROM pragma_table_list AS l, "
	    "pragma_foreign_key_list(l.name) AS f "
	    "WHERE l.schema = 'main' AND l.type = 'table' "
	    "AND f.\"table\" = ? COLLATE NOCASE ORDER BY l.name");
	query_bind_text(&q, 1, str_of(t->name));
	while (query_next(&q))
		n = add(db, t, query_text(&q, 0), list, n);
	query_close(&q);
	return n;
}

void
referrers_free(struct referrer *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		release(&list[i]);
	free(list);
}
