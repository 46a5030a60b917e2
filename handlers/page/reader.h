#ifndef SQUALL_READER_H
#define SQUALL_READER_H

#include "app/http/route.h"
#include "db/catalog.h"
#include "db/rows/count.h"
#include "db/schema/table.h"

/*
 * The common part of pages of one database: they find it by the first segment,
 * read one snapshot, and turn its failures into error pages.
 */
typedef int reader(const struct request *, struct db *, struct page *);

/*
 * The database that the route reads, or else the first segment names, which is
 * not read yet; NULL, with page_error's status in the page, if there is none.
 */
struct db *
reader_named(const struct request *, struct catalog *, struct page *);

/*
 * Calls `read`, whose HTTP status *status then is, within a snapshot; returns
 * how that went, as db_end does.
 */
enum db_status reader_through(const struct request *, struct db *,
    struct page *, reader *read, int *status);

/* The same with the database of reader_named; returns the HTTP status. */
int reader_database(
    const struct request *, struct catalog *, struct page *, reader *read);

/*
 * The table or view that the second segment names.  Returns 200, or
 * page_error's status; to be released in any case.
 */
int reader_table(
    const struct request *, struct db *, struct page *, struct table *);

#endif
