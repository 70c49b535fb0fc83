/* test_record.c - what a record says of itself: registered, visible, its values, what may
 * be read of it; and that its text is always the same. */
#include "core/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static int load(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

static const char full[] =
    "{\"kind\":\"registration\",\"schema\":1,\"uid\":\"SX-1\",\"rev\":3,"
    "\"updated_at\":\"2025-11-03T02:12:00Z\",\"registry\":\"140000\",\"state\":"
    "\"approved\","
    "\"consent\":\"yes\",\"publicity\":\"closed\",\"paper_pending\":false,"
    "\"secrecy\":\"非密\",\"regno\":\"9142025Y0123\",\"approved_on\":\"2025-11-03\","
    "\"achieved_on\":\"2025-06\",\"submitted_on\":\"2025-09-20\",\"stat_year\":2025,"
    "\"category\":\"A\",\"title\":\"煤矿瓦斯抽采\",\"abstract\":\"一\\n二\","
    "\"keywords\":[\"瓦斯\",\"封孔\"],"
    "\"units\":[{\"name\":\"甲大学\",\"uscc\":\"U1\",\"type\":\"大专院校\",\"region\":"
    "\"140100\","
    "\"phone\":\"PRIVATE1\"},{\"name\":\"乙公司\",\"phone\":\"PRIVATE2\"}],"
    "\"people\":[{\"name\":\"张某\",\"unit\":1,\"birth\":\"1980-03\",\"title\":"
    "\"正高级\"},"
    "{\"name\":\"李某\",\"unit\":2}],\"contact\":{\"name\":\"PRIVATE3\"},"
    "\"evaluation\":{\"kind\":\"验收\",\"org\":\"丙\"},\"level\":\"其他\",\"intent\":"
    "true,"
    "\"income\":{\"self\":\"1.00\"},\"invest\":{\"自有资金\":\"2.00\"},"
    "\"ip\":[{\"kind\":\"发明专利\",\"no\":\"ZL1\",\"core\":true}],"
    "\"eval_people\":[{\"name\":\"PRIVATE4\"}],"
    "\"other\":{\"level\":\"PRIVATE5\"},\"extra\":{\"foo\":\"PRIVATE6\"}}";

static struct record record_of_text(const char *text) {
    struct record r;
    struct err err = {0};
    if (record_from_text(str_of(text), &r, &err) != STATUS_OK)
        fail_msg("%s: %s", err.field, err.text);
    return r;
}

static void test_members(void **state) {
    (void)state;
    struct record r = record_of_text(full);
    assert_int_equal(r.kind, RECORD_REGISTRATION);
    assert_true(str_eq_z(r.uid, "SX-1") && str_eq_z(r.unit1, "甲大学"));
    assert_true(str_eq_z(r.category, "A") && str_eq_z(r.registry, "140000"));
    assert_int_equal(r.rev, 3);
    assert_int_equal(r.updated_at, 1762135920);
    assert_int_equal(r.approved_on, 20251103);
    assert_int_equal(r.achieved_on, 20250600);
    assert_int_equal(r.submitted_on, 20250920);
    assert_int_equal(r.stat_year, 2025);
    assert_false(r.paper_pending);
    record_done(&r);
    assert_null(r.json);
    r = record_of_text(
        "{\"kind\":\"collection\",\"title\":\"t\",\"units\":[{\"name\":\"u\"}],"
        "\"collection\":{\"category\":\"重大应用成果\"}}");
    assert_true(str_eq_z(r.category, "重大应用成果") && r.uid.n == 0 && r.rev == 0);
    assert_true(r.updated_at == INT64_MIN && r.stat_year == 0);
    assert_int_equal(record_category_bit(&r), FOR_C);
    record_done(&r);
}

static void test_refuses_what_is_not_canonical(void **state) {
    (void)state;
    static const struct {
        const char *text, *field;
    } cases[] = {
        {"", ""},
        {"{", ""},
        {"[]", "kind"},
        {"{\"kind\":\"event\"}", "kind"},
        {"{\"kind\":\"registration\",\"category\":\"X\"}", "category"},
        {"{\"kind\":\"registration\",\"category\":\"A\"}", "title"},
        {"{\"kind\":\"collection\",\"title\":\"t\",\"units\":[]}", "units[0].name"},
        {"{\"kind\":\"collection\",\"title\":\"t\",\"units\":[{\"name\":\"u\"}],"
         "\"approved_on\":\"2025\"}",
         "approved_on"},
        {"{\"kind\":\"collection\",\"title\":\"t\",\"units\":[{\"name\":\"u\"}],"
         "\"updated_at\":\"x\"}",
         "updated_at"},
        {"{\"kind\":\"collection\",\"title\":\"t\",\"units\":[{\"name\":\"u\"}],"
         "\"stat_year\":12}",
         "stat_year"},
        {"{\"kind\":\"collection\",\"kind\":\"collection\"}", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct record r;
        struct err err = {0};
        assert_int_equal(record_from_text(str_of(cases[i].text), &r, &err),
                         STATUS_CORRUPT);
        assert_string_equal(err.field, cases[i].field);
    }
}

static void test_text_is_always_the_same(void **state) {
    (void)state;
    struct record a = record_of_text(full);
    json_t *mixed = json_object(), *v; /* the same members in another order */
    const char *key;
    const char *keys[64];
    size_t n = 0;
    json_object_foreach(a.json, key, v) keys[n++] = key;
    while (n-- > 0) json_object_set(mixed, keys[n], json_object_get(a.json, keys[n]));
    struct record b;
    assert_int_equal(record_of(mixed, &b, NULL), STATUS_OK);
    json_decref(mixed);
    struct buf ta = buf_init(0), tb = buf_init(0), tiny = buf_init(10);
    assert_int_equal(record_canonical_text(&a, &ta, NULL), STATUS_OK);
    assert_int_equal(record_canonical_text(&b, &tb, NULL), STATUS_OK);
    assert_true(str_eq(buf_str(&ta), buf_str(&tb)));
    assert_non_null(strstr(buf_z(&ta), "\"keywords\":[\"瓦斯\",\"封孔\"]"));
    assert_true(str_starts(buf_str(&ta), str_of("{\"abstract\":\"一\\n二\",")));
    assert_int_equal(record_canonical_text(&a, &tiny, NULL), STATUS_LIMIT);
    struct record c;
    assert_int_equal(record_from_text(buf_str(&ta), &c, NULL), STATUS_OK);
    assert_true(json_equal(c.json, a.json));
    buf_done(&ta);
    buf_done(&tb);
    buf_done(&tiny);
    record_done(&a);
    record_done(&b);
    record_done(&c);
}

static void test_visibility(void **state) {
    (void)state;
    static const struct {
        const char *state, *consent, *publicity;
        bool pending, registered;
        enum visibility visible;
    } cases[] = {
        {"approved", "yes", "closed", false, true, VISIBLE_FULL},
        {"approved", "yes", "none", false, true, VISIBLE_FULL},
        {"approved", "yes", "unit_open", false, true, VISIBLE_P0},
        {"approved", "yes", "site_open", false, true, VISIBLE_P0},
        {"approved", "yes", "objected", false, true, VISIBLE_NO},
        {"approved", "no", "closed", false, true, VISIBLE_NO},
        {"approved", "unknown", "closed", false, true, VISIBLE_NO},
        {"approved", "", "closed", false, true, VISIBLE_NO},
        {"approved", "yes", "closed", true, false, VISIBLE_NO},
        {"submitted", "yes", "closed", false, false, VISIBLE_NO},
        {"unapproved", "yes", "closed", false, false, VISIBLE_NO},
        {"cancelled", "yes", "closed", false, false, VISIBLE_NO},
        {"", "yes", "closed", false, false, VISIBLE_NO},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct record r = {.state = str_of(cases[i].state),
                           .consent = str_of(cases[i].consent),
                           .publicity = str_of(cases[i].publicity),
                           .paper_pending = cases[i].pending};
        assert_int_equal(record_is_registered(&r), cases[i].registered);
        assert_int_equal(record_visibility(&r), cases[i].visible);
    }
}

struct seen {
    struct buf text;
    size_t left;
};

static bool note(void *arg, struct str value) {
    struct seen *s = arg;
    buf_add_str(&s->text, value);
    buf_add_char(&s->text, '|');
    return --s->left > 0;
}

static void check_values(const struct record *r, const char *path, size_t left,
                         const char *want) {
    struct seen s = {buf_init(0), left};
    record_values(r, field_by_path(str_of(path)), note, &s);
    assert_string_equal(buf_z(&s.text), want);
    buf_done(&s.text);
}

static void test_values(void **state) {
    (void)state;
    struct record r = record_of_text(full);
    check_values(&r, "title", 9, "煤矿瓦斯抽采|");
    check_values(&r, "keywords", 9, "瓦斯|封孔|");
    check_values(&r, "keywords", 1, "瓦斯|");
    check_values(&r, "units[].name", 9, "甲大学|乙公司|");
    check_values(&r, "units[0].name", 9, "甲大学|");
    check_values(&r, "units[0].region", 9, "140100|");
    check_values(&r, "evaluation.kind", 9, "验收|");
    check_values(&r, "stat_year", 9, "2025|");
    check_values(&r, "intent", 9, "yes|");
    check_values(&r, "paper_pending", 9, "no|");
    check_values(&r, "invest", 9, "2.00|");
    check_values(&r, "stage", 9, "none|"); /* missing, has a facet */
    check_values(&r, "discipline", 9, "none|");
    check_values(&r, "application.status", 9, "none|");
    check_values(&r, "points", 9, ""); /* missing, has none */
    check_values(&r, "papers[].title", 9, "");
    record_done(&r);
    r = record_of_text(
        "{\"kind\":\"registration\",\"category\":\"B\",\"title\":\"t\","
        "\"units\":[{\"name\":\"u\"}],\"stage\":\"中期阶段(投产前的中试等)\"}");
    check_values(&r, "stage", 9, ""); /* a theory has no stage */
    check_values(&r, "level", 9, "none|");
    record_done(&r);
    r = record_of_text(
        "{\"kind\":\"collection\",\"title\":\"t\",\"units\":[{\"name\":\"u\"}]}");
    check_values(&r, "category", 9, "");
    check_values(&r, "maturity", 9, "none|");
    record_done(&r);
}

static char *view_text(const struct record *r, enum tier tier) {
    json_t *view = record_view(r, tier);
    assert_non_null(view);
    char *text = json_dumps(view, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(view);
    assert_non_null(text);
    return text;
}

static void test_views(void **state) {
    (void)state;
    struct record r = record_of_text(full);
    char *all = view_text(&r, TIER_N), *p1 = view_text(&r, TIER_P1),
         *p0 = view_text(&r, TIER_P0);
    char *whole = json_dumps(r.json, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(all, whole);
    assert_null(strstr(p1, "PRIVATE"));
    assert_null(strstr(p1, "1980-03"));
    assert_null(strstr(p1, "income"));
    assert_null(strstr(p1, "secrecy"));
    assert_null(strstr(p1, "submitted_on"));
    assert_non_null(strstr(p1, "\"evaluation\":{\"kind\":\"验收\",\"org\":\"丙\"}"));
    assert_non_null(strstr(
        p1,
        "\"people\":[{\"name\":\"张某\",\"unit\":1},{\"name\":\"李某\",\"unit\":2}]"));
    assert_null(strstr(p0, "evaluation"));
    assert_null(strstr(p0, "achieved_on"));
    assert_null(strstr(p0, "core"));
    assert_non_null(strstr(p0, "\"ip\":[{\"kind\":\"发明专利\",\"no\":\"ZL1\"}]"));
    assert_non_null(strstr(p0, "\"publicity\":\"closed\""));
    json_t *view = record_view(&r, TIER_P0); /* a copy: changing it changes no record */
    json_array_clear(json_object_get(view, "keywords"));
    json_decref(view);
    check_values(&r, "keywords", 9, "瓦斯|封孔|");
    free(all);
    free(p1);
    free(p0);
    free(whole);
    record_done(&r);
}

/* Every field of tier N is a canary: none may stand in a public view. */
static void test_no_private_field_in_public_views(void **state) {
    (void)state;
    size_t n;
    const struct field *t = field_table(&n);
    json_t *json = json_loads(full, 0, NULL);
    size_t planted = 0;
    for (size_t i = 0; i < n; i++) {
        if (t[i].tier != TIER_N || t[i].type != FIELD_TEXT) continue;
        planted++;
        if (t[i].shape == FIELD_PLAIN) {
            json_object_set_new(json, t[i].key, json_string("CANARY"));
            continue;
        }
        json_t *outer = json_object_get(json, t[i].outer);
        if (!outer) {
            outer = t[i].shape == FIELD_EACH ? json_pack("[{}]") : json_object();
            json_object_set_new(json, t[i].outer, outer);
        }
        json_object_set_new(t[i].shape == FIELD_EACH ? json_array_get(outer, 0) : outer,
                            t[i].key, json_string("CANARY"));
    }
    assert_true(planted > 10);
    struct record r;
    assert_int_equal(record_of(json, &r, NULL), STATUS_OK);
    json_decref(json);
    char *p1 = view_text(&r, TIER_P1);
    assert_null(strstr(p1, "CANARY"));
    free(p1);
    record_done(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_refuses_what_is_not_canonical),
        cmocka_unit_test(test_text_is_always_the_same),
        cmocka_unit_test(test_visibility),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_no_private_field_in_public_views),
    };
    return cmocka_run_group_tests_name("record", tests, load, NULL);
}
