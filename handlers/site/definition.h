#ifndef SQUALL_DEFINITION_H
#define SQUALL_DEFINITION_H

#include "app/http/route.h"

/*
 * "/-/schema", "/{database}/-/schema", "/{database}/{table}/-/schema": the SQL
 * that defines what there is, as HTML, JSON and Markdown.
 */
handler definition_all, definition_database, definition_table;

#endif
