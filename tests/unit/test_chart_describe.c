/* Chart descriptions: what is said of each kind of number, and what the reader refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/chart.h"
#include "stats/chart_color.h"
#include "stats/chart_spec.h"

#include "tests/unit/test_chart_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct chart_case *case_named(const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(chart_cases); i++)
        if (strcmp(chart_cases[i].name, name) == 0) return &chart_cases[i];
    fail_msg("no case %s", name);
    return NULL;
}

static json_t *describe_table(struct table *t) {
    json_t *d = NULL;
    struct err err = {0};
    assert_non_null(t);
    if (chart_describe(t, chart_find("C01"), 0, &d, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    return d;
}

static json_t *describe(const char *name) {
    struct table *t = chart_table(case_named(name));
    json_t *d = describe_table(t);
    talloc_free(t);
    return d;
}

static const char *text(const json_t *o, const char *key) {
    const char *z = json_string_value(json_object_get(o, key));
    if (!z) fail_msg("no text %s", key);
    return z;
}

static json_t *series(const json_t *d, size_t i) {
    return json_array_get(json_object_get(d, "series"), i);
}

static json_t *point(const json_t *o, size_t x) {
    return json_array_get(json_object_get(o, "points"), x);
}

static bool has_note(const json_t *d, const char *part) {
    size_t i;
    json_t *v;
    json_array_foreach(json_object_get(d, "notes"), i,
                       v) if (strstr(json_string_value(v), part)) return true;
    return false;
}

static void every_case_reads_back(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(chart_cases); i++) {
        json_t *d = describe(chart_cases[i].name);
        char *z = json_dumps(d, JSON_COMPACT);
        struct chart_spec *spec = NULL;
        struct err err = {0};
        if (chart_spec_read(NULL, str_of(z), &spec, &err) != STATUS_OK)
            fail_msg("%s: %s", chart_cases[i].name, err.text);
        assert_int_equal(spec->nx, chart_cases[i].years);
        assert_int_equal(spec->nseries, CASE_PARTS);
        assert_int_equal(spec->width, CHART_WIDTH_DEFAULT);
        talloc_free(spec);
        free(z);
        json_decref(d);
    }
}

static void a_description_holds_the_table_in_order(void **state) {
    (void)state;
    const struct chart_case *k = case_named("five");
    json_t *d = describe("five");
    static const char *const label[] = {"应用技术成果", "基础理论成果", "软科学成果"};
    assert_int_equal(json_integer_value(json_object_get(d, "version")), CHART_VERSION);
    assert_string_equal(text(d, "id"), "C01");
    assert_string_equal(text(d, "kind"), "column-stack");
    assert_string_equal(text(d, "title"), "登记成果趋势");
    assert_string_equal(text(d, "subtitle"), "登记成果数（项） · 山西省 · 2020–2024年");
    assert_string_equal(text(d, "unit"), "项");
    assert_true(json_is_true(json_object_get(d, "integer")));
    for (size_t p = 0; p < CASE_PARTS; p++) {
        assert_string_equal(text(series(d, p), "label"), label[p]);
        for (int y = 0; y < k->years; y++) /* the table has the newest first */
            assert_int_equal(json_integer_value(json_object_get(
                                 point(series(d, p), (size_t)y), "value")),
                             k->n[y][p]);
    }
    json_t *total = json_object_get(d, "total");
    assert_int_equal(json_integer_value(json_object_get(point(total, 4), "value")), 1055);
    assert_string_equal(text(point(series(d, 0), 0), "link"),
                        "/search?year=2020&category=A");
    json_t *x = json_array_get(json_object_get(d, "x"), 0);
    assert_string_equal(text(x, "label"), "2020");
    assert_true(json_is_false(json_object_get(x, "provisional")));
    const char *desc = text(d, "desc");
    assert_non_null(strstr(desc, "2020年至2024年"));
    assert_non_null(strstr(desc, "725项")); /* the first year */
    assert_non_null(strstr(desc, "增长45.5%"));
    assert_non_null(strstr(desc, "最高为2024年的1,055项"));
    const char *footer = text(d, "footer");
    assert_non_null(strstr(footer, "山西省科技成果登记库"));
    assert_non_null(strstr(footer, "2025-11-21")); /* China's day */
    assert_non_null(strstr(footer, "全部登记成果"));
    json_decref(d);
}

static void tips_hold_every_digit(void **state) {
    (void)state;
    json_t *d = describe("largest");
    assert_string_equal(text(point(series(d, 0), 0), "tip"),
                        "2023年 应用技术成果：999,999,999,999,999项");
    assert_string_equal(text(point(series(d, 0), 2), "tip"),
                        "2025年 应用技术成果：99,999,999项（未满全年）");
    assert_string_equal(text(point(json_object_get(d, "total"), 1), "tip"),
                        "2024年 合计：500,000,001项");
    json_decref(d);
    struct table *t = chart_table(case_named("five"));
    struct table_cell *c = table_at(t, (size_t[]){0, 0, 0}); /* 2024, A */
    c->has_ratio = true;
    c->numerator = 934;
    c->denominator = 1055;
    d = describe_table(t);
    assert_string_equal(text(point(series(d, 0), 4), "tip"),
                        "2024年 应用技术成果：934项（分子934，分母1055）");
    json_decref(d);
    talloc_free(t);
}

static void an_incomplete_year_is_hatched_dated_and_not_compared(void **state) {
    (void)state;
    json_t *d = describe("plain");
    json_t *x = json_array_get(json_object_get(d, "x"), 9);
    assert_true(json_is_true(json_object_get(x, "provisional")));
    assert_string_equal(text(x, "note"), "截至11-21");
    assert_true(has_note(d, "2025年未满，为截至2025-11-21的数"));
    json_t *change = point(json_object_get(d, "panel"), 9);
    assert_true(json_is_null(json_object_get(change, "value")));
    assert_string_equal(text(change, "mark"), "未满");
    assert_non_null(strstr(text(change, "tip"), "未满全年"));
    assert_non_null(strstr(text(d, "desc"), "2025年未满，暂计1,156项，不参与比较"));
    assert_non_null(strstr(text(d, "desc"), "最高为2024年的1,655项"));
    json_decref(d);
}

static void a_break_is_noted(void **state) {
    (void)state;
    json_t *d = describe("nation");
    json_t *x = json_object_get(d, "x");
    assert_true(json_is_true(json_object_get(json_array_get(x, 4), "break")));
    assert_true(json_is_false(json_object_get(json_array_get(x, 3), "break")));
    assert_true(has_note(d, "自2020年起统计口径有变"));
    json_decref(d);
}

static void what_is_missing_is_not_zero(void **state) {
    (void)state;
    json_t *d = describe("missing");
    json_t *p = point(series(d, 0), 1);
    assert_true(json_is_null(json_object_get(p, "value")));
    assert_string_equal(text(p, "mark"), ":");
    assert_non_null(strstr(text(p, "tip"), "无数据"));
    assert_true(json_is_null(json_object_get(p, "link")));
    p = point(series(d, 2), 3);
    assert_true(json_is_null(json_object_get(p, "value")));
    assert_string_equal(text(p, "mark"), "c");
    p = point(series(d, 2), 4); /* a true zero */
    assert_int_equal(json_integer_value(json_object_get(p, "value")), 0);
    assert_true(json_is_integer(json_object_get(p, "value")));
    assert_true(has_note(d, "无数据，不是零"));
    assert_true(has_note(d, "不予公布"));
    json_decref(d);
    d = describe("all-missing");
    assert_non_null(strstr(text(d, "desc"), "没有完整时期的合计数"));
    json_decref(d);
}

static void growth_may_be_negative(void **state) {
    (void)state;
    json_t *d = describe("five");
    json_t *p = point(json_object_get(d, "panel"), 3); /* 945 -> 813 */
    double v = json_real_value(json_object_get(p, "value"));
    assert_true(v < -13.96 && v > -13.98);
    assert_non_null(strstr(text(p, "tip"), "−13.97%"));
    p = point(json_object_get(d, "panel"), 0);
    assert_string_equal(text(p, "mark"), "–");
    json_decref(d);
}

/* A table of many fields of use: year × hitech × measure. */
static struct table *many(const char *const *code, size_t n, int64_t *value) {
    struct table *t = NULL;
    size_t sizes[3] = {1, n, 1};
    assert_int_equal(table_new(NULL, 3, sizes, &t, NULL), STATUS_OK);
    t->id = "T02", t->title = "t", t->measure = "登记成果数", t->unit = "项";
    t->base = "ALL", t->as_of = "";
    t->dim[0].id = "year", t->dim[1].id = "category", t->dim[2].id = "measure";
    t->dim[0].label = t->dim[1].label = t->dim[2].label = "d";
    t->dim[0].cat[0] = (struct table_category){"2025", "2025", TABLE_COUNT};
    t->dim[2].cat[0] = (struct table_category){"n", "成果数", TABLE_COUNT};
    for (size_t i = 0; i < n; i++) {
        t->dim[1].cat[i] = (struct table_category){code[i], code[i], TABLE_COUNT};
        *table_at(t, (size_t[]){0, i, 0}) =
            (struct table_cell){.units = value[i], .records = value[i]};
    }
    return t;
}

static void past_six_the_rest_is_grey(void **state) {
    (void)state;
    static const char *const code[] = {"k1", "k2", "k3",   "k4", "k5",
                                       "k6", "k7", "none", "k8", "_T"};
    int64_t value[] = {50, 3, 40, 30, 20, 60, 70, 11, 5, 289};
    struct table *t = many(code, ARRAY_LEN(code), value);
    json_t *d = describe_table(t);
    assert_int_equal(json_array_size(json_object_get(d, "series")), CHART_MAX_SERIES + 1);
    json_t *rest = series(d, CHART_MAX_SERIES);
    assert_string_equal(text(rest, "label"), "其他");
    assert_string_equal(text(rest, "color"), "#999999");
    /* k2, k8 and what was not filled in; nothing is lost. */
    assert_int_equal(json_integer_value(json_object_get(point(rest, 0), "value")), 19);
    assert_string_equal(text(point(rest, 0), "tip"), "2025年 其他（3类合计）：19项");
    int64_t sum = 0;
    for (size_t i = 0; i <= CHART_MAX_SERIES; i++) {
        sum += json_integer_value(json_object_get(point(series(d, i), 0), "value"));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(text(series(d, i), "color"),
                                    text(series(d, j), "color"));
    }
    assert_int_equal(sum, 289);
    json_decref(d);
    /* One that cannot be told makes the sum unknown. */
    table_at(t, (size_t[]){0, 1, 0})->status = TABLE_SUPPRESSED;
    d = describe_table(t);
    rest = series(d, CHART_MAX_SERIES);
    assert_true(json_is_null(json_object_get(point(rest, 0), "value")));
    assert_string_equal(text(point(rest, 0), "mark"), "c");
    json_decref(d);
    talloc_free(t);
}

static void what_cannot_be_drawn_is_refused(void **state) {
    (void)state;
    struct table *t = chart_table(case_named("five"));
    struct chart_row row = *chart_find("C01");
    json_t *d = NULL;
    struct err err;
    static const int wide[] = {-1, 1, 359, 1921, 100000};
    for (size_t i = 0; i < ARRAY_LEN(wide); i++)
        assert_int_equal(chart_describe(t, &row, wide[i], &d, &err), STATUS_USAGE);
    row.measure = "median";
    assert_int_equal(chart_describe(t, &row, 0, &d, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "median"));
    row = *chart_find("C01");
    row.series_dim = "region";
    assert_int_equal(chart_describe(t, &row, 0, &d, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "region"));
    t->title = t->measure = "\xFF";
    assert_int_equal(chart_describe(t, chart_find("C01"), 0, &d, &err), STATUS_INVALID);
    assert_null(d);
    talloc_free(t);
}

static void colours_stay_with_their_category(void **state) {
    (void)state;
    assert_true(chart_color_fixed("category", "A") >= 0);
    assert_int_not_equal(chart_color_fixed("category", "A"),
                         chart_color_fixed("category", "B"));
    assert_int_equal(chart_color_fixed("region", "none"), CHART_GREY);
    assert_int_equal(chart_color_fixed("region", "其他"), CHART_GREY);
    assert_int_equal(chart_color_fixed("region", "140100"), -1);
    assert_int_equal(chart_color_palette(1000), CHART_GREY);
    assert_int_equal(chart_color_text_on(0x000000), 0xFFFFFF);
    assert_int_not_equal(chart_color_text_on(0xFFFFFF), 0xFFFFFF);
}

/* --- the reader -----------------------------------------------------------------------
 */

static void a_bad_description_is_named_by_its_path(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *path;
    } row[] = {
        {"\"version\":1", "\"version\":2", "$.version"},
        {"\"version\":1", "\"version\":\"1\"", "$.version"},
        {"\"version\":1,", "", "$.version"},
        {"\"version\":1", "\"version\":1,\"colour\":1", "$："},
        {"\"id\":\"C01\"", "\"id\":\"C 1\"", "$.id"},
        {"\"id\":\"C01\"", "\"id\":\"\"", "$.id"},
        {"\"width\":800", "\"width\":10", "$.width"},
        {"\"width\":800", "\"width\":800.5", "$.width"},
        {"\"integer\":true", "\"integer\":1", "$.integer"},
        {"\"color\":\"#0072B2\"", "\"color\":\"blue\"", "$.series[0].color"},
        {"\"value\":711", "\"value\":1e16", "$.series[0].points[1].value"},
        {"\"value\":711", "\"value\":\"711\"", "$.series[0].points[1].value"},
        {"\"value\":711,", "", "$.series[0].points[1].value"},
        {"/search?year=2021", "//evil/?year=2021", "$.series[0].points[1].link"},
        {"/search?year=2021", "javascript:2021", "$.series[0].points[1].link"},
        {"/search?year=2021", "/\\\\evil?year=2021", "$.series[0].points[1].link"},
        {"/search?year=2021", "/a b?year=2021", "$.series[0].points[1].link"},
        {"\"label\":\"2024\"", "\"label\":2024", "$.x[4].label"},
        {"\"label\":\"2024\"", "\"label\":\"2024\",\"x\":1", "$.x[4]："},
        {"\"notes\":[", "\"notes\":[1,", "$.notes[0]"},
        {"\"notes\":[", "\"notes\":[[[[[[[[", "嵌套过深"},
        {"{\"version\":1", "{\"version\":1,\"version\":1", "$：不是JSON"},
        {"{\"version\":1", "{version:1", "第1行"},
        {"登记成果趋势", "\xE7\x99", "$：不是JSON"},
        {"登记成果趋势", "a\\u0000b", "$：不是JSON"},
    };
    json_t *d = describe("five");
    char *good = json_dumps(d, JSON_COMPACT);
    json_decref(d);
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        const char *at = strstr(good, row[i].from);
        if (!at) fail_msg("row %zu: no %s", i, row[i].from);
        struct buf b = buf_init(0);
        buf_add(&b, good, (size_t)(at - good));
        buf_add_z(&b, row[i].to);
        buf_add_z(&b, at + strlen(row[i].from));
        struct chart_spec *spec = NULL;
        struct err err = {0};
        if (chart_spec_read(NULL, buf_str(&b), &spec, &err) != STATUS_INVALID ||
            !strstr(err.text, row[i].path))
            fail_msg("row %zu (%s): %s", i, row[i].to, err.text);
        assert_null(spec);
        buf_done(&b);
    }
    free(good);
}

static void lengths_must_agree_and_sizes_are_bounded(void **state) {
    (void)state;
    json_t *d = describe("five");
    struct chart_spec *spec = NULL;
    struct err err;
    json_array_remove(json_object_get(series(d, 1), "points"), 0);
    char *z = json_dumps(d, 0);
    assert_int_equal(chart_spec_read(NULL, str_of(z), &spec, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "$.series[1].points"));
    free(z);
    json_array_clear(json_object_get(d, "series"));
    json_t *x = json_object_get(d, "x");
    while (json_array_size(x) <= CHART_SPEC_X) json_array_append(x, json_array_get(x, 0));
    z = json_dumps(d, 0);
    assert_int_equal(chart_spec_read(NULL, str_of(z), &spec, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "$.x"));
    free(z);
    json_decref(d);
    struct buf b = buf_init(0);
    assert_true(buf_reserve(&b, CHART_INPUT_BYTES + 1));
    memset(b.p, ' ', CHART_INPUT_BYTES + 1);
    assert_int_equal(
        chart_spec_read(NULL, str_slice(b.p, CHART_INPUT_BYTES + 1), &spec, &err),
        STATUS_LIMIT);
    buf_done(&b);
    assert_int_equal(chart_spec_read(NULL, str_of(""), &spec, &err), STATUS_INVALID);
    assert_int_equal(chart_spec_read(NULL, str_of("[]"), &spec, &err), STATUS_INVALID);
    assert_null(spec);
}

/* docs/charts.md */
static void the_page_names_every_chart(void **state) {
    (void)state;
    static char page[64 * 1024];
    FILE *f = fopen("docs/charts.md", "rbe");
    assert_non_null(f);
    size_t got = fread(page, 1, sizeof page - 1, f), n;
    (void)fclose(f);
    assert_in_range(got, 1, sizeof page - 2);
    const struct chart_row *row = chart_list(&n);
    for (size_t i = 0; i < n; i++) {
        char line[256];
        snprintf(line, sizeof line, "| %s | %s | `%s` | %s |", row[i].id, row[i].title,
                 row[i].kind, row[i].table);
        if (!strstr(page, line)) fail_msg("docs/charts.md lacks: %s", line);
    }
    /* Its example is a description that reads. */
    const char *from = strstr(page, "```json\n");
    const char *to = from ? strstr(from + 8, "\n```") : NULL;
    assert_non_null(to);
    struct chart_spec *spec = NULL;
    struct err err = {0};
    if (chart_spec_read(NULL, str_slice(from + 8, (size_t)(to - from) - 8), &spec,
                        &err) != STATUS_OK)
        fail_msg("docs/charts.md: %s", err.text);
    talloc_free(spec);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_reads_back),
        cmocka_unit_test(a_description_holds_the_table_in_order),
        cmocka_unit_test(tips_hold_every_digit),
        cmocka_unit_test(an_incomplete_year_is_hatched_dated_and_not_compared),
        cmocka_unit_test(a_break_is_noted),
        cmocka_unit_test(what_is_missing_is_not_zero),
        cmocka_unit_test(growth_may_be_negative),
        cmocka_unit_test(past_six_the_rest_is_grey),
        cmocka_unit_test(what_cannot_be_drawn_is_refused),
        cmocka_unit_test(colours_stay_with_their_category),
        cmocka_unit_test(a_bad_description_is_named_by_its_path),
        cmocka_unit_test(lengths_must_agree_and_sizes_are_bounded),
        cmocka_unit_test(the_page_names_every_chart),
    };
    return cmocka_run_group_tests_name("chart_describe", tests, NULL, NULL);
}
