#ifndef SQUALL_MEDIA_H
#define SQUALL_MEDIA_H

#include <stdbool.h>

#include "app/text/str.h"

/*
 * The media types that squall sends: all there are, so that what one part of
 * it writes, every other part knows.
 */
enum media {
	MEDIA_HTML, /* 0: what a page is unless its handler says otherwise */
	MEDIA_JSON,
	MEDIA_GEOJSON,
	MEDIA_NDJSON,
	MEDIA_CSV,
	MEDIA_MARKDOWN,
	MEDIA_TEXT,
	MEDIA_CSS,
	MEDIA_SCRIPT,
	MEDIA_OPENMETRICS,
	MEDIAS,
};

/* The value of Content-Type, with its charset. */
const char *media_type(enum media);

/* The one of this Content-Type, byte by byte; false: squall sends none such. */
bool media_find(struct str type, enum media *);

/* True for data, which programs read; false for HTML, which people do. */
bool media_is_data(enum media);

#endif
