#ifndef SQUALL_STATUS_JSON_H
#define SQUALL_STATUS_JSON_H

#include "app/text/buf.h"
#include "app/watch/status.h"

/*
 * The status as one JSON object.  Names end in their unit: _s, _us, _bytes;
 * ratios are from 0 to 1, null where there is nothing to tell them from.
 */
void status_json(struct buf *, const struct status *);

#endif
