#include "core/err.h"

#include "core/utf8.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The numbers that interface.md promises to scripts and clients. */
static void one_table_of_codes(void **state) {
    (void)state;
    static const struct {
        enum status s;
        const char *name;
        int exit_code, http_code;
    } cases[] = {
        {STATUS_OK, "ok", 0, 200},
        {STATUS_NOT_FOUND, "not_found", 4, 404},
        {STATUS_GONE, "gone", 4, 410},
        {STATUS_USAGE, "usage", 2, 400},
        {STATUS_INVALID, "invalid", 1, 400},
        {STATUS_CONFLICT, "conflict", 1, 409},
        {STATUS_PARTIAL, "partial", 3, 200},
        {STATUS_BUSY, "busy", 5, 503},
        {STATUS_CORRUPT, "corrupt", 6, 503},
        {STATUS_DEADLINE, "deadline", 1, 503},
        {STATUS_INTERRUPTED, "interrupted", 130, 503},
        {STATUS_INTERNAL, "internal", 1, 500},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_string_equal(status_name(cases[i].s), cases[i].name);
        assert_int_equal(status_exit_code(cases[i].s), cases[i].exit_code);
        assert_int_equal(status_http_code(cases[i].s), cases[i].http_code);
    }
    for (int s = 0; s < STATUS_COUNT; s++) assert_non_null(status_name((enum status)s));
    assert_string_equal(status_name((enum status)STATUS_COUNT), "internal");
    assert_int_equal(status_exit_code((enum status) - 1), 1);
    assert_int_equal(status_http_code((enum status) - 1), 500);
}

static void sets_and_places(void **state) {
    (void)state;
    struct err err;
    char line[900];
    memset(&err, 'x', sizeof err);
    assert_int_equal(err_set(&err, STATUS_INVALID, "E_FIELD", "%s 缺失", "title"),
                     STATUS_INVALID);
    assert_string_equal(err.file, "");
    assert_string_equal(err_line(&err, line, sizeof line), "title 缺失 [E_FIELD]");
    err_place(&err, "a.jsonl", 7, NULL);
    err_place(&err, NULL, 0, "title");
    assert_string_equal(err_line(&err, line, sizeof line),
                        "a.jsonl:7: title: title 缺失 [E_FIELD]");
    err_prefix(&err, "批次 %d", 3);
    assert_string_equal(err.text, "批次 3: title 缺失");
    assert_int_equal(err.status, STATUS_INVALID);
    assert_int_equal(err_set(&err, STATUS_IO, NULL, "again"), STATUS_IO);
    assert_string_equal(err_line(&err, line, sizeof line), "again");
    assert_string_equal(err_line(&err, line, 4), "aga");
}

static void the_system_says_why(void **state) {
    (void)state;
    struct err err;
    errno = ENOENT;
    assert_int_equal(err_errno(&err, "open %s", "x"), STATUS_IO);
    assert_string_equal(err.text, "open x: No such file or directory");
    errno = ENOMEM;
    assert_int_equal(err_errno(&err, "map"), STATUS_NOMEM);
}

static void nobody_has_to_listen(void **state) {
    (void)state;
    errno = EIO;
    assert_int_equal(err_set(NULL, STATUS_GONE, "x", "y"), STATUS_GONE);
    assert_int_equal(err_errno(NULL, "y"), STATUS_IO);
    err_place(NULL, "a", 1, "b");
    err_prefix(NULL, "a");
}

/* A sentence goes into JSON and onto pages: cut between characters or not at all. */
static void what_is_too_long_is_cut_between_characters(void **state) {
    (void)state;
    char large[2000];
    for (size_t shift = 0; shift < 3; shift++) {
        struct err err;
        memset(large, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof large; i += 3) memcpy(large + i, "煤", 4);
        err_set(&err, STATUS_INVALID, large, "%s", large);
        err_place(&err, large, 1, large);
        assert_int_equal(utf8_bad_at(str_of(err.text)), strlen(err.text));
        assert_int_equal(utf8_bad_at(str_of(err.code)), strlen(err.code));
        assert_int_equal(utf8_bad_at(str_of(err.file)), strlen(err.file));
        assert_int_equal(utf8_bad_at(str_of(err.field)), strlen(err.field));
        assert_in_range(strlen(err.text), sizeof err.text - 4, sizeof err.text - 1);
        for (size_t size = 1; size < 900; size++) {
            char line[900];
            err_line(&err, line, size);
            assert_int_equal(utf8_bad_at(str_of(line)), strlen(line));
        }
        err_prefix(&err, "第 %d 行", 3);
        assert_int_equal(utf8_bad_at(str_of(err.text)), strlen(err.text));
        err_prefix(&err, "%s", large);
        assert_int_equal(utf8_bad_at(str_of(err.text)), strlen(err.text));
        errno = EIO;
        err_errno(&err, "%s", large);
        assert_int_equal(utf8_bad_at(str_of(err.text)), strlen(err.text));
    }
}

static void what_is_no_utf8_becomes_a_question_mark(void **state) {
    (void)state;
    struct err err;
    err_set(&err, STATUS_NOT_FOUND, NULL, "没有 %.4s；有", "版本");
    assert_string_equal(err.text, "没有 版?；有");
    err_set(&err, STATUS_NOT_FOUND, NULL, "“%.2s”", "版");
    assert_string_equal(err.text, "“?”");
    err_set(&err, STATUS_IO, NULL, "a\xFF\xFE\xC0\x80z\x80\x80");
    assert_string_equal(err.text, "a???z?");
    err_place(&err, "\xB5\xA5.txt", 0, "\xED\xA0\x80");
    assert_int_equal(utf8_bad_at(str_of(err.file)), strlen(err.file));
    assert_string_equal(err.field, "?");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_table_of_codes),
        cmocka_unit_test(sets_and_places),
        cmocka_unit_test(the_system_says_why),
        cmocka_unit_test(nobody_has_to_listen),
        cmocka_unit_test(what_is_too_long_is_cut_between_characters),
        cmocka_unit_test(what_is_no_utf8_becomes_a_question_mark),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
