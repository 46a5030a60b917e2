#ifndef SQUALL_EXTRAS_H
#define SQUALL_EXTRAS_H

#include "app/http/page.h"
#include "app/http/request.h"

/*
 * The parameter _extra, which adds to a page's JSON as Datasette's does: it may
 * be repeated, each time with one name or several with commas between them.
 */
struct extra {
	const char *name, *description;
	/* Writes its value; NULL: it is on the page anyway. */
	void (*write)(void *page, struct buf *);
};

struct extras {
	const struct extra *rows;
	size_t n;     /* at most 64 */
	size_t param; /* the place of _extra among the route's parameters */
};

/* 200, or page_error's status if something is asked for that there is not. */
int extras_check(const struct extras *, const struct request *, struct page *);

/*
 * Adds a member, behind a comma, for each that is asked for, and for one more
 * (NULL: none).
 */
void extras_write(const struct extras *, const struct request *,
    const char *more, void *page, struct buf *);

/* The value of the extra called "extras": what there is. */
void extras_list(const struct extras *, const struct request *, struct buf *);

/*
 * The value of "request": the page's own address, and its parameters.  Without
 * a host, since it is kept for whoever asks.
 */
void extras_request(const struct request *, struct buf *);

/* The value of "database_color": six hexadecimal digits, from its name. */
void extras_color(const char *database, struct buf *);

/* The value of "debug": the parts of the page's path. */
void extras_debug(const struct request *, struct buf *);

/* An array of the parameters, each as [name, value]; see params_write. */
void extras_args(const struct request *, uint64_t without, struct buf *);

#endif
