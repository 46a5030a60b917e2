/*
 * Finding FTS tables by their declarations, and putting words so that they
 * can't be taken for operators.
 */
#include "db/rows/search.h"

#include <strings.h>

#include "app/text/sqltext.h"
#include "db/rows/keyset.h"
#include "db/schema/declaration.h"
#include "db/schema/inventory.h"
#include "db/sqlite/published.h"

enum { ATTEMPT_MS = 3600 * 1000 }; /* the page's own limit counts */

/* The declaration of an FTS table; names that it lacks are empty. */
struct options {
	int version;
	bool has_content; /* content= stands there, maybe with nothing */
	struct buf content, content_rowid;
};

static void
options_release(struct options *o)
{
	buf_release(&o->content);
	buf_release(&o->content_rowid);
}

static int
version_of(struct str module)
{
	static const char *const names[] = {
	    [3] = "fts3", [4] = "fts4", [5] = "fts5"};
	struct buf name = {0};
	int version = 0;

	declaration_unquote(module, &name);
	for (int i = 3; i <= 5; i++) {
		if (strcasecmp(buf_cstr(&name), names[i]) == 0)
			version = i;
	}
	buf_release(&name);
	return version;
}

/* False if it is no FTS table. */
static bool
read_options(struct str sql, struct options *o)
{
	struct declaration d;
	struct str argument;

	*o = (struct options){0};
	if (!declaration_parse(&d, sql))
		return false;
	o->version = version_of(d.module);
	/* To FTS3, what looks like an option is a column. */
	while (o->version > 3 && declaration_next(&d, &argument)) {
		o->has_content |=
		    declaration_option(argument, "content", &o->content);
		if (o->version == 5)
			declaration_option(
			    argument, "content_rowid", &o->content_rowid);
	}
	return o->version != 0;
}

static bool
same_name(struct str a, struct str b)
{
	return a.len == b.len && strncasecmp(a.s, b.s, a.len) == 0;
}

/* True for a table's name with "_fts" behind it. */
static bool
is_companion(struct str name, const struct table *t)
{
	size_t len = strlen(t->name);

	return name.len > len &&
	    same_name((struct str){name.s, len}, str_of(t->name)) &&
	    same_name(
		(struct str){name.s + len, name.len - len}, str_of("_fts"));
}

static bool
has_columns_of(const struct table *fts, const struct table *t)
{
	for (size_t i = 0; i < fts->n_columns; i++) {
		if (table_column(t, str_of(fts->columns[i].name)) ==
		    t->n_columns)
			return false;
	}
	return true;
}

/* The column that the FTS table's rowids are of; false if there is none. */
static bool
find_key(const struct table *t, struct str name, size_t *key)
{
	bool is_rowid = same_name(name, str_of("rowid")) ||
	    same_name(name, str_of("_rowid_")) ||
	    same_name(name, str_of("oid"));

	*key = table_column(t, name);
	if (*key < t->n_columns)
		return true;
	/* All three of its names may be taken, and it be the key. */
	if (is_rowid && t->rowid == NULL && t->rowid_is_key)
		*key = t->key[0];
	return is_rowid && (t->rowid != NULL || t->rowid_is_key);
}

/* Takes the FTS table for the index, if it can be read and has the key. */
static bool
take(struct db *db, const struct table *t, struct str fts,
    const struct options *o, struct str key, struct search_index *index)
{
	bool itself = same_name(fts, str_of(t->name));

	if (key.len == 0)
		key = str_of("rowid");
	search_index_release(index);
	index->key = t->n_columns;
	if ((!itself && !find_key(t, key, &index->key)) ||
	    !table_read(db, fts, &index->table))
		return false;
	index->version = o->version;
	return true;
}

/* Takes an FTS table if it is an index of the table; else false. */
static bool
consider(struct db *db, const struct table *t, struct str name,
    const struct options *o, struct search_index *index)
{
	struct str key = str_of_buf(&o->content_rowid);

	if (same_name(name, str_of(t->name)) ||
	    (o->content.len > 0 &&
		same_name(str_of_buf(&o->content), str_of(t->name))))
		return take(db, t, name, o, key, index);
	return o->has_content && o->content.len == 0 &&
	    t->kind == TABLE_PLAIN && is_companion(name, t) &&
	    take(db, t, name, o, key, index) &&
	    has_columns_of(&index->table, t);
}

/* Takes a virtual table if it is an index of the table; else false. */
static bool
try(struct db *db, const struct table *t, const struct virtual_table *v,
    struct search_index *index)
{
	struct options o;
	bool found = read_options(str_of(v->sql), &o) &&
	    consider(db, t, str_of(v->name), &o, index);

	options_release(&o);
	return found;
}

bool
search_find(struct db *db, const struct table *t, struct search_index *index)
{
	const struct virtual_table *list, *own = NULL;
	size_t n = inventory_virtuals(db, &list);
	bool found = false;

	*index = (struct search_index){0};
	if (t->kind == TABLE_VIRTUAL)
		own = inventory_virtual(db, t->name);
	if (own != NULL)
		found = try(db, t, own, index);
	for (size_t i = 0; i < n && !found; i++)
		found = &list[i] != own && try(db, t, &list[i], index);
	if (!found)
		search_index_release(index);
	return found;
}

bool
search_use(struct db *db, const struct table *t, struct str fts, struct str key,
    struct search_index *index)
{
	const struct table_name *name = inventory_find(db, fts);
	const struct virtual_table *v = NULL;
	struct options o = {0};
	bool found = false;

	*index = (struct search_index){0};
	if (name != NULL && name->kind == TABLE_VIRTUAL)
		v = inventory_virtual(db, name->name);
	if (v != NULL && read_options(str_of(v->sql), &o)) {
		if (key.s == NULL)
			key = str_of_buf(&o.content_rowid);
		found = take(db, t, fts, &o, key, index);
	}
	options_release(&o);
	if (!found)
		search_index_release(index);
	return found;
}

void
search_index_release(struct search_index *index)
{
	table_release(&index->table);
	*index = (struct search_index){0};
}

bool
search_configured(
    struct db *db, const struct table *t, struct search_index *index)
{
	const struct table_metadata *m = published_table(db, t->name);
	struct str key = {0};
	struct buf found = {0};
	bool ok;

	if (m->fts_pk != NULL)
		key = str_of(m->fts_pk);
	if (m->fts_table != NULL)
		return search_use(db, t, str_of(m->fts_table), key, index);
	ok = search_find(db, t, index);
	if (!ok || key.s == NULL)
		return ok;
	buf_str(&found, index->table.name);
	search_index_release(index);
	ok = search_use(db, t, str_of_buf(&found), key, index);
	buf_release(&found);
	return ok;
}

void
search_init(
    struct search *s, const struct table *t, const struct search_index *index)
{
	*s = (struct search){.table = t, .index = index};
}

void
search_release(struct search *s)
{
	for (size_t i = 0; i < s->n; i++)
		buf_release(&s->terms[i].match);
	s->n = 0;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

/* True if a word has more than punctuation, which is no word to FTS. */
static bool
has_letters(struct str word)
{
	for (size_t i = 0; i < word.len; i++) {
		unsigned char c = (unsigned char)word.s[i];

		if ((c >= '0' && c <= '9') ||
		    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0x80)
			return true;
	}
	return false;
}

/* Adds a word, or several that were in quotes, as a string of FTS. */
static void
add_string(int version, struct str s, bool prefix, struct buf *match)
{
	if (match->len > 0)
		buf_char(match, ' ');
	buf_char(match, '"');
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		/* These mean something to FTS3 and FTS4 even in quotes. */
		if (c == '\0' || (version < 5 && (c == '*' || c == '^')))
			c = ' ';
		buf_char(match, c);
	}
	if (prefix && version < 5)
		buf_char(match, '*');
	buf_char(match, '"');
	if (prefix && version == 5)
		buf_lit(match, " *");
}

/* Cuts a word, or what stands in quotes, off the words; false at the end. */
static bool
cut_word(struct str *words, struct str *word, bool *quoted)
{
	const char *s = words->s, *end = s + words->len;

	while (s < end && is_space(*s))
		s++;
	*quoted = s < end && *s == '"';
	if (*quoted)
		s++;
	word->s = s;
	while (s < end && *s != '"' && (*quoted || !is_space(*s)))
		s++;
	word->len = (size_t)(s - word->s);
	if (*quoted && s < end)
		s++;
	*words = (struct str){s, (size_t)(end - s)};
	return word->len > 0 || words->len > 0;
}

static void
add_words(int version, struct str words, struct buf *match)
{
	struct str word;
	bool quoted;

	while (cut_word(&words, &word, &quoted)) {
		bool prefix = false;

		while (!quoted && word.len > 0 && word.s[word.len - 1] == '*') {
			prefix = true;
			word.len--;
		}
		/* FTS5 leaves it out; to the others, nothing matches it. */
		if (word.len > 0 && (version == 5 || has_letters(word)))
			add_string(version, word, prefix, match);
	}
}

bool
search_add(struct search *s, size_t column, struct str words, bool raw)
{
	struct search_term *term = &s->terms[s->n];

	if (s->n == SEARCH_TERMS)
		return false;
	*term = (struct search_term){.column = column, .words = words};
	if (raw)
		buf_add(&term->match, words.s, words.len);
	else
		add_words(s->index->version, words, &term->match);
	if (term->match.len > 0)
		s->n++;
	else
		buf_release(&term->match);
	return true;
}

/* A column of FTS4 may be called rowid. */
static const char *
rowid_name(const struct search_index *index)
{
	return index->version == 5 ? "rowid" : "docid";
}

/* The SELECT of the rowids that match a term, as far as its parameter. */
static void
add_select(
    const struct search *s, const struct search_term *term, struct buf *sql)
{
	const struct table *fts = &s->index->table;

	buf_lit(sql, "SELECT ");
	buf_str(sql, rowid_name(s->index));
	buf_lit(sql, " FROM ");
	sqltext_name(sql, str_of(fts->name));
	buf_lit(sql, " WHERE ");
	sqltext_name(sql,
	    str_of(term->column < fts->n_columns
		    ? fts->columns[term->column].name
		    : fts->name));
	buf_lit(sql, " MATCH ");
}

bool
search_check(struct db *db, const struct search *s, struct buf *why)
{
	for (size_t i = 0; i < s->n; i++) {
		struct buf sql = {0};
		struct query q;
		bool refused;

		add_select(s, &s->terms[i], &sql);
		buf_lit(&sql, "? LIMIT 1");
		db_budget_begin(db, ATTEMPT_MS);
		query_open_buf(&q, db, &sql);
		query_bind_text(&q, 1, str_of_buf(&s->terms[i].match));
		query_next(&q);
		query_close(&q);
		refused = db_budget_end(db);
		buf_release(&sql);
		if (refused) {
			buf_str(why, db_refusal(db));
			return false;
		}
	}
	return true;
}

/* 'search matches "rob*"', or 'name matches "rob*"'. */
static void
describe(
    const struct search *s, const struct search_term *term, struct buf *words)
{
	const struct table *fts = &s->index->table;

	buf_str(words,
	    term->column < fts->n_columns ? fts->columns[term->column].name
					  : "search");
	buf_lit(words, " matches \"");
	buf_add(words, term->words.s, term->words.len);
	buf_char(words, '"');
}

bool
search_apply(const struct search *s, struct filters *f)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct search_term *term = &s->terms[i];
		struct buf sql = {0}, words = {0};

		keyset_column(s->table, s->index->key, &sql);
		buf_lit(&sql, " IN (");
		add_select(s, term, &sql);
		describe(s, term, &words);
		if (!filters_add_condition(
			f, &sql, ")", str_of_buf(&term->match), &words))
			return false;
		f->items[f->n - 1].column = s->index->key;
		f->items[f->n - 1].chosen = rowid_name(s->index);
	}
	return true;
}
