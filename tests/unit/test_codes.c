/* test_codes.c - the embedded code lists: every list is there, labels and codes lead to
 * one another, hierarchies nest as interface.md says. */
#include "core/codes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int load(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

static void check_resolve(enum code_list list, const char *value, const char *want) {
    struct str got = codes_resolve(list, str_of(value));
    if (!str_eq_z(got, want))
        fail_msg("%s \"%s\": want \"%s\", got \"%.*s\"", codes_name(list), value, want,
                 (int)got.n, got.p ? got.p : "");
}

static void test_every_list_is_sound(void **state) {
    (void)state;
    for (int i = CODES_NONE + 1; i < CODES_LIST_COUNT; i++) {
        enum code_list list = (enum code_list)i;
        assert_true(codes_name(list)[0]);
        assert_true(codes_count(list) >= 2);
        for (size_t k = 0; k < codes_count(list); k++) {
            struct str code = str_of(codes_at(list, k));
            assert_true(codes_has(list, code));
            assert_true(codes_label(list, code)[0]);
            check_resolve(list, code.p, code.p);
            if (!str_eq_z(code, "其他")) assert_int_equal(codes_order(list, code), k);
            /* several districts share a name; 房地产业 is section K and its division */
            struct str back = codes_resolve(list, str_of(codes_label(list, code)));
            if (list != CODES_REGION) assert_true(codes_within(list, code, back));
        }
    }
}

static void test_sizes_of_the_standards(void **state) {
    (void)state;
    assert_int_equal(codes_count(CODES_INDUSTRY), 20 + 97);
    assert_int_equal(codes_count(CODES_DISCIPLINE), 5 + 62);
    assert_int_equal(codes_count(CODES_SEI), 9 + 1);
    size_t cities = 0;
    for (size_t i = 0; i < codes_count(CODES_REGION); i++) {
        struct str code = str_of(codes_at(CODES_REGION, i));
        assert_int_equal(code.n, 6);
        cities += str_starts(code, str_of("14")) && code.p[4] == '0' && code.p[5] == '0';
    }
    assert_int_equal(cities, 1 + 11); /* Shanxi and its cities */
    assert_true(codes_count(CODES_REGION) > 3000);
}

static const struct {
    enum code_list list;
    const char *value, *code; /* code "" = nothing */
} resolve_cases[] = {
    {CODES_CATEGORY, "应用技术成果", "A"},
    {CODES_CATEGORY, " 应用技术 ", "A"},
    {CODES_CATEGORY, "ａ", "A"},
    {CODES_CATEGORY, "发明", ""},
    {CODES_SECRECY, "非密（公开）", "非密"},
    {CODES_SECRECY, "公开", "非密"},
    {CODES_SECRECY, "秘密", "秘密"},
    {CODES_STATUS, "应用后停用", "应用后停用"},
    {CODES_STATUS, "old:应用后停用", "old:应用后停用"},
    {CODES_STATUS, "稳定应用", ""}, /* no label of the current scheme */
    {CODES_STAGE, "初期阶段（实验室、小试）", "初期阶段(实验室、小试)"},
    {CODES_STAGE, "初期阶段", "初期阶段(实验室、小试)"},
    {CODES_HITECH, "新材料", "6"},
    {CODES_HITECH, "６", "6"},
    {CODES_HITECH, "其他", "12"},
    {CODES_LEVEL, "其它", "其他"},
    {CODES_LEVEL, "", "none"},
    {CODES_LEVEL, "未填", "none"},
    {CODES_LEVEL, "领跑", ""},
    {CODES_PUBLICITY, "none", "none"},
    {CODES_UNIT_TYPE, "高等院校", "大专院校"},
    {CODES_REGION, "140100", "140100"},
    {CODES_REGION, "14", "140000"},
    {CODES_REGION, "1401", "140100"},
    {CODES_REGION, "山西", "140000"},
    {CODES_REGION, "太原市", "140100"},
    {CODES_REGION, "山西省太原市", "140100"},
    {CODES_REGION, "山西省 太原市 小店区", "140105"},
    {CODES_REGION, "太原市小店区", "140105"},
    {CODES_REGION, "北京市朝阳区", "110105"},
    {CODES_REGION, "朝阳区", ""}, /* Beijing and Changchun have one */
    {CODES_REGION, "吉林", "220000"},
    {CODES_REGION, "吉林市", "220200"},
    {CODES_REGION, "内蒙古", "150000"},
    {CODES_REGION, "香港", "810000"},
    {CODES_REGION, "140199", "140199"}, /* under a listed city */
    {CODES_REGION, "990101", ""},
    {CODES_REGION, "火星", ""},
    {CODES_REGION, "14010", ""},
    {CODES_INDUSTRY, "采矿业", "B"},
    {CODES_INDUSTRY, "06", "B06"},
    {CODES_INDUSTRY, "b06", "B06"},
    {CODES_INDUSTRY, "B0610", "B0610"},
    {CODES_INDUSTRY, "B99", ""},
    {CODES_INDUSTRY, "Z", ""},
    {CODES_INDUSTRY, "煤炭开采和洗选业", "B06"},
    {CODES_DISCIPLINE, "440", "440"},
    {CODES_DISCIPLINE, "矿山工程技术", "440"},
    {CODES_DISCIPLINE, "44055", "44055"},
    {CODES_DISCIPLINE, "4405510", "4405510"},
    {CODES_DISCIPLINE, "440551", ""},
    {CODES_DISCIPLINE, "999", ""},
    {CODES_DISCIPLINE, "工程与技术科学", "D"},
    {CODES_CONTRACT, "技术开发", "开发"},
    {CODES_CONCLUSION, "通过", "positive"},
};

static void test_resolves(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(resolve_cases); i++)
        check_resolve(resolve_cases[i].list, resolve_cases[i].value,
                      resolve_cases[i].code);
    char longer[CODES_MAX_BYTES + 2];
    memset(longer, 'x', sizeof longer);
    struct str too_long = str_slice(longer, sizeof longer);
    assert_int_equal(codes_resolve(CODES_LEVEL, too_long).n, 0);
    assert_int_equal(codes_resolve(CODES_NONE, str_of("A")).n, 0);
}

static void test_labels(void **state) {
    (void)state;
    assert_string_equal(codes_label(CODES_HITECH, str_of("1")), "电子信息");
    assert_string_equal(codes_label(CODES_LEVEL, str_of("none")), "未填");
    assert_string_equal(codes_label(CODES_PUBLICITY, str_of("none")), "未公示");
    assert_string_equal(codes_label(CODES_FORM, str_of("其他")), "其他");
    assert_string_equal(codes_label(CODES_INDUSTRY, str_of("B0610")), "煤炭开采和洗选业");
    assert_string_equal(codes_label(CODES_REGION, str_of("110100")), "北京市");
    assert_string_equal(codes_label(CODES_REGION, str_of("zz")), "");
    assert_true(str_eq_z(codes_label_str(CODES_REGION, str_of("zz")), "zz"));
    assert_true(str_eq_z(codes_parent(CODES_REGION, str_of("140105")), "140100"));
    assert_true(str_eq_z(codes_parent(CODES_REGION, str_of("419001")), "410000"));
    assert_true(str_eq_z(codes_parent(CODES_INDUSTRY, str_of("B0610")), "B06"));
    assert_true(str_eq_z(codes_parent(CODES_DISCIPLINE, str_of("440")), "D"));
    assert_int_equal(codes_parent(CODES_REGION, str_of("140000")).n, 0);
    assert_int_equal(codes_order(CODES_LEVEL, str_of("none")), SIZE_MAX - 1);
    assert_int_equal(codes_order(CODES_LEVEL, str_of("其他")), SIZE_MAX - 1);
    assert_int_equal(codes_order(CODES_LEVEL, str_of("x")), SIZE_MAX);
}

static const struct {
    enum code_list list;
    const char *code, *root;
    bool within;
} within_cases[] = {
    {CODES_REGION, "140105", "140000", true},
    {CODES_REGION, "140105", "14", true},
    {CODES_REGION, "140105", "140100", true},
    {CODES_REGION, "140105", "1401", true},
    {CODES_REGION, "140000", "140100", false},
    {CODES_REGION, "140105", "140106", false},
    {CODES_REGION, "610105", "14", false},
    {CODES_REGION, "none", "14", false},
    {CODES_REGION, "none", "none", true},
    {CODES_REGION, "140105", "000000", false},
    {CODES_REGION, "140105", "", false},
    {CODES_REGION, "140105", "1", false},
    {CODES_INDUSTRY, "B06", "B", true},
    {CODES_INDUSTRY, "B0610", "B06", true},
    {CODES_INDUSTRY, "B06", "06", true},
    {CODES_INDUSTRY, "B0610", "061", true},
    {CODES_INDUSTRY, "B06", "B07", false},
    {CODES_INDUSTRY, "B06", "B0610", false},
    {CODES_INDUSTRY, "none", "n", false},
    {CODES_INDUSTRY, "B06", "b", true},
    {CODES_INDUSTRY, "none", "N", false},
    {CODES_DISCIPLINE, "440", "D", true},
    {CODES_DISCIPLINE, "4405510", "D", true},
    {CODES_DISCIPLINE, "110", "D", false},
    {CODES_DISCIPLINE, "44055", "440", true},
    {CODES_DISCIPLINE, "440", "44055", false},
    {CODES_LEVEL, "国际领先", "国际领先", true},
    {CODES_LEVEL, "国际领先", "国际", false},
};

static void test_within(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(within_cases); i++)
        if (codes_within(within_cases[i].list, str_of(within_cases[i].code),
                         str_of(within_cases[i].root)) != within_cases[i].within)
            fail_msg("%s within %s", within_cases[i].code, within_cases[i].root);
}

static const struct {
    enum code_list list;
    const char *code, *selected, *shown;
} rollup_cases[] = {
    {CODES_REGION, "140105", "", "140100"},
    {CODES_REGION, "140100", "", "140100"},
    {CODES_REGION, "140000", "", "140000"},
    {CODES_REGION, "140105", "140000", "140100"},
    {CODES_REGION, "140105", "140100", "140105"},
    {CODES_REGION, "140105", "140105", "140105"},
    {CODES_REGION, "140105", "110000", "140100"},
    {CODES_REGION, "110105", "", "110000"},
    {CODES_REGION, "110105", "110000", "110105"},
    {CODES_REGION, "500229", "", "500000"},
    {CODES_REGION, "419001", "", "419001"},
    {CODES_REGION, "419001", "410000", "419001"},
    {CODES_REGION, "none", "", "none"},
    {CODES_INDUSTRY, "B0610", "", "B"},
    {CODES_INDUSTRY, "B0610", "B", "B06"},
    {CODES_INDUSTRY, "B0610", "06", "B061"},
    {CODES_INDUSTRY, "B06", "C", "B"},
    {CODES_INDUSTRY, "B06", "B06", "B06"},
    {CODES_INDUSTRY, "其他", "", "其他"},
    {CODES_DISCIPLINE, "4405510", "", "440"},
    {CODES_DISCIPLINE, "4405510", "D", "440"},
    {CODES_DISCIPLINE, "4405510", "440", "44055"},
    {CODES_DISCIPLINE, "4405510", "44055", "4405510"},
    {CODES_DISCIPLINE, "440", "440", "440"},
    {CODES_DISCIPLINE, "D", "", "D"},
    {CODES_LEVEL, "国际领先", "", "国际领先"},
};

static void test_rollup(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rollup_cases); i++) {
        char out[CODES_ROLLUP_BYTES];
        size_t n = codes_rollup(rollup_cases[i].list, str_of(rollup_cases[i].code),
                                str_of(rollup_cases[i].selected), out, sizeof out);
        assert_string_equal(out, rollup_cases[i].shown);
        assert_int_equal(n, strlen(out));
    }
    char small[5];
    assert_int_equal(
        codes_rollup(CODES_LEVEL, str_of("国际领先"), str_of(""), small, sizeof small),
        3);
    assert_string_equal(small, "国");
}

/* The facet of a code lists exactly what a filter by the shown value finds. */
static void test_shown_value_holds_the_code(void **state) {
    (void)state;
    static const enum code_list trees[] = {CODES_REGION, CODES_INDUSTRY,
                                           CODES_DISCIPLINE};
    for (size_t t = 0; t < ARRAY_LEN(trees); t++)
        for (size_t i = 0; i < codes_count(trees[t]); i++) {
            struct str code = str_of(codes_at(trees[t], i));
            char out[CODES_ROLLUP_BYTES];
            size_t n = codes_rollup(trees[t], code, str_of(""), out, sizeof out);
            if (!codes_within(trees[t], code, str_slice(out, n)))
                fail_msg("%s shows as %s, which does not hold it", code.p, out);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_list_is_sound),
        cmocka_unit_test(test_sizes_of_the_standards),
        cmocka_unit_test(test_resolves),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_within),
        cmocka_unit_test(test_rollup),
        cmocka_unit_test(test_shown_value_holds_the_code),
    };
    return cmocka_run_group_tests_name("codes", tests, load, NULL);
}
