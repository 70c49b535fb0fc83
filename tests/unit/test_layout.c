/* Layouts of every shape of data at every width: what the header promises, looked for in
 * some thousand pictures. The numbers are drawn from a generator of this file, so that a
 * failure repeats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/chart.h"
#include "stats/layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define TOUCH 0.5 /* px that boxes may share: what antialiasing blurs anyway */

static const struct layout_font font = {layout_width_approx, NULL};

enum shape { PLAIN, ZERO, NEGATIVE, RANGE, GAPS, ALONE, SHAPES };

struct data {
    enum shape shape;
    int nx, nseries;
    int label; /* characters of each series' name */
    bool notes, total, panel, last_provisional;
    uint64_t seed;
};

static uint32_t draw(uint64_t *seed, uint32_t below) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % below;
}

static json_t *value_of(struct data *d, int x, int k) {
    switch (d->shape) {
        case PLAIN:
            return json_integer(20 + draw(&d->seed, 900));
        case ZERO:
            return json_integer(0);
        case NEGATIVE:
            return json_integer((int)draw(&d->seed, 400) - 250);
        case RANGE: /* ten thousand to one, in a column and between columns */
            return json_integer((x + k) % 3 ? 1 + draw(&d->seed, 4) : 30000);
        case GAPS:
            return draw(&d->seed, 3) ? json_integer(draw(&d->seed, 90)) : json_null();
        case ALONE:
            return x == 0 && k == 0 ? json_integer(7) : json_null();
        case SHAPES:
            break;
    }
    return json_null();
}

static json_t *points(struct data *d, int k) {
    json_t *out = json_array();
    for (int x = 0; x < d->nx; x++) {
        json_t *v = value_of(d, x, k);
        json_array_append_new(out, json_pack("{s:o, s:s, s:o, s:s}", "value", v, "mark",
                                             json_is_null(v) ? ":" : "", "tip",
                                             json_sprintf("%d %d", x, k), "link",
                                             "/search?year=2025"));
    }
    return out;
}

/* Totals that agree with the parts, or are missing with them. */
static json_t *sums(const json_t *series, int nx) {
    json_t *out = json_array();
    for (int x = 0; x < nx; x++) {
        double sum = 0;
        bool known = true;
        size_t i;
        json_t *s;
        json_array_foreach(series, i, s) {
            const json_t *v = json_object_get(
                json_array_get(json_object_get(s, "points"), (size_t)x), "value");
            known &= json_is_number(v);
            sum += json_number_value(v);
        }
        json_array_append_new(out, json_pack("{s:o, s:s, s:s, s:n}", "value",
                                             known ? json_real(sum) : json_null(), "mark",
                                             known ? "" : ":", "tip", "合计", "link"));
    }
    return out;
}

static struct chart_spec *spec_of(void *ctx, struct data d) {
    static const char han[] = "煤层气井筒修复装置与关键技术";
    char name[256] = "";
    for (int i = 0; i < d.label; i++) strncat(name, han + 3 * (i % 14), 3);
    json_t *series = json_array(), *x = json_array(), *notes = json_array();
    for (int k = 0; k < d.nseries; k++)
        json_array_append_new(series, json_pack("{s:s, s:s, s:o}", "label", name, "color",
                                                k % 2 ? "#0072B2" : "#E69F00", "points",
                                                points(&d, k)));
    for (int i = 0; i < d.nx; i++) {
        bool late = d.last_provisional && i == d.nx - 1;
        json_array_append_new(x, json_pack("{s:o, s:s, s:b, s:b}", "label",
                                           json_sprintf("%d", 1966 + i), "note",
                                           late ? "截至11-20" : "", "provisional",
                                           (int)late, "break", i == d.nx / 2));
    }
    for (int i = 0; d.notes && i < 3; i++)
        json_array_append_new(
            notes, json_string("成果数包括暂不公开的成果；链接列出其中可查的成果，"
                               "所以可能少于表中的数。"));
    json_t *doc = json_pack(
        "{s:i, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:s}", "version", 1,
        "id", "C01", "kind", "column-stack", "width", 800, "title",
        "登记成果趋势：应用技术、基础理论与软科学成果逐年的数量和增减", "subtitle",
        "登记成果数（项） · 山西省 · 2016–2025年", "desc", "d", "as_of", "", "unit", "项",
        "integer", 1, "x", x, "notes", notes, "footer",
        "数据来源：山西省科技成果登记库 · 截至：2025-11-21 · 口径：全部登记成果 · "
        "版本：实时（随登记变动） · 统计表T02");
    assert_non_null(doc);
    if (d.total)
        json_object_set_new(
            doc, "total",
            json_pack("{s:s, s:o}", "label", "合计", "points", sums(series, d.nx)));
    if (d.panel) {
        d.shape = d.shape == PLAIN ? NEGATIVE : d.shape;
        json_object_set_new(doc, "panel",
                            json_pack("{s:s, s:o}", "label", "合计较上年增减（%）",
                                      "points", points(&d, 0)));
    }
    json_object_set_new(doc, "series", series);
    char *text = json_dumps(doc, JSON_COMPACT);
    struct chart_spec *spec = NULL;
    struct err err = {0};
    if (chart_spec_read(ctx, str_of(text), &spec, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    free(text);
    json_decref(doc);
    return spec;
}

static void say(const struct data *d, int width, const char *what, const char *a,
                const char *b) {
    fail_msg("shape %d, %d x, %d series, labels %d, notes %d total %d panel %d late %d, "
             "width %d: %s “%s” “%s”",
             (int)d->shape, d->nx, d->nseries, d->label, d->notes, d->total, d->panel,
             d->last_provisional, width, what, a, b);
}

static void box_of(const struct scene_item *i, double box[4]) {
    if (i->is_text) {
        scene_text_box(i, box);
        return;
    }
    box[0] = fmin(i->x, i->x + i->w);
    box[1] = fmin(i->y, i->y + i->h);
    box[2] = fmax(i->x, i->x + i->w);
    box[3] = fmax(i->y, i->y + i->h);
}

static bool within(const double in[4], const double out[4]) {
    return in[0] >= out[0] - TOUCH && in[1] >= out[1] - TOUCH &&
           in[2] <= out[2] + TOUCH && in[3] <= out[3] + TOUCH;
}

static bool meet(const double a[4], const double b[4]) {
    return a[0] + TOUCH < b[2] && b[0] + TOUCH < a[2] && a[1] + TOUCH < b[3] &&
           b[1] + TOUCH < a[3];
}

static void keeps_promises(const struct data *d, const struct scene *s, int width) {
    const double page[4] = {0, 0, s->width, s->height};
    assert_true(s->width >= width && s->width <= width);
    for (size_t i = 0; i < s->nitem; i++) {
        const struct scene_item *a = &s->item[i];
        double box[4], other[4];
        box_of(a, box);
        if (!within(box, page)) say(d, width, "outside", a->is_text ? a->text : "", "");
        if (!a->is_text) continue;
        for (size_t j = 0; j < i; j++) {
            const struct scene_item *b = &s->item[j];
            /* Nor does a text stand on a bar that it does not belong to. */
            if (!b->is_text && (b->kind != SCENE_RECT || b->mark == a->mark)) continue;
            box_of(b, other);
            if (meet(box, other))
                say(d, width, "overlap", a->text, b->is_text ? b->text : "a bar");
        }
    }
}

static void lay_out(const struct data *d, int width) {
    void *ctx = talloc_new(NULL);
    struct scene *s = NULL;
    struct err err = {0};
    if (layout_scene(ctx, spec_of(ctx, *d), width, &font, &s, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    keeps_promises(d, s, width);
    talloc_free(ctx);
}

static const int widths[] = {360, 480, 559, 560, 640, 800, 1024, 1366, 1920};

static void every_shape_at_every_width(void **state) {
    (void)state;
    static const int many[] = {0, 1, 2, 5, 10, 20, 60};
    for (int shape = 0; shape < SHAPES; shape++)
        for (size_t n = 0; n < ARRAY_LEN(many); n++)
            for (size_t w = 0; w < ARRAY_LEN(widths); w++) {
                struct data d = {.shape = (enum shape)shape,
                                 .nx = many[n],
                                 .nseries = 3,
                                 .label = 6,
                                 .notes = true,
                                 .total = true,
                                 .panel = true,
                                 .last_provisional = true,
                                 .seed = 7};
                lay_out(&d, widths[w]);
            }
}

static void names_of_any_length(void **state) {
    (void)state;
    static const int length[] = {0, 1, 12, 30, 60};
    static const int series[] = {1, 2, 6, 8};
    for (size_t l = 0; l < ARRAY_LEN(length); l++)
        for (size_t k = 0; k < ARRAY_LEN(series); k++)
            for (size_t w = 0; w < ARRAY_LEN(widths); w++) {
                struct data d = {.nx = 5,
                                 .nseries = series[k],
                                 .label = length[l],
                                 .notes = true,
                                 .panel = k % 2 == 0,
                                 .total = true,
                                 .last_provisional = true,
                                 .seed = 11};
                lay_out(&d, widths[w]);
            }
}

static void whatever_else(void **state) {
    (void)state;
    uint64_t seed = 20251120;
    for (int i = 0; i < 400; i++) {
        struct data d = {.shape = (enum shape)draw(&seed, SHAPES),
                         .nx = (int)draw(&seed, 25),
                         .nseries = (int)draw(&seed, 9),
                         .label = (int)draw(&seed, 61),
                         .notes = draw(&seed, 2),
                         .total = draw(&seed, 2),
                         .panel = draw(&seed, 2),
                         .last_provisional = draw(&seed, 2),
                         .seed = seed};
        lay_out(&d, 360 + (int)draw(&seed, 1561));
    }
}

static void ticks_are_round_few_and_cover(void **state) {
    (void)state;
    uint64_t seed = 5;
    for (int i = 0; i < 5000; i++) {
        double size = pow(10, (int)draw(&seed, 18) - 2);
        double hi = draw(&seed, 1000000) / 1e6 * size;
        double lo = draw(&seed, 3) ? 0 : -(draw(&seed, 1000000) / 1e6) * size;
        bool integer = draw(&seed, 2);
        if (integer) hi = floor(hi), lo = ceil(lo);
        struct layout_scale s = layout_scale_round(lo, hi, integer);
        double digit = s.step / pow(10, floor(log10(s.step) + 1e-9));
        bool is_round =
            fabs(digit - 1) < 1e-6 || fabs(digit - 2) < 1e-6 || fabs(digit - 5) < 1e-6;
        bool zero = false;
        for (size_t k = 0; k < s.n; k++) {
            double t = layout_scale_tick(&s, k);
            zero |= !(t < 0) && !(t > 0);
            if (integer && fabs(t - round(t)) > fabs(t) * 1e-12 + 1e-9)
                fail_msg("%g is no whole number", t);
        }
        if (!is_round || !zero || s.n < 3 || s.n > 6 || s.min > lo + s.step * 1e-6 ||
            s.max < hi - s.step * 1e-6 ||
            fabs(s.max - (s.min + s.step * (double)(s.n - 1))) > s.step * 1e-6)
            fail_msg("[%g, %g] integer %d: %zu ticks of %g from %g to %g", lo, hi,
                     integer, s.n, s.step, s.min, s.max);
    }
}

/* A text that belongs to a bar's mark and stands on the bar is no wider than it. */
static void numbers_fit_their_bars(void **state) {
    (void)state;
    size_t seen = 0;
    for (size_t w = 0; w < ARRAY_LEN(widths); w++)
        for (int nx = 1; nx <= 20; nx++) {
            void *ctx = talloc_new(NULL);
            struct data d = {.nx = nx, .nseries = 3, .label = 4, .seed = (uint64_t)nx};
            struct scene *s = NULL;
            assert_int_equal(
                layout_scene(ctx, spec_of(ctx, d), widths[w], &font, &s, NULL),
                STATUS_OK);
            for (size_t i = 0; i < s->nitem; i++) {
                const struct scene_item *t = &s->item[i];
                if (!t->is_text || t->mark == SCENE_NO_MARK) continue;
                for (size_t j = 0; j < i; j++) {
                    const struct scene_item *bar = &s->item[j];
                    if (bar->is_text || bar->kind != SCENE_RECT || bar->mark != t->mark)
                        continue;
                    double in[4], out[4];
                    box_of(t, in);
                    box_of(bar, out);
                    if (!within(in, out)) say(&d, widths[w], "past its bar", t->text, "");
                    seen++;
                }
            }
            talloc_free(ctx);
        }
    assert_true(seen > 500);
}

static void the_same_scene_twice(void **state) {
    (void)state;
    void *ctx = talloc_new(NULL);
    struct data d = {.nx = 10, .nseries = 3, .label = 6, .total = true, .panel = true};
    struct chart_spec *spec = spec_of(ctx, d);
    struct scene *a = NULL, *b = NULL;
    assert_int_equal(layout_scene(ctx, spec, 800, &font, &a, NULL), STATUS_OK);
    assert_int_equal(layout_scene(ctx, spec, 800, &font, &b, NULL), STATUS_OK);
    talloc_free(spec); /* a scene borrows nothing */
    assert_int_equal(a->nitem, b->nitem);
    assert_int_equal(a->nmark, b->nmark);
    for (size_t i = 0; i < a->nitem; i++) {
        double x[4], y[4];
        box_of(&a->item[i], x);
        box_of(&b->item[i], y);
        assert_memory_equal(x, y, sizeof x);
        if (a->item[i].is_text) assert_string_equal(a->item[i].text, b->item[i].text);
    }
    for (size_t i = 0; i < a->nmark; i++)
        assert_string_equal(a->mark[i].tip, b->mark[i].tip);
    talloc_free(ctx);
}

static void widths_have_limits(void **state) {
    (void)state;
    static const int bad[] = {INT32_MIN, -360, 0, 359, 1921, INT32_MAX};
    void *ctx = talloc_new(NULL);
    struct data d = {.nx = 2, .nseries = 1, .label = 2};
    struct chart_spec *spec = spec_of(ctx, d);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct scene *s = NULL;
        assert_int_equal(layout_scene(ctx, spec, bad[i], &font, &s, NULL), STATUS_USAGE);
        assert_null(s);
    }
    talloc_free(ctx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_at_every_width),
        cmocka_unit_test(names_of_any_length),
        cmocka_unit_test(whatever_else),
        cmocka_unit_test(ticks_are_round_few_and_cover),
        cmocka_unit_test(numbers_fit_their_bars),
        cmocka_unit_test(the_same_scene_twice),
        cmocka_unit_test(widths_have_limits),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
