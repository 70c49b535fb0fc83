/* test_uscc.c - form and check character of GB 32100-2015. */
#include "core/uscc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Codes made up for tests, and one that the standard's own algorithm gives. */
static void the_check_character_decides(void **state) {
    (void)state;
    static const struct {
        const char *code;
        bool form, valid;
    } cases[] = {
        {"12141023100000008T", true, true},   {"91140100100521671B", true, true},
        {"911401231006955677", true, true},   {"91140100100521671C", true, false},
        {"19140100100521671B", true, false},  {"91140100100521671b", false, false},
        {"9114010010052167", false, false},   {"91140100100521671BB", false, false},
        {"91140100I00521671B", false, false}, {"", false, false},
        {"九一一四", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(uscc_has_form(str_of(cases[i].code)), cases[i].form);
        assert_int_equal(uscc_is_valid(str_of(cases[i].code)), cases[i].valid);
    }
    assert_false(uscc_has_form(str_slice("91140100\0"
                                         "0052167111",
                                         18)));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_check_character_decides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
