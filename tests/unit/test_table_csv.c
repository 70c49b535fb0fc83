#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats_vectors.h"

#include "stats/table_csv.h"

static void one_row_a_cell(void **state) {
    (void)state;
    static const struct vector rows[] = {
        {2019, "A", 3, 1}, {2020, "A", 2, 0}, {2020, "S", 1, 0}, {2021, "A", 1, 0}};
    struct db db;
    struct err err = {0};
    struct buf out = buf_init(0);
    vectors_open(&db);
    vectors_add(&db, rows, ARRAY_LEN(rows));
    struct cube_options o = vectors_options();
    o.year = 2021;
    o.years = 4;
    struct table *t = vectors_table(&db, "T01", o);
    must(table_csv(t, &out, &err), &err);
    const char *all = "&category=A&category=B&category=S";
    char want[2048];
    snprintf(want, sizeof want,
             "\xEF\xBB\xBFyear,measure,value,status,records,visible,link\r\n"
             "2018,n,,:,0,0,\r\n2018,growth,,:,0,0,\r\n2018,cagr5,,:,0,0,\r\n"
             "2019,n,3,,3,2,/search?year=2019%s\r\n2019,growth,,–,0,0,\r\n"
             "2019,cagr5,,–,0,0,\r\n2020,n,3,,3,3,/search?year=2020%s\r\n"
             "2020,growth,0.00,,3,3,/search?year=2020%s\r\n2020,cagr5,,–,0,0,\r\n"
             "2021,n,1,p,1,1,/search?year=2021%s\r\n"
             "2021,growth,-66.67,p,1,1,/search?year=2021%s\r\n2021,cagr5,,–,0,0,\r\n",
             all, all, all, all, all);
    assert_string_equal(buf_z(&out), want);
    buf_done(&out);
    talloc_free(t);
    db_close(&db);
}

/* No text becomes a formula, and none breaks out of its cell. */
static void text_is_made_safe(void **state) {
    (void)state;
    static const char *const text[] = {"=1+1", "+1",  "-1",   "@x",   "\tx",
                                       "\rx",  "a,b", "a\"b", "a\nb", "=a,\"b\""};
    static const char *const want[] = {
        "'=1+1",    "'+1",     "'-1",        "'@x",      "'\tx",
        "\"'\rx\"", "\"a,b\"", "\"a\"\"b\"", "\"a\nb\"", "\"'=a,\"\"b\"\"\""};
    struct table *t = NULL;
    struct err err = {0};
    struct buf out = buf_init(0), expected = buf_init(0);
    must(table_new(NULL, 1, (size_t[]){ARRAY_LEN(text)}, &t, &err), &err);
    t->dim[0].id = "unit";
    buf_add_z(&expected, "\xEF\xBB\xBFunit,value,status,records,visible,link\r\n");
    for (size_t i = 0; i < ARRAY_LEN(text); i++) {
        t->dim[0].cat[i].code = text[i];
        t->cell[i] = (struct table_cell){
            .status = TABLE_VALUE, .units = -5 * (int64_t)i - 1, .decimals = 2};
        buf_add_f(&expected, "%s,-%zu.%02zu,,0,0,\r\n", want[i], (5 * i + 1) / 100,
                  (5 * i + 1) % 100);
    }
    must(table_csv(t, &out, &err), &err);
    assert_string_equal(buf_z(&out), buf_z(&expected));
    buf_done(&out);
    buf_done(&expected);
    talloc_free(t);
}

static bool only_the_second(void *arg, const struct table *t, const size_t *index) {
    (void)arg;
    (void)t;
    return index[0] == 1;
}

static void a_choice_of_cells_keeps_the_heading(void **state) {
    (void)state;
    struct table *t = NULL;
    struct err err = {0};
    struct buf out = buf_init(0);
    must(table_new(NULL, 1, (size_t[]){3}, &t, &err), &err);
    t->dim[0].id = "level";
    for (size_t i = 0; i < 3; i++)
        t->dim[0].cat[i].code = (const char *[]){"a", "b", "c"}[i];
    must(table_csv_some(t, only_the_second, NULL, &out, &err), &err);
    assert_string_equal(buf_z(&out), "\xEF\xBB\xBFlevel,value,status,records,visible,link"
                                     "\r\nb,,:,0,0,\r\n");
    buf_done(&out);
    out = buf_init(8);
    assert_int_equal(table_csv(t, &out, &err), STATUS_LIMIT);
    buf_done(&out);
    talloc_free(t);
}

int main(void) {
    struct err err = {0};
    if (codes_load(&err) != STATUS_OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_row_a_cell),
        cmocka_unit_test(text_is_made_safe),
        cmocka_unit_test(a_choice_of_cells_keeps_the_heading),
    };
    return cmocka_run_group_tests_name("table_csv", tests, NULL, NULL);
}
