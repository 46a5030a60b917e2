#ifndef SQUALL_ATLAS_WORDS_H
#define SQUALL_ATLAS_WORDS_H

#include <stdint.h>

#include "app/text/buf.h"

/*
 * Adds words that somebody has typed as a query of FTS5 (its document, section
 * 3): all of them in a name, the last one as the beginning of one.  A letter
 * may stand for one that has no accent to be left out: "lodz" is Łódź as well.
 * Adds nothing if there are no words.
 */
void words_match(struct str typed, struct buf *match);

/* How many characters they have, but for spaces at their ends. */
int64_t words_length(struct str typed);

#endif
