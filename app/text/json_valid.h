#ifndef SQUALL_JSON_VALID_H
#define SQUALL_JSON_VALID_H

#include "app/text/str.h"

/*
 * True for one JSON text (RFC 8259), nested at most JSON_DEPTH deep: it may
 * stand within another, and SQLite's JSON functions take it.
 */
enum { JSON_DEPTH = 100 };

bool json_valid(struct str);

#endif
