#ifndef SQUALL_FACET_LIST_H
#define SQUALL_FACET_LIST_H

#include "db/rows/suggest.h"
#include "handlers/table/table_view.h"

/*
 * The facets of a page, one after the other, computed as they come: those that
 * the configuration has for the table, and those that are asked for.  And where
 * their links lead.
 */
struct facet_list {
	const struct table_view *view; /* set it, and nothing else */
	/* The facet that the list has come to: */
	size_t kind, column;
	/* The request's, that asks for it; ARGUMENT_NONE: it is configured,
	 * and stays. */
	size_t argument;
	struct buf name; /* among the page's facets */
	struct facet facet;
	bool timed_out; /* it has no values then */
	size_t next;
};

/* The words for each kind of facet, by enum facet_kind. */
struct facet_kind_names {
	const char *name;  /* in JSON */
	const char *param; /* that asks for it */
	const char *op;    /* of the filter for a value; NULL: it is exact */
	size_t value;      /* the parameter's place */
};

extern const struct facet_kind_names facet_list_kinds[];

/* 200, or page_error's status: a facet is asked for that there can't be. */
int facet_list_check(const struct table_view *, struct page *);

/* True if the page asks for a facet. */
bool facet_list_asked(const struct table_view *);

/* True if it has any, a configured one as well: its JSON has them then. */
bool facet_list_wanted(const struct table_view *);

/* At most so many facets are in the list. */
size_t facet_list_max(const struct table_view *);

bool facet_list_next(struct facet_list *);
void facet_list_end(struct facet_list *);

/* The argument that filters by this value, or ARGUMENT_NONE. */
size_t facet_list_find_filter(const struct facet_list *, struct str value);

/*
 * Adds the address of the page with this value's filter; or without it, if it
 * has it (`filter`, as facet_list_find_filter says).
 */
void facet_list_toggle_url(const struct facet_list *, struct str value,
    size_t filter, struct buf *url);

/* Adds the address of the page without this facet; with it, if it stays. */
void facet_list_remove_url(const struct facet_list *, struct buf *url);

/* Finds suggestions, but for what the page has already. */
size_t facet_list_suggest(const struct table_view *,
    struct facet_suggestion out[FACET_SUGGESTIONS_MAX]);

/* Adds the address of the page with this facet as well. */
void facet_list_suggestion_url(const struct table_view *,
    const struct facet_suggestion *, struct buf *url);

#endif
