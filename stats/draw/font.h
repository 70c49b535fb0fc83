/* font.h - text widths from the font that will be drawn with.
 *
 * Finds Noto Sans CJK SC (or what fontconfig puts in its place) and reads advances with
 * FreeType, without hinting, so that widths scale. Where no font is found at all, widths
 * are estimated (layout_width_approx).
 *
 * Threads: one font belongs to one thread.
 */
#ifndef STATS_DRAW_FONT_H
#define STATS_DRAW_FONT_H

#include "stats/layout.h"

/* What the SVG asks for; the first is what is measured. */
#define FONT_FAMILY "Noto Sans CJK SC"
#define FONT_STACK                                                                       \
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"

struct font;

/* STATUS_NOMEM. The caller owns *out. */
MUST_CHECK enum status font_open(struct font **out, struct err *err);
void font_close(struct font *f); /* NULL allowed */

/* For struct layout_font: ctx is the struct font. */
double font_width(void *ctx, struct str text, double size, bool bold);

#endif
