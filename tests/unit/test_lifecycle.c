#include "indexer/lifecycle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* The printed table: state, then what may follow it. */
static const struct {
    const char *from, *next[4];
} table[] = {
    {"draft", {"submitted"}},
    {"submitted", {"unit_review", "returned"}},
    {"unit_review", {"desk_review", "returned"}},
    {"desk_review", {"paper_wait", "returned"}},
    {"paper_wait", {"paper_ok", "returned"}},
    {"paper_ok", {"approved", "rejected", "returned"}},
    {"approved", {"unapproved", "cancelled"}},
    {"rejected", {"submitted"}},
    {"returned", {"submitted"}},
    {"unapproved", {"approved", "rejected", "returned"}},
    {"cancelled", {NULL}},
};

static void allows_exactly_the_table(void **state) {
    (void)state;
    assert_int_equal(ARRAY_LEN(table), LIFE_COUNT - 1);
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        enum life_state from = lifecycle_state(str_of(table[i].from));
        assert_string_equal(lifecycle_name(from), table[i].from);
        for (int to = LIFE_DRAFT; to < LIFE_COUNT; to++) {
            bool want = (int)from == to;
            for (size_t k = 0; k < 4 && table[i].next[k]; k++)
                want = want ||
                       lifecycle_state(str_of(table[i].next[k])) == (enum life_state)to;
            if (lifecycle_allows(from, (enum life_state)to) != want)
                fail_msg("%s -> %s", table[i].from, lifecycle_name((enum life_state)to));
        }
        assert_true(lifecycle_allows(LIFE_NONE, from));
    }
}

static void says_what_may_follow(void **state) {
    (void)state;
    char next[LIFECYCLE_NEXT];
    assert_string_equal(lifecycle_next(LIFE_APPROVED, next), "“退回到未批复”、“注销”");
    assert_string_equal(lifecycle_next(LIFE_CANCELLED, next), "");
    assert_string_equal(lifecycle_next(LIFE_NONE, next), "");
    const struct life_event bad[] = {{1, LIFE_DRAFT, LIFE_EXPLICIT}};
    enum life_state out;
    struct err err;
    assert_int_equal(lifecycle_fold(LIFE_APPROVED, bad, 1, &out, NULL, &err),
                     STATUS_CONFLICT);
    assert_string_equal(err.text, "不能从“已批复（通过）”变为“草稿”，"
                                  "只能变为“退回到未批复”、“注销”");
    assert_int_equal(lifecycle_fold(LIFE_CANCELLED, bad, 1, &out, NULL, &err),
                     STATUS_CONFLICT);
    assert_string_equal(err.text, "不能从“注销”变为“草稿”，这个状态不再改变");
}

static void knows_its_names(void **state) {
    (void)state;
    assert_int_equal(lifecycle_state(str_of("Approved")), LIFE_NONE);
    assert_int_equal(lifecycle_state(str_of("")), LIFE_NONE);
    assert_string_equal(lifecycle_label(LIFE_CANCELLED), "注销");
    assert_true(lifecycle_freed_number(LIFE_UNAPPROVED));
    assert_true(lifecycle_freed_number(LIFE_CANCELLED));
    assert_false(lifecycle_freed_number(LIFE_APPROVED));
}

static void folds_in_order(void **state) {
    (void)state;
    const struct life_event ev[] = {
        {1, LIFE_APPROVED, LIFE_ENTRY},      {2, LIFE_UNAPPROVED, LIFE_EXPLICIT},
        {3, LIFE_APPROVED, LIFE_IMPLIED},    {3, LIFE_APPROVED, LIFE_EXPLICIT},
        {4, LIFE_UNAPPROVED, LIFE_EXPLICIT}, {5, LIFE_RETURNED, LIFE_EXPLICIT},
    };
    enum life_state s = LIFE_NONE;
    assert_int_equal(lifecycle_fold(LIFE_NONE, ev, ARRAY_LEN(ev), &s, NULL, NULL),
                     STATUS_OK);
    assert_int_equal(s, LIFE_RETURNED);
}

static void names_the_first_wrong_move(void **state) {
    (void)state;
    const struct life_event ev[] = {
        {1, LIFE_APPROVED, LIFE_ENTRY},
        {2, LIFE_CANCELLED, LIFE_EXPLICIT},
        {3, LIFE_APPROVED, LIFE_EXPLICIT},
    };
    enum life_state s = LIFE_DRAFT;
    size_t bad = 9;
    struct err err;
    assert_int_equal(lifecycle_fold(LIFE_NONE, ev, 3, &s, &bad, &err), STATUS_CONFLICT);
    assert_int_equal(bad, 2);
    assert_int_equal(s, LIFE_DRAFT);
    assert_string_equal(err.code, "E_STATE");
    assert_non_null(strstr(err.text, "注销"));
}

static void entry_goes_anywhere(void **state) {
    (void)state;
    const struct life_event ev[] = {{1, LIFE_UNAPPROVED, LIFE_EXPLICIT},
                                    {2, LIFE_PAPER_OK, LIFE_ENTRY}};
    enum life_state s = LIFE_NONE;
    assert_int_equal(lifecycle_fold(LIFE_NONE, ev, 2, &s, NULL, NULL), STATUS_OK);
    assert_int_equal(s, LIFE_PAPER_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_exactly_the_table),
        cmocka_unit_test(says_what_may_follow),
        cmocka_unit_test(knows_its_names),
        cmocka_unit_test(folds_in_order),
        cmocka_unit_test(names_the_first_wrong_move),
        cmocka_unit_test(entry_goes_anywhere),
    };
    return cmocka_run_group_tests_name("lifecycle", tests, NULL, NULL);
}
