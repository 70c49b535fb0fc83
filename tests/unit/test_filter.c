#include "query/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <talloc.h>

struct fixture {
    void *ctx;
    struct filter_set set;
    char suggestion[FILTER_SUGGESTION_MAX];
    struct err err;
};

static int set_up(void **state) {
    struct fixture *f = talloc_zero(NULL, struct fixture);
    f->ctx = f;
    *state = f;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state) {
    talloc_free(*state);
    return 0;
}

static enum status add(struct fixture *f, const char *name, const char *value) {
    int i = filter_by_name(str_of(name), AUDIENCE_INTERNAL);
    assert_true(i >= 0);
    return filter_add(f->ctx, &f->set, (size_t)i, str_of(value), f->suggestion, &f->err);
}

static const struct filter *get(const struct fixture *f, const char *name) {
    return f->set.filter[filter_by_name(str_of(name), AUDIENCE_INTERNAL)];
}

static void assert_value(const struct fixture *f, const char *name, size_t i,
                         const char *want) {
    const struct filter *x = get(f, name);
    assert_non_null(x);
    assert_true(i < x->n);
    assert_int_equal(x->value[i].text.n, strlen(want));
    assert_memory_equal(x->value[i].text.p, want, strlen(want));
}

static void names_stand_in_the_contract_order(void **state) {
    (void)state;
    static const char *const want[] = {
        "category",    "year",        "approved", "achieved",   "form",      "attribute",
        "stage",       "level",       "maturity", "discipline", "industry",  "hitech",
        "sei",         "source",      "plan",     "evaluation", "status",    "ip",
        "intent",      "cooperation", "unit",     "first_unit", "unit_type", "region",
        "recommender", "person",      "keyword",  "state",      "consent",   "publicity"};
    assert_int_equal(ARRAY_LEN(want), FILTER_COUNT);
    for (size_t i = 0; i < FILTER_COUNT; i++) {
        assert_string_equal(filter_name(i), want[i]);
        assert_int_equal(filter_by_name(str_of(want[i]), AUDIENCE_INTERNAL), i);
        assert_int_equal(filter_by_name(str_of(want[i]), AUDIENCE_PUBLIC),
                         i < 27 ? (int)i : -1);
        if (filter_facet(i) >= 0)
            assert_int_equal(filter_of_facet((enum facet)filter_facet(i)), i);
    }
    assert_int_equal(filter_by_name(str_of("bogus"), AUDIENCE_INTERNAL), -1);
}

static void codes_and_labels_become_codes(void **state) {
    struct fixture *f = *state;
    assert_int_equal(add(f, "category", "软科学成果"), STATUS_OK);
    assert_int_equal(add(f, "category", " A "), STATUS_OK);
    assert_int_equal(add(f, "category", "应用技术"), STATUS_OK); /* the same again */
    assert_int_equal(add(f, "category", ""), STATUS_OK);
    assert_int_equal(get(f, "category")->n, 2);
    assert_value(f, "category", 0, "A");
    assert_value(f, "category", 1, "S");
    assert_int_equal(add(f, "region", "太原市"), STATUS_OK);
    assert_value(f, "region", 0, "140100");
    assert_int_equal(add(f, "level", "未填"), STATUS_OK);
    assert_value(f, "level", 0, "none");
    assert_int_equal(add(f, "intent", "是"), STATUS_OK);
    assert_value(f, "intent", 0, "yes");
    struct str label = filter_label(0, str_of("A"));
    assert_string_equal(label.p, "应用技术成果");
}

static void open_lists_take_any_text(void **state) {
    struct fixture *f = *state;
    assert_int_equal(add(f, "unit", "　太原理工大学 "), STATUS_OK);
    assert_value(f, "unit", 0, "太原理工大学");
    assert_int_equal(add(f, "person", "nobody"), STATUS_OK);
}

static void ranges_are_canonical(void **state) {
    struct fixture *f = *state;
    assert_int_equal(add(f, "year", "２０２１..2025"), STATUS_OK);
    assert_value(f, "year", 0, "2021..2025");
    assert_int_equal(add(f, "year", "未填"), STATUS_OK);
    assert_int_equal(add(f, "approved", "2025-02"), STATUS_OK);
    assert_value(f, "approved", 0, "2025-02-01..2025-02-28");
    assert_int_equal(add(f, "achieved", "..2024"), STATUS_OK);
    assert_value(f, "achieved", 0, "..2024-12-31");
}

static void refuses_what_a_list_does_not_know(void **state) {
    struct fixture *f = *state;
    assert_int_equal(add(f, "category", "应用技术成果类别"), STATUS_INVALID);
    assert_string_equal(f->err.code, "invalid_value");
    assert_string_equal(f->err.field, "category");
    assert_string_equal(f->suggestion, "应用技术成果");
    assert_int_equal(add(f, "category", "软科"), STATUS_INVALID);
    assert_string_equal(f->suggestion, "软科学成果");
    assert_int_equal(add(f, "year", "2025..2021"), STATUS_INVALID);
    assert_string_equal(f->err.code, "invalid_range");
    assert_string_equal(f->err.field, "year");
    static const char *const bad[][2] = {{"year", "25"},        {"year", ".."},
                                         {"approved", "none"},  {"approved", "2025-13"},
                                         {"category", "bogus"}, {"region", "火星"}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(add(f, bad[i][0], bad[i][1]), STATUS_INVALID);
        assert_string_equal(f->err.code, "invalid_value");
        assert_null(get(f, bad[i][0]));
    }
}

static void too_many_values_are_refused(void **state) {
    struct fixture *f = *state;
    char name[32];
    for (int i = 0; i < FILTER_MAX_VALUES; i++) {
        snprintf(name, sizeof name, "u%d", i);
        assert_int_equal(add(f, "unit", name), STATUS_OK);
    }
    assert_int_equal(add(f, "unit", "u0"), STATUS_OK);
    assert_int_equal(add(f, "unit", "one more"), STATUS_LIMIT);
    assert_string_equal(f->err.code, "too_many_values");
}

static void conditions_say_what_was_asked(void **state) {
    struct fixture *f = *state;
    struct xindex_cond *where;
    struct xindex_node *extra;
    size_t *from, n;
    assert_int_equal(add(f, "category", "A"), STATUS_OK);
    assert_int_equal(add(f, "year", "2019..2020"), STATUS_OK);
    assert_int_equal(add(f, "year", "2023..2024"), STATUS_OK);
    assert_int_equal(add(f, "year", "2030"), STATUS_OK);
    assert_int_equal(add(f, "approved", "2025.."), STATUS_OK);
    assert_int_equal(
        filter_conditions(f->ctx, &f->set, &where, &from, &n, &extra, &f->err),
        STATUS_OK);
    assert_int_equal(n, 3);
    assert_null(extra);
    assert_int_equal(where[0].facet, FACET_CATEGORY);
    assert_int_equal(where[0].nvalue, 1);
    assert_false(where[0].has_range);
    assert_int_equal(where[1].facet, FACET_YEAR);
    assert_true(where[1].has_range);
    assert_int_equal(where[1].lo, 2019);
    assert_int_equal(where[1].hi, 2020);
    assert_int_equal(where[1].nvalue, 3); /* 2023, 2024, 2030 */
    assert_int_equal(where[2].facet, -1);
    assert_int_equal(where[2].date, DATE_APPROVED);
    assert_int_equal(where[2].lo, 20250101);
    assert_int_equal(where[2].hi, INT32_MAX);
    assert_string_equal(filter_name(from[2]), "approved");

    assert_int_equal(add(f, "approved", "2020-01"), STATUS_OK);
    assert_int_equal(
        filter_conditions(f->ctx, &f->set, &where, &from, &n, &extra, &f->err),
        STATUS_OK);
    assert_int_equal(n, 2);
    assert_non_null(extra);
    assert_int_equal(extra->op, XINDEX_OR);
    assert_int_equal(extra->nchild, 2);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(names_stand_in_the_contract_order), TEST(codes_and_labels_become_codes),
        TEST(open_lists_take_any_text),          TEST(ranges_are_canonical),
        TEST(refuses_what_a_list_does_not_know), TEST(too_many_values_are_refused),
        TEST(conditions_say_what_was_asked),
    };
    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
