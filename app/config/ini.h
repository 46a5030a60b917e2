#ifndef SQUALL_INI_H
#define SQUALL_INI_H

#include "app/text/buf.h"

/*
 * Reading an INI file: who wants to know of its sections and keys, in the
 * order of their lines.  What they find wrong they write into `why`, without
 * the place, and return false: that ends the reading.
 */
struct ini_handler {
	/* A line [name]; there need be no keys in it. */
	bool (*section)(void *arg, const char *name, struct buf *why);
	bool (*key)(
	    void *arg, const char *key, const char *value, struct buf *why);
	void *arg;
};

/*
 * Reads the file.  On failure `why` has the first error, in one line that
 * begins with the file's name and the number of the line.
 */
bool ini_read(const char *file, const struct ini_handler *, struct buf *why);

#endif
