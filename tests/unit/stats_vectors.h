/* stats_vectors.h - published figures as registrations, brought into a data.db in memory.
 *
 * Sources: 福建省科技成果统计年度报告 2018–2020 (totals 377, 335, 190, by category);
 * 青海省科技成果统计年度报告 2019 (545: 401, 124, 20).
 */
#ifndef TESTS_UNIT_STATS_VECTORS_H
#define TESTS_UNIT_STATS_VECTORS_H

#include "core/codes.h"
#include "stats/aggregate.h"
#include "stats/cube.h"

#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define NOW_2021 INT64_C(1610000000) /* 2021-01-07 in China */

struct vector {
    int year;
    const char *category;
    int records, hidden; /* hidden: of records, those without consent */
};

static const struct vector fujian[] = {
    {2018, "A", 297, 0}, {2018, "B", 65, 0}, {2018, "S", 15, 0},
    {2019, "A", 289, 0}, {2019, "B", 28, 0}, {2019, "S", 18, 0},
    {2020, "A", 171, 0}, {2020, "B", 9, 0},  {2020, "S", 10, 0},
};
static const struct vector qinghai[] = {
    {2019, "A", 401, 0},
    {2019, "B", 124, 0},
    {2019, "S", 20, 0},
};

static inline void must(enum status s, const struct err *err) {
    if (s != STATUS_OK) fail_msg("%s: %s", status_name(s), err->text);
}

static inline void vectors_open(struct db *db) {
    memset(db, 0, sizeof *db);
    assert_int_equal(sqlite3_open(":memory:", &db->h), SQLITE_OK);
    assert_int_equal(db_exec(db, aggregate_schema(), NULL), STATUS_OK);
}

static inline void vectors_add(struct db *db, const struct vector *v, size_t n) {
    struct aggregate *a = NULL;
    struct err err = {0};
    must(aggregate_new(&a, &err), &err);
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < v[i].records; k++) {
            json_t *doc = json_pack(
                "{s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:[{s:s}]}", "kind", "registration",
                "schema", 1, "uid", "u", "category", v[i].category, "state", "approved",
                "consent", k < v[i].hidden ? "no" : "yes", "publicity", "closed", "title",
                "题名", "secrecy", "非密", "units", "name", "单位");
            if (v[i].year) json_object_set_new(doc, "stat_year", json_integer(v[i].year));
            struct record r;
            must(record_of(doc, &r, &err), &err);
            must(aggregate_apply(a, NULL, &r, &err), &err);
            record_done(&r);
            json_decref(doc);
        }
    }
    must(aggregate_flush(a, db, &err), &err);
    aggregate_free(a);
}

static inline struct cube_options vectors_options(void) {
    return (struct cube_options){.place = "福建省",
                                 .source = "福建省科学技术厅",
                                 .revision = 7,
                                 .as_of = "2021-01-07T00:00:00Z",
                                 .now = NOW_2021};
}

static inline struct table *vectors_table(struct db *db, const char *id,
                                          struct cube_options o) {
    const struct catalogue_row *row = catalogue_find(str_of(id));
    struct table *t = NULL;
    struct err err = {0};
    assert_non_null(row);
    must(cube_table(db, row, &o, NULL, &t, &err), &err);
    return t;
}

/* The cell of these codes, one for each dimension. */
static inline const struct table_cell *vectors_cell(const struct table *t,
                                                    const char *const *code) {
    size_t index[TABLE_MAX_DIMS];
    for (size_t d = 0; d < t->ndim; d++) {
        index[d] = table_find_category(&t->dim[d], code[d]);
        if (index[d] == SIZE_MAX) fail_msg("no category %s", code[d]);
    }
    return table_at(t, index);
}
#define CELL(t, ...) vectors_cell(t, (const char *const[]){__VA_ARGS__})

static inline void expect_text(const struct table_cell *c, const char *want) {
    char text[40];
    assert_string_equal(table_cell_text(c, text, sizeof text), want);
}

#endif
