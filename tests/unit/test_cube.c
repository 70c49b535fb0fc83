/* Tables from counts: the figures are those of Fujian's report for 2018 to 2020 and of
 * Qinghai's for 2019, rebuilt record by record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/codes.h"
#include "core/date.h"
#include "core/pubdata.h"
#include "stats/aggregate.h"
#include "stats/chart_table.h"
#include "stats/cube.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#define PARTS 3

struct year_counts {
    int year; /* 0: no year */
    int n[PARTS];
    int hidden; /* of the first part: without consent */
};

struct place {
    char dir[64];
    struct db db;
};

static const char *const code[PARTS] = {"A", "B", "S"};

static void put(struct aggregate *a, int year, const char *category, const char *consent,
                int times) {
    json_t *doc = json_pack(
        "{s:s, s:i, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:[{s:s}]}", "kind",
        "registration", "schema", 1, "uid", "u", "category", category, "state",
        "approved", "paper_pending", 0, "consent", consent, "publicity", "closed",
        "title", "煤矿瓦斯抽采", "secrecy", "非密", "units", "name", "太原理工大学");
    assert_non_null(doc);
    if (year) json_object_set_new(doc, "stat_year", json_integer(year));
    struct record r;
    struct err err = {0};
    if (record_of(doc, &r, &err) != STATUS_OK) fail_msg("%s: %s", err.field, err.text);
    json_decref(doc);
    for (int i = 0; i < times; i++)
        assert_int_equal(aggregate_apply(a, NULL, &r, NULL), STATUS_OK);
    record_done(&r);
}

static void open_place(struct place *p, const struct year_counts *y, size_t n) {
    const char *tmp = getenv("TMPDIR");
    snprintf(p->dir, sizeof p->dir, "%.40s/cube-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(p->dir));
    assert_int_equal(pubdata_create(p->dir, aggregate_schema(), &p->db, NULL), STATUS_OK);
    struct aggregate *a = NULL;
    assert_int_equal(aggregate_new(&a, NULL), STATUS_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < PARTS; k++) {
            int hidden = k == 0 ? y[i].hidden : 0;
            put(a, y[i].year, code[k], "yes", y[i].n[k] - hidden);
            put(a, y[i].year, code[k], "no", hidden);
        }
    assert_int_equal(db_exec(&p->db, "BEGIN", NULL), STATUS_OK);
    assert_int_equal(aggregate_flush(a, &p->db, NULL), STATUS_OK);
    assert_int_equal(pubdata_set_revision(&p->db, 7, "2021-06-01T08:00:00Z", NULL),
                     STATUS_OK);
    assert_int_equal(db_exec(&p->db, "COMMIT", NULL), STATUS_OK);
    aggregate_free(a);
}

static void close_place(struct place *p) {
    static const char *const suffix[] = {"", "-wal", "-shm"};
    db_close(&p->db);
    for (size_t i = 0; i < ARRAY_LEN(suffix); i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s%s", p->dir, PUBDATA_FILE, suffix[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(p->dir), 0);
}

static int64_t at(const char *instant) {
    int64_t t;
    assert_int_equal(instant_parse(str_of(instant), &t, NULL), STATUS_OK);
    return t;
}

static struct table *make(struct place *p, const char *id, const struct cube_options *o) {
    struct table *t = NULL;
    struct err err = {0};
    if (cube_table(&p->db, catalogue_find(str_of(id)), o, NULL, &t, &err) != STATUS_OK)
        fail_msg("%s: %s", id, err.text);
    return t;
}

/* The cell of these categories, in the order of the table's dimensions. */
static const struct table_cell *cell(const struct table *t, const char *a, const char *b,
                                     const char *c) {
    const char *want[] = {a, b, c};
    size_t index[3];
    for (size_t d = 0; d < t->ndim; d++) {
        index[d] = table_find_category(&t->dim[d], want[d]);
        if (index[d] == SIZE_MAX) fail_msg("no category %s", want[d]);
    }
    return table_at(t, index);
}

static void expect(const struct table_cell *c, const char *text) {
    char got[40];
    assert_string_equal(table_cell_text(c, got, sizeof got), text);
}

static const struct year_counts fujian[] = {
    {2018, {297, 65, 15}, 7}, {2019, {289, 28, 18}, 0}, {2020, {171, 9, 10}, 0}};

static void fujian_comes_out_to_the_last_digit(void **state) {
    (void)state;
    static const char *const want[PARTS + 1][3][3] = {
        {{"297", "78.78", "–"}, {"289", "86.27", "-2.69"}, {"171", "90.00", "-40.83"}},
        {{"65", "17.24", "–"}, {"28", "8.36", "-56.92"}, {"9", "4.74", "-67.86"}},
        {{"15", "3.98", "–"}, {"18", "5.37", "20.00"}, {"10", "5.26", "-44.44"}},
        {{"377", "100.00", "–"},
         {"335", "100.00", "-11.14"},
         {"190", "100.00", "-43.28"}},
    };
    static const char *const year[] = {"2018", "2019", "2020"};
    static const char *const measure[] = {"n", "share", "growth"};
    static const char *const part[] = {"A", "B", "S", "_T"};
    struct place p;
    open_place(&p, fujian, ARRAY_LEN(fujian));
    struct cube_options o = {
        .now = at("2021-06-01T00:00:00Z"), .place = "福建省", .source = "福建省科技厅"};
    struct table *t = make(&p, "T02", &o);
    assert_int_equal(t->ndim, 3);
    assert_string_equal(t->dim[0].id, "category");
    assert_string_equal(t->dim[1].id, "year");
    assert_string_equal(t->dim[2].id, "measure");
    assert_int_equal(t->dim[0].n, 4);
    assert_int_equal(t->dim[1].n, 3);
    assert_string_equal(t->dim[0].cat[0].label, "应用技术成果");
    assert_string_equal(t->dim[0].cat[3].label, "合计");
    for (size_t i = 0; i <= PARTS; i++)
        for (size_t y = 0; y < 3; y++)
            for (size_t m = 0; m < 3; m++)
                expect(cell(t, part[i], year[y], measure[m]), want[i][y][m]);
    assert_string_equal(t->place, "福建省");
    assert_string_equal(t->source, "福建省科技厅");
    assert_string_equal(t->edition, "live");
    assert_string_equal(t->as_of, "2021-06-01T08:00:00Z");
    assert_int_equal(t->revision, 7);
    assert_string_equal(t->base, "ALL");
    talloc_free(t);
    close_place(&p);
}

static void qinghai_comes_out(void **state) {
    (void)state;
    static const struct year_counts qinghai[] = {{2019, {401, 124, 20}, 0}};
    struct place p;
    open_place(&p, qinghai, 1);
    struct cube_options o = {.now = at("2021-06-01T00:00:00Z"), .year = 2019};
    struct table *t = make(&p, "T02", &o);
    expect(cell(t, "_T", "2019", "n"), "545");
    expect(cell(t, "A", "2019", "n"), "401");
    expect(cell(t, "B", "2019", "n"), "124");
    expect(cell(t, "S", "2019", "n"), "20");
    expect(cell(t, "A", "2019", "share"), "73.58");
    expect(cell(t, "B", "2019", "share"), "22.75");
    expect(cell(t, "S", "2019", "share"), "3.67");
    /* 2017 and 2018 lie before the data: not available, which is not zero. */
    const struct table_cell *c = cell(t, "A", "2018", "n");
    assert_int_equal(c->status, TABLE_MISSING);
    assert_null(c->link);
    talloc_free(t);
    close_place(&p);
}

static void rates_carry_their_parts_and_cells_their_records(void **state) {
    (void)state;
    struct place p;
    open_place(&p, fujian, ARRAY_LEN(fujian));
    struct cube_options o = {.now = at("2021-06-01T00:00:00Z")};
    struct table *t = make(&p, "T02", &o);
    const struct table_cell *c = cell(t, "B", "2019", "growth");
    assert_true(c->has_ratio);
    assert_int_equal(c->numerator, 28 - 65);
    assert_int_equal(c->denominator, 65);
    assert_int_equal(c->records, 28);
    c = cell(t, "A", "2018", "share");
    assert_int_equal(c->numerator, 297);
    assert_int_equal(c->denominator, 377);
    assert_int_equal(c->records, 297);
    assert_int_equal(c->visible, 290);
    assert_false(cell(t, "A", "2018", "n")->has_ratio);
    for (size_t y = 0; y < 3; y++) {
        int64_t records = 0, visible = 0;
        for (size_t i = 0; i < PARTS; i++) {
            c = table_at(t, (size_t[]){i, y, 0});
            assert_int_equal(c->units, c->records);
            records += c->records;
            visible += c->visible;
        }
        c = table_at(t, (size_t[]){PARTS, y, 0});
        assert_int_equal(c->units, records);
        assert_int_equal(c->records, records);
        assert_int_equal(c->visible, visible);
    }
    talloc_free(t);
    close_place(&p);
}

static void every_number_links_its_records(void **state) {
    (void)state;
    struct place p;
    open_place(&p, fujian, ARRAY_LEN(fujian));
    struct cube_options o = {.now = at("2021-06-01T00:00:00Z")};
    struct table *t = make(&p, "T02", &o);
    assert_string_equal(cell(t, "A", "2020", "n")->link, "/search?year=2020&category=A");
    assert_string_equal(cell(t, "S", "2018", "share")->link,
                        "/search?year=2018&category=S");
    assert_string_equal(cell(t, "_T", "2019", "growth")->link,
                        "/search?year=2019&category=A&category=B&category=S");
    talloc_free(t);
    t = make(&p, "T01", &o);
    assert_string_equal(cell(t, "2020", "n", NULL)->link,
                        "/search?year=2020&category=A&category=B&category=S");
    talloc_free(t);
    close_place(&p);
}

static bool has_note(const struct table *t, const char *part) {
    for (size_t i = 0; i < t->nnotes; i++)
        if (strstr(t->notes[i], part)) return true;
    return false;
}

static void notes_say_what_the_numbers_cannot(void **state) {
    (void)state;
    struct place p;
    static const struct year_counts odd[] = {{2019, {1, 1, 1}, 0}, {0, {2, 0, 0}, 0}};
    open_place(&p, fujian, ARRAY_LEN(fujian));
    struct cube_options o = {.now = at("2021-06-01T00:00:00Z")};
    struct table *t = make(&p, "T02", &o);
    assert_true(has_note(t, "暂不公开"));
    assert_false(has_note(t, "没有统计年度"));
    talloc_free(t);
    o.audience = AUDIENCE_INTERNAL;
    t = make(&p, "T02", &o);
    assert_false(has_note(t, "暂不公开"));
    talloc_free(t);
    close_place(&p);
    open_place(&p, odd, ARRAY_LEN(odd));
    o.audience = AUDIENCE_PUBLIC;
    t = make(&p, "T02", &o); /* 33.33 three times */
    assert_true(has_note(t, "不等于 100.00"));
    assert_true(has_note(t, "另有 2 项没有统计年度"));
    assert_false(has_note(t, "暂不公开"));
    talloc_free(t);
    close_place(&p);
}

static void growth_starts_from_unrounded_counts_and_not_from_zero(void **state) {
    (void)state;
    static const struct year_counts y[] = {{2018, {3, 0, 1}, 0},
                                           {2019, {4, 2, 0}, 0},
                                           {2020, {1, 3, 0}, 0},
                                           {2022, {5, 0, 0}, 0}};
    struct place p;
    open_place(&p, y, ARRAY_LEN(y));
    struct cube_options o = {.now = at("2023-06-01T00:00:00Z"), .years = 5};
    struct table *t = make(&p, "T02", &o);
    assert_int_equal(t->dim[1].n, 5);
    expect(cell(t, "A", "2018", "growth"), "–"); /* the first year */
    expect(cell(t, "A", "2019", "growth"), "33.33");
    expect(cell(t, "B", "2019", "growth"), "–"); /* from 0 */
    expect(cell(t, "B", "2020", "growth"), "50.00");
    expect(cell(t, "S", "2019", "growth"), "-100.00");
    expect(cell(t, "S", "2020", "growth"), "–"); /* 0 from 0 */
    expect(cell(t, "_T", "2021", "n"), "0");     /* a true zero between years */
    expect(cell(t, "_T", "2021", "share"), "–");
    expect(cell(t, "_T", "2021", "growth"), "-100.00");
    expect(cell(t, "_T", "2022", "growth"), "–");
    const struct table_cell *c = cell(t, "_T", "2021", "n");
    assert_int_equal(c->status, TABLE_VALUE);
    assert_non_null(c->link);
    assert_null(cell(t, "B", "2019", "growth")->link);
    talloc_free(t);
    close_place(&p);
}

static void five_years_growth_is_a_fifth_root(void **state) {
    (void)state;
    static const struct year_counts y[] = {
        {2015, {100, 0, 0}, 0}, {2019, {150, 0, 0}, 0}, {2020, {161, 0, 0}, 0}};
    struct place p;
    open_place(&p, y, ARRAY_LEN(y));
    struct cube_options o = {.now = at("2021-06-01T00:00:00Z")};
    struct table *t = make(&p, "T01", &o);
    assert_int_equal(t->dim[0].n, 6);
    expect(cell(t, "2020", "cagr5", NULL), "9.99"); /* 1.61 ^ 0.2 = 1.09991 */
    assert_int_equal(cell(t, "2020", "cagr5", NULL)->numerator, 161);
    assert_int_equal(cell(t, "2020", "cagr5", NULL)->denominator, 100);
    expect(cell(t, "2019", "cagr5", NULL), "–"); /* 2014 lies before the data */
    talloc_free(t);
    close_place(&p);
}

static void a_year_that_is_not_over_is_provisional(void **state) {
    (void)state;
    struct place p;
    open_place(&p, fujian, ARRAY_LEN(fujian));
    /* In China it is 2021 from 16:00 UTC on the last day of 2020. */
    struct cube_options o = {.now = at("2020-12-31T15:59:59Z"), .year = 2020};
    struct table *t = make(&p, "T02", &o);
    const struct table_cell *c = cell(t, "A", "2020", "n");
    assert_int_equal(c->status, TABLE_PROVISIONAL);
    expect(c, "171");
    assert_int_equal(cell(t, "A", "2020", "growth")->status, TABLE_PROVISIONAL);
    assert_int_equal(cell(t, "A", "2019", "n")->status, TABLE_VALUE);
    talloc_free(t);
    o.now = at("2020-12-31T16:00:00Z");
    t = make(&p, "T02", &o);
    assert_int_equal(cell(t, "A", "2020", "n")->status, TABLE_VALUE);
    talloc_free(t);
    /* Not asked for, the last complete year ends the table. */
    o = (struct cube_options){.now = at("2020-06-01T00:00:00Z")};
    t = make(&p, "T02", &o);
    assert_int_equal(table_find_category(&t->dim[1], "2020"), SIZE_MAX);
    assert_int_not_equal(table_find_category(&t->dim[1], "2019"), SIZE_MAX);
    talloc_free(t);
    /* Unless there is no other. */
    o.now = at("2018-06-01T00:00:00Z");
    t = make(&p, "T02", &o);
    assert_string_equal(t->dim[1].cat[t->dim[1].n - 1].code, "2020");
    talloc_free(t);
    close_place(&p);
}

static void only_the_measures_asked_for(void **state) {
    (void)state;
    struct place p;
    open_place(&p, fujian, ARRAY_LEN(fujian));
    struct cube_options o = {.now = at("2021-06-01T00:00:00Z"),
                             .years = 2,
                             .measure = "growth",
                             .measure2 = "n"};
    struct table *t = make(&p, "T02", &o);
    assert_int_equal(t->dim[2].n, 2);
    assert_string_equal(t->dim[2].cat[0].code, "n");
    assert_string_equal(t->dim[2].cat[1].code, "growth");
    expect(cell(t, "_T", "2019", "growth"), "-11.14"); /* 2018 is read, not shown */
    talloc_free(t);
    close_place(&p);
}

static void a_chart_takes_what_it_draws_and_no_more(void **state) {
    (void)state;
    struct place p;
    open_place(&p, fujian, ARRAY_LEN(fujian));
    struct cube_options o = {.now = at("2021-06-01T00:00:00Z"), .measure = "share"};
    struct chart_row row = *chart_find("C01");
    struct table *t = NULL;
    struct buf b = buf_init(0);
    row.x_max = 2;
    assert_int_equal(chart_table(&p.db, &row, &o, NULL, &t, NULL), STATUS_OK);
    assert_int_equal(t->dim[1].n, 2);
    assert_int_equal(t->dim[2].n, 2); /* n and growth */
    talloc_free(t);
    /* The twin of a chart that shows less than the table: the last years, all parts, and
     * the growth of the total alone. */
    o.measure = NULL;
    t = make(&p, "T02", &o);
    assert_int_equal(chart_csv(t, &row, &b, NULL), STATUS_OK);
    assert_string_equal(b.p, "\xEF\xBB\xBF"
                             "category,year,measure,value,status,records,visible,link\r\n"
                             "A,2019,n,289,,289,289,/search?year=2019&category=A\r\n"
                             "A,2020,n,171,,171,171,/search?year=2020&category=A\r\n"
                             "B,2019,n,28,,28,28,/search?year=2019&category=B\r\n"
                             "B,2020,n,9,,9,9,/search?year=2020&category=B\r\n"
                             "S,2019,n,18,,18,18,/search?year=2019&category=S\r\n"
                             "S,2020,n,10,,10,10,/search?year=2020&category=S\r\n"
                             "_T,2019,n,335,,335,335,"
                             "/search?year=2019&category=A&category=B&category=S\r\n"
                             "_T,2019,growth,-11.14,,335,335,"
                             "/search?year=2019&category=A&category=B&category=S\r\n"
                             "_T,2020,n,190,,190,190,"
                             "/search?year=2020&category=A&category=B&category=S\r\n"
                             "_T,2020,growth,-43.28,,190,190,"
                             "/search?year=2020&category=A&category=B&category=S\r\n");
    buf_done(&b);
    talloc_free(t);
    row.table = "T99";
    assert_int_equal(chart_table(&p.db, &row, &o, NULL, &t, NULL), STATUS_NOT_FOUND);
    close_place(&p);
}

static void wrong_questions_are_told_apart(void **state) {
    (void)state;
    static const struct {
        struct cube_options o;
        enum status status;
        const char *code, *field, *says;
    } row[] = {
        {{.edition = "2024"}, STATUS_NOT_FOUND, "unknown_edition", "edition", "2024"},
        {{.edition = "a版版版版版版版版版版版版版版版版版版版版"},
         STATUS_NOT_FOUND,
         "unknown_edition",
         "edition",
         "版版版；"},
        {{.year = 2017}, STATUS_NOT_FOUND, "no_data", "year", "2018 到 2020"},
        {{.year = 2021}, STATUS_NOT_FOUND, "no_data", "year", "2021"},
        {{.year = 12}, STATUS_INVALID, "invalid_value", "year", "四位数字"},
        {{.year = -1}, STATUS_INVALID, "invalid_value", "year", "四位数字"},
        {{.years = CUBE_MAX_YEARS + 1}, STATUS_INVALID, "invalid_value", "", "最多"},
        {{.years = -1}, STATUS_INVALID, "invalid_value", "", "最多"},
        {{.measure = "median"}, STATUS_INVALID, "invalid_value", "", "T02"},
    };
    struct place p;
    open_place(&p, fujian, ARRAY_LEN(fujian));
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        struct cube_options o = row[i].o;
        struct table *t = NULL;
        struct err err = {0};
        o.now = at("2021-06-01T00:00:00Z");
        const struct catalogue_row *r = catalogue_find(str_of("T02"));
        if (cube_table(&p.db, r, &o, NULL, &t, &err) != row[i].status ||
            strcmp(err.code, row[i].code) != 0 || strcmp(err.field, row[i].field) != 0 ||
            !strstr(err.text, row[i].says))
            fail_msg("row %zu: %s [%s] %s", i, err.field, err.code, err.text);
        assert_null(t);
    }
    close_place(&p);
    open_place(&p, NULL, 0);
    struct cube_options o = {.now = at("2021-06-01T00:00:00Z"), .edition = "live"};
    struct table *t = NULL;
    struct err err = {0};
    assert_int_equal(cube_table(&p.db, catalogue_find(str_of("T01")), &o, NULL, &t, &err),
                     STATUS_NOT_FOUND);
    assert_string_equal(err.code, "no_data");
    assert_string_equal(err.field, "");
    close_place(&p);
}

static void years_are_four_digits(void **state) {
    (void)state;
    static const char *const bad[] = {"",      "20",   "20250",    "2o25", "-202",
                                      " 2025", "1850", "２０２５", "9999"};
    int year = 0;
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (cube_parse_year(str_of(bad[i]), &year, &err) != STATUS_INVALID)
            fail_msg("%s", bad[i]);
        assert_string_equal(err.field, "year");
    }
    assert_int_equal(year, 0);
    assert_int_equal(cube_parse_year(str_of("2025"), &year, &err), STATUS_OK);
    assert_int_equal(year, 2025);
}

static int load(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fujian_comes_out_to_the_last_digit),
        cmocka_unit_test(qinghai_comes_out),
        cmocka_unit_test(rates_carry_their_parts_and_cells_their_records),
        cmocka_unit_test(every_number_links_its_records),
        cmocka_unit_test(notes_say_what_the_numbers_cannot),
        cmocka_unit_test(growth_starts_from_unrounded_counts_and_not_from_zero),
        cmocka_unit_test(five_years_growth_is_a_fifth_root),
        cmocka_unit_test(a_year_that_is_not_over_is_provisional),
        cmocka_unit_test(only_the_measures_asked_for),
        cmocka_unit_test(a_chart_takes_what_it_draws_and_no_more),
        cmocka_unit_test(wrong_questions_are_told_apart),
        cmocka_unit_test(years_are_four_digits),
    };
    return cmocka_run_group_tests_name("cube", tests, load, NULL);
}
