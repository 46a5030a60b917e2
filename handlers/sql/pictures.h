#ifndef SQUALL_PICTURES_H
#define SQUALL_PICTURES_H

#include "db/sqlite/guard.h"
#include "handlers/chart/chart.h"
#include "handlers/map/points.h"
#include "handlers/sql/result.h"

/*
 * The pictures of a statement's rows: a chart, where the address or the
 * operator's file asks for one, and a map, where the rows have places.  They
 * are gathered while the rows are written, and stand before them.
 */
struct pictures {
	const struct asked *asked;
	const struct query *query;
	size_t n_columns;
	enum chart_kind kind; /* CHART_NONE: there is no chart */
	/* Columns; n_columns: not known yet (y), or there is none (x). */
	size_t x, y;
	size_t rows;
	struct chart_item *items; /* their labels stand in `labels`, in order */
	struct buf labels;
	size_t n;
	bool has_map;
	struct points points;
};

/*
 * Finds the columns.  False, and a sentence for the client, where there are
 * none as the address names them.  To be released in any case.
 */
bool pictures_init(struct pictures *, const struct asked *,
    const struct query *, struct buf *why);
void pictures_release(struct pictures *);

/* Takes what the query's row has for them. */
void pictures_add(struct pictures *, const struct query *);

/*
 * After the rows: false, and a sentence, if the address asks for a chart of
 * what has no numbers.
 */
bool pictures_check(const struct pictures *, struct buf *why);

/*
 * Writes them, and a form to choose another chart by.  `more`: there are rows
 * that were not added.
 */
void pictures_write(struct pictures *, bool more, struct buf *);

#endif
