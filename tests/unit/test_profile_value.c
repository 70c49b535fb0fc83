/* test_profile_value.c - what stands in cells, as the JSON values that the validator
 * reads. */
#include "core/codes.h"
#include "indexer/profile.h"
#include "indexer/profile_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* after the above */
#include <cmocka.h>

static const struct field *field_at(const char *path) {
    int index;
    struct str key;
    const struct field *f = profile_field(KIND_REGISTRATION, str_of(path), &index, &key);
    assert_non_null(f);
    return f;
}

static void check_value(const char *path, const char *unit, const char *cell,
                        enum cell_kind kind, const char *want) {
    struct buf out = buf_init(0);
    struct value_rule rule = {field_at(path), unit, 1900};
    value_put_list(&out, &rule, value_trim(str_of(cell)), kind);
    if (strcmp(buf_z(&out), want) != 0)
        fail_msg("%s of %s is %s, not %s", path, cell, buf_z(&out), want);
    buf_done(&out);
}

static void dates_are_read(void **state) {
    (void)state;
    static const char *const fine[][2] = {
        {"2025年1月5日", "2025-01-05"},
        {"2025年1月", "2025-01"},
        {"2025.1.5", "2025-01-05"},
        {"2025/1/5", "2025-01-05"},
        {"2025-1-5", "2025-01-05"},
        {"20250105", "2025-01-05"},
        {"202501", "2025-01"},
        {"2025.1", "2025-01"},
        {"２０２５年１月５日", "2025-01-05"},
        {"2025 年 1 月 5 日", "2025-01-05"},
        {"2025-01-05 10:12:00", "2025-01-05"},
        {"'2025-01-05", "2025-01-05"},
        {"45662", "2025-01-05"},
        {"2024-02-29", "2024-02-29"},
        {"　2025年12月31号 ", "2025-12-31"},
        {"2025/1/5 0:00", "2025-01-05"},
    };
    static const char *const left[] = {
        "25.1.5",   "2025",       "2025年13月", "2025-02-30", "1/5/2025",
        "2025年",   "二〇二五年", "2025.1.5起", "2025-1/5",   "99999",
        "2025-0-1", "20250132",   "12345.5",    "2025..1",    "约2025年1月",
    };
    char want[80];
    for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
        snprintf(want, sizeof want, "\"%s\"", fine[i][1]);
        check_value("approved_on", "元", fine[i][0], CELL_TEXT, want);
    }
    for (size_t i = 0; i < ARRAY_LEN(left); i++) {
        snprintf(want, sizeof want, "\"%s\"", left[i]);
        check_value("approved_on", "元", left[i], CELL_TEXT, want);
    }
    /* January, or October with its zero lost? */
    check_value("approved_on", "元", "2025.1", CELL_NUMBER, "\"2025.1\"");
    check_value("approved_on", "元", "2025.3", CELL_NUMBER, "\"2025-03\"");
    check_value("updated_at", "元", "2025年1月5日", CELL_TEXT, "\"2025-01-05\"");
    check_value("updated_at", "元", "2025/1/5 9:30", CELL_TEXT,
                "\"2025-01-05T09:30:00+08:00\"");
    check_value("updated_at", "元", "2025-11-03T10:12:00+08:00", CELL_TEXT,
                "\"2025-11-03T10:12:00+08:00\"");
}

static void serials_follow_their_system(void **state) {
    (void)state;
    struct buf out = buf_init(0);
    struct value_rule rule = {field_at("approved_on"), "元", 1904};
    assert_int_equal(value_put(&out, &rule, str_of("44200"), CELL_NUMBER), VALUE_SERIAL);
    assert_string_equal(buf_z(&out), "\"2025-01-05\"");
    buf_clear(&out);
    rule.serial = 0;
    assert_int_equal(value_put(&out, &rule, str_of("45662"), CELL_NUMBER), 0);
    assert_string_equal(buf_z(&out), "\"45662\"");
    buf_done(&out);
}

static void money_is_read(void **state) {
    (void)state;
    static const struct {
        const char *unit, *cell;
        enum cell_kind kind;
        const char *want;
    } rows[] = {
        {"元", "1,234.50", CELL_TEXT, "\"1234.50\""},
        {"万元", "1，234.5", CELL_TEXT, "{\"value\":\"1234.5\",\"unit\":\"万元\"}"},
        {"万元", "12元", CELL_TEXT, "\"12\""},
        {"元", "３.５万元", CELL_TEXT, "{\"value\":\"3.5\",\"unit\":\"万元\"}"},
        {"元", "1.2亿", CELL_TEXT, "{\"value\":\"1.2\",\"unit\":\"亿元\"}"},
        {"元", "￥1,000", CELL_TEXT, "\"1000\""},
        {"元", "-5.25", CELL_TEXT, "\"-5.25\""},
        {"元", "（5.25）", CELL_TEXT, "\"-5.25\""},
        {"元", "0.30000000000000004", CELL_NUMBER, "\"0.3\""},
        {"元", "1234567890123.45", CELL_NUMBER, "\"1234567890123.45\""},
        {"千元", "5", CELL_TEXT, "{\"value\":\"5\",\"unit\":\"千元\"}"},
        /* left as they are, for E_FIELD to quote */
        {"元", "1,5", CELL_TEXT, "\"1,5\""},
        {"元", "12,34,567", CELL_TEXT, "\"12,34,567\""},
        {"元", "约100", CELL_TEXT, "\"约100\""},
        {"元", "100-200", CELL_TEXT, "\"100-200\""},
        {"元", "1.25E+06", CELL_TEXT, "\"1.25E+06\""},
        {"元", "5美元", CELL_TEXT, "\"5美元\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_value("ask_amount", rows[i].unit, rows[i].cell, rows[i].kind, rows[i].want);
}

static void numbers_and_codes_are_read(void **state) {
    (void)state;
    check_value("stat_year", "元", "2023年度", CELL_TEXT, "2023");
    check_value("stat_year", "元", "２０２３", CELL_TEXT, "2023");
    check_value("stat_year", "元", "2023.0", CELL_TEXT, "2023");
    check_value("application.units", "元", "1,024 家", CELL_TEXT, "1024");
    check_value("application.units", "元", "-0", CELL_TEXT, "0");
    check_value("application.units", "元", "三家", CELL_TEXT, "\"三家\"");
    check_value("contact.phone", "元", "1.3812345678E+10", CELL_TEXT, "\"13812345678\"");
    check_value("contact.phone", "元", "1.38E+10", CELL_TEXT, "\"1.38E+10\"");
    check_value("contact.phone", "元", "13812345678.0", CELL_TEXT, "\"13812345678\"");
    check_value("contact.phone", "元", "'03510000000", CELL_TEXT, "\"03510000000\"");
    check_value("contact.phone", "元", "０３５１－０００", CELL_TEXT, "\"0351-000\"");
    check_value("title", "元", "３Ｄ“打印”\\n", CELL_TEXT, "\"３Ｄ“打印”\\\\n\"");
    struct buf out = buf_init(0);
    value_put_text(&out, str_slice("a\0b\"\n\t", 6));
    assert_string_equal(buf_z(&out), "\"a\\u0001b\\\"\\n\\u0009\"");
    buf_done(&out);
}

static void lists_are_split(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        {"keywords", "瓦斯、抽采；封孔;钻孔，煤,矿/井\n巷",
         "[\"瓦斯\",\"抽采\",\"封孔\",\"钻孔\",\"煤\",\"矿\",\"井\",\"巷\"]"},
        {"keywords", "膜（反渗透、纳滤），水[a,b]、",
         "[\"膜（反渗透、纳滤）\",\"水[a,b]\"]"},
        {"keywords", "1,3-丁二烯，2,4-D", "[\"1,3-丁二烯\",\"2,4-D\"]"},
        {"keywords", "（未闭、合", "[\"（未闭、合\"]"},
        {"industry", "农、林、牧、渔业", "[\"农、林、牧、渔业\"]"},
        {"industry", "农、林、牧、渔业；制造业、采矿业",
         "[\"农、林、牧、渔业\",\"制造业\",\"采矿业\"]"},
        {"keywords", "、；", "[]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_value(rows[i][0], "元", rows[i][1], CELL_TEXT, rows[i][2]);
    struct str part[3];
    assert_int_equal(
        value_split(field_at("standards[].no"), str_of("GB/T 1-2020、DB50/T 2"), part, 3),
        2);
    assert_int_equal(value_split(NULL, str_of("a、b、c、d"), part, 3), 3);
    assert_true(str_eq_z(part[2], "c、d"));
}

static void nothing_is_nothing(void **state) {
    (void)state;
    struct value_rule date = {field_at("approved_on"), "元", 0},
                      title = {field_at("title"), "元", 0},
                      regno = {field_at("regno"), "元", 0},
                      secrecy = {field_at("secrecy"), "元", 0};
    assert_true(value_is_nothing(&date, str_of("/")));
    assert_true(value_is_nothing(&regno, str_of("无")));
    assert_false(value_is_nothing(&title, str_of("无")));
    assert_false(value_is_nothing(&secrecy, str_of("无")));
}

static void what_fits_is_told(void **state) {
    (void)state;
    static const struct {
        const char *path, *cell;
        bool fits;
    } rows[] = {
        {"approved_on", "2025年1月", true},
        {"approved_on", "去年", false},
        {"ask_amount", "12万", true},
        {"ask_amount", "面议", false},
        {"category", "应用技术成果", true},
        {"category", "新药", false},
        {"fiscal", "是", true},
        {"fiscal", "可能", false},
        {"stat_year", "2023年", true},
        {"stat_year", "近年", false},
        {"industry", "制造业；采矿业", true},
        {"industry", "炼丹", false},
        {"title", "任何文字", true},
        {"approved_on", "无", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct value_rule rule = {field_at(rows[i].path), "元", 0};
        if (value_fits(&rule, str_of(rows[i].cell), CELL_TEXT) != rows[i].fits)
            fail_msg("%s: %s", rows[i].path, rows[i].cell);
    }
}

static int set_up(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(serials_follow_their_system),
        cmocka_unit_test(money_is_read),
        cmocka_unit_test(numbers_and_codes_are_read),
        cmocka_unit_test(lists_are_split),
        cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(what_fits_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
