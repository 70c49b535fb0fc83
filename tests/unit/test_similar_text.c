/* Titles: the core form, what is alike and what is not, and the distance against the
 * textbook's table. */
#include "core/text.h"
#include "core/utf8.h"
#include "indexer/decide_identity.h"
#include "indexer/similar_diff.h"
#include "indexer/similar_text.h"
#include "tests/prop/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static size_t below(uint64_t *s, size_t n) {
    return (size_t)(draw_next(s) % n);
}

/* The textbook's Levenshtein distance. */
static unsigned plain(const uint32_t *a, size_t n, const uint32_t *b, size_t m) {
    unsigned row[SIMILAR_MAX_CHARS + 1];
    for (size_t k = 0; k <= m; k++) row[k] = (unsigned)k;
    for (size_t i = 1; i <= n; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i;
        for (size_t k = 1; k <= m; k++) {
            unsigned best = corner + (a[i - 1] != b[k - 1]);
            if (row[k] + 1 < best) best = row[k] + 1;
            if (row[k - 1] + 1 < best) best = row[k - 1] + 1;
            corner = row[k];
            row[k] = best;
        }
    }
    return row[m];
}

/* A text, and another made of it by some edits (or drawn on its own). */
static size_t draw(uint64_t *s, uint32_t *out, size_t max, size_t letters) {
    size_t n = below(s, max + 1);
    for (size_t i = 0; i < n; i++) out[i] = 0x4E00 + (uint32_t)below(s, letters);
    return n;
}

static size_t edit(uint64_t *s, const uint32_t *a, size_t n, uint32_t *b,
                   size_t letters) {
    size_t m = n, edits = below(s, 12);
    memcpy(b, a, n * sizeof *a);
    for (size_t e = 0; e < edits; e++) {
        size_t at = below(s, m + 1);
        uint32_t cp = 0x4E00 + (uint32_t)below(s, letters);
        switch (below(s, 3)) {
            case 0:
                if (at < m) b[at] = cp;
                break;
            case 1:
                if (at == m) break;
                memmove(b + at, b + at + 1, (m - at - 1) * sizeof *b);
                m--;
                break;
            default:
                if (m == SIMILAR_MAX_CHARS) break;
                memmove(b + at + 1, b + at, (m - at) * sizeof *b);
                b[at] = cp;
                m++;
        }
    }
    return m;
}

static uint64_t bag_of(const uint32_t *t, size_t n) {
    struct buf b = buf_init(0);
    struct similar_title title;
    for (size_t i = 0; i < n; i++) {
        char utf8[4];
        buf_add(&b, utf8, utf8_put(t[i], utf8));
    }
    similar_title_of(str_slice(buf_z(&b), b.n), &title);
    buf_done(&b);
    assert_int_equal(title.n, n);
    return title.bag;
}

static void distance_is_levenshteins(void **state) {
    (void)state;
    static const size_t lengths[] = {0,  1,  5,   40,  63,
                                     64, 65, 128, 200, SIMILAR_MAX_CHARS};
    static const size_t letters[] = {2, 5, 40, 3000};
    uint64_t s = 11;
    for (int round = 0; round < 6000; round++) {
        uint32_t a[SIMILAR_MAX_CHARS], b[SIMILAR_MAX_CHARS];
        size_t max = lengths[below(&s, ARRAY_LEN(lengths))];
        size_t kinds = letters[below(&s, ARRAY_LEN(letters))];
        size_t n = draw(&s, a, max, kinds);
        size_t m = below(&s, 4) ? edit(&s, a, n, b, kinds) : draw(&s, b, max, kinds);
        unsigned want = plain(a, n, b, m);
        assert_int_equal(similar_distance(a, n, b, m, 2 * SIMILAR_MAX_CHARS), want);
        unsigned k = (unsigned)below(&s, 40);
        assert_int_equal(similar_distance(a, n, b, m, k), want <= k ? want : k + 1);
    }
}

/* Characters that stand in no word which the core form drops. */
static void filters_never_lose_a_pair(void **state) {
    (void)state;
    uint64_t s = 12;
    size_t kept = 0, dropped = 0;
    for (int round = 0; round < 3000; round++) {
        uint32_t a[SIMILAR_MAX_CHARS], b[SIMILAR_MAX_CHARS];
        size_t n = draw(&s, a, 60, 40);
        size_t m = below(&s, 2) ? edit(&s, a, n, b, 40) : draw(&s, b, 60, 40);
        unsigned d = plain(a, n, b, m);
        for (size_t i = 0; i < n; i++) a[i] += 0x2000;
        for (size_t i = 0; i < m; i++) b[i] += 0x2000;
        bool near = similar_near((unsigned)n, bag_of(a, n), (unsigned)m, bag_of(b, m), 5);
        if (d <= 5) assert_true(near);
        kept += near;
        dropped += !near;
    }
    assert_true(kept > 300 && dropped > 300);
}

static struct similar_title title(const char *text) {
    struct identity *id = identity_new();
    struct err err = {0};
    json_t *doc = json_pack("{s:s}", "title", text);
    assert_non_null(id);
    assert_int_equal(identity_of(doc, false, id, &err), STATUS_OK);
    struct similar_title t;
    similar_title_of(buf_str(&id->title), &t);
    identity_free(id);
    json_decref(doc);
    return t;
}

static void core_forms(void **state) {
    (void)state;
    static const struct {
        const char *title, *core;
    } cases[] = {
        {"一种工业物联网运维平台研究", "一种工业物联网运维平台"},
        {"《煤矿瓦斯抽采》关键技术研究与应用", "煤矿瓦斯抽采"},
        {"煤矿瓦斯抽采技术的研究及其应用", "煤矿瓦斯抽采"},
        {"煤矿瓦斯抽采与应用", "煤矿瓦斯抽采"},
        {"煤矿瓦斯抽采应用", "煤矿瓦斯抽采应用"},
        {"城市建筑研究进展研究研究", "城市建筑研究进展"},
        {"技术研究", "技术研究"},
        {"瓦斯研究与应用", "瓦斯研究与应用"},
        {"基于遗传机制的提取方法", "遗传机制的提取方法"},
        {"以遗传机制为基础的提取方法", "以遗传机制提取方法"},
        {"ＬＡ－ICP-MS 原位分析", "laicpms原位分析"},
        {"版本2.5/3.7：C#与C++", "版本2.53.7c#与c++"},
        {"", ""},
        {"——", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct similar_title t = title(cases[i].title);
        struct buf b = buf_init(0);
        for (size_t k = 0; k < t.n; k++) {
            char utf8[4];
            buf_add(&b, utf8, utf8_put(t.core[k], utf8));
        }
        assert_string_equal(buf_z(&b), cases[i].core);
        buf_done(&b);
    }
}

static void alike_or_not(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        bool alike;
    } cases[] = {
        /* slips and other spellings */
        {"煤矿井下瓦斯抽采钻孔封孔", "煤矿井下瓦斯抽采钻孔封孔研究", true},
        {"煤矿井下瓦斯抽采钻孔封孔", "煤礦井下瓦斯抽采钻孔封孔", true},
        {"煤矿井下瓦斯抽采钻孔封孔", "煤矿井下瓦斯采抽钻孔封孔", false},
        {"煤矿井下瓦斯抽采钻孔高效封孔", "煤矿井下瓦斯抽采钻孔高校封孔", true},
        {"多功能模切机", "多功模切机", true},
        {"瓦斯封孔", "瓦斯封口", false},
        {"同一种复合生态系统的降雨过程", "同一种复合生态装置的降雨过程", true},
        {"", "", false},
        /* phase, model, year */
        {"煤矿瓦斯智能监测平台一期", "煤矿瓦斯智能监测平台二期", false},
        {"煤矿瓦斯智能监测平台", "煤矿瓦斯智能监测平台（二期）", false},
        {"煤矿瓦斯智能监测平台3号", "煤矿瓦斯智能监测平台5号", false},
        {"煤矿瓦斯智能监测平台2020", "煤矿瓦斯智能监测平台2021", false},
        {"煤矿瓦斯智能监测平台Ⅱ型", "煤矿瓦斯智能监测平台Ⅲ型", false},
        {"煤矿瓦斯智能监测平台A型", "煤矿瓦斯智能监测平台B型", false},
        {"第二代煤矿瓦斯智能监测平台", "第三代煤矿瓦斯智能监测平台", false},
        {"煤矿瓦斯智能监测平台3.5", "煤矿瓦斯智能监测平台35", false},
        {"一种煤矿瓦斯智能监测平台", "煤矿瓦斯智能监测平台三种", false},
        {"二氧化碳捕集与封存材料制备", "三氧化碳捕集与封存材料制备", true},
        /* a qualifier is added */
        {"一种煤矿瓦斯抽采智能监测平台", "一种煤矿瓦斯抽采智能监测平台的推广应用", false},
        {"一种煤矿瓦斯抽采智能监测平台研究", "一种煤矿瓦斯抽采智能监测平台研究新工艺",
         false},
        /* another word */
        {"万柏林区晋商文化价值评估战略", "万柏林区红色文化价值评估战略", false},
        {"太原市煤矿瓦斯抽采智能监测平台建设", "大同市煤矿瓦斯抽采智能监测平台建设",
         false},
        {"煤矿井下瓦斯抽采关键封孔材料的制备", "煤矿井下瓦斯抽采核心封孔材料的制备",
         true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct similar_title a = title(cases[i].a), b = title(cases[i].b);
        unsigned percent = 0;
        bool one = similar_titles(&a, &b, &percent), other = similar_titles(&b, &a, NULL);
        if (one != cases[i].alike || other != one)
            fail_msg("%s | %s: %d, %d (%u%%)", cases[i].a, cases[i].b, one, other,
                     percent);
        if (one) assert_in_range(percent, 100 - SIMILAR_PERCENT - 5, 100);
    }
}

/* Titles as hostile as they come: nothing but bounds is asked of them. */
static void long_and_odd_titles(void **state) {
    (void)state;
    static const char *const units[] = {"研究", "基于",   "为基础的", "1",  ".", "Ⅷ",
                                        "第",   "与应用", "😀",        "一", "a", "号"};
    uint64_t s = 13;
    for (int round = 0; round < 500; round++) {
        struct buf b = buf_init(0);
        size_t n = below(&s, 400);
        for (size_t i = 0; i < n; i++) buf_add_z(&b, units[below(&s, ARRAY_LEN(units))]);
        struct similar_title t = title(buf_z(&b)), u = t;
        assert_true(t.n <= SIMILAR_MAX_CHARS && t.n <= t.full);
        assert_int_equal(similar_titles(&t, &u, NULL), t.n > 0);
        buf_done(&b);
    }
}

static void marks_what_differs(void **state) {
    (void)state;
    static const struct {
        const char *a, *b, *x, *y;
    } cases[] = {
        {"高效封孔", "高校封孔", "高【效】封孔", "高【校】封孔"},
        {"甲乙", "甲乙丙丁", "甲乙", "甲乙【丙丁】"},
        {"", "甲", "", "【甲】"},
        {"同", "同", "同", "同"},
        {"ab", "cd", "【ab】", "【cd】"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf x = buf_init(0), y = buf_init(0);
        struct err err = {0};
        assert_int_equal(
            similar_diff(str_of(cases[i].a), str_of(cases[i].b), &x, &y, &err),
            STATUS_OK);
        assert_string_equal(buf_z(&x), cases[i].x);
        assert_string_equal(buf_z(&y), cases[i].y);
        buf_done(&x);
        buf_done(&y);
    }
    struct buf x = buf_init(0), y = buf_init(0), a = buf_init(0);
    struct err err = {0};
    for (unsigned i = 0; i <= SIMILAR_DIFF_CHARS; i++) buf_add_z(&a, "长");
    assert_int_equal(similar_diff(buf_str(&a), str_of("短"), &x, &y, &err), STATUS_OK);
    assert_string_equal(buf_z(&x), buf_z(&a));
    assert_string_equal(buf_z(&y), "短");
    buf_done(&x);
    buf_done(&y);
    buf_done(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_is_levenshteins),
        cmocka_unit_test(filters_never_lose_a_pair),
        cmocka_unit_test(core_forms),
        cmocka_unit_test(alike_or_not),
        cmocka_unit_test(long_and_odd_titles),
        cmocka_unit_test(marks_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
