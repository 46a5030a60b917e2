/*
 * The beginning and the end of every page that shows a database.
 */
#include "handlers/page/reader.h"

#include "app/text/utf8.h"
#include "handlers/page/error.h"

enum { SHOWN_MAX = 200 }; /* bytes of a name in an error */

struct db *
reader_named(
    const struct request *req, struct catalog *catalog, struct page *page)
{
	struct str name = route_database(req);
	struct db *db = catalog_find(catalog, name);
	struct str shown = utf8_cut(name, SHOWN_MAX);

	if (db == NULL)
		page_error(page, 404, "There is no database named “%.*s”.",
		    (int)shown.len, shown.s);
	return db;
}

enum db_status
reader_through(const struct request *req, struct db *db, struct page *page,
    reader *read, int *status)
{
	*status = 200;
	if (db_begin(db) == DB_OK)
		*status = read(req, db, page);
	return db_end(db);
}

int
reader_database(const struct request *req, struct catalog *catalog,
    struct page *page, reader *read)
{
	struct db *db = reader_named(req, catalog, page);
	enum db_status failure;
	int status;

	if (db == NULL)
		return page->status;
	failure = reader_through(req, db, page, read, &status);
	return failure == DB_OK ? status : error_database(page, db, failure);
}

int
reader_table(const struct request *req, struct db *db, struct page *page,
    struct table *t)
{
	struct str name = req->segments[1];
	struct str shown = utf8_cut(name, SHOWN_MAX);

	if (table_read(db, name, t) && str_is(name, t->name))
		return 200;
	if (t->name != NULL && str_is(name, t->name))
		return page_error(page, 500,
		    "“%.*s” can’t be read: its definition does not work here.",
		    (int)shown.len, shown.s);
	return page_error(page, 404,
	    "There is no table named “%.*s” in the database %s.",
	    (int)shown.len, shown.s, db_name(db));
}
