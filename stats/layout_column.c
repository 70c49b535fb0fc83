/* layout_column.c - stacked columns over years, with an optional panel of changes below.
 *
 * The panel has its own scale under the same columns: a second axis over the same columns
 * would let one choose the crossing and thereby the story.
 */
#include "stats/layout_pen.h"

#include "stats/chart_color.h"
#include "stats/chart_number.h"

#include <math.h>
#include <string.h>
#include <talloc.h>

#define DIRECT_LABEL_MIN_WIDTH 560
#define COLUMN_SHARE 0.68 /* of the step from column to column */
#define COLUMN_MAX_EM 6
#define LABEL_GAP 3.0
#define X_LABEL_LINES 4

struct columns {
    struct layout *l;
    double left, right, top, bottom; /* of the plot */
    double lowest;                   /* of the plot and the numbers that hang from it */
    double step, bar;
    struct layout_scale scale;
    bool direct;       /* names of the series beside the last column */
    double *up, *down; /* y of the ends of each column */
};

static double center(const struct columns *c, size_t i) {
    return c->left + c->step * ((double)i + 0.5);
}

static double y_of(const struct columns *c, double v) {
    return c->bottom -
           (v - c->scale.min) / (c->scale.max - c->scale.min) * (c->bottom - c->top);
}

static bool any_value(const struct chart_spec *s) {
    for (size_t i = 0; i < s->nx; i++) {
        if (s->total && s->total->point[i].has_value) return true;
        for (size_t k = 0; k < s->nseries; k++)
            if (s->series[k].point[i].has_value) return true;
    }
    return false;
}

static void range(const struct chart_spec *s, double *lo, double *hi) {
    *lo = *hi = 0;
    for (size_t i = 0; i < s->nx; i++) {
        double up = 0, down = 0;
        for (size_t k = 0; k < s->nseries; k++) {
            const struct chart_point *p = &s->series[k].point[i];
            if (p->has_value) *(p->value < 0 ? &down : &up) += p->value;
        }
        if (s->total && s->total->point[i].has_value)
            up = fmax(up, s->total->point[i].value);
        *hi = fmax(*hi, up);
        *lo = fmin(*lo, down);
    }
}

/* --- key -----------------------------------------------------------------------------
 */

static void key_above(struct layout *l) {
    double size = l->base, box = floor(size * 0.8), x = l->pad;
    double line = size * PEN_LINE_HEIGHT + 2, right = l->width - l->pad;
    for (size_t k = 0; k < l->spec->nseries; k++) {
        struct pen_lines name;
        pen_wrap(l, l->spec->series[k].label, size, false, right - l->pad - box - 5, 2,
                 &name);
        if (x > l->pad && x + box + 5 + name.width > right) {
            x = l->pad;
            l->y += line;
        }
        pen_shape(l, SCENE_RECT, x, l->y + size * PEN_ASCENT - box + 1, box, box,
                  l->spec->series[k].color, 0, false, SCENE_NO_MARK);
        pen_paragraph(l, &name, x + box + 5, l->y, size, false, INK, SCENE_START);
        x += box + 5 + name.width + 16;
        if (name.n > 1) {
            x = right + 1;
            l->y += line * (double)(name.n - 1);
        }
    }
    l->y += line;
}

static double plot_height(const struct layout *l) {
    return fmax(170, fmin(520, l->width * 0.38));
}

static void beside_name(struct layout *l, size_t k, struct pen_lines *out) {
    pen_wrap(l, l->spec->series[k].label, l->base, false, l->width * 0.2, 3, out);
}

static double beside_height(const struct layout *l, const struct pen_lines *name) {
    return (double)name->n * PEN_LINE_HEIGHT * l->base + 2;
}

/* Only where there is room: the names stand beside the plot, not below it. */
static bool can_label_beside(struct layout *l) {
    const struct chart_spec *s = l->spec;
    double total = 0;
    if (l->width < DIRECT_LABEL_MIN_WIDTH || s->nseries < 2) return false;
    for (size_t k = 0; k < s->nseries; k++) {
        struct pen_lines name;
        if (!s->series[k].point[s->nx - 1].has_value) return false;
        beside_name(l, k, &name);
        total += beside_height(l, &name);
    }
    return total <= plot_height(l);
}

struct direct_label {
    size_t series;
    double want, y, height;
    struct pen_lines text;
};

/* Names beside the last column, each as near to its part as the others allow. */
static void key_beside(struct columns *c, const double *mid) {
    struct layout *l = c->l;
    struct direct_label d[CHART_SPEC_SERIES];
    size_t n = l->spec->nseries;
    double box = floor(l->base * 0.8), x = c->right + 14;
    for (size_t k = 0; k < n; k++) {
        d[k] = (struct direct_label){.series = k, .want = mid[k]};
        pen_wrap(l, l->spec->series[k].label, l->base, false,
                 l->width - l->pad - x - box - 5, 3, &d[k].text);
        d[k].height = beside_height(l, &d[k].text);
    }
    for (size_t i = 1; i < n; i++) /* by position, few of them */
        for (size_t j = i; j > 0 && d[j].want < d[j - 1].want; j--) {
            struct direct_label t = d[j];
            d[j] = d[j - 1];
            d[j - 1] = t;
        }
    double floor_y = c->top;
    for (size_t i = 0; i < n; i++) {
        d[i].y = fmax(d[i].want - d[i].height / 2, floor_y);
        floor_y = d[i].y + d[i].height;
    }
    double ceiling = c->bottom;
    for (size_t i = n; i-- > 0;) {
        d[i].y = fmin(d[i].y, ceiling - d[i].height);
        ceiling = d[i].y;
    }
    double edge = center(c, l->spec->nx - 1) + c->bar / 2;
    for (size_t i = 0; i < n; i++) {
        double y = d[i].y + PEN_LINE_HEIGHT * l->base / 2;
        pen_shape(l, SCENE_LINE, edge + 2, d[i].want, x - 3 - edge - 2, y - d[i].want,
                  INK_BAR, 0.75, false, SCENE_NO_MARK);
        pen_shape(l, SCENE_RECT, x, y - box / 2, box, box,
                  l->spec->series[d[i].series].color, 0, false, SCENE_NO_MARK);
        pen_paragraph(l, &d[i].text, x + box + 5, d[i].y + 1, l->base, false, INK,
                      SCENE_START);
    }
}

static double beside_width(struct layout *l) {
    double widest = 0, box = floor(l->base * 0.8);
    for (size_t k = 0; k < l->spec->nseries; k++) {
        struct pen_lines t;
        beside_name(l, k, &t);
        widest = fmax(widest, t.width);
    }
    return 14 + box + 5 + widest + 2;
}

/* --- columns -------------------------------------------------------------------------
 */

static void grid(struct columns *c) {
    struct layout *l = c->l;
    for (size_t i = 0; i < c->scale.n; i++) {
        double v = layout_scale_tick(&c->scale, i), y = y_of(c, v);
        char text[CHART_NUMBER_TEXT];
        if (v < 0 || v > 0)
            pen_shape(l, SCENE_LINE, c->left, y, c->right - c->left, 0, INK_GRID, 1,
                      false, SCENE_NO_MARK);
        pen_text(l, c->left - 6, y + l->base * 0.35,
                 chart_number_short(v, text, sizeof text), l->base - 1, false, INK_SOFT,
                 SCENE_END, SCENE_NO_MARK);
    }
}

/* A bar from y0 to y1; hatched when its period is incomplete. */
static void bar(struct layout *l, double x, double y0, double y1, double w,
                uint32_t color, bool hatched, size_t mark) {
    double top = fmin(y0, y1), h = fabs(y1 - y0);
    pen_shape(l, SCENE_RECT, x, top, w, h, color, 0, false, mark);
    if (hatched && h > 3) {
        pen_shape(l, SCENE_HATCH, x, top, w, h, INK_WHITE, 1.5, false, mark);
        pen_shape(l, SCENE_OUTLINE, x + 0.5, top + 0.5, w - 1, h - 1, color, 1, false,
                  mark);
    }
}

/* The number inside a part of a column, where it fits. */
static void part_number(struct columns *c, size_t i, double y0, double y1, double v,
                        uint32_t color, size_t mark) {
    struct layout *l = c->l;
    double size = l->base - 1, top = fmin(y0, y1), h = fabs(y1 - y0);
    if (h < size * 1.3) return;
    char text[CHART_NUMBER_TEXT];
    double w = pen_width(l, chart_number_full(v, text, sizeof text), size, false);
    if (w > c->bar - 4)
        w = pen_width(l, chart_number_short(v, text, sizeof text), size, false);
    if (w > c->bar - 4) return;
    double base = top + h / 2 + size * 0.36;
    if (l->spec->x[i].provisional) /* a ground to read it on */
        pen_shape(l, SCENE_RECT, center(c, i) - w / 2 - 2, base - size * 0.9, w + 4,
                  size * 1.1, color, 0, false, mark);
    pen_text(l, center(c, i), base, text, size, false, chart_color_text_on(color),
             SCENE_MIDDLE, mark);
}

static void column(struct columns *c, size_t i, double *mid) {
    struct layout *l = c->l;
    const struct chart_spec *s = l->spec;
    double x = center(c, i) - c->bar / 2, up = 0, down = 0;
    double zero = y_of(c, 0), end_up = zero, end_down = zero;
    for (size_t k = 0; k < s->nseries; k++) {
        const struct chart_point *p = &s->series[k].point[i];
        size_t mark = pen_mark(l, p);
        double v = p->has_value ? p->value : 0;
        double *sum = v < 0 ? &down : &up, *end = v < 0 ? &end_down : &end_up;
        double y0 = *end, y1 = y_of(c, *sum + v);
        if (v > 0 && y1 > y0 - 1) /* ten thousand to one: still to be seen */
            y1 = y0 - 1;
        if (v < 0 && y1 < y0 + 1) y1 = y0 + 1;
        *sum += v;
        *end = y1;
        mid[k] = (y0 + y1) / 2;
        /* A hair of white parts the colours, in grey print too. */
        double hair = fabs(y1 - y0) > 4 && k > 0 ? 1 : 0;
        bar(l, x, y0 - (v < 0 ? -hair : hair), y1, c->bar, s->series[k].color,
            s->x[i].provisional, mark);
        if (p->has_value && s->nseries > 1)
            part_number(c, i, y0, y1, v, s->series[k].color, mark);
    }
    if (s->total && s->total->point[i].has_value) {
        double y = y_of(c, s->total->point[i].value);
        if (y < end_up - 2) /* parts are missing: the total is an empty frame above */
            pen_shape(l, SCENE_OUTLINE, x + 0.5, y, c->bar - 1, end_up - y, INK_BAR, 1,
                      true, SCENE_NO_MARK);
        end_up = fmin(end_up, y);
    }
    c->up[i] = end_up;
    c->down[i] = end_down;
}

/* --- labels along x ------------------------------------------------------------------
 */

typedef const char *number_text(double v, int style, char *out, size_t size);

static const char *total_text(double v, int style, char *out, size_t size) {
    return style == 0 ? chart_number_full(v, out, size)
                      : chart_number_short(v, out, size);
}

static const char *change_text(double v, int style, char *out, size_t size) {
    return chart_number_signed(v, style == 0, out, size);
}

struct label_row {
    const struct chart_point *point; /* NULL where the row is not given */
    number_text *text;
    const double *y;            /* of the bar's end that the label stands at */
    const double *top, *bottom; /* of each bar, for labels wider than a step */
    bool bold;
};

static const char *label_at(const struct label_row *r, size_t i, int style, char *out,
                            size_t size) {
    const struct chart_point *p = &r->point[i];
    return p->has_value ? r->text(p->value, style, out, size) : p->mark;
}

static bool all_fit(const struct columns *c, const struct label_row *r, int style,
                    double size) {
    char text[CHART_NUMBER_TEXT];
    for (size_t i = 0; i < c->l->spec->nx; i++)
        if (pen_width(c->l, label_at(r, i, style, text, sizeof text), size, r->bold) >
            c->step - LABEL_GAP)
            return false;
    return true;
}

/* Where a label's baseline lies: above its bar, or below one that hangs. */
static double label_y(const struct label_row *r, size_t i, double size) {
    bool below = r->point[i].has_value && r->point[i].value < 0;
    return r->y[i] + (below ? 2 + PEN_ASCENT * size : -4);
}

static void put_label(struct columns *c, const struct label_row *r, size_t i, int style,
                      double size) {
    char text[CHART_NUMBER_TEXT];
    const struct chart_point *p = &r->point[i];
    const char *words = label_at(r, i, style, text, sizeof text);
    pen_text(c->l, center(c, i), label_y(r, i, size), words, size,
             r->bold && p->has_value, p->has_value ? INK : INK_SOFT, SCENE_MIDDLE,
             pen_mark(c->l, p));
}

/* Whether a label wider than its step stays clear of labels and bars beside it. */
static bool stays_clear(const struct columns *c, const struct label_row *r, size_t i,
                        double half, double size, const double *taken) {
    const struct layout *l = c->l;
    double x = center(c, i);
    if (x - half < c->left || x + half > (c->direct ? c->right + 10 : l->width - 2))
        return false;
    double end = label_y(r, i, size);
    double top = end - PEN_ASCENT * size, bottom = end + PEN_DESCENT * size;
    for (size_t j = 0; j < l->spec->nx; j++) {
        double apart = fabs(center(c, j) - x);
        if (taken[j] > 0 && apart < half + taken[j] + LABEL_GAP) return false;
        if (j != i && apart < half + c->bar / 2 + 1 && r->bottom[j] - r->top[j] > 0.5 &&
            top < r->bottom[j] && bottom > r->top[j])
            return false;
    }
    return true;
}

/* All labels in the fullest style that fits all; else the telling ones: last, highest,
 * lowest, first, and then whatever else stays clear. The tooltips hold the rest. */
static void label_row(struct columns *c, const struct label_row *r) {
    struct layout *l = c->l;
    const struct chart_spec *s = l->spec;
    const double smaller = l->base - 2;
    for (int style = 0; style < 2; style++)
        for (int small = 0; small < 2; small++)
            if (all_fit(c, r, style, small ? smaller : l->base)) {
                for (size_t i = 0; i < s->nx; i++)
                    put_label(c, r, i, style, small ? smaller : l->base);
                return;
            }
    size_t order[CHART_SPEC_X + 4], high = 0, low = 0;
    for (size_t i = 0; i < s->nx; i++) {
        high =
            r->point[i].has_value && r->point[i].value > r->point[high].value ? i : high;
        low = r->point[i].has_value && r->point[i].value < r->point[low].value ? i : low;
    }
    order[0] = s->nx - 1, order[1] = high, order[2] = low, order[3] = 0;
    for (size_t i = 0; i < s->nx; i++) order[4 + i] = i;
    double taken[CHART_SPEC_X] = {0};
    for (size_t k = 0; k < s->nx + 4; k++) {
        char text[CHART_NUMBER_TEXT];
        size_t i = order[k];
        double half =
            pen_width(l, label_at(r, i, 1, text, sizeof text), smaller, r->bold) / 2;
        if (taken[i] > 0 || half <= 0 || !stays_clear(c, r, i, half, smaller, taken))
            continue;
        taken[i] = half;
        put_label(c, r, i, 1, smaller);
    }
}

/* Years below the columns; an incomplete one is dated. Leaves l->y below. */
static void x_labels(struct columns *c) {
    struct layout *l = c->l;
    const struct chart_spec *s = l->spec;
    double widest = 0, size = l->base, top = c->lowest + 5;
    for (size_t i = 0; i < s->nx; i++)
        widest = fmax(widest, pen_width(l, s->x[i].label, size, false));
    if (widest > c->step - 4) {
        widest *= (size - 1) / size;
        size -= 1;
    }
    size_t every = 1;
    if (widest > c->step - 4 && c->step < size * 3.2)
        every = (size_t)ceil((fmin(widest, size * 4) + 6) / c->step);
    size_t most = 0;
    for (size_t i = 0; i < s->nx; i++) {
        if ((s->nx - 1 - i) % every != 0) continue;
        double x = center(c, i), edge = 2 * fmin(x, l->width - x) - 4;
        struct pen_lines t;
        pen_wrap(l, s->x[i].label, size, false, fmin(c->step * (double)every - 4, edge),
                 X_LABEL_LINES, &t);
        pen_paragraph(l, &t, x, top, size, false, INK, SCENE_MIDDLE);
        most = t.n > most ? t.n : most;
    }
    l->y = top + (double)most * PEN_LINE_HEIGHT * size;
    double note = l->y, small = l->base - 1;
    for (size_t i = 0; i < s->nx; i++) {
        if (!s->x[i].note[0]) continue;
        bool alone =
            (i == 0 || !s->x[i - 1].note[0]) && (i + 1 == s->nx || !s->x[i + 1].note[0]);
        double x = center(c, i), edge = 2 * fmin(x, l->width - x) - 4;
        double room = fmin(edge, alone ? size * 8 : c->step - 4);
        struct pen_lines t;
        pen_wrap(l, s->x[i].note, small, false, room, 3, &t);
        if (room < small * 3) /* the note below the chart says it as well */
            continue;
        l->y = fmax(l->y,
                    pen_paragraph(l, &t, x, note, small, false, INK_SOFT, SCENE_MIDDLE));
    }
}

static void breaks(struct columns *c, double top, double bottom) {
    const struct chart_spec *s = c->l->spec;
    for (size_t i = 1; i < s->nx; i++)
        if (s->x[i].has_break)
            pen_shape(c->l, SCENE_LINE, c->left + c->step * (double)i, top, 0,
                      bottom - top, INK_SOFT, 1, true, SCENE_NO_MARK);
}

/* --- panel ---------------------------------------------------------------------------
 */

static void panel(struct columns *c) {
    struct layout *l = c->l;
    const struct chart_spec *s = l->spec;
    double lo = 0, hi = 0;
    bool any = false;
    for (size_t i = 0; i < s->nx; i++) {
        const struct chart_point *p = &s->panel->point[i];
        any |= p->has_value;
        hi = fmax(hi, p->has_value ? p->value : 0);
        lo = fmin(lo, p->has_value ? p->value : 0);
    }
    if (!any) return;
    struct pen_lines title;
    l->y += l->base * 0.6;
    pen_wrap(l, s->panel->label, l->base, false, l->width - 2 * l->pad, 2, &title);
    l->y = pen_paragraph(l, &title, l->pad, l->y, l->base, false, INK_SOFT, SCENE_START);
    double label = l->base * 1.3, height = fmax(44, fmin(110, l->width * 0.08));
    double top = l->y + label, bottom = top + height;
    double zero = hi - lo > 0 ? top + height * hi / (hi - lo) : bottom;
    double *end = talloc_array(l->scene, double, (unsigned)s->nx);
    double *up = talloc_array(l->scene, double, (unsigned)s->nx);
    double *down = talloc_array(l->scene, double, (unsigned)s->nx);
    if (!end || !up || !down) {
        l->status = err_set(l->err, STATUS_NOMEM, NULL, "out of memory for a picture");
        return;
    }
    breaks(c, top - label, bottom);
    for (size_t i = 0; i < s->nx; i++) {
        const struct chart_point *p = &s->panel->point[i];
        double v = p->has_value ? p->value : 0;
        double y = hi - lo > 0 ? zero - v / (hi - lo) * height : zero;
        if (fabs(v) > 0 && fabs(y - zero) < 1) y = v < 0 ? zero + 1 : zero - 1;
        end[i] = y;
        up[i] = fmin(y, zero);
        down[i] = fmax(y, zero);
        if (p->has_value)
            bar(l, center(c, i) - c->bar * 0.35, zero, y, c->bar * 0.7, INK_BAR,
                s->x[i].provisional, pen_mark(l, p));
    }
    pen_shape(l, SCENE_LINE, c->left, zero, c->right - c->left, 0, INK, 1, false,
              SCENE_NO_MARK);
    pen_text(l, c->left - 6, zero + l->base * 0.35, "0", l->base - 1, false, INK_SOFT,
             SCENE_END, SCENE_NO_MARK);
    label_row(c, &(struct label_row){.point = s->panel->point,
                                     .text = change_text,
                                     .y = end,
                                     .top = up,
                                     .bottom = down});
    l->y = bottom + (lo < 0 ? label : l->base * 0.5);
}

/* --- the whole -----------------------------------------------------------------------
 */

static void nothing_to_draw(struct layout *l) {
    double height = l->width * 0.25;
    pen_shape(l, SCENE_OUTLINE, l->pad, l->y, l->width - 2 * l->pad, height, INK_GRID, 1,
              false, SCENE_NO_MARK);
    pen_text(l, l->width / 2, l->y + height / 2, "没有可画的数据", l->base, false,
             INK_SOFT, SCENE_MIDDLE, SCENE_NO_MARK);
    l->y += height;
}

/* The totals as given, or the sums where every part is known. */
static struct chart_point *totals(struct layout *l) {
    const struct chart_spec *s = l->spec;
    if (s->total) return s->total->point;
    struct chart_point *p =
        talloc_zero_array(l->scene, struct chart_point, (unsigned)s->nx);
    for (size_t i = 0; p && i < s->nx; i++) {
        p[i] = (struct chart_point){.has_value = true, .mark = ":", .tip = ""};
        for (size_t k = 0; k < s->nseries; k++) {
            p[i].has_value &= s->series[k].point[i].has_value;
            p[i].value += s->series[k].point[i].value;
        }
    }
    return p;
}

void layout_column_stack(struct layout *l) {
    const struct chart_spec *s = l->spec;
    if (s->nx == 0 || !any_value(s)) {
        nothing_to_draw(l);
        return;
    }
    struct columns c = {.l = l, .direct = can_label_beside(l)};
    struct chart_point *total = totals(l);
    c.up = talloc_array(l->scene, double, (unsigned)s->nx);
    c.down = talloc_array(l->scene, double, (unsigned)s->nx);
    double *at = talloc_array(l->scene, double, (unsigned)s->nx);
    if (!total || !c.up || !c.down || !at) {
        l->status = err_set(l->err, STATUS_NOMEM, NULL, "out of memory for a picture");
        return;
    }
    double lo, hi, ticks = 0, mid[CHART_SPEC_SERIES];
    range(s, &lo, &hi);
    c.scale = layout_scale_round(lo, hi, s->integer);
    for (size_t i = 0; i < c.scale.n; i++) {
        char text[CHART_NUMBER_TEXT];
        chart_number_short(layout_scale_tick(&c.scale, i), text, sizeof text);
        ticks = fmax(ticks, pen_width(l, text, l->base - 1, false));
    }
    if (!c.direct && s->nseries > 0) key_above(l);
    c.left = l->pad + ticks + 6;
    c.right = l->width - l->pad - (c.direct ? beside_width(l) : 0);
    c.top = l->y + l->base * 1.5; /* room for the number above the highest column */
    c.bottom = c.lowest = c.top + plot_height(l);
    c.step = (c.right - c.left) / (double)s->nx;
    c.bar = fmin(c.step * COLUMN_SHARE, l->base * COLUMN_MAX_EM);
    grid(&c);
    breaks(&c, c.top, c.bottom);
    for (size_t i = 0; i < s->nx; i++) column(&c, i, mid);
    pen_shape(l, SCENE_LINE, c.left, y_of(&c, 0), c.right - c.left, 0, INK, 1, false,
              SCENE_NO_MARK);
    for (size_t i = 0; i < s->nx; i++) {
        at[i] = c.up[i];
        if (total[i].has_value && total[i].value < 0) {
            at[i] = c.down[i];
            c.lowest = fmax(c.lowest, at[i] + 2 + (PEN_ASCENT + PEN_DESCENT) * l->base);
        }
    }
    label_row(&c, &(struct label_row){.point = total,
                                      .text = total_text,
                                      .y = at,
                                      .top = c.up,
                                      .bottom = c.down,
                                      .bold = true});
    if (c.direct) key_beside(&c, mid);
    x_labels(&c);
    if (s->panel) panel(&c);
}
