/*
 * The one table of media types.
 */
#include "app/http/media.h"

static const char *const types[] = {
    [MEDIA_HTML] = "text/html; charset=utf-8",
    [MEDIA_JSON] = "application/json; charset=utf-8",
    [MEDIA_GEOJSON] = "application/geo+json; charset=utf-8",
    [MEDIA_NDJSON] = "application/x-ndjson; charset=utf-8",
    [MEDIA_CSV] = "text/csv; charset=utf-8",
    [MEDIA_MARKDOWN] = "text/markdown; charset=utf-8",
    [MEDIA_TEXT] = "text/plain; charset=utf-8",
    [MEDIA_CSS] = "text/css; charset=utf-8",
    [MEDIA_SCRIPT] = "text/javascript; charset=utf-8",
    [MEDIA_OPENMETRICS] =
	"application/openmetrics-text; version=1.0.0; charset=utf-8",
};

const char *
media_type(enum media media)
{
	return types[media];
}

bool
media_find(struct str type, enum media *media)
{
	for (size_t i = 0; i < MEDIAS; i++) {
		if (str_is(type, types[i])) {
			*media = (enum media)i;
			return true;
		}
	}
	return false;
}

bool
media_is_data(enum media media)
{
	return media != MEDIA_HTML;
}
