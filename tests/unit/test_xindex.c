/* xindex: a small set by hand, searched. */
#include "tests/unit/xindex_set.h"

static void every_operator_finds(void **unused) {
    (void)unused;
    assert_string_equal(found(NULL), "U1 U2 U3 U4 U5 U6");
    assert_string_equal(found(node(XINDEX_ALL)), "U1 U2 U3 U4 U5 U6");
    assert_string_equal(found(node(XINDEX_NONE)), "");
    assert_string_equal(found(literal("瓦斯")), "U1 U2 U3 U6");
    assert_string_equal(found(literal("瓦斯抽采")), "U1 U2");
    assert_string_equal(found(literal("斯")), "U1 U2 U3 U6");
    assert_string_equal(found(literal("不在")), "");
    assert_string_equal(found(literal("3d-var")), "U5");
    assert_string_equal(found(literal("var")), "U5");
    assert_string_equal(found(literal("las")), "");
    assert_string_equal(found(two(XINDEX_AND, literal("瓦斯"), literal("煤矿"))),
                        "U1 U2");
    assert_string_equal(found(two(XINDEX_OR, literal("水电"), literal("co2"))), "U3 U4");
    assert_string_equal(
        found(two(XINDEX_AND, literal("瓦斯"), with(node(XINDEX_NOT), literal("抽采")))),
        "U6");
    assert_string_equal(found(with(node(XINDEX_NOT), literal("瓦斯抽采"))),
                        "U3 U4 U5 U6");
    assert_string_equal(found(term("QU4")), "U4");
    assert_string_equal(found(term("QU9")), "");
}

static void fields_are_told_apart(void **unused) {
    (void)unused;
    struct xindex_node *n = literal("瓦斯");
    n->tags = 1u << xset_tag(FIELD_SEARCHED, 1);
    assert_string_equal(found(n), "U3");
    n->tags = 0;
    assert_string_equal(found(n), "");
    /* A field searched by name only has terms of its own. */
    n = node(XINDEX_LITERAL);
    n->needle = str_of("瓦斯");
    n->tags = 1u << xset_tag(FIELD_BY_NAME, 0);
    ok(analyse_literal(fx.ctx, n->needle, "X", &n->literal, err));
    assert_string_equal(found(n), "U4");
}

static void near_prefix_and_at_least(void **unused) {
    (void)unused;
    struct xindex_node *n = two(XINDEX_NEAR, literal("瓦斯"), literal("煤矿"));
    n->gap = 2;
    assert_string_equal(found(n), "U1");
    n->gap = 3;
    assert_string_equal(found(n), "U1 U2");
    n = two(XINDEX_NEAR, literal("瓦斯"), literal("抽采"));
    n->gap = 10; /* U3 has both, in two values */
    assert_string_equal(found(n), "U1 U2");
    n = node(XINDEX_PREFIX);
    n->needle = str_of("las");
    assert_string_equal(found(n), "U4");
    n->needle = str_of("co2 la");
    assert_string_equal(found(n), "U4");
    n->needle = str_of("ser");
    assert_string_equal(found(n), "");
    n->needle = str_of("瓦斯抽");
    assert_string_equal(found(n), "U1 U2");
    n->needle = str_of("3d-v");
    assert_string_equal(found(n), "U5");
    n = node(XINDEX_ATLEAST);
    ok(analyse_literal(fx.ctx, str_of("煤矿瓦斯抽采监测"), "", &n->literal, err));
    assert_int_equal(n->literal.n, 7);
    n->need = 1;
    assert_string_equal(found(n), "U1 U2 U3 U6");
    n->need = 2;
    assert_string_equal(found(n), "U1 U2 U3");
    n->need = 4;
    assert_string_equal(found(n), "U1 U2");
    n->need = 5;
    assert_string_equal(found(n), "U1");
    n->need = 8;
    assert_string_equal(found(n), "");
}

static void conditions_hold(void **unused) {
    (void)unused;
    assert_string_equal(where_found(is(FACET_YEAR, "2023")), "U3 U4");
    assert_string_equal(where_found(is(FACET_YEAR, "1999")), "");
    assert_string_equal(where_found(is(FACET_REGION, "140100")), "U1 U2 U4");
    assert_string_equal(where_found(is(FACET_REGION, "140000")), "U1 U2 U3 U4 U6");
    assert_string_equal(where_found(is(FACET_KEYWORD, "瓦斯")), "U1 U2");
    struct xindex_cond c = is(FACET_YEAR, "2025");
    c.has_range = true;
    c.lo = INT32_MIN;
    c.hi = 2023;
    assert_string_equal(where_found(c), "U3 U4 U6");
    assert_string_equal(where_found(between(DATE_APPROVED, INT32_MIN, INT32_MAX)),
                        "U1 U2 U3 U5 U6");
    /* U2 has a month without day: it lies in a range that holds any of its days. */
    assert_string_equal(where_found(between(DATE_APPROVED, 20240331, 20241231)), "U2");
    assert_string_equal(where_found(between(DATE_APPROVED, 20240201, 20240301)), "U2");
    assert_string_equal(where_found(between(DATE_APPROVED, 20240101, 20240229)), "U1 U5");
    struct xindex_node *n = node(XINDEX_COND);
    n->cond = is(FACET_YEAR, "2024");
    assert_string_equal(found(two(XINDEX_AND, n, literal("瓦斯"))), "U1 U2");
    assert_string_equal(found(n), "U1 U2 U5");
}

static uint32_t count_of(const struct xindex_facet_counts *f, const char *value) {
    for (size_t i = 0; i < f->n; i++)
        if (str_eq_z(f->count[i].value, value)) return f->count[i].n;
    return 0;
}

static void facets_ignore_their_own_filter(void **unused) {
    (void)unused;
    struct xindex_cond where[] = {is(FACET_YEAR, "2024"), is(FACET_REGION, "140100")};
    struct xindex_request req = {.where = where,
                                 .nwhere = 2,
                                 .facets = 1u << FACET_YEAR | 1u << FACET_REGION |
                                           1u << FACET_KEYWORD,
                                 .rollup = true,
                                 .count_without = true};
    struct xindex_result *res = search(&req);
    assert_int_equal(res->total, 2);
    assert_int_equal(res->nhits, 0);
    assert_int_equal(res->revision, 1);
    assert_string_equal(res->as_of, "2026-01-20T08:00:00Z");
    assert_int_equal(res->without[0], 3); /* U1 U2 U4 */
    assert_int_equal(res->without[1], 3); /* U1 U2 U5 */
    assert_int_equal(res->nfacets, 3);
    const struct xindex_facet_counts *f = res->facets;
    assert_int_equal(f[0].facet, FACET_YEAR);
    assert_int_equal(count_of(&f[0], "2024"), 2);
    assert_int_equal(count_of(&f[0], "2023"), 1);
    assert_int_equal(f[0].n, 2);
    /* The level below the selected city; without a selection the city. */
    assert_int_equal(count_of(&f[1], "140105"), 1);
    assert_int_equal(count_of(&f[1], "140106"), 1);
    assert_int_equal(count_of(&f[1], "110000"), 1);
    assert_int_equal(count_of(&f[2], "瓦斯"), 2);
    assert_int_equal(count_of(&f[2], "抽采"), 1);
    assert_true(str_eq_z(f[2].count[0].value, "瓦斯"));
    req.nwhere = 0;
    req.facets = 1u << FACET_REGION;
    res = search(&req);
    assert_int_equal(count_of(&res->facets[0], "140100"), 3);
    assert_int_equal(count_of(&res->facets[0], "140200"), 2);
}

static void a_short_list_of_values_keeps_the_selected(void **unused) {
    (void)unused;
    struct xindex_cond where = is(FACET_YEAR, "2025");
    struct xindex_request req = {
        .where = &where, .nwhere = 1, .facets = 1u << FACET_YEAR, .facet_size = 1};
    const struct xindex_facet_counts *f = search(&req)->facets;
    assert_int_equal(f->n, 2);
    assert_int_equal(f->values, 3);
    assert_int_equal(f->sum, 6);
    assert_true(str_eq_z(f->count[0].value, "2024"));
    assert_int_equal(f->count[0].n, 3);
    assert_true(str_eq_z(f->count[1].value, "2025"));
    req.nwhere = 0;
    assert_int_equal(search(&req)->facets->n, 1);
}

static void sorts_put_missing_last(void **unused) {
    (void)unused;
    struct xindex_request req = {.sort = XINDEX_BY_APPROVED, .limit = 10};
    assert_string_equal(uids(&req), "U3 U1 U5 U2 U6 U4");
    req.descending = true;
    assert_string_equal(uids(&req), "U6 U2 U1 U5 U3 U4");
    req.sort = XINDEX_BY_TITLE;
    assert_string_equal(uids(&req), "U6 U1 U2 U3 U4 U5");
    req.descending = false;
    assert_string_equal(uids(&req), "U4 U2 U3 U1 U6 U5");
    req.offset = 2;
    req.limit = 2;
    assert_string_equal(uids(&req), "U3 U1");
    req.offset = 9;
    assert_string_equal(uids(&req), "");
}

static void cursors_go_on(void **unused) {
    (void)unused;
    struct xindex_request req = {.sort = XINDEX_BY_APPROVED, .limit = 3};
    req.after = (struct xindex_after){.set = true, .date = 20240105, .uid = str_of("U1")};
    assert_string_equal(uids(&req), "U5 U2 U6");
    req.after.uid = str_of("U0"); /* a hit that has gone meanwhile */
    assert_string_equal(uids(&req), "U1 U5 U2");
    req.after.date = 0;
    assert_string_equal(uids(&req), "U4");
    req.sort = XINDEX_BY_TITLE;
    req.after =
        (struct xindex_after){.set = true, .key = str_of("b"), .uid = str_of("U2")};
    assert_string_equal(uids(&req), "U3 U1 U6");
    req.after.key = str_of("bb"); /* no title has this key */
    assert_string_equal(uids(&req), "U1 U6 U5");
    req.descending = true;
    assert_string_equal(uids(&req), "U2 U3 U4");
    req.after.key = str_of("zz");
    assert_string_equal(uids(&req), "U6 U1 U2");
    req.descending = false;
    assert_string_equal(uids(&req), "U5");
    assert_int_equal(search(&req)->total, 6);
}

static void scores_rank_and_boost(void **unused) {
    (void)unused;
    struct xindex_node *phrase = literal("瓦斯抽采");
    struct xindex_request req = {.query = literal("瓦斯"), .limit = 10};
    struct xindex_result *res = search(&req);
    assert_int_equal(res->nhits, 4);
    for (size_t i = 1; i < 4; i++)
        assert_true(res->hits[i - 1].score >= res->hits[i].score);
    assert_true(res->hits[3].score >= 0);
    phrase->boost = 100;
    req.query = two(XINDEX_OR, literal("瓦斯"), phrase);
    res = search(&req);
    assert_int_equal(res->total, 4);
    assert_true(res->hits[1].score > 100 && res->hits[2].score < 100);
    assert_int_equal(res->hits[0].docid + res->hits[1].docid, 3); /* U1, U2 */
    /* A page by relevance begins at an offset, never behind a hit. */
    req.after = (struct xindex_after){.set = true, .uid = res->hits[1].data};
    expect(STATUS_INVALID, xindex_search(fx.r, fx.ctx, &req, &res, err));
}

static void limits_are_kept(void **unused) {
    (void)unused;
    struct xindex_result *res;
    struct xindex_node *n = literal("瓦斯");
    for (int i = 0; i < XINDEX_MAX_DEPTH; i++) n = with(node(XINDEX_AND), n);
    struct xindex_request req = {.query = n};
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    req.query = n->child[0];
    ok(xindex_search(fx.r, fx.ctx, &req, &res, err));
    assert_int_equal(res->total, 4);
    n = node(XINDEX_OR);
    for (int i = 0; i < XINDEX_MAX_NODES; i++) with(n, node(XINDEX_ALL));
    req.query = n;
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    n = node(XINDEX_ATLEAST);
    n->literal.n = XINDEX_MAX_TERMS + 1;
    n->literal.terms = talloc_zero_array(fx.ctx, struct str, XINDEX_MAX_TERMS + 1);
    req.query = n;
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    req = (struct xindex_request){.limit = XINDEX_MAX_WINDOW, .offset = 1};
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    req = (struct xindex_request){.query = node(XINDEX_AND)};
    expect(STATUS_INVALID, xindex_search(fx.r, fx.ctx, &req, &res, err));
    req.query = two(XINDEX_NEAR, literal("瓦斯"), node(XINDEX_ALL));
    expect(STATUS_INVALID, xindex_search(fx.r, fx.ctx, &req, &res, err));
    struct xindex_cond c = {.facet = FACET_COUNT};
    req = (struct xindex_request){.where = &c, .nwhere = 1};
    expect(STATUS_INVALID, xindex_search(fx.r, fx.ctx, &req, &res, err));
}

static void the_deadline_ends_a_search(void **unused) {
    (void)unused;
    struct xindex_result *res;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    struct xindex_request req = {.query = literal("瓦斯抽采"), .limit = 5};
    req.deadline_ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec - 1;
    struct err err = {0};
    assert_int_equal(xindex_search(fx.r, fx.ctx, &req, &res, &err), STATUS_DEADLINE);
    assert_string_equal(err.code, "deadline");
    req.deadline_ns += (int64_t)3600 * 1000000000;
    assert_int_equal(search(&req)->total, 2);
}

static void a_prefix_may_not_stand_for_too_much(void **unused) {
    (void)unused;
    static struct xset_doc doc[XINDEX_MAX_EXPAND + 1];
    struct xindex_result *res;
    for (uint32_t i = 0; i <= XINDEX_MAX_EXPAND; i++) {
        doc[i] = (struct xset_doc){.docid = 100 + i};
        doc[i].uid = talloc_asprintf(fx.ctx, "P%u", i);
        add_value(&doc[i], xset_tag(FIELD_SEARCHED, 0),
                  talloc_asprintf(fx.ctx, "zz%u", i));
    }
    xset_publish(fx.dir, 2, doc, XINDEX_MAX_EXPAND, NULL, 0);
    struct xindex_node *n = node(XINDEX_PREFIX);
    n->needle = str_of("zz");
    struct xindex_request req = {.query = n};
    assert_int_equal(search(&req)->total, XINDEX_MAX_EXPAND);
    xset_publish(fx.dir, 3, doc + XINDEX_MAX_EXPAND, 1, NULL, 0);
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    n->needle = str_of("zz12");
    assert_int_equal(search(&req)->total, 11);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_set(every_operator_finds),
        on_set(fields_are_told_apart),
        on_set(near_prefix_and_at_least),
        on_set(conditions_hold),
        on_set(facets_ignore_their_own_filter),
        on_set(a_short_list_of_values_keeps_the_selected),
        on_set(sorts_put_missing_last),
        on_set(cursors_go_on),
        on_set(scores_rank_and_boost),
        on_set(limits_are_kept),
        on_set(the_deadline_ends_a_search),
        on_set(a_prefix_may_not_stand_for_too_much),
    };
    return cmocka_run_group_tests_name("xindex", tests, NULL, NULL);
}
