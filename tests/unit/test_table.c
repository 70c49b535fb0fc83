#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/table.h"

#include <talloc.h>

static void test_cells_lie_in_row_major_order(void **state) {
    (void)state;
    struct table *t = NULL;
    size_t sizes[3] = {2, 3, 4};
    assert_int_equal(table_new(NULL, 3, sizes, &t, NULL), STATUS_OK);
    assert_int_equal(t->ncell, 24);
    for (size_t i = 0; i < t->ncell; i++)
        assert_int_equal(t->cell[i].status, TABLE_MISSING);
    size_t at = 0;
    for (size_t a = 0; a < 2; a++)
        for (size_t b = 0; b < 3; b++)
            for (size_t c = 0; c < 4; c++)
                assert_ptr_equal(table_at(t, (size_t[]){a, b, c}), &t->cell[at++]);
    talloc_free(t);
}

static void test_sizes_are_bounded(void **state) {
    (void)state;
    struct table *t = NULL;
    struct err err = {0};
    size_t big[TABLE_MAX_DIMS + 1] = {1000, 1000, 2, 1, 1, 1, 1};
    assert_int_equal(table_new(NULL, 3, big, &t, &err), STATUS_LIMIT);
    assert_int_equal(table_new(NULL, TABLE_MAX_DIMS + 1, big, &t, &err), STATUS_LIMIT);
    assert_int_equal(table_new(NULL, 0, big, &t, &err), STATUS_LIMIT);
    size_t wrap[2] = {SIZE_MAX, SIZE_MAX};
    assert_int_equal(table_new(NULL, 2, wrap, &t, &err), STATUS_LIMIT);
    assert_null(t);
    size_t empty[2] = {0, 5};
    assert_int_equal(table_new(NULL, 2, empty, &t, &err), STATUS_OK);
    assert_int_equal(t->ncell, 0);
    talloc_free(t);
}

static void test_names_are_found(void **state) {
    (void)state;
    struct table *t = NULL;
    size_t sizes[2] = {2, 1};
    assert_int_equal(table_new(NULL, 2, sizes, &t, NULL), STATUS_OK);
    t->dim[1].id = "measure";
    t->dim[0].cat[1].code = "_T";
    assert_int_equal(table_find_dim(t, "measure"), 1);
    assert_int_equal(table_find_dim(t, "year"), SIZE_MAX);
    assert_int_equal(table_find_category(&t->dim[0], "_T"), 1);
    assert_int_equal(table_find_category(&t->dim[0], "A"), SIZE_MAX);
    talloc_free(t);
}

static void test_numbers_print_exactly(void **state) {
    (void)state;
    static const struct {
        enum table_status status;
        int64_t units;
        int decimals;
        const char *text;
    } row[] = {
        {TABLE_VALUE, 0, 0, "0"},
        {TABLE_VALUE, 1234, 0, "1234"},
        {TABLE_VALUE, 1234, 2, "12.34"},
        {TABLE_VALUE, 5, 2, "0.05"},
        {TABLE_VALUE, -5, 2, "-0.05"},
        {TABLE_VALUE, INT64_MIN, 0, "-9223372036854775808"},
        {TABLE_VALUE, INT64_MAX, 2, "92233720368547758.07"},
        {TABLE_PROVISIONAL, 7, 0, "7"},
        {TABLE_BREAK, 7, 0, "7"},
        {TABLE_REVISED, 7, 0, "7"},
        {TABLE_MISSING, 7, 0, ":"},
        {TABLE_NOT_APPLICABLE, 7, 0, "–"},
        {TABLE_SUPPRESSED, 7, 0, "c"},
    };
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        struct table_cell c = {
            .status = row[i].status, .units = row[i].units, .decimals = row[i].decimals};
        char text[40];
        assert_string_equal(table_cell_text(&c, text, sizeof text), row[i].text);
    }
}

static void test_percentages_round_half_away_from_zero(void **state) {
    (void)state;
    assert_int_equal(table_percent(1, 3, 2), 3333);
    assert_int_equal(table_percent(2, 3, 2), 6667);
    assert_int_equal(table_percent(1, 8, 0), 13);
    assert_int_equal(table_percent(1, 8, 1), 125);
    assert_int_equal(table_percent(-1, 8, 0), -13);
    assert_int_equal(table_percent(1, -8, 0), -13);
    assert_int_equal(table_percent(0, 7, 2), 0);
    /* Past 64 bits inside, exact outside. */
    assert_int_equal(table_percent(INT64_MAX, INT64_MAX, 2), 10000);
    assert_int_equal(table_percent(INT64_MIN, INT64_MAX, 2), -10000);
    assert_int_equal(table_percent(INT64_MAX, 1, 2), INT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_lie_in_row_major_order),
        cmocka_unit_test(test_sizes_are_bounded),
        cmocka_unit_test(test_names_are_found),
        cmocka_unit_test(test_numbers_print_exactly),
        cmocka_unit_test(test_percentages_round_half_away_from_zero),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
