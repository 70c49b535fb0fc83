#include "indexer/windows.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static int year(struct windows *w, const char *registry, int32_t day) {
    int y = -1;
    return windows_year(w, str_of(registry), day, &y) ? y : 0;
}

static void the_built_in_table(void **state) {
    (void)state;
    struct windows *w;
    struct err err;
    assert_int_equal(windows_load(NULL, &w, &err), STATUS_OK);
    /* 山西 and 青海 2019 began in November 2018 */
    assert_int_equal(year(w, "140000", 20181031), 2018);
    assert_int_equal(year(w, "140000", 20181101), 2019);
    assert_int_equal(year(w, "140000", 20181100), 2019); /* a month without day */
    assert_int_equal(year(w, "140000", 20191031), 2019);
    assert_int_equal(year(w, "630000", 20181231), 2019);
    /* after the window of a year that has one: nobody knows */
    assert_int_equal(year(w, "140000", 20191101), 0);
    /* elsewhere and otherwise the calendar year */
    assert_int_equal(year(w, "110000", 20181231), 2018);
    assert_int_equal(year(w, "140000", 20240229), 2024);
    assert_int_equal(year(w, "140000", 0), 0);
    assert_int_equal(windows_due(w, str_of("140000"), 2025, 20250630), 20260121);
    assert_int_equal(windows_due(w, str_of("140000"), 2024, 20240630), 0);
    assert_int_equal(windows_due(w, str_of("140000"), 0, 0), 0);
    /* 甘肃: six months */
    assert_int_equal(windows_due(w, str_of("620000"), 2024, 20230831), 20240229);
    assert_int_equal(windows_due(w, str_of("620000"), 0, 20241231), 20250630);
    assert_int_equal(windows_due(w, str_of("620000"), 2024, 0), 0);
    windows_free(w);
    windows_free(NULL);
}

#define HEAD "registry,stat_year,achieved_from,achieved_to,file_by,months\n"

static enum status load(const char *text, struct windows **w, struct err *err) {
    char path[] = "/tmp/windowsXXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    enum status s = windows_load(path, w, err);
    unlink(path);
    return s;
}

static void an_own_table_replaces_it(void **state) {
    (void)state;
    struct windows *w;
    struct err err;
    assert_int_equal(
        load("\xEF\xBB\xBF# 自己的\r\n\r\n\"stat_year\",registry,achieved_from,"
             "achieved_to\r\n2023,140000,2023-01-01,2023-06-30\r\n"
             "2024,140000,2023-07-01,2024-06-30\r\n",
             &w, &err),
        STATUS_OK);
    assert_int_equal(year(w, "140000", 20230630), 2023);
    assert_int_equal(year(w, "140000", 20230701), 2024);
    assert_int_equal(year(w, "140000", 20181101), 2018);
    assert_int_equal(windows_due(w, str_of("620000"), 0, 20241231), 0);
    windows_free(w);
}

static void names_line_and_column_of_what_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *text;
        long line;
        const char *field;
    } bad[] = {
        {"registry,stat_year,achieved_to\n", 1, "achieved_from"},
        {HEAD "14,2023,2023-01-01,2023-06-30,,\n", 2, "registry"},
        {HEAD "1400000000,2023,2023-01-01,2023-06-30,,\n", 2, "registry"},
        {HEAD "140000,2o23,2023-01-01,2023-06-30,,\n", 2, "stat_year"},
        {HEAD "140000,1023,2023-01-01,2023-06-30,,\n", 2, "stat_year"},
        {HEAD "140000,99999999999999999999,2023-01-01,2023-06-30,,\n", 2, "stat_year"},
        {HEAD "140000,2023,2023-01,2023-06-30,,\n", 2, "achieved_from"},
        {HEAD "140000,2023,2023-06-30,2023-01-01,,\n", 2, "achieved_from"},
        {HEAD "140000,2023,2023-02-30,2023-06-30,,\n", 2, "achieved_from"},
        {HEAD
         "140000,2023,2023-01-01,2023-06-30,,\n140000,2024,2023-06-30,2024-05-31,,\n",
         3, "achieved_from"},
        {HEAD "140000,2023,2023-01-01,2023-06-30,,6\n", 2, "months"},
        {HEAD "140000,,,,,121\n", 2, "months"},
        {HEAD "140000,,2023-01-01,,,6\n", 2, "stat_year"},
        {HEAD "140000,2023,2023-01-01,2023-06-30,soon,\n", 2, "file_by"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct windows *w = NULL;
        struct err err;
        assert_int_equal(load(bad[i].text, &w, &err), STATUS_INVALID);
        assert_int_equal(err.line, bad[i].line);
        assert_string_equal(err.field, bad[i].field);
        assert_null(w);
    }
    struct windows *w = NULL;
    struct err err;
    assert_int_equal(load("", &w, &err), STATUS_INVALID);
    assert_int_equal(windows_load("/nonexistent/windows.csv", &w, &err), STATUS_IO);
    assert_string_equal(err.file, "/nonexistent/windows.csv");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_table),
        cmocka_unit_test(an_own_table_replaces_it),
        cmocka_unit_test(names_line_and_column_of_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
