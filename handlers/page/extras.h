#ifndef SQUALL_EXTRAS_H
#define SQUALL_EXTRAS_H

#include "app/http/page.h"
#include "app/http/request.h"

/*
 * The parameter _extra, which adds to a page's JSON as Datasette's does: it may
 * be repeated, each time with one name or several with commas between them.
 */
struct extras_page {
	const struct extras *extras; /* of this kind of page */
	const struct request *req;
	const struct db *db;
	void *page; /* the handler's own */
};

/* Writes the value of an extra. */
typedef void extra_writer(const struct extras_page *, struct buf *);

struct extra {
	const char *name, *description;
	extra_writer *write; /* NULL: the page has it anyway */
};

struct extras {
	const struct extra *rows;
	size_t n;     /* at most 64 */
	size_t param; /* the place of _extra among the route's parameters */
};

/* 200, or page_error's status if something is asked for that there is not. */
int extras_check(const struct extras *, const struct request *, struct page *);

/*
 * Adds a member for each extra that is asked for, and for one more (NULL:
 * none).
 */
void extras_write(const struct extras_page *, const char *more, struct buf *);

/*
 * The values of "extras", the list of all; of "request", the page's address and
 * parameters, without a host, since a page is kept for all clients; of "debug",
 * the parts of the path; of "database"; of "database_color", six hexadecimal
 * digits from its name; and of what squall does not have: "private" is false,
 * "column_types" is empty.
 */
extra_writer extras_list, extras_request, extras_debug, extras_database,
    extras_color, extras_private, extras_types;

/* An array of the parameters, each as [name, value]; see params_write. */
void extras_args(const struct request *, uint64_t without, struct buf *);

#endif
