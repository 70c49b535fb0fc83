/* raster.h - PNG and PDF from the finished SVG, by librsvg and cairo.
 *
 * Threads: one at a time. Same SVG, same bytes (with the same libraries and fonts).
 */
#ifndef STATS_DRAW_RASTER_H
#define STATS_DRAW_RASTER_H

#include "core/err.h"
#include "core/str.h"

#define RASTER_PIXELS 40000000.0

/* Appends a PNG of width × scale by height × scale pixels to *out. STATUS_LIMIT past
 * RASTER_PIXELS, STATUS_INTERNAL when librsvg refuses the SVG, STATUS_NOMEM. */
MUST_CHECK enum status raster_png(struct str svg, double width, double height, int scale,
                                  struct buf *out, struct err *err);

/* Appends a one-page PDF, 1 px = 1/96 inch, dated `as_of` (an RFC 3339 instant;
 * else 1970), so that the clock does not show in the bytes. */
MUST_CHECK enum status raster_pdf(struct str svg, double width, double height,
                                  const char *title, const char *as_of, struct buf *out,
                                  struct err *err);

#endif
