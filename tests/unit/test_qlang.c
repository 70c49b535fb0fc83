/* Runs tests/cases/qlang.test and the table of docs/query-language.md. */
#include "core/date.h"
#include "core/text.h"
#include "query/qlang.h"
#include "tests/unit/qlang_dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <talloc.h>

#define LINE_MAX_BYTES 8192

static bool read_line(FILE *f, char line[LINE_MAX_BYTES]) {
    if (!fgets(line, LINE_MAX_BYTES, f)) return false;
    line[strcspn(line, "\n")] = 0;
    return true;
}

static bool has_notice(const struct qlang_query *q, const char *part) {
    for (size_t i = 0; i < q->nnotices; i++)
        if (strstr(q->notice[i], part)) return true;
    return false;
}

/* One case; want_notice NULL = there must be none. */
static void check(const char *query, const char *understood, const char *tree,
                  const char *want_notice) {
    struct err err;
    struct qlang_query *q = NULL, *again = NULL;
    if (qlang_parse(NULL, str_of(query), AUDIENCE_PUBLIC, &q, &err) != STATUS_OK)
        fail_msg("%s: %s", query, err.text);
    struct buf b = buf_init(0);
    qlang_print(q->root, &b);
    assert_string_equal(buf_z(&b), understood);
    assert_int_equal(qlang_parse(NULL, buf_str(&b), AUDIENCE_PUBLIC, &again, &err),
                     STATUS_OK);
    if (!qlang_equal(q->root, again->root))
        fail_msg("%s: “%s” parses to another tree", query, buf_z(&b));
    buf_clear(&b);
    qlang_dump(q->root, &b);
    if (tree) assert_string_equal(buf_z(&b), tree);
    if (want_notice && !has_notice(q, want_notice))
        fail_msg("%s: no notice “%s”", query, want_notice);
    if (!want_notice && q->nnotices)
        fail_msg("%s: unexpected notice “%s”", query, q->notice[0]);
    buf_done(&b);
    talloc_free(q);
    talloc_free(again);
}

static void runs_the_case_file(void **state) {
    (void)state;
    static char line[4][LINE_MAX_BYTES];
    size_t n = 0, cases = 0;
    FILE *f = fopen("tests/cases/qlang.test", "r");
    assert_non_null(f);
    for (bool more = true; more;) {
        static char now[LINE_MAX_BYTES];
        more = read_line(f, now);
        if (more && now[0] == '#') continue;
        if (more && now[0]) {
            assert_true(n < 4);
            memcpy(line[n++], now, sizeof now);
            continue;
        }
        if (n) {
            assert_true(n >= 3);
            check(line[0], line[1], line[2], n == 4 ? line[3] + 2 : NULL);
            cases++;
        }
        n = 0;
    }
    fclose(f);
    assert_true(cases > 50);
}

/* Rows `| ``query`` | ``understood`` | … |` of the guide. */
static void runs_the_guide(void **state) {
    (void)state;
    static char line[LINE_MAX_BYTES];
    size_t rows = 0;
    FILE *f = fopen("docs/query-language.md", "r");
    assert_non_null(f);
    while (read_line(f, line)) {
        char *query = line + 3, *end, *understood;
        if (strncmp(line, "| `", 3) != 0 || !(end = strstr(query, "` | `"))) continue;
        *end = 0;
        understood = end + 5;
        assert_non_null(end = strstr(understood, "` |"));
        *end = 0;
        struct qlang_query *q = NULL;
        struct err err;
        struct buf b = buf_init(0);
        if (qlang_parse(NULL, str_of(query), AUDIENCE_PUBLIC, &q, &err) != STATUS_OK)
            fail_msg("%s: %s", query, err.text);
        qlang_print(q->root, &b);
        assert_string_equal(buf_z(&b), understood);
        buf_done(&b);
        talloc_free(q);
        rows++;
    }
    fclose(f);
    assert_true(rows > 15);
}

static void empty_means_everything(void **state) {
    (void)state;
    static const char *const blank[] = {"", " ", "\t\n", "\u3000"};
    for (size_t i = 0; i < ARRAY_LEN(blank); i++) {
        struct qlang_query *q = NULL;
        assert_int_equal(qlang_parse(NULL, str_of(blank[i]), AUDIENCE_PUBLIC, &q, NULL),
                         STATUS_OK);
        assert_null(q->root);
        assert_int_equal(q->nnotices, 0);
        talloc_free(q);
    }
}

static void only_plain_words_may_be_relaxed(void **state) {
    (void)state;
    static const struct {
        const char *q;
        bool plain;
    } cases[] = {{"瓦斯 抽采", true},   {"瓦斯 + 抽采", true}, {"\"瓦斯\"", false},
                 {"瓦斯 OR 泵", false}, {"a AND b", false},    {"-瓦斯", false},
                 {"标题:瓦斯", false},  {"(瓦斯)", false},     {"瓦斯*", false},
                 {"瓦斯 OR", false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct qlang_query *q = NULL;
        assert_int_equal(qlang_parse(NULL, str_of(cases[i].q), AUDIENCE_PUBLIC, &q, NULL),
                         STATUS_OK);
        assert_int_equal(q->plain, cases[i].plain);
        talloc_free(q);
    }
}

static void audience_decides_on_fields(void **state) {
    (void)state;
    struct qlang_query *q = NULL;
    assert_int_equal(
        qlang_parse(NULL, str_of("状态:approved"), AUDIENCE_INTERNAL, &q, NULL),
        STATUS_OK);
    assert_int_equal(q->root->kind, QLANG_CODE);
    assert_string_equal(q->root->field->name, "state");
    talloc_free(q);
    assert_int_equal(
        qlang_parse(NULL, str_of("状态:approved"), AUDIENCE_PUBLIC, &q, NULL), STATUS_OK);
    assert_int_equal(q->root->kind, QLANG_PHRASE);
    talloc_free(q);
}

static void refuse(struct str q, enum status want, const char *code) {
    struct err err;
    struct qlang_query *out = NULL;
    assert_int_equal(qlang_parse(NULL, q, AUDIENCE_PUBLIC, &out, &err), want);
    assert_string_equal(err.code, code);
    assert_string_equal(err.field, "q");
    assert_null(out);
}

static void refuses_what_is_too_much(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    while (b.n <= QLANG_MAX_BYTES) buf_add_char(&b, 'a');
    refuse(buf_str(&b), STATUS_LIMIT, "query_too_long");
    b.n = QLANG_MAX_BYTES;
    struct qlang_query *q = NULL;
    assert_int_equal(qlang_parse(NULL, buf_str(&b), AUDIENCE_PUBLIC, &q, NULL),
                     STATUS_OK);
    talloc_free(q);
    buf_clear(&b);
    for (int i = 0; i <= QLANG_MAX_LEAVES; i++) buf_add_f(&b, "w%d ", i);
    refuse(buf_str(&b), STATUS_LIMIT, "query_too_complex");
    buf_clear(&b);
    for (int i = 0; i <= QLANG_MAX_DEPTH; i++) buf_add_char(&b, '(');
    refuse(buf_str(&b), STATUS_LIMIT, "query_too_complex");
    buf_clear(&b);
    for (int i = 0; i <= TEXT_MAX_CLUSTER; i++) buf_add_z(&b, "\xCC\x81"); /* U+0301 */
    refuse(buf_str(&b), STATUS_LIMIT, "query_too_complex");
    buf_clear(&b);
    for (int i = 0; i < 1000; i++) buf_add_z(&b, "\xEF\xB7\xBA"); /* U+FDFA: 18 letters */
    refuse(buf_str(&b), STATUS_LIMIT, "query_too_complex");
    buf_done(&b);
    refuse(str_of("年度:2025..2021"), STATUS_INVALID, "invalid_range");
    refuse(str_of("登记日期:2025-03..2025-02"), STATUS_INVALID, "invalid_range");
    refuse(str_of("\xff"), STATUS_INVALID, "invalid_utf8");
}

static void reads_and_prints_ranges(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
        bool year;
        int32_t lo, hi;
    } good[] = {
        {"2025", "2025", true, 2025, 2025},
        {"2021..2025", "2021..2025", true, 2021, 2025},
        {" 2021 .. ", "2021..", true, 2021, INT32_MAX},
        {"..2021", "..2021", true, INT32_MIN, 2021},
        {"2025", "2025-01-01..2025-12-31", false, 20250101, 20251231},
        {"2024-02", "2024-02-01..2024-02-29", false, 20240201, 20240229},
        {"2024-02-03", "2024-02-03", false, 20240203, 20240203},
        {"2024-02..2024-03-05", "2024-02-01..2024-03-05", false, 20240201, 20240305},
        {"２０２４－０２．．", "2024-02-01..", false, 20240201, INT32_MAX},
    };
    static const char *const bad[] = {"",
                                      "..",
                                      "2025...2026",
                                      "25",
                                      "2025-13",
                                      "二〇",
                                      "2025-1",
                                      "1899",
                                      "x..",
                                      "..x",
                                      "2200",
                                      "2025-..",
                                      "2021..2025..2027"};
    bool wrong;
    int32_t lo, hi;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct buf b = buf_init(0);
        assert_true(qlang_range(str_of(good[i].in), good[i].year, &lo, &hi, &wrong));
        assert_int_equal(lo, good[i].lo);
        assert_int_equal(hi, good[i].hi);
        qlang_range_print(lo, hi, good[i].year, &b);
        assert_string_equal(buf_z(&b), good[i].out);
        buf_done(&b);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(qlang_range(str_of(bad[i]), false, &lo, &hi, &wrong));
        assert_false(wrong);
    }
    assert_false(qlang_range(str_of("2025..2024"), true, &lo, &hi, &wrong));
    assert_true(wrong);
}

static int load_codes(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_the_case_file),
        cmocka_unit_test(runs_the_guide),
        cmocka_unit_test(empty_means_everything),
        cmocka_unit_test(only_plain_words_may_be_relaxed),
        cmocka_unit_test(audience_decides_on_fields),
        cmocka_unit_test(refuses_what_is_too_much),
        cmocka_unit_test(reads_and_prints_ranges),
    };
    return cmocka_run_group_tests_name("qlang", tests, load_codes, NULL);
}
