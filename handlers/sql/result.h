#ifndef SQUALL_RESULT_H
#define SQUALL_RESULT_H

#include "app/config/chart_spec.h"
#include "app/http/page.h"
#include "app/http/params.h"
#include "db/sqlite/db.h"

/*
 * The rows of a statement that squall has not written: visitors' and the
 * operator's, in every format.
 */

enum { RESULT_NAMES_MAX = 1000 }; /* bytes of _extra, _x or _y */

/* Parameters of such pages, which theirs follow. */
enum {
	RESULT_SHAPE,
	RESULT_NL,
	RESULT_HEADER,
	RESULT_DL,
	RESULT_TIMELIMIT,
	RESULT_EXTRA,
	RESULT_CHART,
	RESULT_X,
	RESULT_Y,
	RESULT_PARAMS
};

extern const struct param result_params[RESULT_PARAMS];
extern const char *const result_shapes[];

#define RESULT_PARAM_ROWS                                                      \
	[RESULT_SHAPE] = {"_shape", PARAM_WORD, .words = result_shapes},       \
	[RESULT_NL] = {"_nl", .type = PARAM_FLAG},                             \
	[RESULT_HEADER] = {"_header", PARAM_FLAG, .def = 1},                   \
	[RESULT_DL] = {"_dl", .type = PARAM_FLAG},                             \
	[RESULT_TIMELIMIT] = {"_timelimit", PARAM_INT, 1, 3600 * 1000,         \
	    .def = 0},                                                         \
	[RESULT_EXTRA] = {"_extra", PARAM_LIST, .max = RESULT_NAMES_MAX},      \
	[RESULT_CHART] = {"_chart", PARAM_WORD, .words = chart_spec_kinds},    \
	[RESULT_X] = {"_x", PARAM_TEXT, .max = RESULT_NAMES_MAX},              \
	[RESULT_Y] = {"_y", PARAM_TEXT, .max = RESULT_NAMES_MAX}

/* A parameter of the statement, and its value. */
struct binding {
	struct str name, value;
};

/* A statement, and what stands around its rows on a page of HTML. */
struct asked {
	struct str sql;
	const struct binding *bindings; /* others are empty texts */
	size_t n;
	const char *title; /* of the page */
	const char *name;  /* of a file that it is downloaded as */
	/* The page's beginning, up to the rows; and what follows them. */
	void (*before)(const struct asked *, struct buf *);
	void (*after)(const struct asked *, struct buf *);
	/* Writes the operator's description as an object of JSON; or NULL. */
	void (*metadata)(const struct asked *, struct buf *);
	bool hides_sql; /* nobody is to see it */
	/* The chart that its page has unless it is asked for another. */
	const struct chart_spec *chart;
	const struct request *req;
	struct db *db;       /* as guard_new makes them */
	const void *context; /* the page's own */
};

/* The value of a parameter of the statement. */
struct str result_asked(const struct asked *, struct str name);

/*
 * Runs the statement on asked->db and makes the page; returns the status.  400
 * where the statement is to blame, its time included: then a page of HTML has
 * the reason in the place of the rows.  What changes with time or chance is not
 * kept unless `keeps_time` says so.
 */
int result_page(struct db *, struct asked *, struct page *, bool keeps_time);

/* A form's field for a parameter of the statement. */
void result_field(struct buf *, struct str name, struct str value);

#endif
