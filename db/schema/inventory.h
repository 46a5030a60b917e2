#ifndef SQUALL_INVENTORY_H
#define SQUALL_INVENTORY_H

#include "app/text/buf.h"
#include "db/schema/table.h"

/*
 * Everything that the schema names: its tables, the declarations of virtual
 * ones, and which table refers to which.  A connection reads each list once, in
 * one pass, when a page first asks for it, and keeps it until the schema
 * changes: SQLite's own pragmas go through all tables for each question.
 *
 * Lists and names that these return are the connection's, until db_end.
 */
struct inventory_list {
	struct buf items, text; /* an array, and the strings in its order */
	bool known;
};

struct inventory {
	struct inventory_list tables, virtuals, references;
	bool references_cut; /* some are missing: there was no time */
};

/* CREATE VIRTUAL TABLE, as it was given. */
struct virtual_table {
	const char *name, *sql;
};

/* One column of a foreign key. */
struct reference {
	const char *parent, *table; /* `table` refers to `parent` */
	int64_t id;                 /* of the key, among those of the table */
	int64_t place;              /* of the column in the key, from 0 */
	const char *from, *to;      /* to NULL: the parent's key */
};

/* By name, without SQLite's own; 0 after a failure. */
size_t inventory_tables(struct db *, const struct table_name **);

/* As in SQL, the case does not matter.  NULL: there is none of this name. */
const struct table_name *inventory_find(struct db *, struct str name);

/* In the order in which they were made. */
size_t inventory_virtuals(struct db *, const struct virtual_table **);

/* As in SQL, the case does not matter.  NULL: there is none of this name. */
const struct virtual_table *inventory_virtual(struct db *, const char *name);

/* By the referring tables' names, and each table's keys by their ids. */
size_t inventory_references(
    struct db *, const char *parent, const struct reference **);

void inventory_clear(struct inventory *);

#endif
