/*
 * Fuzzes what a table's page can be asked for, from names and values to rows:
 * db/rows/filter.c, search.c, through.c and keyset.c.  Whatever is accepted
 * compiles and runs; as many rows come as are counted, as many follow the first
 * of them, and only a full-text index may refuse what was put in its own
 * language.
 *
 * An input is: a byte that chooses the table, and parameters, NAME=VALUE, with
 * 0xff between them, which UTF-8 never has.
 */
#include "db/rows/filter.h"

#include "app/text/json_valid.h"
#include "app/text/sqltext.h"
#include "app/text/utf8.h"
#include "db/rows/count.h"
#include "db/rows/keyset.h"
#include "db/rows/search.h"
#include "db/rows/through.h"
#include "tests/fuzz/tables.h"

enum {
	INPUT_MAX = 4096,
	MEMORY_MAX = 3 * FILTERS_MAX, /* each parameter is read three times */
	BUDGET_MS = 3600 * 1000,
};

static const char *const names[] = {"t", "cities", "links", "pairs", "uses",
    "loose", "taken", "articles", "recent", "four", "three", "boxes", "sums",
    "articles' index", "four_index"};

/* What is asked for. */
struct asking {
	struct db *db;
	struct table table;
	struct filters filters;
	struct through through;
	struct search_index index;
	struct search search;
	bool raw;
	struct str fts_table, fts_pk, next;
	size_t sort;
	bool descending;
	struct buf why;
	char *memory[MEMORY_MAX]; /* the values: each ends where it ends */
	size_t n_memory;
};

/* Parameters that all others depend on. */
static void
read_setting(struct asking *a, struct str name, struct str value)
{
	if (str_is(name, "_searchmode"))
		a->raw = str_is(value, "raw");
	else if (str_is(name, "_fts_table"))
		a->fts_table = value;
	else if (str_is(name, "_fts_pk"))
		a->fts_pk = value;
	else if (str_is(name, "_next"))
		a->next = value;
	else if (str_is(name, "_sort") || str_is(name, "_sort_desc"))
		a->sort = table_column(&a->table, value);
	a->descending |= str_is(name, "_sort_desc");
}

/* True if it was taken, or is none; false, and a reason. */
static bool
read_words(struct asking *a, struct str name, struct str value)
{
	static const char prefix[] = "_search_";
	size_t column = a->index.table.n_columns;

	if (a->index.version == 0)
		return true;
	if (str_starts(name, str_of(prefix)) && !filter_is_name(name)) {
		take(&name, sizeof(prefix) - 1);
		column = table_column(&a->index.table, name);
		if (column == a->index.table.n_columns)
			return true;
	} else if (!str_is(name, "_search")) {
		return true;
	}
	return search_add(&a->search, column, value, a->raw);
}

static bool
read_filter(struct asking *a, struct str name, struct str value)
{
	if (str_is(name, "_through"))
		return through_add(
		    &a->through, a->db, &a->filters, value, &a->why);
	if (filter_is_name(name))
		return filters_add(&a->filters, name, value, &a->why);
	return true;
}

typedef bool reader(struct asking *, struct str name, struct str value);

static bool
read_any_setting(struct asking *a, struct str name, struct str value)
{
	read_setting(a, name, value);
	return true;
}

/* One pass over the parameters. */
static bool
read_all(struct asking *a, struct str in, reader *read)
{
	while (in.len > 0 && a->n_memory < MEMORY_MAX) {
		const char *end = memchr(in.s, '\xff', in.len);
		struct str name,
		    value =
			take(&in, end == NULL ? in.len : (size_t)(end - in.s));
		const char *equals = memchr(value.s, '=', value.len);

		take(&in, 1);
		name = take(&value,
		    equals == NULL ? value.len : (size_t)(equals - value.s));
		take(&value, 1);
		if (!utf8_valid(name) || !utf8_valid(value))
			continue;
		value.s = a->memory[a->n_memory++] = exact_copy(value);
		if (!read(a, name, value))
			return false;
	}
	return true;
}

static bool
find_index(struct asking *a)
{
	if (a->fts_table.s != NULL)
		return search_use(
		    a->db, &a->table, a->fts_table, a->fts_pk, &a->index);
	return search_find(a->db, &a->table, &a->index);
}

/* Whether the index takes the words; in quotes, it takes any. */
static bool
searches(struct asking *a)
{
	if (!search_check(a->db, &a->search, &a->why)) {
		CHECK(a->raw && a->why.len > 0);
		return false;
	}
	return search_apply(&a->search, &a->filters);
}

static void
add_columns(const struct table *t, struct buf *sql)
{
	size_t n = t->n_columns + (t->rowid != NULL);

	for (size_t i = 0; i < n; i++) {
		buf_str(sql, i == 0 ? "SELECT " : ", ");
		keyset_column(t, i, sql);
	}
	buf_lit(sql, " FROM ");
	sqltext_name(sql, str_of(t->name));
}

/* How many rows follow; with `first`, the token of the first of them. */
static int64_t
rows_after(struct asking *a, const struct keyset *k,
    const struct keyset_position *p, struct buf *first)
{
	int64_t n = 0;

	for (size_t i = 0; i < keyset_ranges(k, p); i++) {
		struct buf sql = {0};
		struct query q;
		bool where;
		int next;

		add_columns(&a->table, &sql);
		where = filters_sql(&a->filters, &sql);
		keyset_sql(k, p, i, where ? " AND " : " WHERE ", &sql);
		query_open_buf(&q, a->db, &sql);
		next = filters_bind(&a->filters, &q, 1);
		keyset_bind(k, p, i, &q, next);
		while (query_next(&q)) {
			if (n++ == 0 && first != NULL && k->n > 0)
				keyset_token(k, &q, first);
		}
		query_close(&q);
		buf_release(&sql);
	}
	return n;
}

/* All rows but one follow the first, whatever the order is. */
static void
check_following(struct asking *a, const struct keyset *k, int64_t n,
    const struct buf *token)
{
	struct keyset_position p;

	if (token->len == 0)
		return;
	CHECK(keyset_parse(k, str_of_buf(token), &p));
	CHECK(keyset_exists(a->db, k, &p));
	CHECK(rows_after(a, k, &p, NULL) == n - 1);
	keyset_position_release(&p);
}

/* A token that somebody has made up is one of fewer rows. */
static void
check_next(struct asking *a, const struct keyset *k, int64_t n)
{
	struct keyset_position p;

	if (keyset_parse(k, a->next, &p) && keyset_exists(a->db, k, &p))
		CHECK(rows_after(a, k, &p, NULL) <= n);
	keyset_position_release(&p);
}

static void
check_rows(struct asking *a)
{
	struct keyset_position start = {0};
	struct keyset k;
	struct buf token = {0};
	int64_t n;

	keyset_init(&k, &a->table, a->sort, a->descending);
	n = rows_after(a, &k, &start, &token);
	CHECK(count_up_to(&a->filters, a->db, COUNT_MAX, BUDGET_MS) == n);
	check_following(a, &k, n, &token);
	if (a->next.s != NULL)
		check_next(a, &k, n);
	buf_release(&token);
}

/* What is said of the filters: as JSON, and in words. */
static void
check_said(struct asking *a)
{
	struct buf b = {0};

	filters_params(&a->filters, &b);
	CHECK(json_valid(str_of_buf(&b)));
	buf_reset(&b);
	filters_describe(&a->filters, &b);
	CHECK(utf8_valid(str_of_buf(&b)));
	CHECK((b.len > 0) == (a->filters.n > 0));
	buf_release(&b);
}

static bool
ask(struct asking *a, struct str in)
{
	if (!read_all(a, in, read_any_setting))
		return false;
	if (!find_index(a) && a->fts_table.s != NULL)
		return false;
	search_init(&a->search, &a->table, &a->index);
	return read_all(a, in, read_filter) && read_all(a, in, read_words) &&
	    searches(a);
}

static void
release(struct asking *a)
{
	search_release(&a->search);
	search_index_release(&a->index);
	filters_release(&a->filters);
	through_release(&a->through);
	table_release(&a->table);
	buf_release(&a->why);
	for (size_t i = 0; i < a->n_memory; i++)
		free(a->memory[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct db *db;
	static struct asking a;
	struct str in = {(const char *)data, size};
	const char *name =
	    names[take_byte(&in) % (sizeof(names) / sizeof(*names))];

	if (size > INPUT_MAX)
		return 0;
	if (db == NULL)
		db = database_of(tables_schema, GUARD_NONE);
	CHECK(db_begin(db) == DB_OK);
	a = (struct asking){.db = db};
	CHECK(table_read(db, str_of(name), &a.table));
	a.sort = a.table.n_columns;
	filters_init(&a.filters, &a.table);
	if (ask(&a, in)) {
		check_rows(&a);
		check_said(&a);
	}
	release(&a);
	if (db_end(db) != DB_OK)
		fuzz_fail(__FILE__, __LINE__, db_message(db));
	return 0;
}
