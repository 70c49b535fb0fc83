/* Properties of the query language: printing and parsing are inverse on any input, and no
 * input crashes or passes the limits. Seeded; CHENGGUO_SEED chooses another seed. */
#include "core/codes.h"
#include "core/utf8.h"
#include "query/qlang.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <talloc.h>

#define ROUNDS 20000

static uint64_t next(uint64_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static uint64_t seed(void) {
    const char *z = getenv("CHENGGUO_SEED");
    uint64_t s = z ? strtoull(z, NULL, 10) : 20260120;
    return s ? s : 1;
}

static void check(struct str q, enum audience audience) {
    struct qlang_query *a = NULL, *b = NULL;
    struct err err;
    struct buf text = buf_init(0);
    enum status s = qlang_parse(NULL, q, audience, &a, &err);
    if (s != STATUS_OK) {
        assert_true(s == STATUS_LIMIT || s == STATUS_INVALID);
        assert_string_equal(err.field, "q");
        return;
    }
    qlang_print(a->root, &text);
    assert_false(text.failed);
    if (text.n <= QLANG_MAX_BYTES) {
        s = qlang_parse(NULL, buf_str(&text), audience, &b, &err);
        if (s != STATUS_OK || !qlang_equal(a->root, b->root))
            fail_msg("“%.*s” prints as “%s”, which is another tree", (int)q.n, q.p,
                     buf_z(&text));
        talloc_free(b);
    }
    buf_done(&text);
    talloc_free(a);
}

/* Pieces that the grammar is made of, glued with and without spaces. */
static void printing_is_the_inverse_of_parsing(void **state) {
    (void)state;
    static const char *const piece[] = {
        "瓦斯",
        "煤矿瓦斯抽采钻孔封孔关键技术",
        "3D-Var",
        "GIS",
        "OR",
        "AND",
        "NEAR",
        "NEAR/3",
        "NEAR/0",
        "(",
        ")",
        "（",
        "）",
        "\"",
        "“",
        "”",
        "＂",
        "-",
        "－",
        "--",
        "*",
        "＊",
        ":",
        "：",
        "标题:",
        "年度:",
        "年度:2021..2025",
        "类别:",
        "A",
        "未填",
        "登记日期:",
        "2025-03..",
        "..2024",
        "第一单位:",
        "状态:",
        "approved",
        "|",
        "｜",
        " ",
        " ",
        " ",
        "　",
        "+",
        "《",
        "》",
        "\t",
        "地区:",
        "市辖区",
        "太原市",
        "ＯＲ",
        "稳定应用(旧口径)",
        "应用状态:",
        "x",
        "类别:bogus",
        "&",
        "\xC2\xA0",
    };
    uint64_t s = seed();
    for (int round = 0; round < ROUNDS; round++) {
        struct buf q = buf_init(0);
        for (uint64_t n = next(&s) % 12; n; n--)
            buf_add_z(&q, piece[next(&s) % ARRAY_LEN(piece)]);
        check(buf_str(&q), next(&s) & 1 ? AUDIENCE_PUBLIC : AUDIENCE_INTERNAL);
        buf_done(&q);
    }
}

static void any_code_points_do(void **state) {
    (void)state;
    static const uint32_t around[] = {0x20,   0x3000, 0xFF00, 0x4E00,
                                      0x2000, 0x300,  0x1F600};
    uint64_t s = seed();
    for (int round = 0; round < ROUNDS; round++) {
        struct buf q = buf_init(0);
        for (uint64_t n = next(&s) % 24; n; n--) {
            char c[4];
            uint32_t cp =
                around[next(&s) % ARRAY_LEN(around)] + (uint32_t)(next(&s) % 96);
            buf_add(&q, c, utf8_put(cp, c));
        }
        check(buf_str(&q), AUDIENCE_PUBLIC);
        buf_done(&q);
    }
}

static void any_bytes_do(void **state) {
    (void)state;
    uint64_t s = seed();
    for (int round = 0; round < ROUNDS; round++) {
        char q[32];
        size_t n = next(&s) % sizeof q;
        for (size_t i = 0; i < n; i++) q[i] = (char)next(&s);
        check(str_slice(q, n), AUDIENCE_PUBLIC);
    }
}

static int load_codes(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printing_is_the_inverse_of_parsing),
        cmocka_unit_test(any_code_points_do),
        cmocka_unit_test(any_bytes_do),
    };
    return cmocka_run_group_tests_name("qlang_prop", tests, load_codes, NULL);
}
