#ifndef SQUALL_INDEX_H
#define SQUALL_INDEX_H

#include "app/route.h"

/* "/": the databases. */
handler index_page;

#endif
