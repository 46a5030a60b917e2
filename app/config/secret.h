#ifndef SQUALL_SECRET_H
#define SQUALL_SECRET_H

#include "app/text/buf.h"

/*
 * A password, from the first line of `file`, or without a file (NULL) from the
 * environment variable `variable`.  `*secret` is the caller's to free; NULL:
 * there is none.  False if the file can't be read or its first line is empty;
 * `why` says so.
 */
bool secret_read(
    const char *file, const char *variable, char **secret, struct buf *why);

#endif
