#ifndef SQUALL_CHART_H
#define SQUALL_CHART_H

#include "app/buf.h"

/* A bar as long as the value is to the largest one, beside the number itself.
 */
void chart_meter(struct buf *, int64_t value, int64_t max);

#endif
