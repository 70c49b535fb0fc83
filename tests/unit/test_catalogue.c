#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/field.h"
#include "stats/catalogue.h"
#include "stats/chart_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_row_is_whole(void **state) {
    (void)state;
    size_t n;
    const struct catalogue_row *row = catalogue_list(&n);
    assert_true(n >= 2);
    for (size_t i = 0; i < n; i++) {
        const struct catalogue_row *r = &row[i];
        const char *const text[] = {r->id,     r->title, r->title_en,   r->measure,
                                    r->unit,   r->base,  r->base_label, r->definition,
                                    r->source, r->breaks};
        for (size_t k = 0; k < ARRAY_LEN(text); k++)
            if (!text[k] || !text[k][0]) fail_msg("%s: text %zu is missing", r->id, k);
        assert_true(strcmp(r->base, "ALL") == 0 || strcmp(r->base, "A") == 0);
        assert_in_range(r->years_least, 1, r->years);
        assert_ptr_equal(catalogue_find(str_of(r->id)), r);
        int years = 0;
        for (size_t d = 0; d < ARRAY_LEN(r->dims) && r->dims[d]; d++) {
            const struct field *f = field_by_name(str_of(r->dims[d]));
            if (!f || f->facet < 0) fail_msg("%s: no facet %s", r->id, r->dims[d]);
            /* A record counts once: its first value must be its only one. */
            else if (facet_is_multi((enum facet)f->facet) ||
                     facet_is_internal((enum facet)f->facet))
                fail_msg("%s: %s cannot be a dimension", r->id, r->dims[d]);
            years += strcmp(r->dims[d], "year") == 0;
        }
        assert_int_equal(years, 1);
        assert_true(catalogue_has_measure(r, "n"));
        assert_false(catalogue_has_measure(r, "no"));
        for (size_t m = 0; m < CATALOGUE_MAX_MEASURES && r->measures[m]; m++)
            assert_non_null(catalogue_measure(r->measures[m]));
    }
    assert_null(catalogue_measure("no"));
}

static void a_wrong_id_names_the_closest(void **state) {
    (void)state;
    const struct catalogue_row *row = NULL;
    struct err err;
    assert_int_equal(catalogue_require(str_of("t02"), &row, &err), STATUS_OK);
    assert_string_equal(row->id, "T02");
    assert_int_equal(catalogue_require(str_of("T2"), &row, &err), STATUS_NOT_FOUND);
    assert_string_equal(err.code, "unknown_table");
    assert_non_null(strstr(err.text, "T02"));
    assert_null(catalogue_find(str_slice(NULL, 0)));
    assert_null(catalogue_find(str_of("T021")));
    char longest[4000];
    memset(longest, 'x', sizeof longest);
    assert_int_equal(catalogue_require(str_slice(longest, sizeof longest), &row, &err),
                     STATUS_NOT_FOUND);
}

static void cubes_are_distinct_and_cover_every_row(void **state) {
    (void)state;
    struct catalogue_cube cube[64], one[1];
    size_t n = catalogue_cubes(cube, ARRAY_LEN(cube)), nrow;
    assert_in_range(n, 1, ARRAY_LEN(cube));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++) assert_string_not_equal(cube[i].id, cube[k].id);
    assert_int_equal(catalogue_cubes(one, 1), n);
    assert_string_equal(one[0].id, cube[0].id);
    const struct catalogue_row *row = catalogue_list(&nrow);
    for (size_t r = 0; r < nrow; r++) {
        struct catalogue_cube c = catalogue_cube_of(&row[r]);
        bool found = false;
        for (size_t i = 0; i < n; i++) found |= strcmp(cube[i].id, c.id) == 0;
        if (!found) fail_msg("%s needs %s", row[r].id, c.id);
    }
    assert_string_equal(catalogue_cube_of(catalogue_find(str_of("T02"))).id,
                        "year_category");
}

static void every_chart_draws_what_its_table_has(void **state) {
    (void)state;
    size_t n;
    const struct chart_row *c = chart_list(&n);
    for (size_t i = 0; i < n; i++) {
        const struct catalogue_row *r = catalogue_find(str_of(c[i].table));
        if (!r) fail_msg("%s: no table %s", c[i].id, c[i].table);
        assert_true(catalogue_has_measure(r, c[i].measure));
        if (c[i].panel_measure) assert_true(catalogue_has_measure(r, c[i].panel_measure));
    }
}

/* docs/indicators.md says what the rows say: every table has its section, whose text is
 * the row's own. */
static void the_document_says_the_same(void **state) {
    (void)state;
    static char doc[1 << 20];
    FILE *f = fopen("docs/indicators.md", "rbe");
    assert_non_null(f);
    size_t got = fread(doc, 1, sizeof doc - 1, f);
    fclose(f);
    doc[got] = 0;
    size_t n, nm;
    const struct catalogue_row *row = catalogue_list(&n);
    for (size_t i = 0; i < n; i++) {
        const struct catalogue_row *r = &row[i];
        static char want[8192];
        int at = snprintf(
            want, sizeof want,
            "## %s %s\n\n%s\n\n- 计量：%s（%s）\n- 口径：%s（%s）\n- 维度：", r->id,
            r->title, r->title_en, r->measure, r->unit, r->base_label, r->base);
        for (size_t d = 0; d < ARRAY_LEN(r->dims) && r->dims[d]; d++)
            at += snprintf(want + at, sizeof want - (size_t)at, "%s`%s`", d ? "、" : "",
                           r->dims[d]);
        at += snprintf(want + at, sizeof want - (size_t)at, "\n- 指标：");
        for (size_t m = 0; m < CATALOGUE_MAX_MEASURES && r->measures[m]; m++)
            at += snprintf(want + at, sizeof want - (size_t)at, "%s`%s`", m ? "、" : "",
                           r->measures[m]);
        snprintf(want + at, sizeof want - (size_t)at,
                 "\n- 年度：最多 %d 年，最少 %d 年\n- 指标解释：%s\n- 同类表：%s\n"
                 "- 序列中断：%s\n",
                 r->years, r->years_least, r->definition, r->source, r->breaks);
        if (!strstr(doc, want)) fail_msg("docs/indicators.md lacks:\n%s", want);
    }
    const struct catalogue_measure *m = catalogue_measures(&nm);
    for (size_t i = 0; i < nm; i++) {
        char want[1024];
        snprintf(want, sizeof want, "| `%s` | %s | %s | %s |\n", m[i].id, m[i].label,
                 m[i].label_en, m[i].formula);
        if (!strstr(doc, want)) fail_msg("docs/indicators.md lacks:\n%s", want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(a_wrong_id_names_the_closest),
        cmocka_unit_test(cubes_are_distinct_and_cover_every_row),
        cmocka_unit_test(every_chart_draws_what_its_table_has),
        cmocka_unit_test(the_document_says_the_same),
    };
    return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
