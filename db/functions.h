#ifndef SQUALL_FUNCTIONS_H
#define SQUALL_FUNCTIONS_H

#include "db/db.h"

/*
 * Puts functions whose time is no more than linear, but for LIKE and GLOB whose
 * patterns are short, in the place of SQLite's own that compare each position
 * of one text with all of another: instr, replace, trim, ltrim, rtrim, like,
 * glob.  SQLite looks at the clock between functions, never within one.  Each
 * of these looks as well.
 */
void functions_install(struct db *);

#endif
