#include "query/qlang.h"
#include "tests/unit/qlang_dump.h"
#include "tests/unit/xset.h"

#include <talloc.h>

/* The tree that q is read as when it is a pasted title, "" when it is not one. */
static void pasted(const char *q, const char *want) {
    void *ctx = talloc_new(NULL);
    struct qlang_query *query;
    struct qlang_node *n = NULL;
    struct buf b = buf_init(0);
    ok(qlang_parse(ctx, str_of(q), AUDIENCE_PUBLIC, &query, err));
    ok(qlang_pasted(ctx, str_of(q), AUDIENCE_PUBLIC, &n, err));
    if (n) {
        qlang_dump(n, &b);
        assert_true(str_eq_z(n->text, q));
        assert_null(n->field);
    }
    if (!str_eq_z(buf_str(&b), want)) fail_msg("%s is read as %s", q, buf_z(&b));
    buf_done(&b);
    talloc_free(ctx);
}

static void brackets_and_quotes_that_touch_text(void **state) {
    (void)state;
    pasted("筑起\"打防管控\"四位一体", "~\"筑起\"打防管控\"四位一体\"");
    pasted("意义(下)", "\"意义(下)\"");
    pasted("意义（下）", "\"意义(下)\"");
    pasted("\"府报\"--我国", "\"\"府报\"--我国\"");
    pasted("论“双碳”目标下的煤化工", "~\"论“双碳”目标下的煤化工\"");
    pasted("瓦斯抽采(一期)工程 鉴定", "~\"瓦斯抽采(一期)工程鉴定\"");
    /* Brackets that ask for nothing, as there is no operator in them. */
    pasted("煤矿治理研究 (瓦斯 顶板)", "~\"煤矿治理研究(瓦斯顶板)\"");
    pasted("5\" 管道", "\"5\"管道\""); /* a quote that is not closed */
}

static void operators_stay_operators(void **state) {
    (void)state;
    static const char *const q[] = {"",
                                    "瓦斯",
                                    "瓦斯 抽采",
                                    "煤矿 (瓦斯 OR 顶板)",
                                    "煤矿(瓦斯 OR 顶板)",
                                    "\"瓦斯抽采\"",
                                    "\"瓦斯抽采\" 煤矿",
                                    "“瓦斯抽采”",
                                    "煤矿（瓦斯｜顶板）－火灾",
                                    "标题:(瓦斯)",
                                    "标题:\"瓦斯\"",
                                    "-瓦斯",
                                    "煤矿 -瓦斯",
                                    "瓦斯*",
                                    "煤矿(瓦斯*)",
                                    "煤矿(瓦斯) -火灾",
                                    "煤矿(瓦斯 AND 顶板)",
                                    "瓦斯(治理) NEAR/3 煤矿",
                                    "3D-Var"};
    for (size_t i = 0; i < ARRAY_LEN(q); i++) pasted(q[i], "");
}

/* Nothing to search for is no title. */
static void signs_alone_are_none(void **state) {
    (void)state;
    pasted("+\"+\"+", "");
    pasted("！（？）！", "");
}

static int set_up(void **state) {
    (void)state;
    ok(codes_load(err));
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brackets_and_quotes_that_touch_text),
        cmocka_unit_test(operators_stay_operators),
        cmocka_unit_test(signs_alone_are_none),
    };
    return cmocka_run_group_tests_name("qlang_pasted", tests, set_up, NULL);
}
