/* test_validate.c - tests/cases/validate/KIND.json says what every field makes of good
 * and bad input: base and patch ("@absent" removes a key, "@long:N" is N letters), then
 * either the code and field of the refusal, or members that the canonical object has and
 * lacks and the warnings it raises (none unless listed). What is accepted is fed in again
 * and must come out byte for byte. */
#include "core/text.h"
#include "indexer/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static int load(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

/* Runs the right function; *out is the canonical object on success. */
static enum status run(enum validate_kind kind, const json_t *in,
                       const struct validate_options *opt, json_t **out,
                       struct warnings *w, struct err *err) {
    enum status s = STATUS_INTERNAL;
    struct record record = {0};
    struct event_row event;
    static struct contract_row contract;
    struct receipt_row receipt;
    struct reward_row reward;
    struct app_status_row app_status;
    struct benefit_row benefit;
    switch (kind) {
        case KIND_REGISTRATION:
        case KIND_COLLECTION:
            s = validate_registration(in, opt, &record, w, err);
            *out = s == STATUS_OK ? json_incref(record.json) : NULL;
            if (s == STATUS_OK) record_done(&record);
            break;
        case KIND_EVENT:
            s = validate_event(in, &event, w, err);
            *out = s == STATUS_OK ? event.json : NULL;
            break;
        case KIND_CONTRACT:
            s = validate_contract(in, &contract, w, err);
            *out = s == STATUS_OK ? contract.json : NULL;
            break;
        case KIND_RECEIPT:
            s = validate_receipt(in, &receipt, w, err);
            *out = s == STATUS_OK ? receipt.json : NULL;
            break;
        case KIND_REWARD:
            s = validate_reward(in, &reward, w, err);
            *out = s == STATUS_OK ? reward.json : NULL;
            break;
        case KIND_APP_STATUS:
            s = validate_app_status(in, &app_status, w, err);
            *out = s == STATUS_OK ? app_status.json : NULL;
            break;
        case KIND_BENEFIT:
            s = validate_benefit(in, &benefit, w, err);
            *out = s == STATUS_OK ? benefit.json : NULL;
            break;
        case KIND_UNKNOWN:
        case KIND_COUNT:
            break;
    }
    return s;
}

static json_t *patched(const json_t *base, json_t *patch) {
    json_t *in = json_deep_copy(base), *value;
    const char *key;
    json_object_foreach(patch, key, value) {
        const char *text = json_string_value(value);
        if (text && strcmp(text, "@absent") == 0) {
            json_object_del(in, key);
        } else if (text && strncmp(text, "@long:", 6) == 0) {
            size_t n = strtoul(text + 6, NULL, 10);
            char *x = malloc(n);
            assert_non_null(x);
            memset(x, 'x', n);
            json_object_set_new(in, key, json_stringn(x, n));
            free(x);
        } else {
            json_object_set(in, key, value);
        }
    }
    return in;
}

static char *text_of(const json_t *json) {
    return json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
}

static void check_members(const char *name, json_t *one, const json_t *out) {
    const char *key;
    json_t *want;
    size_t i;
    json_object_foreach(json_object_get(one, "has"), key, want) {
        const json_t *got = json_object_get(out, key);
        if (!got || !json_equal(got, want)) {
            char *w = text_of(want), *g = got ? text_of(got) : NULL;
            fail_msg("%s: %s is %s, not %s", name, key, g ? g : "absent", w);
        }
    }
    json_array_foreach(json_object_get(one, "lacks"), i, want) {
        if (json_object_get(out, json_string_value(want)))
            fail_msg("%s: %s should be absent", name, json_string_value(want));
    }
}

static void check_warnings(const char *name, const json_t *want,
                           const struct warnings *w) {
    for (int i = 0; i < W_COUNT; i++) {
        const char *code = warning_name((enum warning)i);
        json_int_t n = json_integer_value(json_object_get(want, code));
        if (n != w->count[i])
            fail_msg("%s: %u times %s, not %d", name, w->count[i], code, (int)n);
    }
}

static void check_case(enum validate_kind kind, const json_t *base, json_t *one) {
    const char *name = json_string_value(json_object_get(one, "name")),
               *code = json_string_value(json_object_get(one, "code"));
    const json_t *o = json_object_get(one, "opt");
    struct validate_options opt = {
        .declared_open = json_is_true(json_object_get(o, "declared_open")),
        .registry = json_string_value(json_object_get(o, "registry")),
        .state = json_string_value(json_object_get(o, "state")),
        .consent = json_string_value(json_object_get(o, "consent")),
        .category = json_string_value(json_object_get(o, "category")),
    };
    struct warnings w;
    struct err err = {0};
    warnings_init(&w);
    json_t *in = patched(base, json_object_get(one, "patch")), *out = NULL, *again = NULL;
    char *before = text_of(in), *after;
    enum status s = run(kind, in, &opt, &out, &w, &err);
    after = text_of(in);
    assert_string_equal(before, after); /* the input is not touched */
    if (code) {
        if (s != STATUS_INVALID || strcmp(err.code, code) != 0 ||
            strcmp(err.field, json_string_value(json_object_get(one, "field"))) != 0)
            fail_msg("%s: status %s, code \"%s\", field \"%s\"", name, status_name(s),
                     err.code, err.field);
        assert_true(err.text[0]);
    } else {
        if (s != STATUS_OK) fail_msg("%s: %s: %s", name, err.field, err.text);
        check_members(name, one, out);
        check_warnings(name, json_object_get(one, "warnings"), &w);
        assert_int_equal(run(kind, out, &opt, &again, NULL, &err), STATUS_OK);
        char *first = text_of(out), *second = text_of(again);
        if (strcmp(first, second) != 0)
            fail_msg("%s: again it is\n%s\nnot\n%s", name, second, first);
        free(first);
        free(second);
    }
    json_decref(in);
    json_decref(out);
    json_decref(again);
    free(before);
    free(after);
}

static void test_cases(void **state) {
    (void)state;
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++) {
        char path[96];
        snprintf(path, sizeof path, "tests/cases/validate/%s.json",
                 validate_kind_name((enum validate_kind)k));
        json_error_t at;
        json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &at), *one;
        if (!file) fail_msg("%s:%d: %s", path, at.line, at.text);
        json_t *cases = json_object_get(file, "cases");
        size_t i;
        assert_true(json_array_size(cases) >= 5);
        json_array_foreach(cases, i, one) {
            check_case((enum validate_kind)k, json_object_get(file, "base"), one);
        }
        json_decref(file);
    }
}

static json_t *base_of(const char *kind) {
    char path[96];
    snprintf(path, sizeof path, "tests/cases/validate/%s.json", kind);
    json_t *file = json_load_file(path, 0, NULL);
    json_t *base = json_deep_copy(json_object_get(file, "base"));
    json_decref(file);
    assert_non_null(base);
    return base;
}

static void test_record_members(void **state) {
    (void)state;
    json_t *in = base_of("registration");
    struct record r;
    assert_int_equal(validate_registration(in, NULL, &r, NULL, NULL), STATUS_OK);
    json_decref(in); /* the record stands alone */
    assert_true(str_eq_z(r.uid, "SX-1") && str_eq_z(r.regno, "9142025Y0123"));
    assert_true(str_eq_z(r.category, "A") && str_eq_z(r.unit1, "太原理工大学"));
    assert_int_equal(r.rev, 3);
    assert_int_equal(r.updated_at, 1762135920);
    assert_int_equal(r.approved_on, 20251103);
    assert_int_equal(r.stat_year, 2025);
    assert_true(record_is_registered(&r));
    record_done(&r);
}

static bool window(void *arg, struct str registry, int32_t achieved_on, int *stat_year) {
    (void)registry;
    ++*(int *)arg;
    *stat_year = achieved_on / 10000 + (achieved_on / 100 % 100 >= 11);
    return achieved_on >= 20180000;
}

static void test_year_comes_from_the_window(void **state) {
    (void)state;
    static const struct {
        const char *achieved, *approved;
        int given, year;
        unsigned warned;
    } cases[] = {
        {"2018-11-01", "2019-03-01", 0, 2019, 0},
        {"2018-10", "2019-03-01", 0, 2018, 0},
        {"2018-10", "2019-03-01", 2018, 2018, 0},
        {"2018-10", "2019-03-01", 2019, 2019, 1},
        {"2001-01", "2019-03-01", 0, 2019, 0},
        {NULL, "2019-03-01", 0, 2019, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int asked = 0;
        struct validate_options opt = {.window = window, .window_arg = &asked};
        struct warnings w;
        struct record r;
        json_t *in = base_of("registration");
        warnings_init(&w);
        if (cases[i].achieved)
            json_object_set_new(in, "achieved_on", json_string(cases[i].achieved));
        json_object_set_new(in, "approved_on", json_string(cases[i].approved));
        if (cases[i].given)
            json_object_set_new(in, "stat_year", json_integer(cases[i].given));
        assert_int_equal(validate_registration(in, &opt, &r, &w, NULL), STATUS_OK);
        assert_int_equal(r.stat_year, cases[i].year);
        assert_int_equal(w.count[W_WINDOW], cases[i].warned);
        assert_int_equal(asked, cases[i].achieved != NULL);
        record_done(&r);
        json_decref(in);
    }
}

static void test_rows(void **state) {
    (void)state;
    json_t *in =
        json_loads("{\"kind\":\"contract\",\"contract_no\":\"C1\",\"type\":\"技术开发\","
                   "\"signed_on\":\"2025-12-01\",\"amount_total\":{\"value\":\"1.5\","
                   "\"unit\":\"万元\"},"
                   "\"achievements\":[{\"regno\":\"914-2025Y0123\",\"share\":\"0.25\"},"
                   "{\"uid\":\"b\",\"share\":\"0.75\"}],\"buyer\":{\"name\":\"乙\","
                   "\"region\":\"上海\"},"
                   "\"status\":\"void\",\"supersedes\":\"C0\"}",
                   0, NULL);
    struct contract_row *c = malloc(sizeof *c);
    assert_non_null(c);
    assert_int_equal(validate_contract(in, c, NULL, NULL), STATUS_OK);
    json_decref(in);
    assert_int_equal(c->amount_total, 1500000);
    assert_true(c->amount_tech == AMOUNT_NONE);
    assert_int_equal(c->signed_on, 20251201);
    assert_int_equal(c->nshares, 2);
    assert_int_equal(c->share[0].share, SHARE_ONE / 4);
    assert_true(str_eq_z(c->share[0].regno, "9142025Y0123"));
    assert_true(str_eq_z(c->share[1].uid, "b") && c->share[1].regno.n == 0);
    assert_true(str_eq_z(c->type, "开发") && str_eq_z(c->buyer.region, "310000"));
    assert_true(c->voided && str_eq_z(c->supersedes, "C0") && c->seller.name.n == 0);
    json_decref(c->json);
    free(c);

    struct benefit_row b;
    in = base_of("benefit");
    assert_int_equal(validate_benefit(in, &b, NULL, NULL), STATUS_OK);
    assert_int_equal(b.year, 2026);
    assert_int_equal(b.amount[BENEFIT_SELF], 300000000);
    assert_true(b.amount[BENEFIT_EXPORT] == AMOUNT_NONE);
    json_decref(b.json);
    json_decref(in);

    struct event_row e;
    in = base_of("event");
    assert_int_equal(validate_event(in, &e, NULL, NULL), STATUS_OK);
    assert_int_equal(e.at, 1767571200);
    assert_true(str_eq_z(e.to, "unapproved") && str_eq_z(e.by, "山西省科学技术厅"));
    assert_true(e.consent.n == 0 && e.regno.n == 0);
    json_decref(e.json);
    json_decref(in);

    struct receipt_row r;
    in = base_of("receipt");
    json_object_del(in, "no");
    assert_int_equal(validate_receipt(in, &r, NULL, NULL), STATUS_OK);
    assert_int_equal(r.no, -1);
    assert_int_equal(r.amount, 50000000);
    json_decref(r.json);
    json_decref(in);
}

static void test_refusals_quote_nothing_classified(void **state) {
    (void)state;
    json_t *in = base_of("registration");
    struct err err = {0};
    struct record r;
    json_object_set_new(in, "secrecy", json_string("绝密代号"));
    assert_int_equal(validate_registration(in, NULL, &r, NULL, &err), STATUS_INVALID);
    assert_null(strstr(err.text, "代号"));
    assert_null(strstr(err.text, "瓦斯"));
    json_decref(in);
}

static void test_bounds(void **state) {
    (void)state;
    struct record r;
    struct err err;
    json_t *in = json_array();
    assert_int_equal(validate_registration(in, NULL, &r, NULL, &err), STATUS_INVALID);
    assert_string_equal(err.code, "E_FIELD");
    json_decref(in);
    assert_int_equal(validate_registration(NULL, NULL, &r, NULL, &err), STATUS_INVALID);

    in = base_of("registration"); /* too many values */
    json_t *many = json_array();
    for (int i = 0; i < VALIDATE_MAX_NODES; i++) json_array_append_new(many, json_null());
    json_object_set_new(in, "foo", many);
    assert_int_equal(validate_registration(in, NULL, &r, NULL, &err), STATUS_INVALID);
    assert_string_equal(err.code, "E_FIELD");
    json_decref(in);

    in = base_of("registration"); /* too many unknown keys */
    for (int i = 0; i <= VALIDATE_MAX_EXTRA; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        json_object_set_new(in, key, json_true());
    }
    assert_int_equal(validate_registration(in, NULL, &r, NULL, &err), STATUS_INVALID);
    assert_string_equal(err.code, "E_FIELD");
    json_decref(in);
}

/* What cannot be normalised could never be published: it must not get into the registry.
 */
static void test_text_that_cannot_be_normalised(void **state) {
    (void)state;
    for (int marks = TEXT_MAX_CLUSTER - 1; marks <= TEXT_MAX_CLUSTER; marks++) {
        struct buf text = buf_init(0);
        struct record r;
        struct err err;
        json_t *in = base_of("registration");
        buf_add_z(&text, "e");
        for (int i = 0; i < marks; i++) buf_add_z(&text, "\xCC\x81");
        json_object_set_new(in, "abstract", json_string(buf_z(&text)));
        bool fine = marks < TEXT_MAX_CLUSTER;
        assert_int_equal(validate_registration(in, NULL, &r, NULL, &err),
                         fine ? STATUS_OK : STATUS_INVALID);
        if (fine) {
            record_done(&r);
        } else {
            assert_string_equal(err.code, "E_FIELD");
            assert_string_equal(err.field, "abstract");
        }
        json_decref(in);
        buf_done(&text);
    }
}

static const struct {
    const char *text;
    int at; /* -1: none */
} markings[] = {
    {"本项目为秘密★5年", 12},
    {"机密★", 0},
    {"绝 密　★ 长期", 0},
    {"★机密", 3},
    {"密级：秘密", 9},
    {"密 级: 绝密", 9},
    {"密级【机密】", 9},
    {"（密级：内部）", 12},
    {"【机密】某装置研制", 3},
    {"某装置研制（秘密级）", 18},
    {"[ 绝密 ]", 2},
    {"機密★", 0},
    {"机密：某装置", 0},
    {"第一行\n绝密: 某装置", 10},
    {"电机密封装置的研制", -1},
    {"电机密封★关键技术", -1},
    {"商业秘密保护方法", -1},
    {"保守国家秘密，做好机密文件管理", -1},
    {"密级：公开", -1},
    {"密级：非密", -1},
    {"密级：无", -1},
    {"密级制度研究：秘密与机密的划分", -1},
    {"高密度（精密）加工", -1},
    {"秘密", -1},
    {"密", -1},
    {"", -1},
    {"★★★", -1},
};

static void test_markings(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(markings); i++) {
        size_t at = 9999;
        bool found = validate_marking(str_of(markings[i].text), &at);
        if (found != (markings[i].at >= 0) || (found && at != (size_t)markings[i].at))
            fail_msg("\"%s\": found %d at %zu", markings[i].text, found, at);
    }
    json_t *in = base_of("registration");
    struct record r;
    assert_int_equal(validate_registration(in, NULL, &r, NULL, NULL), STATUS_OK);
    assert_false(validate_has_marking(r.json)); /* secrecy 非密 is none */
    record_done(&r);
    json_object_set_new(in, "foo", json_pack("[{s:s}]", "a", "机密★"));
    assert_int_equal(validate_registration(in, NULL, &r, NULL, NULL), STATUS_OK);
    assert_true(validate_has_marking(r.json));
    record_done(&r);
    json_decref(in);
}

static void test_warnings_are_bounded(void **state) {
    (void)state;
    struct warnings w;
    warnings_init(&w);
    for (int i = 0; i < WARNINGS_LISTED + 5; i++)
        warnings_add(&w, W_LABEL, "level", "%0300d煤", i);
    assert_int_equal(w.count[W_LABEL], WARNINGS_LISTED + 5);
    assert_int_equal(w.n, WARNINGS_LISTED);
    assert_string_equal(w.list[0].field, "level");
    assert_int_equal(strlen(w.list[0].text), sizeof w.list[0].text - 1);
    warnings_init(&w);
    struct buf han = buf_init(0); /* cut between characters */
    for (int i = 0; i < 90; i++) buf_add_z(&han, "煤");
    warnings_add(&w, W_LABEL, buf_z(&han), "%s", buf_z(&han));
    buf_done(&han);
    assert_int_equal(strlen(w.list[0].field) % 3, 0);
    assert_int_equal(strlen(w.list[0].text) % 3, 0);
}

static void test_numbers(void **state) {
    (void)state;
    char out[REGNO_BYTES];
    assert_int_equal(validate_regno(str_of("914 2025 y 0123"), out), 12);
    assert_string_equal(out, "9142025Y0123");
    assert_int_equal(validate_regno(str_of(" 9142125Y0123 "), out), 12);
    assert_string_equal(out, "9142125Y0123"); /* no such century: as it stands */
    assert_int_equal(validate_regno(str_of("91-4x"), out), 5);
    assert_int_equal(validate_regno(str_of(""), out), 0);
    char longer[400];
    memset(longer, '9', sizeof longer);
    assert_int_equal(validate_regno(str_slice(longer, sizeof longer), out),
                     REGNO_BYTES - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_record_members),
        cmocka_unit_test(test_year_comes_from_the_window),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_refusals_quote_nothing_classified),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_text_that_cannot_be_normalised),
        cmocka_unit_test(test_markings),
        cmocka_unit_test(test_warnings_are_bounded),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests_name("validate", tests, load, NULL);
}
