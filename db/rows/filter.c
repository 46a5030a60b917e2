/*
 * Conditions of a URL as SQL, and as words.  What an operation is stands in one
 * table, whose texts have marks: '@' is the column, '?' the value as text, '#'
 * the value as a number, or NULL if it is none, '!' the value as a number if it
 * is one, or else as text, '*' the list.  In words, '$' is the value.
 */
#include "db/rows/filter.h"

#include "app/text/json.h"
#include "app/text/json_valid.h"
#include "app/text/sqltext.h"
#include "app/text/utf8.h"
#include "db/rows/keyset.h"
#include "db/rows/number.h"

/* JSON in a column may be no JSON: then it is an array without values. */
#define ARRAY                                                                  \
	"json_each(CASE WHEN typeof(@) = 'text' AND json_valid(@) "            \
	"THEN @ ELSE '[]' END)"
#define LIST(value) "(SELECT " value " FROM json_each(*) WHERE type <> 'null')"

/*
 * loose_sql is for columns without an affinity, where it makes a difference.
 * For a list that is all but text: IN converts no numbers to that by itself.
 */
const struct filter_op filter_ops[] = {
    {"exact", "=", false, "@ = ?", "@ IN (?, #)", "@ = $"},
    {"not", "!=", false, "@ <> ?", "@ <> ? AND @ IS NOT #", "@ != $"},
    {"contains", "contains", false, "@ LIKE '%' || ? || '%'", NULL,
	"@ contains $"},
    {"notcontains", "does not contain", false, "@ NOT LIKE '%' || ? || '%'",
	NULL, "@ does not contain $"},
    {"startswith", "starts with", false, "@ LIKE ? || '%'", NULL,
	"@ starts with $"},
    {"endswith", "ends with", false, "@ LIKE '%' || ?", NULL, "@ ends with $"},
    {"gt", ">", false, "@ > ?", "@ > !", "@ > $"},
    {"gte", "≥", false, "@ >= ?", "@ >= !", "@ ≥ $"},
    {"lt", "<", false, "@ < ?", "@ < !", "@ < $"},
    {"lte", "≤", false, "@ <= ?", "@ <= !", "@ ≤ $"},
    {"like", "like", false, "@ LIKE ?", NULL, "@ like $"},
    {"notlike", "not like", false, "@ NOT LIKE ?", NULL, "@ not like $"},
    {"glob", "glob", false, "@ GLOB ?", NULL, "@ glob $"},
    {"in", "in", false, "@ IN " LIST("CAST(value AS TEXT)"),
	"@ IN " LIST("value"), "@ in *"},
    {"notin", "not in", false, "@ NOT IN " LIST("CAST(value AS TEXT)"),
	"@ NOT IN " LIST("value"), "@ not in *"},
    {"arraycontains", "array contains", false,
	"EXISTS (SELECT 1 FROM " ARRAY " WHERE value IN (?, #))", NULL,
	"@ contains $"},
    {"arraynotcontains", "array does not contain", false,
	"NOT EXISTS (SELECT 1 FROM " ARRAY " WHERE value IN (?, #))", NULL,
	"@ does not contain $"},
    {"date", "date", false, "date(@) = ?", NULL, "@ is on date $"},
    {"isnull", "is null", true, "@ IS NULL", NULL, "@ is null"},
    {"notnull", "is not null", true, "@ IS NOT NULL", NULL, "@ is not null"},
    {"isblank", "is blank", true, "@ IS NULL OR @ = ''", NULL, "@ is blank"},
    {"notblank", "is not blank", true, "@ IS NOT NULL AND @ <> ''", NULL,
	"@ is not blank"},
    {0},
};

/* A column's name, and the operation behind it; NULL: there is none. */
static const struct filter_op *
split(struct str name, struct str *column)
{
	for (const struct filter_op *op = filter_ops; op->name != NULL; op++) {
		size_t len = strlen(op->name);
		const char *tail = name.s + name.len - len;

		if (name.len < len + 2 || tail[-1] != '_' || tail[-2] != '_' ||
		    !str_is((struct str){tail, len}, op->name))
			continue;
		*column = (struct str){name.s, name.len - len - 2};
		return op;
	}
	*column = name;
	return NULL;
}

bool
filter_is_name(struct str name)
{
	struct str column;

	return name.len > 0 && (*name.s != '_' || split(name, &column) != NULL);
}

void
filter_name_exact(const char *column, struct buf *b)
{
	buf_str(b, column);
	if (*column == '\0' || *column == '_' || strstr(column, "__") != NULL)
		buf_lit(b, "__exact");
}

void
filters_init(struct filters *f, const struct table *t)
{
	f->table = t;
	f->n = 0;
}

void
filters_release(struct filters *f)
{
	for (size_t i = 0; i < f->n; i++) {
		buf_release(&f->items[i].list);
		buf_release(&f->items[i].sql);
		buf_release(&f->items[i].words);
	}
	f->n = 0;
}

/* The column of a name, or of the rowid, which comes after them. */
static bool
find_column(const struct table *t, struct str name, size_t *column)
{
	*column = table_column(t, name);
	return *column < t->n_columns ||
	    (t->rowid != NULL && str_is(name, t->rowid));
}

static enum affinity
affinity_of(const struct filters *f, const struct filter *item)
{
	const struct table *t = f->table;

	return item->column < t->n_columns ? t->columns[item->column].affinity
					   : AFFINITY_NUMERIC;
}

static bool
is_list(const struct filter_op *op)
{
	return strchr(op->sql, '*') != NULL;
}

/* True if it takes the column's collation: "@ <", "@ IN", "… @ = ''". */
static bool
compares(const struct filter_op *op)
{
	const char *s = strstr(op->sql, "@ ");

	while (s != NULL && strchr("=<>", s[2]) == NULL &&
	    strncmp(s + 2, "IN ", 3) != 0 && strncmp(s + 2, "NOT IN", 6) != 0)
		s = strstr(s + 2, "@ ");
	return s != NULL;
}

static struct str
trimmed(struct str s)
{
	while (s.len > 0 && *s.s == ' ') {
		s.s++;
		s.len--;
	}
	while (s.len > 0 && s.s[s.len - 1] == ' ')
		s.len--;
	return s;
}

static void
add_number(struct number n, struct buf *json)
{
	if (n.type == VALUE_INT)
		json_int(json, n.whole);
	else
		json_real(json, n.real);
}

/* "a, b" as ["a","b"]; an array stays what it is. */
static bool
make_list(struct str value, bool loose, struct buf *json)
{
	struct str rest = trimmed(value);

	if (rest.len > 0 && *rest.s == '[') {
		buf_add(json, rest.s, rest.len);
		return json_valid(rest);
	}
	for (const char *p = value.s, *end = p + value.len; p <= end; p++) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		const char *stop = comma == NULL ? end : comma;
		struct str part = trimmed((struct str){p, (size_t)(stop - p)});
		struct number n = number_of(part);

		buf_char(json, json->len == 0 ? '[' : ',');
		json_text(json, part);
		if (loose && n.type != VALUE_TEXT) {
			buf_char(json, ',');
			add_number(n, json);
		}
		p = stop;
	}
	buf_char(json, ']');
	return true;
}

/* Room for one more, or NULL and the reason. */
static struct filter *
add_item(struct filters *f, struct buf *why)
{
	if (f->n == FILTERS_MAX) {
		buf_printf(why, "There are more than %d filters.", FILTERS_MAX);
		return NULL;
	}
	f->items[f->n] = (struct filter){0};
	return &f->items[f->n++];
}

bool
filters_add(
    struct filters *f, struct str name, struct str value, struct buf *why)
{
	struct str before, shown = utf8_cut(name, 100);
	const struct filter_op *op = split(name, &before);
	struct filter *item = add_item(f, why);

	if (item == NULL)
		return false;
	if (op == NULL || !find_column(f->table, before, &item->column)) {
		if (!find_column(f->table, name, &item->column)) {
			if (op != NULL)
				shown = utf8_cut(before, 100);
			buf_printf(why, "%s has no column “%.*s” to filter by.",
			    f->table->name, (int)shown.len, shown.s);
			return false;
		}
		op = &filter_ops[0];
	}
	if (compares(op) && item->column < f->table->n_columns &&
	    f->table->columns[item->column].odd_collation) {
		buf_printf(why,
		    "%s compares by a collation that SQLite does not know, so "
		    "that only contains, like, glob and isnull can be asked "
		    "for.",
		    f->table->columns[item->column].name);
		return false;
	}
	item->op = op;
	item->value = value;
	if (is_list(op) &&
	    !make_list(
		value, affinity_of(f, item) == AFFINITY_BLOB, &item->list)) {
		buf_printf(why,
		    "%.*s: expected values with commas between them, or a "
		    "JSON array.",
		    (int)shown.len, shown.s);
		return false;
	}
	return true;
}

bool
filters_add_condition(struct filters *f, struct buf *sql, const char *end,
    struct str value, struct buf *words)
{
	struct buf why = {0};
	struct filter *item = add_item(f, &why);

	buf_release(&why);
	if (item == NULL) {
		buf_release(sql);
		buf_release(words);
		return false;
	}
	*item = (struct filter){.value = value, .sql = *sql, .words = *words};
	buf_str(&item->list, end);
	*sql = *words = (struct buf){0};
	return true;
}

bool
filters_add_whole(struct filters *f, struct str sql)
{
	struct buf why = {0};
	struct filter *item = add_item(f, &why);

	buf_release(&why);
	if (item == NULL)
		return false;
	item->whole = true;
	buf_add(&item->sql, sql.s, sql.len);
	buf_add(&item->words, sql.s, sql.len);
	return true;
}

static const char *
sql_of(const struct filters *f, const struct filter *item)
{
	enum affinity affinity = affinity_of(f, item);
	bool loose = is_list(item->op) ? affinity != AFFINITY_TEXT
				       : affinity == AFFINITY_BLOB;

	return loose && item->op->loose_sql != NULL ? item->op->loose_sql
						    : item->op->sql;
}

static bool
is_value(char mark)
{
	return mark != '\0' && strchr("?#!*", mark) != NULL;
}

/* Adds one condition; `p` is the number of its first parameter. */
static int
add_sql(
    const struct filters *f, const struct filter *item, int p, struct buf *sql)
{
	if (item->op == NULL) {
		buf_add(sql, item->sql.data, item->sql.len);
		if (item->whole)
			return p;
		buf_printf(sql, ":p%d", p);
		buf_add(sql, item->list.data, item->list.len);
		return p + 1;
	}
	for (const char *s = sql_of(f, item); *s != '\0'; s++) {
		if (*s == '@')
			keyset_column(f->table, item->column, sql);
		else if (is_value(*s))
			buf_printf(sql, ":p%d", p++);
		else
			buf_char(sql, *s);
	}
	return p;
}

bool
filters_sql(const struct filters *f, struct buf *sql)
{
	int p = 0;

	for (size_t i = 0; i < f->n; i++) {
		buf_str(sql, i == 0 ? " WHERE (" : " AND (");
		p = add_sql(f, &f->items[i], p, sql);
		buf_char(sql, ')');
	}
	return f->n > 0;
}

const struct filter *
filters_choice(const struct filters *f)
{
	return f->n == 1 && f->items[0].chosen != NULL ? &f->items[0] : NULL;
}

void
filters_choice_sql(
    const struct filters *f, const struct buf *more, struct buf *sql)
{
	const struct filter *item = &f->items[0];

	buf_lit(sql, " WHERE (");
	buf_add(sql, item->sql.data, item->sql.len);
	buf_lit(sql, ":p0");
	buf_add(sql, more->data, more->len);
	buf_add(sql, item->list.data, item->list.len);
	buf_char(sql, ')');
}

/* The marks of an item's values, in order. */
static const char *
marks(const struct filters *f, const struct filter *item)
{
	if (item->whole)
		return "";
	return item->op == NULL ? "?" : sql_of(f, item);
}

static void
bind(const struct filter *item, char mark, struct query *q, int i)
{
	struct number n = number_of(item->value);

	if (mark == '*')
		query_bind_text(q, i, str_of_buf(&item->list));
	else if (mark != '?' && n.type == VALUE_INT)
		query_bind_int(q, i, n.whole);
	else if (mark != '?' && n.type == VALUE_REAL)
		query_bind_real(q, i, n.real);
	else if (mark != '#')
		query_bind_text(q, i, item->value);
}

int
filters_bind(const struct filters *f, struct query *q, int i)
{
	for (size_t k = 0; k < f->n; k++) {
		for (const char *m = marks(f, &f->items[k]); *m != '\0'; m++) {
			if (is_value(*m))
				bind(&f->items[k], *m, q, i++);
		}
	}
	return i;
}

static void
add_param(const struct filter *item, char mark, struct buf *json)
{
	struct number n = number_of(item->value);

	if (mark == '*')
		json_text(json, str_of_buf(&item->list));
	else if (mark != '?' && n.type != VALUE_TEXT)
		add_number(n, json);
	else if (mark != '#')
		json_text(json, item->value);
	else
		json_raw(json, "null");
}

void
filters_params(const struct filters *f, struct buf *json)
{
	int p = 0;

	buf_char(json, '{');
	for (size_t k = 0; k < f->n; k++) {
		for (const char *m = marks(f, &f->items[k]); *m != '\0'; m++) {
			if (!is_value(*m))
				continue;
			buf_printf(json, "%s\"p%d\":", p == 0 ? "" : ",", p);
			add_param(&f->items[k], *m, json);
			p++;
		}
	}
	buf_char(json, '}');
}

/* Numbers stand as they are, text in quotes. */
static void
add_value(struct str value, struct buf *b)
{
	bool text = number_of(value).type == VALUE_TEXT;

	if (text)
		buf_char(b, '"');
	buf_add(b, value.s, value.len);
	if (text)
		buf_char(b, '"');
}

/* The list without the numbers that SQL has beside their text. */
static void
add_values(struct str value, struct buf *b)
{
	struct buf list = {0};

	make_list(value, false, &list);
	buf_add(b, list.data, list.len);
	buf_release(&list);
}

void
filter_describe(const struct filters *f, size_t i, struct buf *b)
{
	const struct filter *item = &f->items[i];
	struct str name;

	if (item->op == NULL) {
		buf_add(b, item->words.data, item->words.len);
		return;
	}
	name = str_of(item->column < f->table->n_columns
		? f->table->columns[item->column].name
		: f->table->rowid);
	for (const char *s = item->op->words; *s != '\0'; s++) {
		if (*s == '@')
			buf_add(b, name.s, name.len);
		else if (*s == '*')
			add_values(item->value, b);
		else if (*s == '$')
			add_value(item->value, b);
		else
			buf_char(b, *s);
	}
}

void
filters_describe(const struct filters *f, struct buf *b)
{
	for (size_t i = 0; i < f->n; i++) {
		buf_str(b, i == 0 ? "where " : i + 1 == f->n ? " and " : ", ");
		filter_describe(f, i, b);
	}
}

void
filters_table_sql(const struct filters *f, struct buf *sql)
{
	buf_lit(sql, " FROM ");
	sqltext_name(sql, str_of(f->table->name));
}

void
filters_rows_sql(const struct filters *f, struct buf *sql)
{
	filters_table_sql(f, sql);
	filters_sql(f, sql);
}
