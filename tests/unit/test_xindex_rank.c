/* xindex: which records come first, what ATLEAST counts, and pages of a ranked list. */
#include "tests/unit/xindex_set.h"

#define MANY 1200 /* records: a tenth is more than XINDEX_COMMON_LEAST */

static struct xset_doc doc[MANY];

/* MANY records "甲" under docids from 1; the caller adds to them. */
static void make_many(void) {
    char title = xset_tag(FIELD_SEARCHED, 0);
    for (uint32_t i = 0; i < MANY; i++) {
        doc[i] = (struct xset_doc){.docid = i + 1};
        doc[i].uid = talloc_asprintf(fx.ctx, "M%04u", i + 1);
        add_value(&doc[i], title, "登记");
    }
}

static void publish(size_t n) {
    xindex_reader_close(fx.r);
    xset_remove_dir(fx.dir);
    assert_int_equal(mkdir(fx.dir, 0700), 0);
    xset_publish(fx.dir, 1, doc, n, NULL, 0);
    ok(xindex_reader_open(fx.dir, &fx.r, err));
}

static void add_text(uint32_t first, uint32_t last, const char *text) {
    for (uint32_t i = first; i <= last; i++)
        add_value(&doc[i - 1], xset_tag(FIELD_SEARCHED, 1), text);
}

static struct xindex_node *at_least(uint32_t need, const char *text, const char *needle) {
    struct xindex_node *n = node(XINDEX_ATLEAST);
    ok(analyse_literal(fx.ctx, str_of(text), "", &n->literal, err));
    n->needle = str_of(needle);
    n->need = need;
    return n;
}

static uint32_t total(const struct xindex_node *query) {
    struct xindex_request req = {.query = query, .sort = XINDEX_BY_APPROVED};
    return search(&req)->total;
}

static double score_of(const struct xindex_node *query, uint32_t docid) {
    struct xindex_request req = {.query = query, .limit = MANY};
    struct xindex_result *res = search(&req);
    for (size_t i = 0; i < res->nhits; i++)
        if (res->hits[i].docid == docid) return res->hits[i].score;
    fail_msg("no hit %u", docid);
    return 0;
}

/* More than a tenth of the records, and not of a small set. */
static void too_common_terms_do_not_count_where_any_will_do(void **unused) {
    (void)unused;
    make_many();
    add_text(1, 121, "研究");
    add_text(200, 319, "应用");
    add_text(121, 125, "瓦斯");
    add_text(122, 125, "丙丁"); /* as long as 121 */
    add_text(400, 402, "硒");
    publish(MANY);
    assert_int_equal(total(at_least(1, "研究", "")), 121); /* nothing else is there */
    assert_int_equal(total(at_least(1, "研究，没有", "")), 121);
    assert_int_equal(total(at_least(1, "研究，瓦斯", "")), 5);
    assert_int_equal(total(at_least(1, "应用，瓦斯", "")), 125); /* just a tenth */
    assert_int_equal(total(at_least(2, "研究，瓦斯", "")), 1);
    /* They score all the same, also from the needle, once. */
    double both = score_of(at_least(1, "研究，瓦斯", ""), 121);
    assert_true(both > score_of(at_least(1, "研究，瓦斯", ""), 122));
    /* Rare characters of the needle count: 硒, that three records have, and not 研. */
    assert_int_equal(total(at_least(1, "瓦斯，没有", "硒研")), 8);
    assert_int_equal(total(at_least(2, "瓦斯，没有", "硒研")), 0);
    /* What is in a hundred records or fewer is never too common. */
    publish(101);
    assert_int_equal(total(at_least(1, "研究，登记", "")), 101);
    add_text(50, 50, "瓦斯");
    publish(101);
    assert_int_equal(total(at_least(1, "研究，瓦斯", "")), 1);
    publish(100);
    assert_int_equal(total(at_least(1, "研究，瓦斯", "")), 100);
}

/* A token that is too common to count, or stands twice in the needle, is one token. */
static void a_token_of_the_needle_scores_once(void **unused) {
    (void)unused;
    make_many();
    add_text(1, 130, "lng");
    add_text(1, 3, "瓦斯");
    add_text(2, 2, "co2");
    publish(MANY);
    double want = score_of(at_least(1, "瓦斯，lng", ""), 1);
    assert_true(score_of(at_least(1, "瓦斯，lng", "lng"), 1) <= want);
    assert_true(score_of(at_least(1, "瓦斯，lng", "lng lng"), 1) <= want);
    want = score_of(at_least(1, "瓦斯", "co2"), 2);
    assert_true(want > score_of(at_least(1, "瓦斯", ""), 2));
    assert_true(score_of(at_least(1, "瓦斯", "co2，co2"), 2) <= want);
}

static void place_decides_among_the_best(void **unused) {
    (void)unused;
    char title = xset_tag(FIELD_SEARCHED, 0);
    char keyword = field_of_facet(FACET_KEYWORD)->tag;
    char abstract = field_by_path(str_of("abstract"))->tag;
    make_many();
    for (uint32_t i = 0; i < 5; i++) doc[i].nvalue = 0;
    /* All have 瓦斯 once and are equally long. */
    add_value(&doc[0], abstract, "甲乙丙丁瓦斯");
    add_value(&doc[1], title, "瓦斯甲乙丙丁");
    add_value(&doc[2], title, "瓦斯");
    add_value(&doc[2], abstract, "甲乙丙丁");
    add_value(&doc[3], keyword, "瓦斯");
    add_value(&doc[3], abstract, "甲乙丙丁");
    add_value(&doc[4], keyword, "瓦斯甲乙丙丁");
    publish(100);
    struct xindex_request req = {.query = literal("瓦斯"), .limit = 10};
    struct xindex_result *res = search(&req);
    assert_int_equal(res->nhits, 5);
    assert_int_equal(res->hits[0].docid, 3); /* the whole title */
    assert_int_equal(res->hits[1].docid, 2); /* in the title */
    assert_int_equal(res->hits[2].docid, 4); /* a keyword, as a whole */
    /* Only the fields that are asked for. */
    struct xindex_node *n = literal("瓦斯");
    n->tags = UINT32_C(1) << keyword;
    req.query = n;
    assert_int_equal(search(&req)->hits[0].docid, 4);
}

static void words_close_together_come_first(void **unused) {
    (void)unused;
    make_many();
    add_text(1, 1, "瓦斯甲乙丙丁戊己庚辛壬癸子抽采");
    add_text(2, 2, "瓦斯甲乙抽采丙丁戊己庚辛壬癸子");
    add_text(3, 3, "抽采瓦斯甲乙丙丁戊己庚辛壬癸子");
    publish(100);
    struct xindex_request req = {
        .query = two(XINDEX_AND, literal("瓦斯"), literal("抽采")), .limit = 10};
    assert_string_equal(uids(&req), "M0003 M0002 M0001");
}

static void pages_by_offset_make_one_list(void **unused) {
    (void)unused;
    static const uint32_t size[] = {1, 7, 50, XINDEX_REFINED, XINDEX_REFINED + 1, 300};
    char title = xset_tag(FIELD_SEARCHED, 0);
    make_many();
    for (uint32_t i = 1; i <= 300; i++) {
        for (uint32_t k = 0; k < i % 5; k++) add_text(i, i, "瓦斯治理");
        add_text(i, i, i % 2 ? "瓦斯甲乙丙抽采" : "抽采。瓦斯");
        if (i % 3 == 0) add_value(&doc[i - 1], title, "瓦斯");
    }
    publish(MANY);
    struct xindex_node *query =
        two(XINDEX_OR, two(XINDEX_AND, literal("瓦斯"), literal("抽采")),
            at_least(1, "瓦斯，抽采，治理", "瓦斯治理"));
    struct xindex_request req = {.query = query, .limit = MANY};
    struct xindex_result *whole = search(&req);
    assert_int_equal(whole->nhits, 300);
    for (size_t i = 1; i < whole->nhits; i++)
        assert_true(whole->hits[i - 1].score >= whole->hits[i].score);
    for (size_t s = 0; s < ARRAY_LEN(size); s++) {
        req.limit = size[s];
        for (req.offset = 0; req.offset < 300; req.offset += size[s]) {
            struct xindex_result *page = search(&req);
            assert_int_equal(page->total, 300);
            assert_true(page->nhits > 0);
            for (size_t i = 0; i < page->nhits; i++)
                assert_int_equal(page->hits[i].docid, whole->hits[req.offset + i].docid);
            talloc_free(page);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_set(too_common_terms_do_not_count_where_any_will_do),
        on_set(a_token_of_the_needle_scores_once),
        on_set(place_decides_among_the_best),
        on_set(words_close_together_come_first),
        on_set(pages_by_offset_make_one_list),
    };
    return cmocka_run_group_tests_name("xindex ranking", tests, NULL, NULL);
}
