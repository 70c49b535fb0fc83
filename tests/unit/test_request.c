#include "query/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <talloc.h>

#define MAX_PAIRS 16

static char suggestion[FILTER_SUGGESTION_MAX];

/* "q=瓦斯&year=2025": no decoding, for tests only. */
static enum status parse(void *ctx, const char *query, enum audience a,
                         struct search_request **out, struct err *err) {
    struct search_param p[MAX_PAIRS];
    size_t n = 0;
    for (const char *at = query; *at;) {
        const char *eq = strchr(at, '='), *end = strchrnul(at, '&');
        assert_non_null(eq);
        assert_true(n < MAX_PAIRS);
        p[n++] = (struct search_param){str_slice(at, (size_t)(eq - at)),
                                       str_slice(eq + 1, (size_t)(end - eq) - 1)};
        at = *end ? end + 1 : end;
    }
    return request_parse(ctx, p, n, a, out, suggestion, err);
}

static struct search_request *good(void *ctx, const char *query) {
    struct search_request *r = NULL;
    struct err err;
    if (parse(ctx, query, AUDIENCE_PUBLIC, &r, &err) != STATUS_OK)
        fail_msg("%s: %s", query, err.text);
    return r;
}

static void defaults_are_the_contract(void **state) {
    void *ctx = *state;
    struct search_request *r = good(ctx, "");
    assert_int_equal(r->sort, XINDEX_BY_APPROVED);
    assert_true(r->descending);
    assert_int_equal(r->size, 20);
    assert_int_equal(r->page, 1);
    assert_int_equal(r->facets, 0);
    assert_int_equal(r->facet_size, 20);
    assert_true(r->highlight);
    assert_true(r->relax);
    assert_true(r->expand);
    r = good(ctx, "q=瓦斯");
    assert_int_equal(r->sort, XINDEX_BY_RELEVANCE);
    assert_false(r->descending);
}

static void everything_is_read(void **state) {
    void *ctx = *state;
    struct search_request *r =
        good(ctx, "q= 瓦斯 &sort=-title&size=100&page=7&facets=category, year&"
                  "facet_size=5&highlight=0&relax=0&expand=0&year=2025&year=2024&unit=x");
    assert_int_equal(r->q.n, strlen("瓦斯"));
    assert_int_equal(r->sort, XINDEX_BY_TITLE);
    assert_true(r->descending);
    assert_int_equal(r->size, 100);
    assert_int_equal(r->page, 7);
    assert_int_equal(r->facets, 1u << FACET_CATEGORY | 1u << FACET_YEAR);
    assert_int_equal(r->facet_size, 5);
    assert_false(r->highlight);
    assert_false(r->relax);
    assert_false(r->expand);
    assert_int_equal(r->where.filter[filter_of_facet(FACET_YEAR)]->n, 2);
    r = good(ctx, "facets=all&q=&sort=&page=&year=");
    assert_int_equal(r->facets, (1u << FACET_STATE) - 1);
    assert_null(r->where.filter[filter_of_facet(FACET_YEAR)]);
}

static void what_is_wrong_is_named(void **state) {
    void *ctx = *state;
    static const struct {
        const char *query, *code, *field, *suggestion;
    } cases[] = {
        {"yaer=2025", "unknown_parameter", "yaer", "year"},
        {"state=approved", "unknown_parameter", "state", NULL},
        {"completely_other=1", "unknown_parameter", "completely_other", ""},
        {"q=a&q=b", "repeated_parameter", "q", ""},
        {"size=101", "invalid_value", "size", ""},
        {"size=-1", "invalid_value", "size", ""},
        {"size=1e2", "invalid_value", "size", ""},
        {"size=+5", "invalid_value", "size", ""},
        {"size=99999999999999999999", "invalid_value", "size", ""},
        {"page=0", "invalid_value", "page", ""},
        {"page=501", "too_deep", "page", ""},
        {"page=101&size=100&sort=title", "too_deep", "page", ""},
        {"sort=date", "invalid_value", "sort", ""},
        {"facets=categry", "invalid_value", "facets", "category"},
        {"facets=state", "invalid_value", "facets", NULL},
        {"facets=category,,year", "invalid_value", "facets", NULL},
        {"facet_size=0", "invalid_value", "facet_size", ""},
        {"highlight=yes", "invalid_value", "highlight", ""},
        {"cursor=abc", "invalid_cursor", "cursor", ""},
        {"category=bogus", "invalid_value", "category", ""},
        {"category=软科学成果类", "invalid_value", "category", "软科学成果"},
        {"approved=2025..2024", "invalid_range", "approved", ""},
        {"q=\xff", "invalid_utf8", "q", ""},
        {"unit=\xff", "invalid_utf8", "unit", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct search_request *r = NULL;
        struct err err;
        enum status s = parse(ctx, cases[i].query, AUDIENCE_PUBLIC, &r, &err);
        if (s == STATUS_OK) fail_msg("%s was accepted", cases[i].query);
        assert_int_equal(status_http_code(s), 400);
        assert_string_equal(err.code, cases[i].code);
        assert_string_equal(err.field, cases[i].field);
        if (cases[i].suggestion) assert_string_equal(suggestion, cases[i].suggestion);
        assert_null(r);
    }
}

static void state_is_implied_for_the_internal_audience(void **state) {
    void *ctx = *state;
    struct search_request *r = NULL;
    struct buf b = buf_init(0);
    size_t i = filter_of_facet(FACET_STATE);
    assert_int_equal(parse(ctx, "q=a", AUDIENCE_INTERNAL, &r, NULL), STATUS_OK);
    assert_true(r->state_implied);
    assert_true(filter_has(&r->where, i, str_of("approved")));
    request_url(r, "", NULL, &b);
    assert_string_equal(buf_z(&b), "?q=a");
    assert_int_equal(parse(ctx, "q=a&state=draft", AUDIENCE_INTERNAL, &r, NULL),
                     STATUS_OK);
    assert_false(r->state_implied);
    assert_false(filter_has(&r->where, i, str_of("approved")));
    buf_done(&b);
}

static void assert_url(const struct search_request *r, const struct request_change *c,
                       const char *want) {
    struct buf b = buf_init(0);
    request_url(r, "/search", c, &b);
    assert_string_equal(buf_z(&b), want);
    buf_done(&b);
}

static void urls_are_canonical(void **state) {
    void *ctx = *state;
    struct search_request *a =
        good(ctx, "year=2025&category=软科学&size=20&q=a b&year=2024&sort=relevance");
    struct search_request *b = good(ctx, "q=a b&category=S&year=2024&year=2025&page=1");
    const char *want = "/search?q=a%20b&category=S&year=2024&year=2025";
    assert_url(a, NULL, want);
    assert_url(b, NULL, want);
    a = good(ctx, "");
    assert_url(a, NULL, "/search");
    a = good(ctx,
             "sort=title&size=5&page=3&facets=year&facet_size=7&highlight=0&relax=0");
    assert_url(a, NULL,
               "/search?sort=title&size=5&page=3&facets=year&facet_size=7&highlight=0"
               "&relax=0");
}

static void links_change_one_thing(void **state) {
    void *ctx = *state;
    struct search_request *r = good(ctx, "q=a&year=2025&year=2023&category=A&page=4");
    struct request_change c = {.add_filter = "year", .add_value = str_of("2024")};
    assert_url(r, &c, "/search?q=a&category=A&year=2023&year=2024&year=2025");
    c.add_value = str_of("2025");
    assert_url(r, &c, "/search?q=a&category=A&year=2023&year=2025");
    c = (struct request_change){.add_filter = "region", .add_value = str_of("140100")};
    assert_url(r, &c, "/search?q=a&category=A&year=2023&year=2025&region=140100");
    int year = filter_by_name(str_of("year"), AUDIENCE_PUBLIC) + 1;
    c = (struct request_change){.drop_filter = year, .drop_value = str_of("2023")};
    assert_url(r, &c, "/search?q=a&category=A&year=2025");
    c = (struct request_change){.drop_filter = year};
    assert_url(r, &c, "/search?q=a&category=A");
    c = (struct request_change){.drop_all_filters = true};
    assert_url(r, &c, "/search?q=a");
    c = (struct request_change){.page = 5};
    assert_url(r, &c, "/search?q=a&category=A&year=2023&year=2025&page=5");
    c = (struct request_change){.page = 1};
    assert_url(r, &c, "/search?q=a&category=A&year=2023&year=2025");
    c = (struct request_change){.sort = "-approved"};
    assert_url(r, &c, "/search?q=a&category=A&year=2023&year=2025&sort=-approved");
    c = (struct request_change){.cursor = str_of("AbC")};
    assert_url(r, &c, "/search?q=a&category=A&year=2023&year=2025&cursor=AbC");
    struct str other = str_of("b&c");
    c = (struct request_change){.q = &other, .relax = "0"};
    assert_url(r, &c, "/search?q=b%26c&category=A&year=2023&year=2025&relax=0");
    c = (struct request_change){.results_only = true};
    assert_url(r, &c, "/search?q=a&category=A&year=2023&year=2025");
}

static struct str token(void *ctx, struct cursor c) {
    struct buf b = buf_init(0);
    assert_int_equal(cursor_encode(&c, &b, NULL), STATUS_OK);
    struct str s = str_of(talloc_strdup(ctx, buf_z(&b)));
    buf_done(&b);
    return s;
}

static void cursors_belong_to_one_order(void **state) {
    void *ctx = *state;
    struct search_request *r = NULL;
    struct err err;
    struct search_param p[3] = {
        {str_of("cursor"), token(ctx, (struct cursor){.revision = 1,
                                                      .sort = XINDEX_BY_TITLE,
                                                      .rank = 50000,
                                                      .uid = str_of("u")})},
        {str_of("sort"), str_of("title")},
        {str_of("page"), str_of("2")}};
    assert_int_equal(request_parse(ctx, p, 2, AUDIENCE_PUBLIC, &r, suggestion, &err),
                     STATUS_OK); /* no end by key */
    assert_int_equal(r->cursor.rank, 50000);
    assert_int_equal(request_parse(ctx, p, 1, AUDIENCE_PUBLIC, &r, suggestion, &err),
                     STATUS_INVALID); /* the default order is another */
    assert_string_equal(err.code, "invalid_cursor");
    assert_int_equal(request_parse(ctx, p, 3, AUDIENCE_PUBLIC, &r, suggestion, &err),
                     STATUS_INVALID);
    assert_string_equal(err.field, "page");
    p[0].value = token(ctx, (struct cursor){.sort = XINDEX_BY_RELEVANCE, .rank = 9990});
    p[1].value = str_of("relevance");
    assert_int_equal(request_parse(ctx, p, 2, AUDIENCE_PUBLIC, &r, suggestion, &err),
                     STATUS_LIMIT);
    assert_string_equal(err.code, "too_deep");
}

static int set_up(void **state) {
    *state = talloc_new(NULL);
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state) {
    talloc_free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_the_contract),
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(state_is_implied_for_the_internal_audience),
        cmocka_unit_test(urls_are_canonical),
        cmocka_unit_test(links_change_one_thing),
        cmocka_unit_test(cursors_belong_to_one_order),
    };
    return cmocka_run_group_tests_name("request", tests, set_up, tear_down);
}
