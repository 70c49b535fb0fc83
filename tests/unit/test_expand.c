/* Widening queries: what is expanded and what is not, what is told about it, and that the
 * printed form leads back to the same tree. */
#include "core/codes.h"
#include "core/synonym.h"
#include "query/expand.h"
#include "query/expand_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <talloc.h>

static struct qlang_query *expanded(const char *q, struct expansion_list *list,
                                    struct buf *printed) {
    struct qlang_query *query = NULL;
    struct err err;
    if (qlang_parse(NULL, str_of(q), AUDIENCE_PUBLIC, &query, &err) != STATUS_OK ||
        expand_query(query, list, &err) != STATUS_OK)
        fail_msg("%s: %s", q, err.text);
    buf_clear(printed);
    qlang_print(query->root, printed);
    return query;
}

/* Expands, prints, parses, expands: the same tree, and nothing is told again. */
static void check_stable(const char *q) {
    struct expansion_list list, again;
    struct buf a = buf_init(0), b = buf_init(0);
    struct qlang_query *one = expanded(q, &list, &a);
    if (a.n <= QLANG_MAX_BYTES) {
        struct qlang_query *two = expanded(buf_z(&a), &again, &b);
        if (!qlang_equal(one->root, two->root))
            fail_msg("%s: “%s” becomes “%s”", q, buf_z(&a), buf_z(&b));
        assert_int_equal(again.n, 0);
        talloc_free(two);
    }
    talloc_free(one);
    buf_done(&a);
    buf_done(&b);
}

static void words_become_alternatives(void **state) {
    (void)state;
    static const struct {
        const char *q, *understood;
    } cases[] = {
        {"LNG", "LNG OR \"液化天然气\""},
        {"液化天然气", "液化天然气 OR \"LNG\""},
        {"ＬＮＧ储罐", "ＬＮＧ储罐 OR \"液化天然气储罐\""},
        {"砼", "砼 OR \"混凝土\""},
        {"煤矿 LNG", "煤矿 AND (LNG OR \"液化天然气\")"},
        {"煤矿 OR LNG OR 砼", "煤矿 OR LNG OR \"液化天然气\" OR 砼 OR \"混凝土\""},
        {"LNG OR 液化天然气", "LNG OR 液化天然气"},
        {"液化天然气 OR LNG", "液化天然气 OR LNG"},
        {"LNG OR \"液化天然气\"", "LNG OR \"液化天然气\""},
        {"煤矿 (砼 OR LNG)", "煤矿 AND (砼 OR \"混凝土\" OR LNG OR \"液化天然气\")"},
        /* fields of text, units and others */
        {"标题:砼", "标题:砼 OR 标题:\"混凝土\""},
        {"标题:(砼 煤矿)", "(标题:砼 OR 标题:\"混凝土\") AND 标题:煤矿"},
        {"单位:中科院", "单位:中科院 OR 单位:\"中国科学院\""},
        {"权属单位:中科院", "权属单位:中科院 OR 权属单位:\"中国科学院\""},
        {"标题:中科院", "标题:中科院"},
        {"中科院", "中科院 OR 单位:\"中国科学院\""},
        {"中科院 年度:2025", "(中科院 OR 单位:\"中国科学院\") AND 年度:2025"},
        {"人员:砼", "人员:砼"},
        {"登记号:LNG", "登记号:LNG"},
        {"类别:A LNG", "类别:应用技术成果 AND (LNG OR \"液化天然气\")"},
        /* what stays as it is */
        {"\"LNG\"", "\"LNG\""},
        {"“砼”", "\"砼\""},
        {"标题:\"砼\"", "标题:\"砼\""},
        {"-LNG", "-LNG"},
        {"煤矿 -(砼 OR LNG)", "煤矿 AND -(砼 OR LNG)"},
        {"LNG*", "LNG*"},
        {"LNG NEAR/3 砼", "LNG NEAR/3 砼"},
        {"煤矿瓦斯抽采钻孔封孔砼", "煤矿瓦斯抽采钻孔封孔砼"},
        {"标题:煤矿瓦斯抽采钻孔封孔砼", "标题:煤矿瓦斯抽采钻孔封孔砼"},
        {"瓦斯", "瓦斯"},
        {"", ""},
        /* read literally, words all the same */
        {"\"砼", "砼 OR \"混凝土\""},
    };
    struct buf b = buf_init(0);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct expansion_list list;
        talloc_free(expanded(cases[i].q, &list, &b));
        if (strcmp(buf_z(&b), cases[i].understood) != 0)
            fail_msg("%s: “%s”, not “%s”", cases[i].q, buf_z(&b), cases[i].understood);
        if (cases[i].q[0]) check_stable(cases[i].q);
    }
    buf_done(&b);
}

static void numbers_look_in_their_field(void **state) {
    (void)state;
    /* 专利号 in all its ways of writing */
    static const char ways[] =
        "专利号:\"ZL202310000000.0\" OR 专利号:\"202310000000.0\" OR "
        "专利号:\"ZL2023100000000\" OR 专利号:\"2023100000000\" OR "
        "专利号:\"ZL 2023 1 0000000.0\" OR 专利号:\"CN202310000000.0\"";
    static const char *const typed[] = {
        "ZL202310000000.0", "zl202310000000.0", "202310000000.0",  "2023100000000",
        "ZL2023100000000",  "ZL202310000000",   "CN202310000000.0"};
    struct buf b = buf_init(0), want = buf_init(0);
    struct expansion_list list;
    struct qlang_query *q;
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        q = expanded(typed[i], &list, &b);
        buf_clear(&want);
        buf_add_f(&want, "%s OR %s", typed[i], ways);
        assert_string_equal(buf_z(&b), buf_z(&want));
        assert_string_equal(list.v[0].kind, "number");
        assert_int_equal(expansion_shown(&list.v[0]), 1);
        talloc_free(q);
        check_stable(typed[i]);
    }
    /* typed in several words */
    q = expanded("ZL 2023 1 0000000.0", &list, &b);
    buf_clear(&want);
    buf_add_f(&want, "ZL AND 2023 AND 1 AND 0000000.0 OR %s", ways);
    assert_string_equal(buf_z(&b), buf_z(&want));
    assert_true(str_eq_z(list.v[0].text, "ZL 2023 1 0000000.0"));
    assert_true(str_eq_z(list.v[0].without, "\"ZL\" \"2023\" \"1\" \"0000000.0\""));
    talloc_free(q);
    buf_done(&b);
    buf_done(&want);
}

static void numbers_are_told_by_their_form(void **state) {
    (void)state;
    static const struct {
        const char *q, *understood;
    } cases[] = {
        {"ZL98123456.X", NULL},
        {"CN116123456B", "CN116123456B OR 专利号:\"CN116123456B\" OR "
                         "专利号:\"CN 116123456 B\" OR 专利号:\"CN116123456\""},
        {"2019SR0123456", "2019SR0123456 OR 专利号:\"2019SR0123456\""},
        {"cnb201912345", "cnb201912345 OR 专利号:\"CNB201912345\""},
        {"2019SR01234", "2019SR01234"},
        {"9142015Y000001", "9142015Y000001"},
        {"GB50010",
         "GB50010 OR 标准号:\"GB 50010\" OR 标准号:\"GB50010\" OR \"GB 50010\""},
        {"GB/T12345-2020", "GB/T12345-2020 OR 标准号:\"GB/T 12345-2020\" OR "
                           "标准号:\"GB/T12345-2020\" OR \"GB/T 12345-2020\""},
        {"GB/T 12345.1—2020 煤",
         "(GB/T AND 12345.1—2020 OR 标准号:\"GB/T 12345.1-2020\" OR "
         "标准号:\"GB/T12345.1-2020\" OR \"GB/T12345.1-2020\") AND 煤"},
        {"煤 DB14/T 1234-2019", "煤 AND (DB14/T AND 1234-2019 OR "
                                "标准号:\"DB14/T 1234-2019\" OR "
                                "标准号:\"DB14/T1234-2019\" OR \"DB14/T1234-2019\")"},
        {"NB/T12345", "NB/T12345 OR 标准号:\"NB/T 12345\" OR 标准号:\"NB/T12345\" OR "
                      "\"NB/T 12345\""},
        {"标准号:GB50010", "标准号:GB50010 OR 标准号:\"GB 50010\""},
        {"专利号:CN116123456B", "专利号:CN116123456B OR 专利号:\"CN 116123456 B\" OR "
                                "专利号:\"CN116123456\""},
        {"91350100M000100Y43", "91350100M000100Y43 OR 信用代码:\"91350100M000100Y43\""},
        {"91350100m000100y43", "91350100m000100y43 OR 信用代码:\"91350100M000100Y43\""},
        /* no such numbers */
        {"91350100M000100Y44", "91350100M000100Y44"}, /* check character */
        {"202310000000.1", NULL},                     /* the dot says enough */
        {"2023100000001", "2023100000001"},           /* check digit */
        {"2023400000000", "2023400000000"},           /* no kind 4 */
        {"981234567", "981234567"},
        {"13800000000", "13800000000"},
        {"NB12345", "NB12345"},
        {"MT123", "MT123"},
        {"DB14 1234", "DB14 AND 1234"},
        {"标题:GB50010", "标题:GB50010"},
        {"\"GB50010\"", "\"GB50010\""},
        {"2023 1", "2023 AND 1"},
        {"3.5nm", NULL},
        {"A", "A"},
    };
    struct buf b = buf_init(0);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct expansion_list list;
        talloc_free(expanded(cases[i].q, &list, &b));
        if (cases[i].understood && strcmp(buf_z(&b), cases[i].understood) != 0)
            fail_msg("%s: “%s”, not “%s”", cases[i].q, buf_z(&b), cases[i].understood);
        check_stable(cases[i].q);
    }
    buf_done(&b);
}

static void what_is_added_is_told(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    struct expansion_list list;
    struct qlang_query *q = expanded("煤矿 LNG  标题:砼 中科院", &list, &b);
    static const struct {
        const char *text, *kind, *added, *without;
    } want[] = {
        {"LNG", "abbreviation", "液化天然气", "煤矿 \"LNG\"  标题:砼 中科院"},
        {"砼", "old", "混凝土", "煤矿 LNG  标题:\"砼\" 中科院"},
        {"中科院", "unit", "单位:中国科学院", "煤矿 LNG  标题:砼 \"中科院\""},
    };
    assert_int_equal(list.n, ARRAY_LEN(want));
    for (size_t i = 0; i < list.n; i++) {
        const struct expansion *e = &list.v[i];
        assert_true(str_eq_z(e->text, want[i].text));
        assert_string_equal(e->kind, want[i].kind);
        assert_int_equal(e->n, 1);
        assert_true(str_eq_z(e->added[0], want[i].added));
        assert_true(str_eq_z(e->without, want[i].without));
        assert_int_equal(expansion_shown(e), 1);
        /* The rewritten word carries what was typed. */
        assert_true(str_eq(q->root->child[i + 1]->text, e->text));
    }
    assert_true(q->plain == false);
    talloc_free(q);
    /* Taken back, it stays back. */
    talloc_free(expanded("煤矿 \"LNG\"  标题:\"砼\" \"中科院\"", &list, &b));
    assert_int_equal(list.n, 0);
    /* A malformed query cannot be given quotes. */
    q = expanded("\"砼", &list, &b);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.v[0].without.n, 0);
    talloc_free(q);
    q = expanded("LNG 煤矿", &list, &b);
    assert_true(q->plain);
    talloc_free(q);
    buf_done(&b);
}

/* Every term of the table, alone, beside others, as a part, in an OR and in a field. */
static void the_whole_table_is_stable(void **state) {
    (void)state;
    static const char *const form[] = {"%.*s",       "煤矿 %.*s", "新型%.*s技术",
                                       "%.*s OR 砼", "标题:%.*s", "单位:(%.*s OR LNG)"};
    struct str term;
    size_t alternatives;
    for (size_t i = 0; (term = synonym_term(i, &alternatives)).n; i++)
        for (size_t k = 0; k < ARRAY_LEN(form); k++) {
            const char *at = strstr(form[k], "%.*s");
            struct buf q = buf_init(0);
            buf_add(&q, form[k], (size_t)(at - form[k]));
            buf_add_str(&q, term);
            buf_add_z(&q, at + 4);
            check_stable(buf_z(&q));
            buf_done(&q);
        }
}

static void limits_hold(void **state) {
    (void)state;
    struct buf q = buf_init(0), b = buf_init(0);
    struct expansion_list list;
    /* more words than are expanded */
    for (size_t i = 0; i < EXPAND_MAX + 4; i++) buf_add_f(&q, "%sLNG", i ? " " : "");
    talloc_free(expanded(buf_z(&q), &list, &b));
    assert_int_equal(list.n, EXPAND_MAX);
    check_stable(buf_z(&q));
    /* leaves: 60 words, then numbers with six forms each */
    buf_clear(&q);
    for (size_t i = 0; i < QLANG_MAX_LEAVES - 4; i++) buf_add_z(&q, "煤 ");
    buf_add_z(&q, "LNG 202310000000.0 LNG");
    struct qlang_query *query = expanded(buf_z(&q), &list, &b);
    assert_int_equal(list.n, 1);
    assert_int_equal(query->root->n, QLANG_MAX_LEAVES - 1);
    talloc_free(query);
    check_stable(buf_z(&q));
    /* brackets */
    for (size_t depth = QLANG_MAX_DEPTH - 2; depth <= QLANG_MAX_DEPTH; depth++) {
        buf_clear(&q);
        for (size_t i = 0; i < depth; i++) buf_add_z(&q, "煤 (水 OR 油 ");
        buf_add_z(&q, "LNG");
        for (size_t i = 0; i < depth; i++) buf_add_z(&q, ")");
        check_stable(buf_z(&q));
    }
    buf_done(&q);
    buf_done(&b);
}

static uint64_t next(uint64_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

/* Queries glued of pieces, well-formed or not. */
static void any_query_is_stable(void **state) {
    (void)state;
    static const char *const piece[] = {
        "LNG",   "液化天然气", "砼",  "混凝土",     "中科院",  "ZL202310000000.0",
        "GB/T ", "12345-2020", "ZL ", "2023 ",      "1 ",      "0000000.0",
        " OR ",  " AND ",      "(",   ")",          "\"",      "“",
        "”",     " -",         "*",   " NEAR/2 ",   "标题:",   "单位:",
        " ",     " ",          " ",   "年度:2025 ", "专利号:", "煤矿",
        "/",     "110千伏",    "「",  "」",         "＂",      "：",
    };
    const char *z = getenv("CHENGGUO_SEED");
    uint64_t s = z ? strtoull(z, NULL, 10) | 1 : 20261121;
    for (int round = 0; round < 4000; round++) {
        struct buf q = buf_init(0);
        struct qlang_query *query = NULL;
        struct err err;
        for (uint64_t n = next(&s) % 14; n; n--)
            buf_add_z(&q, piece[next(&s) % ARRAY_LEN(piece)]);
        if (qlang_parse(NULL, buf_str(&q), AUDIENCE_PUBLIC, &query, &err) == STATUS_OK &&
            query->root)
            check_stable(buf_z(&q));
        talloc_free(query);
        buf_done(&q);
    }
}

static int load(void **state) {
    (void)state;
    struct err err;
    if (codes_load(&err) == STATUS_OK && synonym_load(NULL, &err) == STATUS_OK) return 0;
    printf("%s:%ld: %s\n", err.file, err.line, err.text);
    return 1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_become_alternatives),
        cmocka_unit_test(numbers_look_in_their_field),
        cmocka_unit_test(numbers_are_told_by_their_form),
        cmocka_unit_test(what_is_added_is_told),
        cmocka_unit_test(the_whole_table_is_stable),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(any_query_is_stable),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
