#ifndef SQUALL_ATLAS_MAINLAND_H
#define SQUALL_ATLAS_MAINLAND_H

#include "app/text/str.h"
#include "handlers/map/geo.h"

/*
 * The points of an outline that a map of the land should show: of its largest
 * polygon and all that lie near it, one after the other.  France is not half a
 * globe because Guiana belongs to it.
 *
 * Returns how many there are, and the points, which are to be freed.  NULL: it
 * has none, or there is no memory.
 */
struct point *mainland(struct str outline, size_t *n);

#endif
