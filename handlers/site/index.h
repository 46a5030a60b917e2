#ifndef SQUALL_INDEX_H
#define SQUALL_INDEX_H

#include "app/http/route.h"

/* "/": the databases. */
handler index_page;

#endif
