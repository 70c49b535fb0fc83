#include "core/recdoc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char canonical[] =
    "{\"kind\":\"registration\",\"uid\":\"U/1 ä\",\"rev\":1,\"state\":\"approved\","
    "\"consent\":\"yes\",\"publicity\":\"closed\",\"paper_pending\":false,"
    "\"secrecy\":\"非密\",\"category\":\"A\",\"stat_year\":2025,"
    "\"title\":\"一行\\n两行\",\"abstract\":\"简介\\n<b>\",\"level\":\"国内领先\","
    "\"keywords\":[\"瓦斯\"],\"approver\":{\"name\":\"山西省科学技术厅\"},"
    "\"contact\":{\"name\":\"PRIVATE-NAME\",\"phone\":\"PRIVATE-PHONE\"},"
    "\"units\":[{\"name\":\"太原理工大学\",\"type\":\"大专院校\",\"region\":\"140100\"},"
    "{\"name\":\"中北大学\"}]}";

static struct record record(void) {
    struct record r;
    struct err err;
    if (record_from_text(str_of(canonical), &r, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    return r;
}

static void three_lines_hold_what_the_tier_may_see(void **state) {
    (void)state;
    struct record r = record();
    struct buf b = buf_init(0);
    struct str hit, abstract, rest;
    json_error_t why;
    for (int tier = TIER_P0; tier <= TIER_P1; tier++) {
        buf_clear(&b);
        assert_int_equal(recdoc_build(&r, (enum tier)tier, &b, NULL), STATUS_OK);
        assert_null(memmem(b.p, b.n, "PRIVATE", 7));
        assert_int_equal(recdoc_split(buf_str(&b), &hit, &abstract, &rest, NULL),
                         STATUS_OK);
        assert_true(str_eq_z(abstract, "\"简介\\n<b>\""));
        json_t *j = json_loadb(rest.p, rest.n, JSON_REJECT_DUPLICATES, &why);
        assert_non_null(j);
        assert_null(json_object_get(j, "abstract"));
        assert_int_equal(json_object_get(j, "level") != NULL, tier == TIER_P1);
        json_decref(j);
    }
    static const char want[] =
        "{\"regno\":null,\"uid\":\"U/1 ä\",\"title\":\"一行\\n两行\",\"year\":2025,"
        "\"approved_on\":null,\"category\":\"A\",\"category_label\":\"应用技术成果\","
        "\"unit\":\"太原理工大学\",\"units\":[\"太原理工大学\",\"中北大学\"],"
        "\"region\":\"140100\",\"region_label\":\"太原市\","
        "\"approver\":\"山西省科学技术厅\",\"publicity\":\"closed\","
        "\"keywords\":[\"瓦斯\"],\"url\":\"/achievement/U%2F1%20%C3%A4\"}";
    if (!str_eq_z(hit, want)) fail_msg("%.*s", (int)hit.n, hit.p);
    buf_done(&b);
    record_done(&r);
}

static void names_that_count_stand_beside(void **state) {
    (void)state;
    static const char own[] = "[{\"name\":\"太原理工大学\",\"region\":\"140100\"},"
                              "{\"name\":\"中北大学\",\"type\":\"大专院校\"}]";
    static const char other[] = "[{\"name\":\"太原理工大学\"},"
                                "{\"name\":\"山西中北大学\"}]";
    static const char want[] = ",\"units_as\":[\"太原理工大学\",\"山西中北大学\"]}\n";
    struct record r = record();
    struct buf b = buf_init(0);
    /* a gap that is filled changes no name */
    r.counted = json_loads(own, 0, NULL);
    assert_int_equal(recdoc_build(&r, TIER_P1, &b, NULL), STATUS_OK);
    assert_null(memmem(b.p, b.n, "units_as", 8));
    json_decref(r.counted);
    buf_clear(&b);
    r.counted = json_loads(other, 0, NULL);
    assert_int_equal(recdoc_build(&r, TIER_P1, &b, NULL), STATUS_OK);
    assert_non_null(memmem(b.p, b.n, want, sizeof want - 1));
    assert_non_null(memmem(b.p, b.n, "\"中北大学\"]", 14));
    buf_done(&b);
    record_done(&r);
}

static void a_full_buffer_is_left_as_it_was(void **state) {
    (void)state;
    struct record r = record();
    struct buf b = buf_init(64);
    buf_add_z(&b, "before");
    assert_int_equal(recdoc_build(&r, TIER_P1, &b, NULL), STATUS_LIMIT);
    assert_int_equal(b.n, 6);
    buf_done(&b);
    record_done(&r);
}

static void damaged_data_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "{}",
                                      "{}\n\"a\"",
                                      "{}\n\"a\"\n",
                                      "{}\na\n{}",
                                      "{}\n\"a\"\n{}\n",
                                      "x\nnull\n{}",
                                      "{}\n\n{}",
                                      "{}\nnull\n[]",
                                      "{}\nnull\n{}\n{}"};
    struct str a, b, c;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(recdoc_split(str_of(bad[i]), &a, &b, &c, NULL), STATUS_CORRUPT);
    assert_int_equal(recdoc_split(str_of("{}\nnull\n{\"a\":1}"), &a, &b, &c, NULL),
                     STATUS_OK);
    assert_true(str_eq_z(a, "{}"));
    assert_true(str_eq_z(b, "null"));
    assert_true(str_eq_z(c, "{\"a\":1}"));
}

static int load_codes(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_lines_hold_what_the_tier_may_see),
        cmocka_unit_test(names_that_count_stand_beside),
        cmocka_unit_test(a_full_buffer_is_left_as_it_was),
        cmocka_unit_test(damaged_data_is_refused),
    };
    return cmocka_run_group_tests_name("recdoc", tests, load_codes, NULL);
}
