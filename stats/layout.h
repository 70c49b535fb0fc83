/* layout.h - a chart description becomes a scene: shapes and texts with coordinates.
 *
 * Pure geometry: x to the right, y down, px, origin at the top left. The scene is drawn
 * in the order of its items. What is drawn for a kind is one function in the table of
 * kinds in layout.c; what all kinds share (title, subtitle, key, notes, footer) is drawn
 * there.
 *
 * Promises, tested: every item lies inside the scene; no two texts overlap; a text inside
 * a bar fits the bar; columns start at zero; ticks are round.
 *
 * In:      struct chart_spec, width, a function that measures text
 * Out:     struct scene; the scene borrows nothing (texts are copied)
 * Owns:    everything hangs off the scene's talloc context
 * Threads: pure, as far as the measuring function is
 * Not:     does not know libplot, SVG or fonts
 */
#ifndef STATS_LAYOUT_H
#define STATS_LAYOUT_H

#include "stats/chart_spec.h"

C_API_BEGIN

#define SCENE_MAX_ITEMS 20000
#define LAYOUT_TICKS_MAX 8

/* Measures `text` in px at font size `size`. */
struct layout_font {
    double (*width)(void *ctx, struct str text, double size, bool bold);
    void *ctx;
};

/* Width without a font: Han and other wide characters 1 em, the rest 0.56 em (0.6 bold).
 * A struct layout_font may name it with ctx NULL. */
double layout_width_approx(void *ctx, struct str text, double size, bool bold);

enum scene_kind {
    SCENE_RECT,   /* x y w h, fill */
    SCENE_LINE,   /* x y to x+w y+h, stroke, dash */
    SCENE_HATCH,  /* diagonal lines clipped to x y w h, stroke */
    SCENE_OUTLINE /* x y w h, stroke */
};

enum scene_anchor { SCENE_START, SCENE_MIDDLE, SCENE_END };

#define SCENE_NO_MARK SIZE_MAX

struct scene_item {
    bool is_text;
    size_t mark; /* index into scene.mark: link and tooltip; or SCENE_NO_MARK */
    double x, y, w, h;
    uint32_t color;
    enum scene_kind kind; /* of a shape */
    double stroke;
    bool dashed;
    const char *text; /* of a text: x, y is the anchor on the baseline */
    double size;
    bool bold;
    enum scene_anchor anchor;
    double text_width; /* as measured */
};

struct scene_mark {
    const char *tip, *link; /* link may be NULL */
};

struct scene {
    double width, height;
    size_t nitem, nmark;
    struct scene_item *item;
    struct scene_mark *mark;
    const char *id, *title, *desc, *as_of;
};

/* Lays out `spec` for `width` px (CHART_WIDTH_MIN..MAX). STATUS_INVALID for an unknown
 * kind ("$.kind：…") , STATUS_USAGE for the width, STATUS_LIMIT past SCENE_MAX_ITEMS,
 * STATUS_NOMEM. */
MUST_CHECK enum status layout_scene(const void *parent, const struct chart_spec *spec,
                                    int width, const struct layout_font *font,
                                    struct scene **out, struct err *err);

/* The box that a text covers: left, top, right, bottom. */
void scene_text_box(const struct scene_item *t, double box[4]);

/* --- scales --------------------------------------------------------------------------
 */

struct layout_scale {
    double min, max; /* the first and the last tick */
    double step;
    size_t n; /* ticks: 3..6 */
};

/* Round ticks (1, 2, 5 × 10^k) that cover 0 and [lo, hi]; whole numbers when `integer`.
 */
struct layout_scale layout_scale_round(double lo, double hi, bool integer);

/* The i-th tick, exactly zero where it is zero. */
double layout_scale_tick(const struct layout_scale *s, size_t i);

C_API_END
#endif
