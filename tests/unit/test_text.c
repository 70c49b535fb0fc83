#include "core/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void cases_of_the_rule(void **state) {
    (void)state;
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"", ""},
        {"煤矿瓦斯抽采", "煤矿瓦斯抽采"},
        /* 1: width, case, compatibility, ignorables */
        {"ＡＢｃ１２３，。！", "abc123,。!"},
        {"5㎡ ㎞ ℃", "5m2 km °c"},
        {"ﬁne Straße", "fine strasse"},
        {"Å \xC3\x85 A\xCC\x8A", "å å å"},
        {"ｶﾞｽ", "ガス"},
        {"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "한"},
        {"a\xE2\x80\x8B\x62\xC2\xAD"
         "c\xEF\xBB\xBF",
         "abc"},
        {"e\xE2\x80\x8B\xCC\x81", "é"},
        {"葛\xF3\xA0\x84\x80城", "葛城"}, /* variation selector */
        {"⼀⼆", "一二"},                 /* Kangxi radicals */
        {"\xEF\xA4\x80", "岂"}, /* U+F900 is 豈, whose simplified form is 岂 */
        /* 2: traditional */
        {"煤礦瓦斯突出預測與風險評價", "煤矿瓦斯突出预测与风险评价"},
        {"「新技術」", "“新技术”"},
        {"薴苧苎", "苎苎苎"},
        /* 3: dashes, times, micro, tildes */
        {"3D‐Var 3D–Var 3D—Var 3D−Var 3D－Var", "3d-var 3d-var 3d-var 3d-var 3d-var"},
        {"底物－酶", "底物-酶"},
        {"20×30 ×\xCC\x88", "20x30 ẍ"},
        {"5µm 5μm", "5μm 5μm"},
        {"1〜2 1～2 1∼2", "1~2 1~2 1~2"},
        /* 4: spaces */
        {"  煤 矿\t\r\n瓦　斯  ", "煤矿瓦斯"},
        {"GIS 系统 V 2.0 版", "gis系统v 2.0版"},
        {"a \t\xE3\x80\x80\xC2\xA0 b", "a b"},
        {"煤 （ 矿 ） 瓦斯", "煤(矿)瓦斯"},
        {"a\x01\x02"
         "b",
         "a b"},
        {" \x7F\xC2\x85 ", ""},
        {"\xC2\xA8", "\xCC\x88"}, /* a space and a mark; the space stands at an end */
        /* punctuation is literal */
        {"《公羊传》", "《公羊传》"},
        {"C++ & .NET", "c++ & .net"},
    };
    struct text_map map = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf plain = buf_init(0), mapped = buf_init(0);
        struct str in = str_of(cases[i].in);
        assert_int_equal(text_normalise(in, &plain, NULL, NULL), STATUS_OK);
        assert_string_equal(buf_z(&plain), cases[i].want);
        assert_int_equal(text_normalise(in, &mapped, &map, NULL), STATUS_OK);
        assert_string_equal(buf_z(&mapped), cases[i].want);
        assert_int_equal(map.n, mapped.n);
        buf_done(&plain);
        buf_done(&mapped);
    }
    text_map_done(&map);
}

/* Where a needle of the matching text stands in the original. */
static void check_span(const char *original, const char *needle, const char *want) {
    struct buf b = buf_init(0);
    struct text_map map = {0};
    assert_int_equal(text_normalise(str_of(original), &b, &map, NULL), STATUS_OK);
    size_t at = text_find(buf_str(&b), str_of(needle), 0);
    if (at == SIZE_MAX) fail_msg("%s is not in %s", needle, buf_z(&b));
    size_t end = at + strlen(needle);
    struct str span = str_slice(original + map.from[at], map.to[end - 1] - map.from[at]);
    if (!str_eq_z(span, want)) fail_msg("%.*s instead of %s", (int)span.n, span.p, want);
    buf_done(&b);
    text_map_done(&map);
}

static void the_map_leads_back(void **state) {
    (void)state;
    check_span("基於煤 礦 瓦斯的", "煤矿瓦斯", "煤 礦 瓦斯");
    check_span("占地 5㎡。", "5m2", "5㎡");
    check_span("占地 5㎡。", "占地5m2。", "占地 5㎡。");
    check_span("采用ＧＩＳ　技术", "gis技术", "ＧＩＳ　技术");
    check_span("用 3D\xE2\x80\x90Var 法", "3d-var", "3D\xE2\x80\x90Var");
    check_span("x de\xCC\x81j\xC3\xA0 y", "déjà", "de\xCC\x81j\xC3\xA0");
    check_span("a   b", "a b", "a   b");
    check_span("a   b", "b", "b");
}

static void limits_and_bad_input_leave_the_output_alone(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    struct text_map map = {0};
    struct err err;
    buf_add_z(&b, "kept");
    static const char *bad[] = {"\x80",         "abc\xC3",          "\xC0\x80",
                                "\xED\xA0\x80", "\xF5\x80\x80\x80", "煤\xE7\x9F"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(text_normalise(str_of(bad[i]), &b, &map, &err), STATUS_INVALID);
        assert_non_null(strstr(err.text, "UTF-8"));
        assert_int_equal(map.n, 0);
    }
    assert_int_equal(text_normalise(str_slice(NULL, 0), &b, &map, NULL), STATUS_OK);

    /* A run of marks that would stall the sorting of marks; ignorables do not count. */
    struct buf marks = buf_init(0);
    buf_add_z(&marks, "文e");
    for (int i = 0; i < TEXT_MAX_CLUSTER - 1; i++)
        buf_add_z(&marks, i % 2 ? "\xCC\xA3" : "\xE2\x80\x8B\xCD\x86");
    assert_int_equal(text_normalise(buf_str(&marks), &b, &map, NULL), STATUS_OK);
    assert_true(text_is_bounded(buf_str(&marks)));
    b.n = strlen("kept");
    buf_add_z(&marks, "\xCC\xA3文");
    assert_int_equal(text_normalise(buf_str(&marks), &b, &map, &err), STATUS_LIMIT);
    assert_false(text_is_bounded(buf_str(&marks)));
    assert_int_equal(map.n, 0);
    buf_done(&marks);

    char *large = malloc(TEXT_MAX_BYTES + 1);
    memset(large, 'a', TEXT_MAX_BYTES + 1);
    assert_int_equal(text_normalise(str_slice(large, TEXT_MAX_BYTES + 1), &b, &map, &err),
                     STATUS_LIMIT);
    assert_int_equal(text_normalise(str_slice(large, TEXT_MAX_BYTES), &b, NULL, NULL),
                     STATUS_OK);
    assert_int_equal(b.n, TEXT_MAX_BYTES + 4);
    b.n = 4;
    b.p[4] = 0;
    free(large);
    assert_string_equal(b.p, "kept");
    buf_done(&b);
    text_map_done(&map);
}

/* A buffer just large enough takes the text; one byte less is STATUS_LIMIT. */
static void a_full_buffer_is_a_limit(void **state) {
    (void)state;
    static const char *in = "ＡＢ Ⱥ ﷺ 煤 ㎡";
    struct buf all = buf_init(0);
    assert_int_equal(text_normalise(str_of(in), &all, NULL, NULL), STATUS_OK);
    for (size_t max = 1; max <= all.n; max++) {
        struct buf b = buf_init(max);
        enum status s = text_normalise(str_of(in), &b, NULL, NULL);
        if (max == all.n)
            assert_int_equal(s, STATUS_OK);
        else
            assert_int_not_equal(s, STATUS_OK);
        assert_int_equal(b.n, s == STATUS_OK ? all.n : 0);
        buf_done(&b);
    }
    buf_done(&all);
}

static void classes(void **state) {
    (void)state;
    assert_true(text_is_han(0x4E2D) && text_is_han(0x3007) && text_is_han(0x3005));
    assert_true(text_is_han(0x20000) && text_is_han(0x31350));
    assert_false(text_is_han('a') || text_is_han(0x3042) || text_is_han(0x110000));
    assert_true(text_is_word('z') && text_is_word('0') && text_is_word(0x3B1));
    assert_true(text_is_word(0x301) && text_is_word(0x3042) && text_is_word(0xAC00));
    assert_false(text_is_word('-') || text_is_word(0x4E2D) || text_is_word(' '));
    assert_false(text_is_word(UINT32_MAX));
}

static void matches_cut_no_token(void **state) {
    (void)state;
    static const struct {
        const char *text, *needle;
        size_t want;
    } cases[] = {
        {"煤矿瓦斯抽采", "瓦斯", 6},
        {"煤矿瓦斯抽采", "斯抽", 9},
        {"lng储罐", "lng", 0},
        {"液化lng储罐", "lng", 6},
        {"flng lng", "lng", 5},
        {"lngs lng", "lng", 5},
        {"lngs", "lng", SIZE_MAX},
        {"flng", "lng", SIZE_MAX},
        {"lng2", "lng", SIZE_MAX},
        {"x3d-var 3d-var", "3d-var", 8},
        {"3d-vars", "3d-var", SIZE_MAX},
        {"a-lng-b", "-lng-", 1},
        {"a-lng-b", "lng-b", 2},
        {"a-lng-bc", "-lng-b", SIZE_MAX},
        {"é lng", "é", 0},
        {"煤b矿", "煤b", 0},
        {"煤bc矿", "煤b", SIZE_MAX},
        {"煤bc煤b矿", "煤b", 5},
        {"aaaa aa", "aa", 5},
        {"", "a", SIZE_MAX},
        {"a", "", SIZE_MAX},
        {"", "", SIZE_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t at = text_find(str_of(cases[i].text), str_of(cases[i].needle), 0);
        if (at != cases[i].want) fail_msg("%s in %s", cases[i].needle, cases[i].text);
    }
    assert_int_equal(text_find(str_of("lng lng"), str_of("lng"), 1), 4);
    assert_int_equal(text_find(str_of("lng lng"), str_of("lng"), 7), SIZE_MAX);
    assert_int_equal(text_find(str_of("lng"), str_of("lng"), 99), SIZE_MAX);
    /* The text before `at` still counts for the border. */
    assert_int_equal(text_find(str_of("flng"), str_of("lng"), 1), SIZE_MAX);
    assert_int_equal(text_find(str_of("瓦斯瓦斯"), str_of("瓦斯"), 3), 6);

    struct str t = str_of("煤ab-c");
    assert_true(text_is_whole(t, 0, 3) && text_is_whole(t, 3, 5) &&
                text_is_whole(t, 3, 6));
    assert_true(text_is_whole(t, 0, 7) && text_is_whole(t, 5, 6));
    assert_false(text_is_whole(t, 0, 4) || text_is_whole(t, 4, 5));
}

static void counts_and_searchability(void **state) {
    (void)state;
    assert_int_equal(text_count_han(str_of("煤矿 lng 〇𠀀。")), 4);
    assert_int_equal(text_count_han(str_of("")), 0);
    assert_true(text_is_searchable(str_of("--a")) &&
                text_is_searchable(str_of("《煤》")));
    assert_true(text_is_searchable(str_of("7")));
    assert_false(text_is_searchable(str_of("")) ||
                 text_is_searchable(str_of("- 《》，")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_of_the_rule),
        cmocka_unit_test(the_map_leads_back),
        cmocka_unit_test(limits_and_bad_input_leave_the_output_alone),
        cmocka_unit_test(a_full_buffer_is_a_limit),
        cmocka_unit_test(classes),
        cmocka_unit_test(matches_cut_no_token),
        cmocka_unit_test(counts_and_searchability),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
