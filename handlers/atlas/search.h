#ifndef SQUALL_ATLAS_SEARCH_H
#define SQUALL_ATLAS_SEARCH_H

#include "app/http/route.h"

enum { SEARCH_Q, SEARCH_SIZE, SEARCH_PARAMS };

extern const struct params search_params;

/* In JSON it has suggestions for a search box as well. */
handler search_page;

#endif
