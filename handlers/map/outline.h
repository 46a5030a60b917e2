#ifndef SQUALL_OUTLINE_H
#define SQUALL_OUTLINE_H

#include "app/text/buf.h"
#include "app/text/str.h"
#include "handlers/map/projection.h"

/*
 * Outlines of lands, as db/atlas/README.md has them: polygons separated by '|',
 * the rings of one by ';', the points of a ring by ',', and each point is
 * "lon lat" in degrees.
 */

/*
 * Their points, one after the other.  `rest` is what is still to be read, and
 * *begins says whether the point is the first of its ring.  False at the end,
 * and where the text is not as it should be.
 */
bool outline_next(struct str *rest, struct point *, bool *begins);

/*
 * Appends the visible part of the outline as the data of an SVG path (SVG 2,
 * section 9.3) in whole units; nothing, if it is too small to see.
 */
void outline_path(const struct projection *, struct str outline, struct buf *);

/*
 * The same for the packed outlines of the lands that are compiled in
 * (land.awk): from `at` up to `end`.
 */
void outline_packed_path(const struct projection *, const int16_t *at,
    const int16_t *end, struct buf *);

#endif
