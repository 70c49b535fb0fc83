#include "indexer/docmap.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void make(const char *publicity, enum audience a, struct columns_row *row) {
    static const char form[] =
        "{\"kind\":\"registration\",\"uid\":\"U1\",\"state\":\"approved\","
        "\"consent\":\"yes\",\"publicity\":\"%s\",\"paper_pending\":false,"
        "\"secrecy\":\"非密\",\"category\":\"A\",\"stat_year\":2025,"
        "\"approved_on\":\"2025-11-03\",\"achieved_on\":\"2025-06-30\","
        "\"title\":\"瓦斯抽采\",\"level\":\"国内领先\",\"units\":[{\"name\":\"甲\"}]}";
    struct buf text = buf_init(0);
    struct record r;
    struct docmap *m;
    struct docmap_doc doc;
    struct err err;
    buf_add_f(&text, form, publicity);
    if (record_from_text(buf_str(&text), &r, &err) != STATUS_OK ||
        docmap_new(&m, &err) != STATUS_OK ||
        docmap_make(m, a, &r, &doc, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    *row = doc.row;
    docmap_free(m);
    record_done(&r);
    buf_done(&text);
}

/* While the publicity period runs the public reads P0 only: what it cannot read it must
 * not find out by a filter, a facet or an order. */
static void columns_hold_what_the_tier_may_see(void **state) {
    static const struct {
        const char *publicity;
        enum audience audience;
        bool all;
    } cases[] = {
        {"closed", AUDIENCE_PUBLIC, true},      {"none", AUDIENCE_PUBLIC, true},
        {"unit_open", AUDIENCE_PUBLIC, false},  {"site_open", AUDIENCE_PUBLIC, false},
        {"site_open", AUDIENCE_INTERNAL, true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct columns_row row;
        make(cases[i].publicity, cases[i].audience, &row);
        assert_int_equal(row.date[DATE_APPROVED], 20251103);
        assert_int_equal(row.date[DATE_ACHIEVED], cases[i].all ? 20250630 : 0);
        assert_int_equal(row.facet[FACET_LEVEL].n, cases[i].all ? 1 : 0);
        assert_int_equal(row.facet[FACET_YEAR].n, 1);
    }
}

/* U+FDFA becomes eleven times its bytes: the longest that may be registered fits. */
static void the_longest_record_fits(void **state) {
    static const char *const keys[] = {"abstract", "points", "metrics", "prospects"};
    (void)state;
    struct buf text = buf_init(0);
    struct record r;
    struct docmap *m;
    struct docmap_doc doc;
    struct err err;
    buf_add_z(&text, "{\"kind\":\"registration\",\"uid\":\"U1\",\"state\":\"approved\","
                     "\"consent\":\"yes\",\"publicity\":\"closed\",\"secrecy\":\"非密\","
                     "\"paper_pending\":false,\"category\":\"A\",\"title\":\"长\","
                     "\"units\":[{\"name\":\"甲\"}]");
    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        buf_add_f(&text, ",\"%s\":\"", keys[k]);
        for (int i = 0; i < 200000 / 3; i++) buf_add_z(&text, "\xEF\xB7\xBA");
        buf_add_char(&text, '"');
    }
    buf_add_char(&text, '}');
    if (record_from_text(buf_str(&text), &r, &err) != STATUS_OK ||
        docmap_new(&m, &err) != STATUS_OK ||
        docmap_make(m, AUDIENCE_PUBLIC, &r, &doc, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    assert_true(doc.text.n > (size_t)8 << 20);
    docmap_free(m);
    record_done(&r);
    buf_done(&text);
}

static int load_codes(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_hold_what_the_tier_may_see),
        cmocka_unit_test(the_longest_record_fits),
    };
    return cmocka_run_group_tests_name("docmap", tests, load_codes, NULL);
}
