#include "stats/layout_pen.h"

#include "core/utf8.h"

#include <math.h>
#include <string.h>
#include <talloc.h>

static bool is_wide(uint32_t cp) {
    return (cp >= 0x1100 && cp <= 0x115F) || (cp >= 0x2E80 && cp <= 0xD7A3) ||
           (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0xFE30 && cp <= 0xFE6F) ||
           (cp >= 0xFF00 && cp <= 0xFF60) || (cp >= 0xFFE0 && cp <= 0xFFE6) ||
           cp >= 0x20000 || cp == 0x2014 || cp == 0x2026 || cp == 0x201C || cp == 0x201D;
}

double layout_width_approx(void *ctx, struct str text, double size, bool bold) {
    (void)ctx;
    double w = 0;
    uint32_t cp;
    for (const char *p = text.p, *end = text.p + text.n; p < end;) {
        p = utf8_next(p, end, &cp);
        w += is_wide(cp) ? 1 : bold ? 0.6 : 0.56;
    }
    return w * size;
}

double pen_width(const struct layout *l, const char *text, double size, bool bold) {
    return l->font->width(l->font->ctx, str_of(text), size, bold);
}

static void no_memory(struct layout *l) {
    if (l->status == STATUS_OK)
        l->status = err_set(l->err, STATUS_NOMEM, NULL, "out of memory for a picture");
}

size_t pen_mark(struct layout *l, const struct chart_point *p) {
    struct scene *s = l->scene;
    if ((!p->link && !p->tip[0]) || l->status != STATUS_OK) return SCENE_NO_MARK;
    if (s->nmark == l->mark_cap) {
        size_t cap = l->mark_cap ? 2 * l->mark_cap : 64;
        struct scene_mark *m =
            talloc_realloc(s, s->mark, struct scene_mark, (unsigned)cap);
        if (!m) {
            no_memory(l);
            return SCENE_NO_MARK;
        }
        s->mark = m;
        l->mark_cap = cap;
    }
    struct scene_mark *m = &s->mark[s->nmark];
    m->tip = talloc_strdup(s, p->tip);
    m->link = p->link ? talloc_strdup(s, p->link) : NULL;
    if (!m->tip || (p->link && !m->link)) {
        no_memory(l);
        return SCENE_NO_MARK;
    }
    return s->nmark++;
}

static struct scene_item *next_item(struct layout *l) {
    struct scene *s = l->scene;
    if (l->status != STATUS_OK) return NULL;
    if (s->nitem == SCENE_MAX_ITEMS) {
        l->status =
            err_set(l->err, STATUS_LIMIT, "limit", "图中元素超过%d个", SCENE_MAX_ITEMS);
        return NULL;
    }
    if (s->nitem == l->item_cap) {
        size_t cap = l->item_cap ? 2 * l->item_cap : 256;
        struct scene_item *i =
            talloc_realloc(s, s->item, struct scene_item, (unsigned)cap);
        if (!i) {
            no_memory(l);
            return NULL;
        }
        s->item = i;
        l->item_cap = cap;
    }
    struct scene_item *i = &s->item[s->nitem++];
    memset(i, 0, sizeof *i);
    return i;
}

void pen_shape(struct layout *l, enum scene_kind kind, double x, double y, double w,
               double h, uint32_t color, double stroke, bool dashed, size_t mark) {
    struct scene_item *i = next_item(l);
    if (i)
        *i = (struct scene_item){.mark = mark,
                                 .x = x,
                                 .y = y,
                                 .w = w,
                                 .h = h,
                                 .color = color,
                                 .kind = kind,
                                 .stroke = stroke,
                                 .dashed = dashed};
}

void pen_text(struct layout *l, double x, double y, const char *text, double size,
              bool bold, uint32_t color, enum scene_anchor anchor, size_t mark) {
    if (!text[0]) return;
    struct scene_item *i = next_item(l);
    if (!i) return;
    *i = (struct scene_item){.is_text = true,
                             .mark = mark,
                             .x = x,
                             .y = y,
                             .color = color,
                             .size = size,
                             .bold = bold,
                             .anchor = anchor};
    i->text = talloc_strdup(l->scene, text);
    if (!i->text) {
        i->text = "";
        no_memory(l);
    }
    i->text_width = pen_width(l, text, size, bold);
}

void scene_text_box(const struct scene_item *t, double box[4]) {
    double left = t->anchor == SCENE_START    ? t->x
                  : t->anchor == SCENE_MIDDLE ? t->x - t->text_width / 2
                                              : t->x - t->text_width;
    box[0] = left;
    box[1] = t->y - PEN_ASCENT * t->size;
    box[2] = left + t->text_width;
    box[3] = t->y + PEN_DESCENT * t->size;
}

/* --- wrapping ------------------------------------------------------------------------
 */

static bool closes(uint32_t cp) {
    static const uint32_t closing[] = {
        0x3001, 0x3002, 0xFF0C, 0xFF1B, 0xFF1A, 0xFF09, 0x300B, 0x201D, 0x2019, 0x3011,
        0xFF01, 0xFF1F, 0x00B7, '%',    ')',    ',',    '.',    ';',    ':'};
    for (size_t i = 0; i < ARRAY_LEN(closing); i++)
        if (closing[i] == cp) return true;
    return false;
}

static bool opens(uint32_t cp) {
    return cp == 0xFF08 || cp == 0x300A || cp == 0x201C || cp == 0x2018 || cp == 0x3010 ||
           cp == '(';
}

static bool may_break(uint32_t before, uint32_t after) {
    if (closes(after) || opens(before) || after == ' ') return false;
    return before == ' ' || is_wide(before) || is_wide(after);
}

static char *copy_line(struct layout *l, const char *p, size_t n, bool cut) {
    while (n > 0 && p[n - 1] == ' ') n--;
    char *s = cut ? talloc_asprintf(l->scene, "%.*s…", (int)n, p)
                  : talloc_strndup(l->scene, p, n);
    if (!s) no_memory(l);
    return s;
}

/* How many bytes of p[0..n) fit, at a good place to break; at least one character. */
static size_t fit(const struct layout *l, const char *p, size_t n, double size, bool bold,
                  double width, bool anywhere) {
    const char *end = p + n, *good = NULL, *space = NULL, *hard = NULL;
    double w = 0;
    uint32_t cp, before = 0;
    for (const char *q = p; q < end;) {
        const char *next = utf8_next(q, end, &cp);
        if (q > p && (anywhere || may_break(before, cp))) good = q;
        /* Phrases are kept together where that leaves no big hole. */
        if (before == ' ' && may_break(before, cp) && w > width * 0.6) space = q;
        w += l->font->width(l->font->ctx, str_slice(q, (size_t)(next - q)), size, bold);
        /* A space may hang over the end. */
        if (w > width && q > p && cp != ' ') {
            hard = q;
            break;
        }
        before = cp;
        q = next;
    }
    if (space && !anywhere) good = space;
    return hard ? (size_t)((good ? good : hard) - p) : n;
}

void pen_wrap(struct layout *l, const char *text, double size, bool bold, double width,
              size_t max, struct pen_lines *out) {
    memset(out, 0, sizeof *out);
    if (max > PEN_MAX_LINES) max = PEN_MAX_LINES;
    size_t left = strlen(text);
    while (left > 0 && out->n < max && l->status == STATUS_OK) {
        size_t k = fit(l, text, left, size, bold, width, false);
        bool cut = k < left && out->n + 1 == max;
        if (cut)
            k = fit(l, text, left, size, bold, width - pen_width(l, "…", size, bold),
                    true);
        char *line = copy_line(l, text, k, cut);
        if (!line) return;
        out->line[out->n++] = line;
        out->width = fmax(out->width, pen_width(l, line, size, bold));
        text += k;
        left -= k;
        while (left > 0 && *text == ' ') text++, left--;
    }
}

double pen_paragraph(struct layout *l, const struct pen_lines *lines, double x, double y,
                     double size, bool bold, uint32_t color, enum scene_anchor anchor) {
    for (size_t i = 0; i < lines->n; i++)
        pen_text(l, x, y + PEN_ASCENT * size + (double)i * PEN_LINE_HEIGHT * size,
                 lines->line[i], size, bold, color, anchor, SCENE_NO_MARK);
    return y + (double)lines->n * PEN_LINE_HEIGHT * size;
}
