/* layout_pen.h - what the kinds of layout.c share: putting items into a scene, measuring,
 * wrapping. Internal to stats/layout*.c.
 *
 * Failures (memory, SCENE_MAX_ITEMS) stay in layout.status; everything after is passed
 * over, and layout_scene looks once, at the end.
 * Threads: pure.
 */
#ifndef STATS_LAYOUT_PEN_H
#define STATS_LAYOUT_PEN_H

#include "stats/layout.h"

C_API_BEGIN

enum {
    INK = 0x1A1A1A,      /* title, values */
    INK_SOFT = 0x555555, /* subtitle, ticks, notes: 7:1 on white */
    INK_GRID = 0xDDDDDD,
    INK_BAR = 0x767676, /* bars without category */
    INK_WHITE = 0xFFFFFF
};

#define PEN_LINE_HEIGHT 1.35 /* × size, from baseline to baseline */
#define PEN_ASCENT 0.88
#define PEN_DESCENT 0.14
#define PEN_MAX_LINES 8

struct layout {
    const struct chart_spec *spec;
    const struct layout_font *font;
    struct scene *scene;
    struct err *err;
    enum status status;
    size_t item_cap, mark_cap;
    double width, pad, base; /* base: font size of ordinary text */
    double y;                /* the first free y below what is laid out */
};

struct pen_lines {
    size_t n;
    char *line[PEN_MAX_LINES];
    double width; /* of the widest */
};

double pen_width(const struct layout *l, const char *text, double size, bool bold);

/* A mark that items refer to; SCENE_NO_MARK when the point says nothing. */
size_t pen_mark(struct layout *l, const struct chart_point *p);

void pen_shape(struct layout *l, enum scene_kind kind, double x, double y, double w,
               double h, uint32_t color, double stroke, bool dashed, size_t mark);
void pen_text(struct layout *l, double x, double y, const char *text, double size,
              bool bold, uint32_t color, enum scene_anchor anchor, size_t mark);

/* Breaks text into lines of at most `width` px and at most `max` lines; what does not fit
 * ends in "…". Breaks at spaces and between Han characters, not before closing
 * punctuation, and inside a Latin word only where the word alone is too long. */
void pen_wrap(struct layout *l, const char *text, double size, bool bold, double width,
              size_t max, struct pen_lines *out);

/* Writes the lines downward with the first line's top at y; returns the y below. */
double pen_paragraph(struct layout *l, const struct pen_lines *lines, double x, double y,
                     double size, bool bold, uint32_t color, enum scene_anchor anchor);

/* The kinds: each draws from l->y down and leaves l->y below itself. */
void layout_column_stack(struct layout *l);

C_API_END
#endif
