/* test_chart_table.h - tables as T02 gives them, made by hand, for the tests of charts.
 */
#ifndef TESTS_UNIT_TEST_CHART_TABLE_H
#define TESTS_UNIT_TEST_CHART_TABLE_H

#include "stats/table.h"

#include <inttypes.h>
#include <talloc.h>

#define CASE_YEARS 10
#define CASE_PARTS 3

struct chart_case {
    const char *name;
    int years, first;
    int64_t n[CASE_YEARS][CASE_PARTS]; /* A, B, S; -1 missing, -2 suppressed */
    bool provisional;                  /* the last year is not complete */
    int break_at;                      /* index of the year that breaks; 0: none */
};

static const struct chart_case chart_cases[] = {
    {"plain",
     10,
     2016,
     {{612, 141, 59},
      {655, 160, 66},
      {701, 148, 71},
      {688, 171, 80},
      {742, 166, 77},
      {811, 190, 92},
      {903, 214, 88},
      {1120, 262, 131},
      {1234, 281, 140},
      {870, 190, 96}},
     true,
     0},
    {"five",
     5,
     2020,
     {{642, 66, 17}, {711, 90, 32}, {803, 114, 28}, {720, 62, 31}, {934, 81, 40}},
     false,
     0},
    {"ten-thousand-to-one",
     6,
     2020,
     {{1, 0, 0}, {3, 1, 0}, {66000, 12, 1}, {58000, 9000, 4200}, {2, 0, 0}, {7, 1, 1}},
     false,
     0},
    {"nation",
     10,
     2016,
     {{48612, 8141, 5932},
      {50655, 8260, 6066},
      {52701, 9148, 7071},
      {55688, 9171, 8080},
      {59742, 9166, 7077},
      {61811, 9190, 9092},
      {64903, 9214, 8088},
      {65120, 9262, 9131},
      {67234, 9281, 9140},
      {69870, 9190, 9296}},
     false,
     4},
    {"one", 1, 2025, {{12, 3, 1}}, false, 0},
    {"zero", 5, 2021, {{0}}, false, 0},
    {"missing",
     6,
     2020,
     {{120, 30, 9},
      {-1, -1, -1},
      {140, -1, 11},
      {133, 28, -2},
      {90, 20, 0},
      {-1, -1, -1}},
     false,
     0},
    {"all-missing", 3, 2020, {{-1, -1, -1}, {-1, -1, -1}, {-1, -1, -1}}, false, 0},
    {"empty", 0, 0, {{0}}, false, 0},
    {"largest",
     3,
     2023,
     {{999999999999999, 0, 0}, {400000000, 100000000, 1}, {99999999, 1, 1}},
     true,
     0},
};

static inline void put(struct table *t, size_t x, size_t c, size_t m, int64_t v,
                       int decimals, enum table_status status) {
    struct table_cell *cell = table_at(t, (size_t[]){x, c, m});
    *cell = (struct table_cell){.status = status, .units = v, .decimals = decimals};
    if (m == 0 && status != TABLE_MISSING && status != TABLE_SUPPRESSED) {
        cell->records = cell->visible = v;
        cell->link = talloc_asprintf(t, "/search?year=%s&category=%s",
                                     t->dim[0].cat[x].code, t->dim[1].cat[c].code);
    }
}

/* Years newest first, as some tables print them, to see that a chart sorts. */
static inline struct table *chart_table(const struct chart_case *k) {
    static const char *const code[] = {"A", "B", "S", "_T"};
    static const char *const label[] = {"应用技术成果", "基础理论成果", "软科学成果",
                                        "合计"};
    struct table *t = NULL;
    size_t sizes[3] = {(size_t)k->years, CASE_PARTS + 1, 2};
    if (table_new(NULL, 3, sizes, &t, NULL) != STATUS_OK) return NULL;
    t->id = "T02";
    t->title = "成果类别构成";
    t->measure = "登记成果数";
    t->unit = "项";
    t->place = "山西省";
    t->base = "ALL";
    t->base_label = "全部登记成果";
    t->source = "山西省科技成果登记库";
    t->edition = "live";
    t->as_of = "2025-11-20T16:30:00Z"; /* the 21st in China */
    t->dim[0].id = "year", t->dim[0].label = "年度";
    t->dim[1].id = "category", t->dim[1].label = "成果类别";
    t->dim[2].id = "measure", t->dim[2].label = "指标";
    for (size_t c = 0; c <= CASE_PARTS; c++)
        t->dim[1].cat[c] = (struct table_category){code[c], label[c], TABLE_COUNT};
    t->dim[2].cat[0] = (struct table_category){"n", "登记成果数", TABLE_COUNT};
    t->dim[2].cat[1] = (struct table_category){"growth", "增长率", TABLE_PERCENT};
    int64_t before = -1;
    for (int y = 0; y < k->years; y++) {
        size_t x = (size_t)(k->years - 1 - y);
        const char *year = talloc_asprintf(t, "%d", k->first + y);
        t->dim[0].cat[x] = (struct table_category){year, year, TABLE_COUNT};
        enum table_status good = k->provisional && y == k->years - 1 ? TABLE_PROVISIONAL
                                 : k->break_at && y == k->break_at   ? TABLE_BREAK
                                                                     : TABLE_VALUE;
        int64_t sum = 0;
        bool known = false;
        for (size_t c = 0; c < CASE_PARTS; c++) {
            int64_t v = k->n[y][c];
            put(t, x, c, 0, v < 0 ? 0 : v, 0,
                v == -1   ? TABLE_MISSING
                : v == -2 ? TABLE_SUPPRESSED
                          : good);
            sum += v > 0 ? v : 0;
            known |= v >= 0;
        }
        if (known) /* what the parts lack is in the total */
            sum += k->n[y][1] == -1 ? 25 : k->n[y][2] == -2 ? 8 : 0;
        put(t, x, 3, 0, sum, 0, known ? good : TABLE_MISSING);
        if (known && before > 0)
            put(t, x, 3, 1, table_percent(sum - before, before, 2), 2, good);
        else
            put(t, x, 3, 1, 0, 0, y == 0 ? TABLE_NOT_APPLICABLE : TABLE_MISSING);
        before = known ? sum : -1;
    }
    return t;
}

#endif
