#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats_vectors.h"

#include "stats/chart_catalogue.h"
#include "stats/chart_table.h"
#include "core/utf8.h"
#include "stats/table_text.h"

static void values_off_the_list_come_last(void **state) {
    (void)state;
    struct db db;
    vectors_open(&db);
    assert_int_equal(db_exec(&db,
                             "INSERT INTO aggregate VALUES"
                             "('year_category', 2020, 'none', '', 1, 1),"
                             "('year_category', 2020, '其他', '', 2, 2),"
                             "('year_category', 2020, 'X', '', 3, 3),"
                             "('year_category', 2020, 'S', '', 4, 4)",
                             NULL),
                     STATUS_OK);
    struct table *t = vectors_table(&db, "T02", vectors_options());
    static const char *const want[] = {"A", "B", "S", "X", "其他", "none", "_T"};
    assert_int_equal(t->dim[0].n, ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        assert_string_equal(t->dim[0].cat[i].code, want[i]);
    assert_string_equal(t->dim[0].cat[5].label, "未填");
    expect_text(CELL(t, "A", "2020", "n"), "0");
    expect_text(CELL(t, "A", "2020", "share"), "0.00");
    assert_string_equal(CELL(t, "其他", "2020", "n")->link,
                        "/search?year=2020&category=%E5%85%B6%E4%BB%96");
    assert_string_equal(CELL(t, "_T", "2020", "n")->link,
                        "/search?year=2020&category=A&category=B&category=S&category=X"
                        "&category=%E5%85%B6%E4%BB%96&category=none");
    talloc_free(t);
    db_close(&db);
}

static void totals_equal_parts(void **state) {
    (void)state;
    struct vector rows[60];
    uint32_t seed = 12345;
    struct db db;
    vectors_open(&db);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        seed = seed * 1664525u + 1013904223u;
        rows[i] =
            (struct vector){2001 + (int)(i / 3), (const char *[]){"A", "B", "S"}[i % 3],
                            (int)(seed >> 24), (int)(seed >> 27)};
    }
    vectors_add(&db, rows, ARRAY_LEN(rows));
    struct cube_options o = vectors_options();
    o.years = CUBE_MAX_YEARS;
    struct table *t = vectors_table(&db, "T02", o);
    struct table *trend = vectors_table(&db, "T01", o);
    assert_int_equal(t->dim[1].n, 20);
    for (size_t y = 0; y < t->dim[1].n; y++) {
        const char *year = t->dim[1].cat[y].code;
        const struct table_cell *all = CELL(t, "_T", year, "n");
        int64_t records = 0, visible = 0;
        for (size_t i = 0; i + 1 < t->dim[0].n; i++) {
            const struct table_cell *c = CELL(t, t->dim[0].cat[i].code, year, "n");
            records += c->records;
            visible += c->visible;
        }
        assert_int_equal(all->units, records);
        assert_int_equal(all->visible, visible);
        assert_int_equal(CELL(trend, year, "n")->units, records);
        assert_int_equal(CELL(trend, year, "n")->visible, visible);
        assert_string_equal(CELL(trend, year, "n")->link, all->link);
    }
    talloc_free(t);
    talloc_free(trend);
    db_close(&db);
}

static void a_chart_twin_holds_what_is_drawn(void **state) {
    (void)state;
    struct db db;
    struct err err = {0};
    struct table *t = NULL;
    struct buf out = buf_init(0);
    vectors_open(&db);
    vectors_add(&db, fujian, ARRAY_LEN(fujian));
    const struct chart_row *row = chart_find("C01");
    struct cube_options o = vectors_options();
    must(chart_table(&db, row, &o, NULL, &t, &err), &err);
    must(chart_csv(t, row, &out, &err), &err);
    int lines = 0, growth = 0, growth_of_parts = 0;
    for (const char *p = buf_z(&out); (p = strstr(p, "\r\n")); p += 2) lines++;
    for (const char *p = buf_z(&out); (p = strstr(p, ",growth,")); p++) {
        growth++;
        growth_of_parts += p[-6] != 'T'; /* "_T,2020,growth," */
    }
    assert_int_equal(lines, 1 + 3 * 4 + 3); /* heading, counts, growth of the total */
    assert_int_equal(growth, 3);
    assert_int_equal(growth_of_parts, 0);
    assert_null(strstr(buf_z(&out), "share"));
    buf_done(&out);
    talloc_free(t);
    db_close(&db);
}

static void text_is_aligned(void **state) {
    (void)state;
    static const struct vector hidden[] = {{2021, "A", 12, 2}};
    struct db db;
    struct err err = {0};
    struct buf out = buf_init(0);
    vectors_open(&db);
    vectors_add(&db, fujian, ARRAY_LEN(fujian));
    vectors_add(&db, hidden, ARRAY_LEN(hidden));
    vectors_add(&db, qinghai, ARRAY_LEN(qinghai));
    struct cube_options o = vectors_options();
    o.year = 2021;
    struct table *t = vectors_table(&db, "T02", o);
    must(table_text(t, &out, &err), &err);
    const char *rule = strstr(buf_z(&out), "\n---");
    assert_non_null(rule);
    size_t width = strspn(rule + 1, "-");
    /* The four rows below the rule reach exactly as far as it does. */
    const char *p = rule + 1 + width + 1;
    for (int i = 0; i < 4; i++) {
        const char *end = strchr(p, '\n');
        assert_int_equal(utf8_width(str_slice(p, (size_t)(end - p))), width);
        p = end + 1;
    }
    assert_non_null(strstr(buf_z(&out), "12p（可查 10）"));
    assert_non_null(strstr(buf_z(&out), "p  暂定"));
    assert_non_null(strstr(buf_z(&out), "数据来源：福建省科学技术厅"));
    assert_int_equal(utf8_width(str_of("登记ab")), 6);
    assert_int_equal(utf8_width(str_of("e\xCC\x81")), 1);
    buf_done(&out);
    talloc_free(t);
    db_close(&db);
}

int main(void) {
    struct err err = {0};
    if (codes_load(&err) != STATUS_OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_off_the_list_come_last),
        cmocka_unit_test(totals_equal_parts),
        cmocka_unit_test(a_chart_twin_holds_what_is_drawn),
        cmocka_unit_test(text_is_aligned),
    };
    return cmocka_run_group_tests_name("table_text", tests, NULL, NULL);
}
