/* svg.h - the finished SVG of a scene: libplot's elements and our own text, in order.
 *
 * Stands alone as a file and inside an HTML page under a strict policy: no style, no
 * script, no xlink, ids prefixed by the chart's id. What has a tooltip or a link stands
 * in <a href> (or <g>) with a <title>. The frame (everything before the first mark) is
 * the image that a screen reader announces, with the chart's title and description; the
 * links follow outside it, because an image hides what it contains.
 *
 * Same scene, same bytes. Threads: as plot.h.
 */
#ifndef STATS_DRAW_SVG_H
#define STATS_DRAW_SVG_H

#include "stats/layout.h"

#define SVG_BYTES ((size_t)16 << 20)

/* Appends the document to *out. STATUS_INTERNAL, STATUS_LIMIT, STATUS_NOMEM. */
MUST_CHECK enum status svg_write(const struct scene *s, struct buf *out, struct err *err);

#endif
