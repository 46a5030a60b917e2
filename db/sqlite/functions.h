#ifndef SQUALL_FUNCTIONS_H
#define SQUALL_FUNCTIONS_H

#include "db/sqlite/db.h"

/*
 * Puts functions in the place of SQLite's own that compare each position of one
 * text with all of another: instr and replace, whose time is linear, and trim,
 * ltrim, rtrim, like and glob.  SQLite looks at the clock between functions,
 * never within one.  These do.  A result code of SQLite's.
 *
 * One thing is lost: an index is no help for LIKE 'a%' and GLOB 'a*', which
 * SQLite knows of its own functions only (optoverview.html, section 5).
 */
int functions_install(struct db *) __attribute__((warn_unused_result));

#endif
