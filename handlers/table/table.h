#ifndef SQUALL_TABLE_H
#define SQUALL_TABLE_H

#include "app/http/route.h"

/* "/{database}/{table}": a page of rows. */
handler table_page;

/* "/{database}/{table}/-/map": all of them that have a place, on a map. */
handler table_map_page;

/* Their parameters: indexes of request.values, and the rows of table_params. */
enum {
	TABLE_NEXT,
	TABLE_SIZE,
	TABLE_SORT,
	TABLE_SORT_DESC,
	TABLE_COL,
	TABLE_NOCOL,
	TABLE_LABELS,
	TABLE_LABEL,
	TABLE_NOCOUNT,
	TABLE_SHAPE,
	TABLE_NL,
	TABLE_JSON,
	TABLE_JSON_INFINITY,
	TABLE_EXTRA,
	TABLE_HEADER,
	TABLE_DL,
	TABLE_STREAM,
	TABLE_TTL,
	TABLE_TIMELIMIT,
	TABLE_WHERE,
	TABLE_FILTER_COLUMN,
	TABLE_FILTER_OP,
	TABLE_FILTER_VALUE,
	TABLE_SEARCH,
	TABLE_SEARCHMODE,
	TABLE_FTS_TABLE,
	TABLE_FTS_PK,
	TABLE_THROUGH,
	TABLE_FACET,
	TABLE_FACET_ARRAY,
	TABLE_FACET_DATE,
	TABLE_FACET_SIZE,
	TABLE_NOFACET,
	TABLE_NOSUGGEST,
	TABLE_PARAMS
};

extern const struct params table_params;

/* The words of _shape: its values. */
enum table_shape {
	SHAPE_OBJECTS,
	SHAPE_ARRAYS,
	SHAPE_ARRAY,
	SHAPE_ARRAYFIRST,
	SHAPE_OBJECT,
};

/* The words of _searchmode. */
enum { SEARCHMODE_ESCAPED, SEARCHMODE_RAW };

#endif
