#include "core/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void every_code_point_goes_round(void **state) {
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp < 0xE000) continue;
        char z[4];
        uint32_t back = UINT32_MAX;
        size_t n = utf8_put(cp, z);
        assert_int_equal(n, cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4);
        assert_int_equal(utf8_bad_at(str_slice(z, n)), n);
        assert_ptr_equal(utf8_next(z, z + n, &back), z + n);
        assert_int_equal(back, cp);
        assert_int_equal(utf8_length(str_slice(z, n)), 1);
        for (size_t k = 0; k < n; k++) assert_int_equal(utf8_bad_at(str_slice(z, k)), 0);
    }
}

static void names_the_first_bad_byte(void **state) {
    (void)state;
    static const struct {
        const char *in;
        size_t n, at;
    } cases[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"a\0b", 3, 3},
        {"\x80", 1, 0},
        {"a\xBF", 2, 1},
        {"\xC0\x80", 2, 0},         /* overlong NUL */
        {"\xC1\xBF", 2, 0},         /* overlong */
        {"\xE0\x9F\xBF", 3, 0},     /* overlong */
        {"\xF0\x8F\xBF\xBF", 4, 0}, /* overlong */
        {"\xED\xA0\x80", 3, 0},     /* a surrogate */
        {"\xED\x9F\xBF", 3, 3},     /* the last before them */
        {"\xEE\x80\x80", 3, 3},     /* the first behind them */
        {"\xF4\x8F\xBF\xBF", 4, 4}, /* U+10FFFF */
        {"\xF4\x90\x80\x80", 4, 0}, /* one more */
        {"\xF5\x80\x80\x80", 4, 0},
        {"\xFF", 1, 0},
        {"\xFE\xFF", 2, 0},
        {"煤\xE7\x9F", 5, 3},     /* cut */
        {"煤\xE7\x9F\x41", 6, 3}, /* a letter in the place of a continuation */
        {"\xF0\xA0\x80", 3, 0},
        {"\xF0\xA0\x41\x80", 4, 0},
        {"\xE7\x41\x84", 3, 0},
        {"煤矿", 6, 6},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        /* A block of its own, so that reading past the end is seen. */
        char *block = malloc(cases[i].n ? cases[i].n : 1);
        memcpy(block, cases[i].in, cases[i].n);
        size_t at = utf8_bad_at(str_slice(block, cases[i].n));
        if (at != cases[i].at) fail_msg("case %zu: %zu", i, at);
        free(block);
    }
}

static void counts_and_clips_at_borders(void **state) {
    (void)state;
    struct str s = str_of("a煤é𠀀");
    static const size_t border[] = {0, 1, 1, 1, 4, 4, 6, 6, 6, 6, 10, 10, 10};
    assert_int_equal(utf8_length(s), 4);
    for (size_t max = 0; max < ARRAY_LEN(border); max++)
        assert_int_equal(utf8_clip(s, max), border[max]);
    assert_int_equal(utf8_clip(str_slice(NULL, 0), 5), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_goes_round),
        cmocka_unit_test(names_the_first_bad_byte),
        cmocka_unit_test(counts_and_clips_at_borders),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
