/* fuzz_chart.c - any bytes as a chart description: read, and laid out at the narrowest,
 * the usual and the widest picture. Must never crash; a layout that succeeds stays inside
 * its picture. Corpus: tests/fuzz/corpus/chart/. */
#include "stats/chart.h"
#include "stats/layout.h"

#include <math.h>
#include <stdlib.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SLACK 1.0 /* px: strokes have a width */

static double width(void *ctx, struct str text, double size, bool bold) {
    (void)ctx;
    (void)bold;
    return (double)text.n / 3 * size;
}

static void inside(const struct scene *s, double x0, double y0, double x1, double y1) {
    /* Also false for what is no number. */
    if (!(x0 >= -SLACK && y0 >= -SLACK && x1 <= s->width + SLACK &&
          y1 <= s->height + SLACK && x0 <= x1 && y0 <= y1))
        abort();
}

static void check(void *ctx, const struct chart_spec *spec, int wide) {
    const struct layout_font font = {width, NULL};
    struct scene *s = NULL;
    struct err err;
    enum status status = layout_scene(ctx, spec, wide, &font, &s, &err);
    if (status != STATUS_OK) {
        if (s || !err.text[0]) abort();
        return;
    }
    for (size_t i = 0; i < s->nitem; i++) {
        const struct scene_item *t = &s->item[i];
        if (t->mark != SCENE_NO_MARK && t->mark >= s->nmark) abort();
        if (!t->is_text)
            inside(s, fmin(t->x, t->x + t->w), fmin(t->y, t->y + t->h),
                   fmax(t->x, t->x + t->w), fmax(t->y, t->y + t->h));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int widths[] = {CHART_WIDTH_MIN, CHART_WIDTH_DEFAULT, CHART_WIDTH_MAX};
    void *ctx = talloc_new(NULL);
    struct chart_spec *spec = NULL;
    struct err err;
    struct str text = str_slice(size ? (const char *)data : "", size);
    if (chart_spec_read(ctx, text, &spec, &err) == STATUS_OK)
        for (size_t i = 0; i < ARRAY_LEN(widths); i++) check(ctx, spec, widths[i]);
    else if (spec || !err.text[0])
        abort();
    talloc_free(ctx);
    return 0;
}
