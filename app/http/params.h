#ifndef SQUALL_PARAMS_H
#define SQUALL_PARAMS_H

#include "app/http/request.h"

/*
 * The parameters of a query string: pages declare them in tables, by which they
 * are read and written.  Others are ignored.
 */
enum param_type {
	PARAM_INT,  /* a whole number from min to max; max may have a word */
	PARAM_TEXT, /* well-formed UTF-8 of at most max bytes */
	PARAM_FLAG, /* "on", "1", "true" or "off", "0", "false": 1 or 0 */
	PARAM_WORD, /* one of `words`: its index */
	PARAM_LIST, /* texts: each becomes one of request.arguments */
};

struct param {
	const char *name;
	enum param_type type;
	int64_t min, max;
	int64_t def;              /* the default of a number */
	const char *const *words; /* end with a NULL; PARAM_INT: for its max */
	bool uncached; /* with it, a page is made for its request alone */
	bool rows;     /* its max is a setting: see params_within */
};

/* The parameters of a page. */
struct params {
	const struct param *rows;
	size_t n;
	/*
	 * True for parameters that belong to the page without being declared,
	 * as column names do: they become arguments.  NULL: there are none.
	 */
	bool (*takes)(struct str name);
	/*
	 * Called when all are read, to drop arguments that prove not to belong
	 * to the page.  May be NULL.
	 */
	void (*settle)(struct request *);
};

/*
 * A copy in which parameters with `rows` go up to `max_rows`.  It is one piece
 * of memory, for free().  NULL: out of memory.
 */
struct params *params_within(const struct params *, int64_t max_rows);

/*
 * Reads the request's query string into its values and arguments.  The first
 * value of a name counts.  False, with a sentence for the client, if one is not
 * as declared or there are too many.
 */
bool params_read(const struct params *, struct request *, struct buf *why)
    __attribute__((warn_unused_result));

/*
 * Adds the query string in its one canonical form, with its '?': the values
 * that are not the defaults, in table order, then the arguments.  `without` has
 * a bit for each parameter to leave out; the argument with that index is left
 * out as well.  Adds nothing where none remains; returns '?' or '&', which a
 * further parameter begins with.
 */
enum { ARGUMENT_NONE = REQUEST_ARGUMENTS };
#define PARAM_BIT(i) (UINT64_C(1) << (i))

char params_write(const struct params *, const struct request *,
    uint64_t without, size_t without_argument, struct buf *);

/* Calls `each` for every parameter that params_write writes, decoded. */
void
params_each(const struct params *, const struct request *, uint64_t without,
    void (*each)(void *context, struct str name, struct str text),
    void *context);

#endif
