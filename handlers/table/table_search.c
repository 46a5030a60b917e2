/*
 * From the parameters of a search to filters.
 */
#include "handlers/table/table_search.h"

#include "app/http/params.h"
#include "app/text/utf8.h"
#include "db/sqlite/published.h"
#include "handlers/table/table.h"

enum { SHOWN_MAX = 200 }; /* bytes of a name in an error */

static const char prefix[] = "_search_";

bool
table_search_takes(struct str name)
{
	return name.len > sizeof(prefix) - 1 && !filter_is_name(name) &&
	    str_starts(name, str_of(prefix));
}

/* True if the argument has words to look for in a column. */
static bool
is_words(const struct argument *a)
{
	return a->param == TABLE_PARAMS && a->text.len > 0 &&
	    table_search_takes(a->name);
}

static bool
is_asked_for(const struct request *req)
{
	if (req->values[TABLE_SEARCH].text.len > 0)
		return true;
	for (size_t i = 0; i < req->n_arguments; i++) {
		if (is_words(&req->arguments[i]))
			return true;
	}
	return false;
}

/* The index that the page asks for, or that the table has. */
static int
find_index(struct table_search *s, const struct request *req, struct db *db,
    const struct table *t, struct page *page)
{
	const struct value *fts = &req->values[TABLE_FTS_TABLE];
	const struct value *key = &req->values[TABLE_FTS_PK];
	struct str shown = utf8_cut(fts->text, SHOWN_MAX);

	/* Programs don't see whether there is a search box. */
	if (!is_asked_for(req) && req->format != FORMAT_HTML)
		return 200;
	if (!fts->given) {
		if (search_configured(db, t, &s->index) || !is_asked_for(req))
			return 200;
		return page_error(
		    page, 400, "_search: %s has no full-text index.", t->name);
	}
	if (search_use(db, t, fts->text, key->text, &s->index))
		return 200;
	return page_error(page, 400,
	    "_fts_table: “%.*s” is no full-text index that goes with %s by "
	    "that column (_fts_pk).",
	    (int)shown.len, shown.s, t->name);
}

static int
add_words(struct table_search *s, const struct request *req, size_t column,
    struct str words, size_t argument, struct page *page)
{
	const struct value *mode = &req->values[TABLE_SEARCHMODE];
	bool raw = mode->given ? mode->number == SEARCHMODE_RAW : s->raw;
	size_t n = s->search.n;

	if (!search_add(&s->search, column, words, raw))
		return page_error(page, 400,
		    "_search: there are more than %d searches.", SEARCH_TERMS);
	if (s->search.n > n)
		s->arguments[n] = argument;
	return 200;
}

static int
add_column_words(struct table_search *s, const struct request *req,
    size_t argument, struct page *page)
{
	const struct argument *a = &req->arguments[argument];
	const struct table *fts = &s->index.table;
	struct str name = {
	    a->name.s + sizeof(prefix) - 1, a->name.len - (sizeof(prefix) - 1)};
	struct str shown = utf8_cut(name, SHOWN_MAX);
	size_t column = table_column(fts, name);

	if (column == fts->n_columns)
		return page_error(page, 400,
		    "_search_%.*s: there is no such column in %s.",
		    (int)shown.len, shown.s, fts->name);
	return add_words(s, req, column, a->text, argument, page);
}

/* Asks the index itself, before the page relies on it. */
static int
check(
    struct table_search *s, struct db *db, struct filters *f, struct page *page)
{
	struct buf why = {0};
	int status = 200;

	if (!search_check(db, &s->search, &why))
		status = page_error(page, 400,
		    "_search: this can’t be searched for: %s.", buf_cstr(&why));
	else if (!search_apply(&s->search, f))
		status = page_error(
		    page, 400, "_search: there are too many filters.");
	buf_release(&why);
	return status;
}

int
table_search_read(struct table_search *s, const struct request *req,
    struct db *db, struct filters *f, struct page *page)
{
	const struct value *words = &req->values[TABLE_SEARCH];
	int status;

	*s = (struct table_search){
	    .raw = published_table(db, f->table->name)->raw_search != 0};
	status = find_index(s, req, db, f->table, page);
	if (s->index.version == 0)
		return status;
	search_init(&s->search, f->table, &s->index);
	for (size_t i = 0; i < req->n_arguments && status == 200; i++) {
		if (is_words(&req->arguments[i]))
			status = add_column_words(s, req, i, page);
	}
	if (status == 200 && words->text.len > 0)
		status = add_words(s, req, s->index.table.n_columns,
		    words->text, ARGUMENT_NONE, page);
	return status == 200 ? check(s, db, f, page) : status;
}

void
table_search_release(struct table_search *s)
{
	search_release(&s->search);
	search_index_release(&s->index);
}
