#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void slices_compare(void **state) {
    (void)state;
    assert_true(str_eq(str_slice(NULL, 0), str_of("")));
    assert_true(str_eq_z(str_slice("abc", 2), "ab"));
    assert_false(str_eq(str_of("ab"), str_of("abc")));
    assert_false(str_eq(str_slice("a\0b", 3), str_slice("a\0c", 3)));
    assert_int_equal(str_of(NULL).n, 0);
    assert_true(str_starts(str_of("abc"), str_of("ab")));
    assert_true(str_starts(str_of("abc"), str_slice(NULL, 0)));
    assert_false(str_starts(str_of("a"), str_of("ab")));
    assert_true(str_cmp(str_of("a"), str_of("b")) < 0);
    assert_true(str_cmp(str_of("ab"), str_of("a")) > 0);
    assert_true(str_cmp(str_of("z"), str_of("煤")) < 0); /* bytes are unsigned */
    assert_int_equal(str_cmp(str_slice(NULL, 0), str_of("")), 0);
}

static void trims_blanks_of_both_widths(void **state) {
    (void)state;
    assert_true(str_eq_z(str_trim(str_of(" \t\r\n　煤 矿　\v\f ")), "煤 矿"));
    assert_true(str_eq_z(str_trim(str_of("　　")), ""));
    assert_true(str_eq_z(str_trim(str_of("")), ""));
    assert_int_equal(str_trim(str_slice(NULL, 0)).n, 0);
    assert_true(
        str_eq_z(str_trim(str_of("、煤")), "、煤")); /* shares two bytes with U+3000 */
}

static void buffers_grow_and_stay_terminated(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    assert_string_equal(buf_z(&b), "");
    buf_add(&b, NULL, 0);
    assert_null(b.p);
    for (int i = 0; i < 1000; i++) {
        buf_add_f(&b, "%d,", i % 10);
        assert_int_equal(b.p[b.n], 0);
    }
    assert_int_equal(b.n, 2000);
    assert_true(b.n < b.cap && b.cap <= b.max + 1);
    buf_clear(&b);
    assert_string_equal(buf_z(&b), "");
    buf_add_z(&b, "煤");
    buf_add_char(&b, 'a');
    buf_add_str(&b, str_slice("矿山", 3));
    buf_add(&b, "\0", 1);
    assert_true(str_eq(buf_str(&b), str_slice("煤a矿", 8)));
    struct err err;
    assert_int_equal(buf_check(&b, "x", &err), STATUS_OK);
    buf_done(&b);
    assert_null(b.p);
    buf_add_z(&b, "again");
    assert_string_equal(buf_z(&b), "again");
    buf_done(&b);
}

static void a_limit_is_kept_and_remembered(void **state) {
    (void)state;
    struct buf b = buf_init(5);
    struct err err;
    buf_add_z(&b, "12345");
    assert_int_equal(buf_check(&b, "five", NULL), STATUS_OK);
    buf_add_z(&b, "");
    assert_false(b.failed);
    buf_add_char(&b, '6');
    assert_true(b.failed);
    assert_string_equal(b.p, "12345");
    assert_int_equal(buf_check(&b, "five", &err), STATUS_LIMIT);
    assert_non_null(strstr(err.text, "five"));
    b.n = 0;
    buf_add_char(&b, '7'); /* nothing more until it is cleared */
    assert_int_equal(b.n, 0);
    assert_false(buf_reserve(&b, 1));
    buf_clear(&b);
    buf_add_f(&b, "%s", "123456");
    assert_true(b.failed);
    assert_int_equal(buf_check(&b, "five", NULL), STATUS_LIMIT); /* though it is empty */
    buf_clear(&b);
    assert_true(buf_reserve(&b, 5));
    assert_false(buf_reserve(&b, SIZE_MAX));
    assert_false(buf_reserve(&b, 1));
    buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_compare),
        cmocka_unit_test(trims_blanks_of_both_widths),
        cmocka_unit_test(buffers_grow_and_stay_terminated),
        cmocka_unit_test(a_limit_is_kept_and_remembered),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
