#ifndef SQUALL_DATABASE_H
#define SQUALL_DATABASE_H

#include "app/http/route.h"

/* "/{database}": its tables and views. */
handler database_page;

#endif
