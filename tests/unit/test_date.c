#include "core/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void reads_days_and_months(void **state) {
    (void)state;
    static const struct {
        const char *in;
        int32_t want;
    } cases[] = {
        {"2025-01-05", 20250105}, {"2025-01", 20250100},    {"2024-02-29", 20240229},
        {"2000-02-29", 20000229}, {"1900-01-01", 19000101}, {"2199-12-31", 21991231},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int32_t d = -1;
        char text[DATE_TEXT];
        assert_int_equal(date_parse(str_of(cases[i].in), &d, NULL), STATUS_OK);
        assert_int_equal(d, cases[i].want);
        assert_string_equal(date_text(d, text), cases[i].in);
    }
}

static void refuses_what_is_no_date(void **state) {
    (void)state;
    static const char *cases[] = {
        "",           "2025",       "2025-",       "2025-1",     "2025-1-05",
        "2025-13",    "2025-00",    "2025-01-00",  "2025-01-32", "2025-04-31",
        "2023-02-29", "1900-02-29", "2100-02-29",  "1899-12-31", "2200-01-01",
        "2025/01/05", "20250105",   "2025-01-05 ", " 2025-01",   "2025-01-5",
        "2025-01-",   "2025-01-0a", "2025-01-051", "+025-01-05", "２０２５-01-05",
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int32_t d = 77;
        struct err err;
        if (date_parse(str_of(cases[i]), &d, &err) != STATUS_INVALID)
            fail_msg("“%s” was read", cases[i]);
        assert_int_equal(d, 77);
        assert_int_equal(err.status, STATUS_INVALID);
        assert_non_null(strstr(err.text, "日期"));
    }
    int32_t d = 77;
    assert_int_equal(date_parse(str_slice(NULL, 0), &d, NULL), STATUS_INVALID);
    assert_int_equal(date_parse(str_slice("2025-01-05", 9), &d, NULL), STATUS_INVALID);
    assert_int_equal(d, 77);
}

static void prints_nothing_for_what_is_missing(void **state) {
    (void)state;
    char text[DATE_TEXT] = "x";
    assert_string_equal(date_text(0, text), "");
    assert_string_equal(date_text(-20250105, text), "");
    assert_string_equal(date_text(INT32_MAX, text), "");
    assert_int_equal(date_days(0), 0);
}

/* Every day of the range, counted by hand, against both directions. */
static void counts_days_without_gap(void **state) {
    (void)state;
    int64_t n = -25567; /* 1900-01-01 */
    for (int y = DATE_YEAR_MIN; y <= DATE_YEAR_MAX; y++)
        for (int m = 1; m <= 12; m++) {
            assert_int_equal(date_days(y * 10000 + m * 100), n);
            for (int d = 1; d <= date_days_in_month(y, m); d++, n++) {
                int32_t date = y * 10000 + m * 100 + d;
                assert_int_equal(date_days(date), n);
                assert_int_equal(instant_date(n * 86400), date);
                assert_int_equal(instant_date(n * 86400 + 86399), date);
            }
        }
    assert_int_equal(date_days(19700101), 0);
    assert_int_equal(date_days_in_month(2024, 2), 29);
    assert_int_equal(date_days_in_month(2100, 2), 28);
    assert_int_equal(date_days_in_month(2024, 0), 0);
    assert_int_equal(date_days_in_month(2024, 13), 0);
    assert_int_equal(date_year(20251103), 2025);
    assert_int_equal(date_month(20251103), 11);
    assert_int_equal(date_day(20251103), 3);
    assert_int_equal(date_day(20251100), 0);
}

static void reads_instants(void **state) {
    (void)state;
    static const struct {
        const char *in;
        int64_t want;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01", 0},
        {"2026-01-20T08:00:00Z", 1768896000},
        {"2026-01-20T16:00:00+08:00", 1768896000},
        {"2026-01-20t03:30:00-04:30", 1768896000},
        {"2026-01-20T08:00:00.999z", 1768896000},
        {"2026-01-20T08:00:00-00:00", 1768896000},
        {"2016-12-31T23:59:60Z", 1483228800},
        {"1969-12-31T23:59:59Z", -1},
        {"1900-01-01T00:00:00+23:59", -2208988800 - 86340},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t t = 77;
        assert_int_equal(instant_parse(str_of(cases[i].in), &t, NULL), STATUS_OK);
        if (t != cases[i].want) fail_msg("%s", cases[i].in);
    }
}

static void refuses_what_is_no_instant(void **state) {
    (void)state;
    static const char *cases[] = {
        "",
        "2026-01",
        "2026-01-20T",
        "2026-01-20T08:00",
        "2026-01-20T08:00:00",
        "2026-01-20 08:00:00Z",
        "2026-01-20T24:00:00Z",
        "2026-01-20T08:60:00Z",
        "2026-01-20T08:00:61Z",
        "2026-01-20T08:00:00.Z",
        "2026-01-20T08:00:00+8:00",
        "2026-01-20T08:00:00+0800",
        "2026-01-20T08:00:00+24:00",
        "2026-01-20T08:00:00+08:60",
        "2026-01-20T08:00:00+08:00 ",
        "2026-01-20T08:00:00ZZ",
        "2026-02-30T08:00:00Z",
        "2026-01-20T-8:00:00Z",
        "2026-01-20T08:00:00,5Z",
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t t = 77;
        struct err err;
        if (instant_parse(str_of(cases[i]), &t, &err) != STATUS_INVALID)
            fail_msg("“%s” was read", cases[i]);
        assert_int_equal(t, 77);
        assert_non_null(strstr(err.text, "时刻"));
    }
    /* Every prefix of a good one that ends inside it is bad, and never read past. */
    const char *good = "2026-01-20T08:00:00.123+08:00";
    for (size_t n = 0; n < strlen(good); n++) {
        int64_t t = 77;
        char *copy = malloc(n + 1);
        memcpy(copy, good, n);
        enum status s = instant_parse(str_slice(copy, n), &t, NULL);
        assert_int_equal(s, n == 10 ? STATUS_OK : STATUS_INVALID);
        free(copy);
    }
}

static void prints_instants_as_the_c_library_does(void **state) {
    (void)state;
    char ours[INSTANT_TEXT], theirs[64];
    uint64_t seed = 20260120;
    for (int i = 0; i < 2000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        time_t t = (time_t)(seed >> 30) - 4000000000; /* years 1843..2388 */
        struct tm tm;
        gmtime_r(&t, &tm);
        strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%SZ", &tm);
        assert_string_equal(instant_text(t, ours), theirs);
        strftime(theirs, sizeof theirs, "%a, %d %b %Y %H:%M:%S GMT", &tm);
        assert_string_equal(instant_http(t, ours), theirs);
    }
    assert_string_equal(instant_http(1768896000, ours), "Tue, 20 Jan 2026 08:00:00 GMT");
    assert_string_equal(instant_text(INT64_MAX, ours), "9999-12-31T23:59:59Z");
    assert_string_equal(instant_text(INT64_MIN, ours), "0001-01-01T00:00:00Z");
    assert_string_equal(instant_http(INT64_MIN, ours), "Mon, 01 Jan 0001 00:00:00 GMT");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_days_and_months),
        cmocka_unit_test(refuses_what_is_no_date),
        cmocka_unit_test(prints_nothing_for_what_is_missing),
        cmocka_unit_test(counts_days_without_gap),
        cmocka_unit_test(reads_instants),
        cmocka_unit_test(refuses_what_is_no_instant),
        cmocka_unit_test(prints_instants_as_the_c_library_does),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
