/* The way of a chart up to its layout: description, its reader, scales, scene. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/chart.h"
#include "stats/chart_color.h"
#include "stats/chart_number.h"
#include "stats/layout.h"
#include "tests/unit/test_chart_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct layout_font approx = {layout_width_approx, NULL};

static json_t *describe(size_t i) {
    struct table *t = chart_table(&chart_cases[i]);
    json_t *d = NULL;
    assert_int_equal(chart_describe(t, chart_find("C01"), 0, &d, NULL), STATUS_OK);
    talloc_free(t);
    return d;
}

static struct chart_spec *spec_of(json_t *d, void *ctx) {
    char *text = json_dumps(d, JSON_COMPACT);
    struct chart_spec *spec = NULL;
    struct err err = {0};
    if (chart_spec_read(ctx, str_of(text), &spec, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    free(text);
    return spec;
}

static void test_catalogue_finds_by_id(void **state) {
    (void)state;
    size_t n;
    const struct chart_row *rows = chart_list(&n);
    assert_true(n >= 1);
    for (size_t i = 0; i < n; i++) assert_ptr_equal(chart_find(rows[i].id), &rows[i]);
    assert_null(chart_find("C99"));
}

static void test_numbers_for_eyes(void **state) {
    (void)state;
    static const struct {
        double v;
        const char *full, *brief, *change;
    } row[] = {
        {0, "0", "0", "0.0"},
        {-0.0, "0", "0", "0.0"},
        {7, "7", "7", "+7.0"},
        {-12.34, "−12.3", "−12.3", "−12.3"},
        {9999, "9,999", "9,999", "+9,999.0"},
        {12345, "12,345", "1.23万", "+1.23万"},
        {100000, "100,000", "10万", "+10万"},
        {99999999, "99,999,999", "1亿", "+1亿"},
        {456000000, "456,000,000", "4.56亿", "+4.56亿"},
        {0.04, "0.0", "0.0", "0.0"},
    };
    char out[CHART_NUMBER_TEXT];
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        assert_string_equal(chart_number_full(row[i].v, out, sizeof out), row[i].full);
        assert_string_equal(chart_number_short(row[i].v, out, sizeof out), row[i].brief);
        assert_string_equal(chart_number_signed(row[i].v, 1, out, sizeof out),
                            row[i].change);
    }
    assert_string_equal(chart_number_grouped("-1234567.50", out, sizeof out),
                        "−1,234,567.50");
    assert_string_equal(chart_number_grouped(":", out, sizeof out), ":");
}

static void test_ticks_are_round_and_few(void **state) {
    (void)state;
    for (int e = -3; e <= 15; e++)
        for (int m = 10; m < 100; m++)
            for (int negative = 0; negative < 3; negative++) {
                double hi = m * pow(10, e - 1), lo = negative ? -hi / (negative * 3) : 0;
                struct layout_scale s = layout_scale_round(lo, hi, false);
                assert_in_range(s.n, 3, 6);
                assert_true(s.max >= hi * (1 - 1e-9) && s.min <= lo * (1 - 1e-9));
                double digit = s.step / pow(10, floor(log10(s.step) + 1e-9));
                assert_true(fabs(digit - 1) < 1e-6 || fabs(digit - 2) < 1e-6 ||
                            fabs(digit - 5) < 1e-6);
                bool zero = false;
                for (size_t i = 0; i < s.n; i++)
                    zero |= fpclassify(layout_scale_tick(&s, i)) == FP_ZERO;
                assert_true(zero);
            }
    struct layout_scale s = layout_scale_round(0, 0, true);
    assert_true(s.n == 3 && s.step >= 1);
    s = layout_scale_round(0, 1, true);
    assert_true(s.n == 3 && s.step >= 1 && s.step <= 1);
}

static void test_description_is_sorted_dated_and_linked(void **state) {
    (void)state;
    json_t *d = describe(0);
    json_t *x = json_object_get(d, "x");
    assert_int_equal(json_array_size(x), 10);
    assert_string_equal(json_string_value(json_object_get(json_array_get(x, 0), "label")),
                        "2016");
    json_t *last = json_array_get(x, 9);
    assert_true(json_is_true(json_object_get(last, "provisional")));
    assert_string_equal(json_string_value(json_object_get(last, "note")), "截至11-21");
    json_t *a = json_array_get(json_object_get(d, "series"), 0);
    assert_string_equal(json_string_value(json_object_get(a, "color")), "#0072B2");
    json_t *p = json_array_get(json_object_get(a, "points"), 8);
    assert_int_equal(json_integer_value(json_object_get(p, "value")), 1234);
    assert_string_equal(json_string_value(json_object_get(p, "link")),
                        "/search?year=2024&category=A");
    assert_string_equal(json_string_value(json_object_get(p, "tip")),
                        "2024年 应用技术成果：1,234项");
    const char *desc = json_string_value(json_object_get(d, "desc"));
    assert_non_null(strstr(desc, "从2016年的812项增至2024年的1,655项，增长103.8%"));
    assert_non_null(strstr(desc, "2025年未满，暂计1,156项"));
    const char *foot = json_string_value(json_object_get(d, "footer"));
    assert_non_null(strstr(foot, "数据来源：山西省科技成果登记库"));
    assert_non_null(strstr(foot, "截至：2025-11-21"));
    json_decref(d);
}

static void test_table_without_its_dimensions_is_refused(void **state) {
    (void)state;
    static const char *const lost[] = {"年", "类", "量"};
    for (size_t i = 0; i < 3; i++) {
        struct table *t = chart_table(&chart_cases[1]);
        t->dim[i].id = lost[i];
        json_t *d = NULL;
        struct err err = {0};
        assert_int_equal(chart_describe(t, chart_find("C01"), 0, &d, &err),
                         STATUS_INVALID);
        assert_null(d);
        assert_non_null(strstr(err.text, "T02"));
        assert_int_equal(chart_describe(t, chart_find("C01"), 200, &d, &err),
                         STATUS_USAGE);
        talloc_free(t);
    }
}

static void test_series_past_the_palette_are_added_up(void **state) {
    (void)state;
    struct table *t = NULL;
    assert_int_equal(table_new(NULL, 3, (size_t[]){1, 10, 1}, &t, NULL), STATUS_OK);
    t->id = "T02", t->unit = "项", t->measure = "登记成果数";
    t->dim[0].id = "year", t->dim[1].id = "category", t->dim[2].id = "measure";
    t->dim[0].cat[0] = (struct table_category){"2025", "2025", TABLE_COUNT};
    t->dim[2].cat[0] = (struct table_category){"n", "数", TABLE_COUNT};
    int64_t want = 0;
    for (size_t c = 0; c < 10; c++) {
        const char *code = c == 3 ? "其他" : talloc_asprintf(t, "%zu", c);
        t->dim[1].cat[c] = (struct table_category){code, code, TABLE_COUNT};
        put(t, 0, c, 0, (int64_t)(100 - c), 0, TABLE_VALUE);
        want += c == 3 || c > 6 ? (int64_t)(100 - c) : 0;
    }
    json_t *d = NULL;
    assert_int_equal(chart_describe(t, chart_find("C01"), 0, &d, NULL), STATUS_OK);
    json_t *series = json_object_get(d, "series");
    assert_int_equal(json_array_size(series), CHART_MAX_SERIES + 1);
    json_t *rest = json_array_get(series, CHART_MAX_SERIES);
    assert_string_equal(json_string_value(json_object_get(rest, "color")), "#999999");
    json_t *p = json_array_get(json_object_get(rest, "points"), 0);
    assert_int_equal(json_integer_value(json_object_get(p, "value")), want);
    for (size_t i = 0; i < CHART_MAX_SERIES; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(
                json_string_value(json_object_get(json_array_get(series, i), "color")),
                json_string_value(json_object_get(json_array_get(series, j), "color")));
    json_decref(d);
    talloc_free(t);
}

/* --- the reader ----------------------------------------------------------------------
 */

static void refuse(json_t *d, const char *place) {
    char *text = json_dumps(d, 0);
    struct chart_spec *spec = NULL;
    struct err err = {0};
    assert_int_equal(chart_spec_read(NULL, str_of(text), &spec, &err), STATUS_INVALID);
    assert_null(spec);
    if (strncmp(err.text, place, strlen(place)) != 0)
        fail_msg("%s does not begin with %s", err.text, place);
    free(text);
    json_decref(d);
}

static json_t *first_point(json_t *d) {
    json_t *s = json_array_get(json_object_get(d, "series"), 0);
    return json_array_get(json_object_get(s, "points"), 0);
}

static void test_bad_descriptions_are_refused_by_place(void **state) {
    (void)state;
    json_t *d;
    static const char *const keys[] = {"version", "id",     "kind",  "width",
                                       "title",   "desc",   "x",     "series",
                                       "notes",   "footer", "as_of", "unit"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        char place[32];
        snprintf(place, sizeof place, "$.%s：", keys[i]);
        d = describe(0), json_object_del(d, keys[i]), refuse(d, place);
        d = describe(0), json_object_set_new(d, keys[i], json_true()), refuse(d, place);
    }
    d = describe(0), json_object_set_new(d, "colour", json_true()), refuse(d, "$：");
    d = describe(0), json_object_set_new(d, "version", json_integer(2)),
    refuse(d, "$.version：");
    d = describe(0), json_object_set_new(d, "id", json_string("\"><script>")),
    refuse(d, "$.id：");
    d = describe(0), json_array_remove(json_object_get(d, "x"), 0),
    refuse(d, "$.series[0].points：");
    d = describe(0), json_object_set_new(first_point(d), "value", json_string("1")),
    refuse(d, "$.series[0].points[0].value：");
    d = describe(0), json_object_set_new(first_point(d), "value", json_real(1e16)),
    refuse(d, "$.series[0].points[0].value：");
    static const char *const links[] = {"javascript:alert(1)", "//evil.example/",
                                        "/\\evil", "", "/a b"};
    for (size_t i = 0; i < ARRAY_LEN(links); i++)
        d = describe(0),
        json_object_set_new(first_point(d), "link", json_string(links[i])),
        refuse(d, "$.series[0].points[0].link：");
    refuse(json_array(), "$：");
    struct chart_spec *spec = NULL;
    static const char *const bad[] = {"", "{", "[[[[[[[[[[", "nul",
                                      "{\"id\":1,\"id\":2}"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(chart_spec_read(NULL, str_of(bad[i]), &spec, NULL),
                         STATUS_INVALID);
    assert_null(spec);
}

static void test_unknown_kind_is_refused_by_place(void **state) {
    (void)state;
    void *ctx = talloc_new(NULL);
    json_t *d = describe(0);
    json_object_set_new(d, "kind", json_string("pie"));
    struct scene *scene = NULL;
    struct err err = {0};
    assert_int_equal(layout_scene(ctx, spec_of(d, ctx), 800, &approx, &scene, &err),
                     STATUS_INVALID);
    assert_non_null(strstr(err.text, "$.kind"));
    assert_null(scene);
    json_decref(d);
    talloc_free(ctx);
}

/* --- the layout ----------------------------------------------------------------------
 */

static bool overlap(const double a[4], const double b[4]) {
    return a[0] < b[2] - 0.01 && b[0] < a[2] - 0.01 && a[1] < b[3] - 0.01 &&
           b[1] < a[3] - 0.01;
}

static void check_scene(const struct scene *s, const char *name) {
    for (size_t i = 0; i < s->nitem; i++) {
        const struct scene_item *a = &s->item[i];
        double box[4] = {a->x, fmin(a->y, a->y + a->h), a->x + a->w,
                         fmax(a->y, a->y + a->h)};
        if (a->is_text) scene_text_box(a, box);
        if (!(box[0] >= 0 && box[1] >= 0 && box[2] <= s->width && box[3] <= s->height))
            fail_msg(
                "%s at %.0f: item %zu (%s) at %.1f %.1f %.1f %.1f leaves the picture",
                name, s->width, i, a->is_text ? a->text : "shape", box[0], box[1], box[2],
                box[3]);
        for (size_t j = 0; a->is_text && j < i; j++) {
            double other[4];
            if (!s->item[j].is_text) continue;
            scene_text_box(&s->item[j], other);
            if (overlap(box, other))
                fail_msg("%s at %.0f: “%s” lies on “%s”", name, s->width, a->text,
                         s->item[j].text);
        }
    }
}

static void lay_out_everywhere(json_t *d, const char *name) {
    void *ctx = talloc_new(NULL);
    struct chart_spec *spec = spec_of(d, ctx);
    for (int width = CHART_WIDTH_MIN; width <= CHART_WIDTH_MAX; width += 40) {
        struct scene *s = NULL;
        assert_int_equal(layout_scene(ctx, spec, width, &approx, &s, NULL), STATUS_OK);
        check_scene(s, name);
        talloc_free(s);
    }
    talloc_free(ctx);
    json_decref(d);
}

static void test_nothing_overlaps_at_any_width(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(chart_cases); i++)
        lay_out_everywhere(describe(i), chart_cases[i].name);
}

static json_t *long_names(void) {
    json_t *d = describe(1);
    static const char name[] = "面向复杂地质条件的煤矿瓦斯高效抽采与综合利用关键技术装备"
                               "研发及其工程示范应用推广成果"
                               "（含产业化开发与配套软件系统集成）";
    size_t i;
    json_t *o;
    json_array_foreach(json_object_get(d, "series"), i, o)
        json_object_set_new(o, "label", json_string(name));
    json_array_foreach(json_object_get(d, "x"), i, o) {
        json_object_set_new(o, "label", json_string(name));
        json_object_set_new(o, "note", json_string("截至2025年11月21日"));
    }
    json_object_set_new(d, "title", json_string(name));
    return d;
}

static void test_long_names_wrap_and_are_cut(void **state) {
    (void)state;
    lay_out_everywhere(long_names(), "long names");
}

static json_t *many_columns(void) {
    json_t *d = describe(0), *x = json_object_get(d, "x"), *s;
    size_t k;
    json_t *lines = json_array(), *key;
    json_array_foreach(json_object_get(d, "series"), k, s)
        json_array_append(lines, json_object_get(s, "points"));
    json_array_append(lines, json_object_get(json_object_get(d, "total"), "points"));
    key = json_object_get(json_object_get(d, "panel"), "points");
    json_array_append(lines, key);
    while (json_array_size(x) < CHART_SPEC_X) {
        json_array_insert_new(x, 0, json_deep_copy(json_array_get(x, 0)));
        json_array_foreach(lines, k, s) json_array_insert_new(
            s, 0, json_deep_copy(json_array_get(s, json_array_size(s) / 2)));
    }
    json_decref(lines);
    return d;
}

static void test_sixty_columns_thin_their_labels(void **state) {
    (void)state;
    lay_out_everywhere(many_columns(), "sixty columns");
}

static void test_negative_parts_hang_below_zero(void **state) {
    (void)state;
    json_t *d = describe(1);
    json_object_set_new(first_point(d), "value", json_integer(-500));
    lay_out_everywhere(d, "negative");
}

/* Golden by meaning: what a column chart of known numbers must measure. */
static void test_columns_are_proportional_and_start_at_zero(void **state) {
    (void)state;
    void *ctx = talloc_new(NULL);
    json_t *d = describe(1);
    struct chart_spec *spec = spec_of(d, ctx);
    struct scene *s = NULL;
    assert_int_equal(layout_scene(ctx, spec, 800, &approx, &s, NULL), STATUS_OK);
    double unit = 0, zero = -1;
    size_t bars = 0;
    for (size_t i = 0; i < s->nitem; i++) {
        const struct scene_item *b = &s->item[i];
        if (b->is_text || b->kind != SCENE_RECT || b->mark == SCENE_NO_MARK ||
            b->color != 0x0072B2)
            continue;
        double v = spec->series[0].point[bars].value;
        if (bars == 0) unit = b->h / v, zero = b->y + b->h;
        assert_true(fabs(b->h - v * unit) < 0.01);
        assert_true(fabs(b->y + b->h - zero) < 0.01);
        bars++;
    }
    assert_int_equal(bars, 5);
    talloc_free(ctx);
    json_decref(d);
}

static void test_text_on_colour_has_contrast(void **state) {
    (void)state;
    assert_int_equal(chart_color_text_on(0x0072B2), 0xFFFFFF);
    assert_int_equal(chart_color_text_on(0xE69F00), 0x1A1A1A);
    assert_int_equal(chart_color_fixed("category", "A"), 0x0072B2);
    assert_int_equal(chart_color_fixed("anything", "其他"), CHART_GREY);
    assert_int_equal(chart_color_fixed("anything", "A"), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_catalogue_finds_by_id),
        cmocka_unit_test(test_numbers_for_eyes),
        cmocka_unit_test(test_ticks_are_round_and_few),
        cmocka_unit_test(test_description_is_sorted_dated_and_linked),
        cmocka_unit_test(test_table_without_its_dimensions_is_refused),
        cmocka_unit_test(test_series_past_the_palette_are_added_up),
        cmocka_unit_test(test_bad_descriptions_are_refused_by_place),
        cmocka_unit_test(test_unknown_kind_is_refused_by_place),
        cmocka_unit_test(test_nothing_overlaps_at_any_width),
        cmocka_unit_test(test_long_names_wrap_and_are_cut),
        cmocka_unit_test(test_sixty_columns_thin_their_labels),
        cmocka_unit_test(test_negative_parts_hang_below_zero),
        cmocka_unit_test(test_columns_are_proportional_and_start_at_zero),
        cmocka_unit_test(test_text_on_colour_has_contrast),
    };
    return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
