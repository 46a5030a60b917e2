/*
 * Conditions in SQL.  Each stands in parentheses in every statement of the
 * page: it must have no way out of them, and be a condition.
 */
#include "handlers/table/table_where.h"

#include <inttypes.h>

#include "app/text/sqltext.h"
#include "db/sqlite/guard.h"
#include "db/sqlite/published.h"
#include "handlers/page/error.h"
#include "handlers/table/table.h"

bool
table_where_is(const struct argument *a)
{
	return a->param == TABLE_WHERE && a->text.len > 0;
}

/* True if the request has a condition. */
static bool
has_condition(const struct request *req)
{
	for (size_t i = 0; i < req->n_arguments; i++) {
		if (table_where_is(&req->arguments[i]))
			return true;
	}
	return false;
}

/* Makes an error page of a failure: the conditions' fault, if it may be. */
static int
fail(const struct db *db, enum db_status failure, struct page *page)
{
	buf_reset(&page->header);
	if (failure == DB_REJECTED)
		return page_error(page, 400, "_where: %s.", db_message(db));
	return page_error(page, 400,
	    "_where: the page took longer than the %" PRId64
	    " milliseconds that it may.",
	    db_time_limit_ms(db));
}

int
table_where_reader(const struct request *req, struct catalog *catalog,
    struct page *page, reader *read)
{
	struct db *db;
	enum db_status failure;
	int status;

	if (!has_condition(req))
		return reader_database(req, catalog, page, read);
	db = reader_named(req, catalog, page);
	if (db == NULL)
		return page->status;
	if (!published_metadata(db)->sql)
		return page_error(
		    page, 400, "_where: conditions in SQL are not taken here.");
	db = catalog_guarded(catalog, req->segments[0], GUARD_VISITOR);
	if (db == NULL)
		return page_error(page, 503, "Out of memory.");
	failure = reader_through(req, db, page, read, &status);
	if (failure == DB_OK)
		return status;
	page->transient = true;
	if (failure != DB_REJECTED && failure != DB_TIMEOUT)
		return error_database(page, db, failure);
	return fail(db, failure, page);
}

/* Compiles it as the one condition of a statement. */
static bool
compiles(struct db *db, const struct table *t, struct str condition,
    struct page *page)
{
	struct buf sql = {0};
	struct query q;
	bool ok;

	buf_lit(&sql, "SELECT 1 FROM ");
	sqltext_name(&sql, str_of(t->name));
	buf_lit(&sql, " WHERE (");
	buf_add(&sql, condition.s, condition.len);
	buf_lit(&sql, ")");
	ok = !sql.failed && guard_open(&q, db, str_of_buf(&sql));
	if (ok) {
		page->transient |= guard_is_time_dependent(&q);
		guard_close(&q);
	}
	buf_release(&sql);
	return ok;
}

int
table_where_begin(const struct request *req, struct db *db,
    const struct table *t, struct page *page)
{
	for (size_t i = 0; i < req->n_arguments; i++) {
		struct str condition = req->arguments[i].text;
		const char *wrong;

		if (!table_where_is(&req->arguments[i]))
			continue;
		wrong = sqltext_no_condition(condition);
		if (wrong != NULL)
			return page_error(page, 400, "_where: %s.", wrong);
		/* db_end says why. */
		if (!compiles(db, t, condition, page))
			return page_error(page, 400, "_where");
	}
	if (has_condition(req))
		guard_hold(db);
	return 200;
}

void
table_where_end(struct db *db)
{
	guard_let_go(db);
}
