#ifndef SQUALL_CELL_H
#define SQUALL_CELL_H

#include "app/http/request.h"
#include "app/text/html.h"
#include "db/rows/count.h"
#include "db/rows/rows.h"

/*
 * One value of a query, as people and programs read it.  In HTML, text longer
 * than `max` bytes is cut and says so; 0 shows all of it.
 */
void cell_html(struct buf *, const struct query *, int column, size_t max);
void cell_json(struct buf *, const struct query *, int column);

/* How a value comes as JSON. */
enum cell_style {
	CELL_LABEL = 1,    /* of a reference: {"value": …, "label": …} */
	CELL_JSON = 2,     /* text that is JSON: as it is */
	CELL_INFINITY = 4, /* infinities are numbers, against the standard */
};

/* The value of a row's column, in any of these styles. */
void cell_json_styled(
    struct buf *, const struct rows *, size_t column, unsigned style);

/*
 * The label of what a row's column refers to, as a column of the query; -1:
 * there is none, or but bytes.
 */
int cell_label(const struct rows *, size_t column);

/*
 * The value of a row's column; where it refers to another row, a link to that
 * with its label.
 */
void cell_reference(struct buf *, const struct request *, const char *database,
    const struct rows *, size_t column, size_t max);

/* The members count and, if there are more rows than that, count_truncated. */
void cell_json_count(struct buf *, struct count);

/* A whole row as a JSON object, with its rowid where that is its key. */
void cell_json_row(struct buf *, const struct rows *);

/* Text, or a column's name, as a field of CSV: as --csv-formulas has it. */
void cell_csv_text(struct buf *, const struct db *, struct str);

/*
 * Where a row's column is a link to another row in HTML: adds the member
 * "name": HTML to an object.
 */
void cell_json_link(struct buf *, const struct request *, const char *database,
    const struct rows *, size_t column);

/* A field of CSV: empty for NULL, base64 for bytes. */
void cell_csv(struct buf *, const struct query *, int column);

/* Adds the header that has a page of CSV saved as a file of this name. */
void cell_csv_download(struct buf *header, struct str name);

/* True for a number, which stands to the right. */
bool cell_is_number(const struct query *, int column);

#endif
