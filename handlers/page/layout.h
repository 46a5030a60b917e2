#ifndef SQUALL_LAYOUT_H
#define SQUALL_LAYOUT_H

#include "app/http/request.h"
#include "app/text/html.h"
#include "db/rows/count.h"

/*
 * The frame of every HTML page.
 */
struct layout_link {
	const char *path; /* below the prefix, encoded */
	const char *text;
};

/* The head and foot of all pages of a custom site. */
struct layout_site {
	const char *name;
	const char *search;   /* the path of its search, whose parameter is q */
	const char *searched; /* what is searched, in words */
	const struct layout_link *links; /* end with a NULL path */
	const char *credits;             /* whose the data is: a sentence */
};

struct layout {
	const char *title;       /* and heading of the page; escaped here */
	const char *description; /* for search engines; NULL: the title does */
	/* For the way back; s is NULL where there is none: */
	struct str database;
	struct str table;
	const struct layout_site *site; /* NULL: none, the generic pages */
	const struct layout_link *way;  /* of a site's page, like its links */
	struct str searched;            /* what a site's search looked for */
	bool json;                      /* the page comes as JSON as well */
	bool noindex;  /* one of very many: not for search engines */
	int refresh_s; /* a script renews it so often; 0: it is not */
};

/* Begins the page, its heading included. */
void layout_begin(struct buf *, const struct request *, const struct layout *);
void layout_end(struct buf *);

/* The same of a site's page. */
void layout_end_site(
    struct buf *, const struct request *, const struct layout_site *);

/* The line with the page's other formats: JSON, and those of its route. */
void layout_formats(struct buf *, const struct request *);

/*
 * Adds rel="nofollow" to the tag of a link to one of very many pages, unless
 * the settings are against it.
 */
void layout_nofollow(struct buf *, const struct db *);

/* Begins a link to an address of this kind, which is yet to be escaped. */
void layout_begin_link(struct buf *, const struct db *, struct str url);

/* Begins a fact of a list (dl): its name, up to the value. */
void layout_begin_fact(struct buf *, const char *name);
void layout_end_fact(struct buf *);

/* Begins a wide table, up to the cells of its head; and ends its body. */
void layout_begin_table(struct buf *, const char *label);
void layout_end_table(struct buf *);

/* An option of a form's list. */
void
layout_option(struct buf *, struct str value, struct str text, bool chosen);

/* A form's field that is sent with the others; as params_each calls it. */
void layout_hidden_field(void *buf, struct str name, struct str text);

/* A name from the schema, which may be empty. */
void layout_name(struct buf *, struct str);

/* "1 row", "135 rows", "more than 10,000 rows", or nothing if it can't be told.
 */
void layout_count(struct buf *, struct count);

/* "31.5 MB". */
void layout_size(struct buf *, int64_t bytes);

#endif
