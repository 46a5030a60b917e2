/*
 * Collations that are only names here.
 */
#include "db/sqlite/collation.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/text/alloc.h"
#include "db/sqlite/internal.h"

/* SQLite keeps it for as long as the connection is open. */
struct promise {
	struct db *db;
	char name[];
};

/* Any order will do, since what comes of it is refused. */
static int
compare(void *arg, int len_a, const void *a, int len_b, const void *b)
{
	const struct promise *p = arg;
	int order = memcmp(a, b, (size_t)(len_a < len_b ? len_a : len_b));

	p->db->unknown_collation = p->name;
	return order != 0 ? order : len_a - len_b;
}

static void
promise(void *arg, sqlite3 *handle, int encoding, const char *name)
{
	size_t len = strlen(name);
	struct promise *p;

	(void)encoding;
	/* It has its own for UTF-8, and asks before it makes do with that. */
	if (collation_is_known(str_of(name)))
		return;
	p = alloc_array(1, sizeof(*p) + len + 1);
	if (p == NULL)
		return; /* the statement fails, as without a promise */
	p->db = arg;
	memcpy(p->name, name, len + 1);
	/* Unlike others, it leaves what it does not take to the caller. */
	if (sqlite3_create_collation_v2(
		handle, name, SQLITE_UTF8, p, compare, free) != SQLITE_OK)
		free(p);
}

int
collations_promise(struct db *db)
{
	return sqlite3_collation_needed(db->conn.handle, db, promise);
}

bool
collation_is_known(struct str name)
{
	static const char *const names[] = {"BINARY", "NOCASE", "RTRIM"};
	bool known = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		known |= strlen(names[i]) == name.len &&
		    strncasecmp(names[i], name.s, name.len) == 0;
	return known;
}
