/* Numbers, dates and number formats of workbooks, against slower truths. */
#include "indexer/sheet_xlsx_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void tells_dates_by_format(void **state) {
    (void)state;
    static const struct {
        const char *code;
        enum xlsx_format want;
    } cases[] = {
        {"General", XLSX_PLAIN},
        {"G/通用格式", XLSX_PLAIN},
        {"0.00", XLSX_PLAIN},
        {"#,##0.00;[Red]-#,##0.00", XLSX_PLAIN},
        {"0.00E+00", XLSX_PLAIN},
        {"##0.0E-0", XLSX_PLAIN},
        {"@", XLSX_PLAIN},
        {"", XLSX_PLAIN},
        {";;;", XLSX_PLAIN},
        {"0\"年\"", XLSX_PLAIN},
        {"0年", XLSX_PLAIN},
        {"\"ymd\"0", XLSX_PLAIN},
        {"0\\d", XLSX_PLAIN},
        {"0_d", XLSX_PLAIN},
        {"*d0", XLSX_PLAIN},
        {"[Red]0", XLSX_PLAIN},
        {"[$-804]0", XLSX_PLAIN},
        {"[DBNum1][$-804]General", XLSX_PLAIN},
        {"0.0;yyyy", XLSX_PLAIN}, /* the first section shows it */
        {"0\"yyyy", XLSX_PLAIN},  /* a quote that is not closed */
        {"[hidden", XLSX_PLAIN},
        {"yyyy\"年\"m\"月\"", XLSX_DATE},
        {"yyyy年m月d日", XLSX_DATE},
        {"[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", XLSX_DATE},
        {"YYYY-MM-DD", XLSX_DATE},
        {"m/d", XLSX_DATE},
        {"mmm", XLSX_DATE},
        {"[DBNum1]yyyy\"年\"m\"月\"d\"日\";@", XLSX_DATE},
        {"yyyy/m/d h:mm", XLSX_DATE},
        {"[$-411]ggge\"年\"", XLSX_DATE},
        {"d [h]:mm", XLSX_DATE},
        {"h:mm AM/PM", XLSX_TIME},
        {"上午/下午h\"时\"mm\"分\"", XLSX_TIME},
        {"mm:ss.0", XLSX_TIME},
        {"[h]:mm:ss", XLSX_ELAPSED},
        {"[MM]", XLSX_ELAPSED},
        {"[ss].00", XLSX_ELAPSED},
        {"0[hm]", XLSX_PLAIN},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (xlsx_format_code(cases[i].code) != cases[i].want)
            fail_msg("%s is %d", cases[i].code, xlsx_format_code(cases[i].code));
    static const unsigned plain[] = {0,  1,  4,  11, 13, 23, 26,
                                     37, 44, 48, 49, 59, 70, 164};
    static const unsigned date[] = {14, 17, 22, 27, 31, 36, 50, 54, 57, 58};
    for (size_t i = 0; i < ARRAY_LEN(plain); i++)
        assert_int_equal(xlsx_format_builtin(plain[i]), XLSX_PLAIN);
    for (size_t i = 0; i < ARRAY_LEN(date); i++)
        assert_int_equal(xlsx_format_builtin(date[i]), XLSX_DATE);
    assert_int_equal(xlsx_format_builtin(46), XLSX_ELAPSED);
    assert_int_equal(xlsx_format_builtin(45), XLSX_TIME);
    assert_int_equal(xlsx_format_builtin(33), XLSX_TIME);
}

static const char *number(const char *in, char out[XLSX_VALUE_TEXT * 2]) {
    char made[XLSX_VALUE_TEXT];
    struct str text;
    if (!xlsx_number(str_of(in), made, &text)) return "no number";
    snprintf(out, XLSX_VALUE_TEXT * 2, "%.*s", (int)text.n, text.p);
    return out;
}

static void writes_numbers_as_they_would_be_typed(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"0.0", "0"},
        {"00", "0"},
        {"007", "7"},
        {"-12", "-12"},
        {"12.50", "12.5"},
        {".5", "0.5"},
        {"5.", "5"},
        {"+5", "5"},
        {"1.38E+10", "13800000000"},
        {"13800000000", "13800000000"},
        {"13800000000.0", "13800000000"},
        {"999999999999999", "999999999999999"},
        {"1E15", "1000000000000000"},
        {"9007199254740991", "9007199254740991"},
        {"1E16", "1E+16"},
        {"140101198001011234", "140101198001011234"},
        {"1.40101198001011E+17", "1.40101198001011E+17"},
        {"123456789012345678901", "1.2345678901234568E+20"},
        {"0.1", "0.1"},
        {"0.10000000000000001", "0.1"},
        {"1253.0999999999999", "1253.1"},
        {"125.30000000000001", "125.3"},
        {"0.000001", "0.000001"},
        {"1E-15", "0.000000000000001"},
        {"1E-16", "1E-16"},
        {"-1.5E-300", "-1.5E-300"},
        {"5e-324", "4.94065645841247E-324"},
        {"1e309", "no number"},
        {"", "no number"},
        {"-", "no number"},
        {"1-2", "no number"},
        {"1e", "no number"},
        {"inf", "no number"},
        {"0x10", "no number"},
        {"1,5", "no number"},
    };
    char out[XLSX_VALUE_TEXT * 2];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (strcmp(number(cases[i][0], out), cases[i][1]) != 0)
            fail_msg("%s: %s", cases[i][0], number(cases[i][0], out));
}

/* Whatever has up to 15 digits comes out of its double as it was typed. */
static void gives_back_what_was_typed(void **state) {
    (void)state;
    uint64_t r = 20251231;
    char typed[64], stored[64], out[XLSX_VALUE_TEXT * 2];
    for (int i = 0; i < 20000; i++) {
        r = r * 6364136223846793005u + 1442695040888963407u;
        int digits = (int)(r >> 33) % 15 + 1, places = (int)(r >> 40) % (digits + 1);
        long long n = (long long)(r >> 11);
        for (int k = digits; k < 19; k++) n /= 10;
        int neg = (int)(r >> 60) & 1;
        long long scale = 1;
        for (int k = 0; k < places; k++) scale *= 10;
        snprintf(typed, sizeof typed, "%lld.%0*lld", n / scale, places, n % scale);
        if (!places) typed[strcspn(typed, ".")] = 0;
        if (places) /* no zeros at the end */
            for (size_t k = strlen(typed); typed[k - 1] == '0' || typed[k - 1] == '.';
                 k--) {
                bool point = typed[k - 1] == '.';
                typed[k - 1] = 0;
                if (point) break;
            }
        double v = strtod(typed, NULL);
        if (neg && v != 0) {
            memmove(typed + 1, typed, strlen(typed) + 1);
            typed[0] = '-';
            v = -v;
        }
        snprintf(stored, sizeof stored, "%.17g", v);
        assert_string_equal(number(stored, out), typed);
        assert_string_equal(number(typed, out), typed);
    }
}

/* Every day from 1900-03-01 to 9999-12-31, counted by hand, in both systems. */
static void counts_days_like_the_calendar(void **state) {
    (void)state;
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int y = 1900, m = 3, d = 1;
    for (int day = 61; day <= 2958465; day++) {
        char in[32], want[40], out[XLSX_VALUE_TEXT];
        struct str text;
        enum cell_kind kind;
        snprintf(want, sizeof want, "%04d-%02d-%02d", y, m, d);
        snprintf(in, sizeof in, "%d", day);
        assert_true(xlsx_date(str_of(in), XLSX_DATE, false, out, &text, &kind));
        assert_int_equal(kind, CELL_DATE);
        if (!str_eq_z(text, want)) fail_msg("%d is %.10s, not %s", day, text.p, want);
        if (day >= 1462) {
            snprintf(in, sizeof in, "%d.25", day - 1462);
            assert_true(xlsx_date(str_of(in), XLSX_DATE, true, out, &text, &kind));
            memcpy(want + 10, " 06:00:00", 10);
            if (!str_eq_z(text, want)) fail_msg("%s is %.19s", in, text.p);
        }
        bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
        if (++d > length[m - 1] + (m == 2 && leap)) d = 1, m++;
        if (m > 12) m = 1, y++;
    }
    assert_int_equal(y, 10000);
}

static void leaves_texts_alone_that_hold_no_escape(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"_", "_"},
        {"_x", "_x"},
        {"_x000", "_x000"},
        {"_x000D", "_x000D"},
        {"_x000D_", "\n"},
        {"_X000A_", "\n"},
        {"_x000D__x000A_", "\n"},
        {"\r\n\r\r\n\n", "\n\n\n\n"},
        {"_x005F_x0041_", "_x0041_"},
        {"_x4E2D_文", "中文"},
        {"_xD83D__xDE00_", "😀"},
        {"_xD83D_", "_xD83D_"},
        {"_xDE00_", "_xDE00_"},
        {"_xD83D__xD83D_", "_xD83D__xD83D_"},
        {"成_果_x00", "成_果_x00"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[64];
        size_t n = (size_t)snprintf(text, sizeof text, "%s", cases[i][0]);
        n = xlsx_text_fix(text, n);
        if (!str_eq_z(str_slice(text, n), cases[i][1])) fail_msg("%s", cases[i][0]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_dates_by_format),
        cmocka_unit_test(writes_numbers_as_they_would_be_typed),
        cmocka_unit_test(gives_back_what_was_typed),
        cmocka_unit_test(counts_days_like_the_calendar),
        cmocka_unit_test(leaves_texts_alone_that_hold_no_escape),
    };
    return cmocka_run_group_tests_name("sheet_xlsx_text", tests, NULL, NULL);
}
