#ifndef SQUALL_COLLATION_H
#define SQUALL_COLLATION_H

#include <stdbool.h>

#include "app/text/str.h"

struct db;

/*
 * Programs bring collations of their own to their databases, which SQLite asks
 * for as soon as a statement has such a column, compared or not.  So it gets
 * what it asks for, and a step that compares by one fails: in another order
 * than their indexes are in, rows would be missed.
 */

/* Says yes to whatever collation the connection is asked for.  A result code of
 * SQLite's.
 */
int collations_promise(struct db *);

/* True for SQLite's built-in collations: datatype3.html, section 7. */
bool collation_is_known(struct str name);

#endif
