/* Merged areas laid over rows one at a time, against a grid that is filled at once.
 * An area counts when its first cell lies in no older one, and takes the columns that
 * older ones do not hold at its first row. */
#include "indexer/sheet_xlsx_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS 14
#define COLS 10
#define AREAS 8
#define ROUNDS 3000

struct truth {
    char value[ROWS + 1][COLS]; /* 0: empty */
    bool merged[ROWS + 1][COLS];
};

static uint32_t next(uint64_t *r, uint32_t below) {
    *r = *r * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*r >> 33) % below;
}

static int by_place(const void *a, const void *b) {
    const struct xlsx_area *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (int)x->col - (int)y->col;
}

static void fill(struct truth *t, const struct xlsx_area *area, size_t n,
                 const bool there[ROWS + 1]) {
    bool owns[AREAS][COLS] = {{false}};
    for (size_t i = 0; i < n; i++) {
        const struct xlsx_area *a = &area[i];
        bool taken[COLS] = {false};
        for (size_t k = 0; k < i; k++)
            for (size_t c = 0; c < COLS; c++)
                if (owns[k][c] && area[k].last_row >= a->row) taken[c] = true;
        if (!there[a->row] || taken[a->col]) continue;
        char first = t->value[a->row][a->col];
        for (size_t c = a->col; c <= a->last_col; c++) {
            owns[i][c] = !taken[c];
            for (uint32_t r = a->row; owns[i][c] && r <= a->last_row; r++)
                if (there[r] && !t->value[r][c] && first) {
                    t->value[r][c] = first;
                    t->merged[r][c] = true;
                }
        }
    }
}

static void one_round(uint64_t *r) {
    struct xlsx_area area[AREAS];
    struct xlsx_layout layout = {.area = area, .nareas = next(r, AREAS) + 1};
    struct sheet_cell cell[SHEET_MAX_COLUMNS] = {{.kind = CELL_EMPTY}};
    struct truth own = {{{0}}, {{false}}}, want;
    bool there[ROWS + 1] = {false};
    for (size_t i = 0; i < layout.nareas; i++) {
        struct xlsx_area *a = &area[i];
        a->row = next(r, ROWS) + 1;
        a->last_row = a->row + next(r, ROWS - a->row + 1);
        a->col = (uint16_t)next(r, COLS);
        a->last_col = (uint16_t)(a->col + next(r, COLS - a->col));
    }
    /* Two areas that begin in one cell are told apart by nothing: one of them goes. */
    qsort(area, layout.nareas, sizeof area[0], by_place);
    size_t kept = 1;
    for (size_t i = 1; i < layout.nareas; i++)
        if (by_place(&area[i], &area[kept - 1]) != 0) area[kept++] = area[i];
    layout.nareas = kept;
    for (int i = 1; i <= ROWS; i++) {
        there[i] = next(r, 5) > 0;
        for (int c = 0; c < COLS; c++)
            if (there[i] && next(r, 2)) own.value[i][c] = (char)('a' + next(r, 26));
    }
    want = own;
    fill(&want, area, layout.nareas, there);

    struct xlsx_cover *cover;
    assert_int_equal(xlsx_cover_new(&layout, &cover, NULL), STATUS_OK);
    for (uint32_t i = 1; i <= ROWS; i++) {
        size_t n = 0;
        if (!there[i]) continue;
        for (size_t c = 0; c < COLS; c++) {
            bool some = own.value[i][c] != 0;
            cell[c] = (struct sheet_cell){.text = str_slice(&own.value[i][c], some),
                                          .kind = some ? CELL_TEXT : CELL_EMPTY};
            if (some) n = c + 1;
        }
        assert_int_equal(xlsx_cover_row(cover, i, cell, &n, NULL), STATUS_OK);
        for (size_t c = 0; c < COLS; c++) {
            char got = (char)(cell[c].kind == CELL_EMPTY ? 0 : cell[c].text.p[0]);
            if (got != want.value[i][c] || cell[c].merged != want.merged[i][c] ||
                (got && c >= n))
                fail_msg("row %u column %zu: %d, not %d", i, c, got, want.value[i][c]);
        }
    }
    xlsx_cover_free(cover);
}

static void covers_like_a_whole_grid(void **state) {
    (void)state;
    uint64_t r = 7;
    for (int i = 0; i < ROUNDS; i++) one_round(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(covers_like_a_whole_grid)};
    return cmocka_run_group_tests_name("sheet_merge_prop", tests, NULL, NULL);
}
