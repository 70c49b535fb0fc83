#include "stats/layout.h"

#include "stats/chart.h"
#include "stats/layout_pen.h"

#include <math.h>
#include <string.h>
#include <talloc.h>

/* The kinds of chart. A new kind is a row here and a function beside. */
static const struct {
    const char *name;
    void (*draw)(struct layout *l);
} kinds[] = {
    {"column-stack", layout_column_stack},
};

#define TITLE_SCALE 1.4
#define BASE_MIN 12.0
#define BASE_MAX 16.0
#define PARAGRAPH_LINES 6

static double base_size(double width) {
    double b = BASE_MIN + (width - 480) / 280;
    return fmax(BASE_MIN, fmin(BASE_MAX, floor(b * 2) / 2));
}

static void heading(struct layout *l) {
    struct pen_lines lines;
    double room = l->width - 2 * l->pad, size = floor(l->base * TITLE_SCALE);
    pen_wrap(l, l->spec->title, size, true, room, 3, &lines);
    l->y = pen_paragraph(l, &lines, l->pad, l->y, size, true, INK, SCENE_START);
    pen_wrap(l, l->spec->subtitle, l->base, false, room, PARAGRAPH_LINES, &lines);
    l->y = pen_paragraph(l, &lines, l->pad, l->y, l->base, false, INK_SOFT, SCENE_START);
    l->y += l->base * 0.5;
}

static void footing(struct layout *l) {
    struct pen_lines lines;
    double room = l->width - 2 * l->pad, size = l->base - 1;
    l->y += l->base * 0.5;
    for (size_t i = 0; i < l->spec->nnotes; i++) {
        pen_wrap(l, l->spec->notes[i], size, false, room, PARAGRAPH_LINES, &lines);
        l->y = pen_paragraph(l, &lines, l->pad, l->y, size, false, INK_SOFT, SCENE_START);
    }
    pen_wrap(l, l->spec->footer, size, false, room, PARAGRAPH_LINES, &lines);
    l->y = pen_paragraph(l, &lines, l->pad, l->y, size, false, INK_SOFT, SCENE_START);
}

enum status layout_scene(const void *parent, const struct chart_spec *spec, int width,
                         const struct layout_font *font, struct scene **out,
                         struct err *err) {
    if (width < CHART_WIDTH_MIN || width > CHART_WIDTH_MAX)
        return err_set(err, STATUS_USAGE, "width", "图宽应在%d到%d之间，不是%d",
                       CHART_WIDTH_MIN, CHART_WIDTH_MAX, width);
    size_t k = 0;
    while (k < ARRAY_LEN(kinds) && strcmp(kinds[k].name, spec->kind) != 0) k++;
    if (k == ARRAY_LEN(kinds))
        return err_set(err, STATUS_INVALID, "description", "$.kind：没有“%s”这种图",
                       spec->kind);
    struct scene *s = talloc_zero(parent, struct scene);
    if (!s) return err_set(err, STATUS_NOMEM, NULL, "out of memory for a picture");
    struct layout l = {.spec = spec,
                       .font = font,
                       .scene = s,
                       .err = err,
                       .status = STATUS_OK,
                       .width = width,
                       .pad = width < 480 ? 12 : 16,
                       .base = base_size(width)};
    l.y = l.pad;
    heading(&l);
    kinds[k].draw(&l);
    footing(&l);
    s->width = width;
    s->height = ceil(l.y + l.pad);
    s->id = talloc_strdup(s, spec->id);
    s->title = talloc_strdup(s, spec->title);
    s->desc = talloc_strdup(s, spec->desc);
    s->as_of = talloc_strdup(s, spec->as_of);
    if (l.status == STATUS_OK && (!s->id || !s->title || !s->desc || !s->as_of))
        l.status = err_set(err, STATUS_NOMEM, NULL, "out of memory for a picture");
    if (l.status != STATUS_OK) {
        talloc_free(s);
        return l.status;
    }
    *out = s;
    return STATUS_OK;
}
