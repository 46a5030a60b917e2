#ifndef SQUALL_FILTER_H
#define SQUALL_FILTER_H

#include "db/schema/table.h"
#include "db/sqlite/query.h"

/*
 * Filters: conditions that a table's rows must meet, all of them, as Datasette
 * writes them in a URL: COLUMN=VALUE, or COLUMN__OPERATION=VALUE.
 *
 * A value is text, and compares as the column's affinity has it; in a column
 * without one (many of a view's) a number finds numbers and text alike.
 */
enum { FILTERS_MAX = 100 };

/* An operation, such as "gt". */
struct filter_op {
	const char *name;  /* in a URL */
	const char *label; /* for people */
	bool no_value;     /* whatever is given does not matter */
	/* The rest is for filter.c: SQL and words, with marks for the parts. */
	const char *sql, *loose_sql, *words;
};

/* All of them, in the order that a form offers them; ends with a NULL name. */
extern const struct filter_op filter_ops[];

struct filter {
	size_t column;              /* of the table; n_columns: its rowid */
	const struct filter_op *op; /* NULL: see filters_add_condition */
	struct str value;           /* as it was given */
	struct buf list;            /* of a list: the values as a JSON array */
	struct buf sql, words;      /* of a condition */
	/*
	 * For a condition that ends with a SELECT of values of `column`: their
	 * name there; else NULL.
	 */
	const char *chosen;
	bool whole; /* which has no parameter */
};

struct filters {
	const struct table *table;
	struct filter items[FILTERS_MAX];
	size_t n;
};

/* The table must outlive the filters. */
void filters_init(struct filters *, const struct table *);
void filters_release(struct filters *);

/*
 * True if a parameter's name is one of a filter: one that does not begin with
 * '_', or that ends with "__" and an operation.
 */
bool filter_is_name(struct str name);

/*
 * Adds the name of the parameter that compares a column with its value: the
 * column's own, unless that might mean something else.
 */
void filter_name_exact(const char *column, struct buf *);

/*
 * Adds the filter of a URL's parameter; its value must outlive the filters.
 * A name that ends with "__" and an operation means the column before that, if
 * there is one; any other is a column's as it stands, which may be the rowid's.
 * False, and a sentence for the client: there is no such column, it is no list
 * of values, or there are too many filters.
 */
bool filters_add(
    struct filters *, struct str name, struct str value, struct buf *why);

/*
 * Adds a condition of another module's: SQL about the table, as far as its one
 * parameter, then what comes behind that (a literal), and the
 * same in words.  The filters own `sql` and `words` from now on.
 */
bool filters_add_condition(struct filters *, struct buf *sql, const char *end,
    struct str value, struct buf *words);

/*
 * Adds a condition as it stands, about the table, which the caller has made
 * sure is one.  False: there are too many filters.
 */
bool filters_add_whole(struct filters *, struct str sql);

/*
 * Adds " WHERE …" for the table, which goes by its name, or nothing without
 * filters; their parameters are called :p0, :p1 and so on.  Returns whether it
 * added something.
 */
bool filters_sql(const struct filters *, struct buf *sql);

/*
 * The only filter, if it is a condition with a SELECT, whose end can be pushed
 * into that; else NULL.
 */
const struct filter *filters_choice(const struct filters *);

/* Like filters_sql for it, with `more` SQL at the end of the SELECT. */
void filters_choice_sql(
    const struct filters *, const struct buf *more, struct buf *sql);

/* Binds the parameters from number `i` on; the number of the next. */
int filters_bind(const struct filters *, struct query *, int i);

/* Adds the parameters as a JSON object. */
void filters_params(const struct filters *, struct buf *json);

/* Adds one of them in words, "a = 1". */
void filter_describe(const struct filters *, size_t i, struct buf *);

/* Adds "where a = 1, b is null and c > 2", or nothing without filters. */
void filters_describe(const struct filters *, struct buf *);

/* Adds " FROM table", and with the filters " WHERE …": who passes. */
void filters_table_sql(const struct filters *, struct buf *sql);
void filters_rows_sql(const struct filters *, struct buf *sql);

#endif
