#include "core/money.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void reads_yuan_and_larger_units(void **state) {
    (void)state;
    static const struct {
        const char *in, *unit;
        int64_t want;
        const char *print;
    } cases[] = {
        {"2000000.00", NULL, 200000000, "2000000.00"},
        {"0", NULL, 0, "0.00"},
        {"-0.00", "元", 0, "0.00"},
        {"-3.5", "元", -350, "-3.50"},
        {"0.05", NULL, 5, "0.05"},
        {"-0.05", NULL, -5, "-0.05"},
        {"007.10", NULL, 710, "7.10"},
        {"1.2300000", NULL, 123, "1.23"},
        {"125", "万元", 125000000, "1250000.00"},
        {"0.000001", "万元", 1, "0.01"},
        {"1.5", "亿元", 15000000000, "150000000.00"},
        {"0.0000000001", "亿元", 1, "0.01"},
        {"1000000000000000", NULL, MONEY_MAX_FEN, "1000000000000000.00"},
        {"-1000000000000000.000", NULL, -MONEY_MAX_FEN, "-1000000000000000.00"},
        {"10000000", "亿元", MONEY_MAX_FEN, "1000000000000000.00"},
        {"00000000000000000000000000000000000000001", NULL, 100, "1.00"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t fen = 77;
        char text[MONEY_TEXT];
        if (money_parse(str_of(cases[i].in), cases[i].unit, &fen, NULL) != STATUS_OK)
            fail_msg("%s was refused", cases[i].in);
        assert_int_equal(fen, cases[i].want);
        assert_string_equal(money_text(fen, text), cases[i].print);
    }
}

static void refuses_what_is_no_amount(void **state) {
    (void)state;
    static const struct {
        const char *in, *unit, *why;
    } cases[] = {
        {"", NULL, "十进制"},
        {"-", NULL, "十进制"},
        {"+1", NULL, "十进制"},
        {".5", NULL, "十进制"},
        {"5.", NULL, "十进制"},
        {"1,000", NULL, "十进制"},
        {"１２", NULL, "十进制"},
        {"1e3", NULL, "十进制"},
        {"0x10", NULL, "十进制"},
        {" 1", NULL, "十进制"},
        {"1 ", NULL, "十进制"},
        {"1.2.3", NULL, "十进制"},
        {"--1", NULL, "十进制"},
        {"nan", NULL, "十进制"},
        {"125万元", NULL, "十进制"},
        {"1.005", NULL, "两位小数"},
        {"0.0000001", "万元", "两位小数"},
        {"0.00000000009", "亿元", "两位小数"},
        {"1000000000000000.01", NULL, "超过"},
        {"-1000000000000000.01", NULL, "超过"},
        {"10000000.1", "亿元", "超过"},
        {"99999999999999999999999999999999999999", "亿元", "超过"},
        {"9223372036854775807", NULL, "超过"},
        {"18446744073709551617", NULL, "超过"},
        {"1", "美元", "单位"},
        {"1", "", "单位"},
        {"1.00000000000000000000000000000000000000000000000000000000000000000000000000",
         NULL, "过长"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t fen = 77;
        struct err err;
        if (money_parse(str_of(cases[i].in), cases[i].unit, &fen, &err) != STATUS_INVALID)
            fail_msg("“%s” was read", cases[i].in);
        assert_int_equal(fen, 77);
        if (!strstr(err.text, cases[i].why)) fail_msg("“%s”: %s", cases[i].in, err.text);
    }
    int64_t fen = 77;
    assert_int_equal(money_parse(str_slice(NULL, 0), NULL, &fen, NULL), STATUS_INVALID);
    assert_int_equal(money_parse(str_slice("1.50x", 4), NULL, &fen, NULL), STATUS_OK);
    assert_int_equal(fen, 150);
}

static void prints_the_ends_of_the_range(void **state) {
    (void)state;
    char text[MONEY_TEXT];
    assert_string_equal(money_text(INT64_MAX, text), "92233720368547758.07");
    assert_string_equal(money_text(INT64_MIN, text), "-92233720368547758.08");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_yuan_and_larger_units),
        cmocka_unit_test(refuses_what_is_no_amount),
        cmocka_unit_test(prints_the_ends_of_the_range),
    };
    return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
