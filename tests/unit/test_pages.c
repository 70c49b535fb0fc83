/* The part of a view that every page shares, and how numbers and instants are written. */
#include "web/pages.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void counts_are_grouped(void **state) {
    (void)state;
    static const struct {
        int64_t n;
        const char *want;
    } cases[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {-1234567, "-1,234,567"},
                 {-100, "-100"},
                 {INT64_MAX, "9,223,372,036,854,775,807"},
                 {INT64_MIN, "-9,223,372,036,854,775,808"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[32];
        assert_string_equal(page_count(cases[i].n, out, sizeof out), cases[i].want);
    }
}

static void instants_are_beijing_time(void **state) {
    (void)state;
    static const struct {
        const char *utc, *want;
    } cases[] = {{"2026-01-20T08:00:00Z", "2026-01-20 16:00"},
                 {"2025-12-31T16:30:59Z", "2026-01-01 00:30"},
                 {"2024-02-28T23:00:00Z", "2024-02-29 07:00"},
                 {"2026-01-20", "2026-01-20"},
                 {"", ""}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[24];
        assert_string_equal(page_instant(cases[i].utc, out, sizeof out), cases[i].want);
    }
    char tiny[5];
    assert_string_equal(page_instant("2026-01-20", tiny, sizeof tiny), "2026");
}

static const char *text_at(const json_t *view, const char *key) {
    return json_string_value(json_object_get(view, key));
}

static void a_view_holds_every_shared_key(void **state) {
    (void)state;
    struct asset_set *assets = NULL;
    assert_int_equal(asset_set_open(NULL, &assets, NULL), STATUS_OK);
    const struct page_line lines[] = {{"主办单位：某厅", NULL},
                                      {"晋ICP备1号", "https://a/"}};
    const struct page_site site = {"成果", NULL, "登记库", ARRAY_LEN(lines), lines};
    json_t *v = page_view_new(assets, &site, PAGE_STATS, "统计", "瓦斯", 42,
                              "2026-01-20T08:00:00Z");
    assert_non_null(v);
    static const char *const keys[] = {
        "lang",           "page_title",    "home",          "site_name",
        "site_strapline", "css_url",       "icon_url",      "description",
        "noindex",        "canonical",     "alternates",    "prev_link",
        "next_link",      "nav",           "header_search", "q",
        "footer_lines",   "revision_text", "as_of_text",    "version",
        "footer_source"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        assert_non_null(json_object_get(v, keys[i]));
    assert_int_equal(json_object_size(v), ARRAY_LEN(keys));
    assert_string_equal(text_at(v, "as_of_text"), "2026-01-20 16:00");
    assert_string_equal(text_at(v, "revision_text"), "42");
    assert_string_equal(text_at(v, "css_url"), asset_url(assets, "site.css"));
    assert_string_equal(text_at(v, "q"), "瓦斯");
    assert_true(json_is_true(json_object_get(v, "header_search")));

    size_t i, current = 0;
    json_t *entry;
    json_array_foreach(json_object_get(v, "nav"), i, entry) {
        if (json_is_true(json_object_get(entry, "current"))) {
            current++;
            assert_string_equal(text_at(entry, "url"), "/stats");
        }
    }
    assert_int_equal(current, 1);
    json_t *line = json_array_get(json_object_get(v, "footer_lines"), 0);
    assert_true(json_is_null(json_object_get(line, "url")));
    json_decref(v);

    v = page_view_new(assets, &site, PAGE_HOME, "成果", NULL, 0, NULL);
    assert_non_null(v);
    assert_true(json_is_true(json_object_get(v, "home")));
    assert_true(json_is_false(json_object_get(v, "header_search")));
    assert_true(json_is_null(json_object_get(v, "revision_text")));
    assert_true(json_is_null(json_object_get(v, "q")));
    json_decref(v);

    assert_null(page_view_new(assets, &site, PAGE_HOME, "\xFF", NULL, 0, NULL));
    assert_null(page_view_new(assets, &site, PAGE_STATS, "统计", "\xFF", 0, NULL));
    asset_set_close(assets);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_grouped),
        cmocka_unit_test(instants_are_beijing_time),
        cmocka_unit_test(a_view_holds_every_shared_key),
    };
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
