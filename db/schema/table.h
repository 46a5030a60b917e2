#ifndef SQUALL_DB_TABLE_H
#define SQUALL_DB_TABLE_H

#include "db/sqlite/db.h"

/*
 * SQLite's description of tables.  Everything is read between db_begin and
 * db_end, so it fits the rows that are read with it.
 */
enum {
	SCHEMA_KEY_MAX = 16,       /* columns of a key that can be followed */
	SCHEMA_COLUMNS_MAX = 2000, /* of a SELECT: SQLITE_MAX_COLUMN */
};

enum table_kind { TABLE_PLAIN, TABLE_VIEW, TABLE_VIRTUAL };

/* How SQLite treats values of a column: datatype3.html, section 3.1. */
enum affinity {
	AFFINITY_BLOB,
	AFFINITY_TEXT,
	AFFINITY_NUMERIC, /* INTEGER and REAL as well */
};

struct column {
	char *name;
	char *type; /* as declared, "" if it is not */
	enum affinity affinity;
	bool not_null;
	bool odd_collation; /* by which SQLite alone can't compare it */
	size_t key; /* its place in the primary key, from 1; 0: not in it */
};

struct foreign_key {
	size_t n;                    /* columns */
	size_t from[SCHEMA_KEY_MAX]; /* indexes of the table's columns */
	char *table;                 /* the table that it refers to */
	char *to[SCHEMA_KEY_MAX];    /* columns there; NULL: its key */
};

/* The columns of a unique index; n_columns for an expression. */
struct unique_key {
	size_t columns[SCHEMA_KEY_MAX];
	size_t n; /* may be more than that */
};

struct table {
	char *name;
	enum table_kind kind;
	struct column *columns; /* without those that are hidden */
	size_t n_columns;
	/* The columns of the primary key; none if it has more than fit. */
	size_t key[SCHEMA_KEY_MAX];
	size_t n_key;
	/*
	 * The name that the rowid goes by, NULL where there is none: in views,
	 * WITHOUT ROWID tables, where columns have taken all its names, and
	 * in virtual tables whose rows have another for each query.
	 */
	const char *rowid;
	bool rowid_is_key; /* the primary key is another name for the rowid */
	bool has_order;    /* key and rowid tell any two rows apart */
	struct unique_key *unique;
	size_t n_unique;
	struct foreign_key *foreign_keys;
	size_t n_foreign_keys;
	bool lent; /* all this is the connection's, until the page is done */
};

/*
 * Reads a table's or view's description.  As in SQL, the case of the name does
 * not matter; table.name is the true one.  False if there is none of this name,
 * or after a failure, and table.name is NULL; or if it can't be described, as a
 * view of what is gone.  To be released in any case.  Its contents must not be
 * changed.
 */
bool table_read(struct db *, struct str name, struct table *);

void table_release(struct table *);

/* The index of a column, or n_columns.  As in SQL, case does not matter. */
size_t table_column(const struct table *, struct str name);

/* A column's name, or (n_columns) the rowid's. */
const char *table_column_name(const struct table *, size_t column);

/*
 * The columns of `parent`, the table that a foreign key refers to, that its
 * columns are compared with.  False if there are no such columns.
 */
bool table_foreign_key_targets(const struct foreign_key *,
    const struct table *parent, size_t to[SCHEMA_KEY_MAX]);

/*
 * True if at most one row has given values in these columns, and SQLite finds
 * it without a scan: the primary key, or the columns of a unique index.
 */
bool table_is_unique(const struct table *, const size_t *columns, size_t n);

/* A line of the list of tables. */
struct table_name {
	const char *name;
	enum table_kind kind;
	bool hidden; /* the inside of a full-text or R*Tree index */
	bool without_rowid, strict;
};

/*
 * The tables and views, by name, without SQLite's own.  The list is the
 * connection's, until db_end.
 */
size_t table_list(struct db *, const struct table_name **list);

#endif
