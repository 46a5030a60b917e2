#ifndef SQUALL_LABEL_H
#define SQUALL_LABEL_H

#include "db/schema/table.h"

/*
 * The column that names a row to people: called name, title, label or the
 * like, or the only one beside the key.  Never one of the key, which stands
 * beside the label anyway, nor one declared as a BLOB.  n_columns if there is
 * none.
 */
size_t label_guess(const struct table *);

/* The column that the configuration names, or else the guess. */
size_t label_column(const struct db *, const struct table *);

#endif
