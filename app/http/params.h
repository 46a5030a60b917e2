#ifndef SQUALL_PARAMS_H
#define SQUALL_PARAMS_H

#include "app/http/request.h"

/*
 * The parameters of a query string: what a page declares of them, and how they
 * are read and written.  Others are ignored.
 */
enum param_type {
	PARAM_INT,  /* a whole number from min to max, which has a word too */
	PARAM_TEXT, /* well-formed UTF-8 of at most max bytes */
	PARAM_FLAG, /* "on", "1", "true" or "off", "0", "false": 1 or 0 */
	PARAM_WORD, /* one of `words`: its index */
	PARAM_LIST, /* texts: each one given is one of request.arguments */
};

struct param {
	const char *name;
	enum param_type type;
	int64_t min, max;
	int64_t def;              /* of all that is a number */
	const char *const *words; /* end with a NULL; PARAM_INT: for its max */
	bool uncached; /* with it, a page is made for its request alone */
	bool rows;     /* its max is a setting: see params_within */
};

/* What a page takes. */
struct params {
	const struct param *rows;
	size_t n;
	/*
	 * Whether a parameter that is not declared belongs to the page all the
	 * same, as column names do; NULL: none.  Those become arguments.
	 */
	bool (*takes)(struct str name);
	/*
	 * Drops the arguments that turn out not to belong to the page, once all
	 * have been read; NULL: there are none.
	 */
	void (*settle)(struct request *);
};

/*
 * A copy, in one piece of memory that is to be freed, which takes as many rows
 * as the settings have it.  NULL: out of memory.
 */
struct params *params_within(const struct params *, int64_t max_rows);

/*
 * Reads the request's query string into its values and arguments.  Of values,
 * the first one of a name counts.  False, and a sentence for the client, if one
 * of them is not as declared or there are too many.
 */
bool params_read(const struct params *, struct request *, struct buf *why);

/*
 * Adds the query string in its one canonical form, with its '?': the values
 * that are not the defaults, in table order, then the arguments.  Left out are
 * the values whose bit in `without` is set, and the argument with that index.
 * Nothing if there are none; returns the mark that a further one begins with.
 */
enum { ARGUMENT_NONE = REQUEST_ARGUMENTS };
#define PARAM_BIT(i) (UINT64_C(1) << (i))

char params_write(const struct params *, const struct request *,
    uint64_t without, size_t without_argument, struct buf *);

/* The same, each parameter by itself, decoded. */
void
params_each(const struct params *, const struct request *, uint64_t without,
    void (*each)(struct buf *, struct str name, struct str text), struct buf *);

#endif
