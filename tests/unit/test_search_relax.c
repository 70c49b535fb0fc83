/* The steps of relaxing (search.h), each on records made for it. The words of a case
 * stand in no record of another. */
#include "query/search.h"
#include "tests/unit/xrecords.h"

#include <talloc.h>

#define RECORDS 200
#define TEXT_MAX 1024

/* Each of them is in 113 records, so that it is too common to count where any part of a
 * sentence will do; only records 80 to 82 hold them all. */
static const char *const common[] = {"井下", "装备", "智能", "运维"};

/* Records first..last have `text` in their abstract, or as a keyword. */
static const struct {
    unsigned first, last;
    const char *text;
    bool keyword;
} content[] = {
    /* drop_words: the fewest that are enough */
    {1, 14, "光伏", false},
    {1, 10, "逆变", false},
    {3, 14, "储能", false},
    /* drop_words that are not enough, and then parts */
    {20, 23, "锚杆", false},
    {23, 25, "喷浆", false},
    /* associated */
    {30, 32, "瓦斯", false},
    {30, 35, "煤层气", true},
    {30, 32, "矿业", true},
    {36, 130, "矿业", true}, /* as often without */
    /* loosen_words */
    {40, 40, "煤矸石发电", false},
    {41, 49, "煤矸石", false},
    {50, 54, "发电", false},
    {55, 55, "钢渣微粉", false},
    {56, 57, "钢渣", false},
    {58, 58, "磷石膏板", false},
    /* loosen_sentence */
    {60, 60, "高炉炉渣余热回收利用技术", false},
    {61, 61, "利用技术回收。高炉炉渣。渣余热回", false},
    {62, 64, "余热", false},
    {65, 67, "如何", false},
    /* read_as_text */
    {70, 70, "筑起防线，开展打防管控行动，形成四位一体格局", false},
    {71, 72, "打防管控", false},
    {73, 73, "筑起\"打防管控\"四位一体", false},
    {190, 199, "浮选", false},
};

static char *record_text(unsigned id) {
    char title[32];
    struct buf text = buf_init(TEXT_MAX);
    buf_add_z(&text, "。");
    snprintf(title, sizeof title, "登记%u", id);
    for (size_t i = 0; i < ARRAY_LEN(content); i++) {
        if (id < content[i].first || id > content[i].last || content[i].keyword) continue;
        buf_add_z(&text, content[i].text);
        buf_add_z(&text, "。");
    }
    for (unsigned i = 0; id <= 150 && i < ARRAY_LEN(common); i++)
        if (id % 4 != i || (id >= 80 && id <= 82)) {
            buf_add_z(&text, common[i]);
            buf_add_z(&text, "。");
        }
    /* Records that are to be first are long, so that others score more. */
    for (int i = 0; (id == 60 || id == 73) && i < 40; i++) buf_add_z(&text, "甲乙丙");
    struct xrecord x = {title, buf_z(&text), "某院", "140105",
                        "A",   "2025-11-03", NULL,   2025};
    if (id == 40) x.year = 2024;
    if (id <= 2) x.year = 2022;
    char *json = xrecord_json(&x, id);
    buf_done(&text);
    json_t *j = json_loads(json, 0, NULL), *keywords = json_array();
    for (size_t i = 0; i < ARRAY_LEN(content); i++)
        if (id >= content[i].first && id <= content[i].last && content[i].keyword)
            json_array_append_new(keywords, json_string(content[i].text));
    json_object_set_new(j, "keywords", keywords);
    free(json);
    json = json_dumps(j, JSON_COMPACT);
    json_decref(j);
    return json;
}

struct set {
    char dir[PATH_MAX];
    struct xindex_reader *reader;
    void *ctx;
};

static int set_up(void **state) {
    struct set *s = calloc(1, sizeof *s);
    char *json[RECORDS];
    ok(codes_load(err));
    xset_make_dir(s->dir);
    for (unsigned i = 0; i < RECORDS; i++) json[i] = record_text(i + 1);
    xrecords_publish_json(s->dir, AUDIENCE_PUBLIC, 1, json, RECORDS);
    for (unsigned i = 0; i < RECORDS; i++) free(json[i]);
    ok(xindex_reader_open(s->dir, &s->reader, err));
    s->ctx = talloc_new(NULL);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    struct set *s = *state;
    talloc_free(s->ctx);
    xindex_reader_close(s->reader);
    xset_remove_dir(s->dir);
    free(s);
    return 0;
}

static struct search_result *search(struct set *s, const char *q, const char *key,
                                    const char *value) {
    struct search_param p[3] = {{str_of("q"), str_of(q)},
                                {str_of("size"), str_of("100")},
                                {str_of(key), str_of(value)}};
    char suggestion[FILTER_SUGGESTION_MAX];
    struct search_request *req = NULL;
    struct search_result *r = NULL;
    ok(request_parse(s->ctx, p, *key ? 3 : 2, AUDIENCE_PUBLIC, &req, suggestion, err));
    ok(search_run(s->ctx, s->reader, req, 0, &r, err));
    return r;
}

static struct search_result *relaxed(struct set *s, const char *q, const char *step,
                                     uint32_t strict, uint32_t total) {
    struct search_result *r = search(s, q, "", "");
    if (!r->relaxed.step) fail_msg("%s is not relaxed", q);
    assert_string_equal(r->relaxed.step, step);
    assert_int_equal(r->relaxed.strict_total, strict);
    assert_int_equal(r->total, total);
    assert_int_equal(r->nhits, total);
    return r;
}

static void not_relaxed(struct set *s, const char *q, const char *key, const char *value,
                        uint32_t total) {
    struct search_result *r = search(s, q, key, value);
    if (r->relaxed.step) fail_msg("%s is relaxed by %s", q, r->relaxed.step);
    assert_int_equal(r->total, total);
}

/* Hits [from, to) are the records first..last, in any order. */
static void hits_are(const struct search_result *r, size_t from, size_t to,
                     uint32_t first, uint32_t last) {
    assert_int_equal(to - from, last - first + 1);
    assert_true(to <= r->nhits);
    for (size_t i = from; i < to; i++)
        if (r->hit[i].docid < first || r->hit[i].docid > last)
            fail_msg("hit %zu is %u", i, r->hit[i].docid);
}

static void the_word_goes_that_leaves_just_enough(void **state) {
    struct set *s = *state;
    struct search_result *r = relaxed(s, "光伏 逆变 储能", "drop_words", 8, 10);
    assert_int_equal(r->relaxed.n, 1);
    assert_true(str_eq_z(r->relaxed.dropped[0].text, "储能"));
    assert_int_equal(r->relaxed.dropped[0].total, 10);
    assert_false(r->relaxed.loosened);
    assert_int_equal(r->relaxed.nassociated, 0);
    hits_are(r, 0, 8, 3, 10); /* all three words */
    hits_are(r, 8, 10, 1, 2);
}

static void of_equals_the_rarest_word_goes(void **state) {
    struct search_result *r = relaxed(*state, "光伏 嚯嚯 咻咻", "drop_words", 0, 14);
    assert_int_equal(r->relaxed.n, 2);
    assert_true(str_eq_z(r->relaxed.dropped[0].text, "嚯嚯"));
    assert_int_equal(r->relaxed.dropped[0].total, 0);
    assert_true(str_eq_z(r->relaxed.dropped[1].text, "咻咻"));
    assert_int_equal(r->relaxed.dropped[1].total, 14);
}

static void too_few_without_a_word_are_loosened(void **state) {
    struct search_result *r = relaxed(*state, "锚杆 喷浆", "drop_words", 1, 6);
    assert_int_equal(r->relaxed.n, 1);
    assert_true(str_eq_z(r->relaxed.dropped[0].text, "喷浆"));
    assert_int_equal(r->relaxed.dropped[0].total, 4);
    assert_true(r->relaxed.loosened);
    hits_are(r, 0, 1, 23, 23);
    hits_are(r, 1, 4, 20, 22);
    hits_are(r, 4, 6, 24, 25);
}

static void keywords_that_go_together_are_searched(void **state) {
    struct set *s = *state;
    struct search_result *r = relaxed(s, "瓦斯", "associated", 3, 6);
    assert_int_equal(r->relaxed.n, 0);
    assert_int_equal(r->relaxed.nassociated, 1);
    assert_true(str_eq_z(r->relaxed.associated[0].keyword, "煤层气"));
    assert_int_equal(r->relaxed.associated[0].together, 3);
    assert_int_equal(r->relaxed.associated[0].count, 6);
    assert_false(r->relaxed.loosened);
    hits_are(r, 0, 3, 30, 32);
    hits_are(r, 3, 6, 33, 35);
}

static void half_of_a_word_then_any_part(void **state) {
    struct set *s = *state;
    struct search_result *r = relaxed(s, "煤矸石发电", "loosen_words", 1, 10);
    assert_true(r->relaxed.loosened);
    assert_int_equal(r->relaxed.n, 0);
    hits_are(r, 0, 1, 40, 40);
    hits_are(r, 1, 10, 41, 49); /* not those with 发电 alone: half is enough */
    r = relaxed(s, "钢渣微粉", "loosen_words", 1, 3);
    hits_are(r, 0, 1, 55, 55);
    hits_are(r, 1, 3, 56, 57);
}

static void a_step_that_finds_no_more_is_not_taken(void **state) {
    struct set *s = *state;
    not_relaxed(s, "磷石膏板", "", "", 1);
    not_relaxed(s, "喷浆", "", "", 3);
    not_relaxed(s, "没有", "", "", 0);
    not_relaxed(s, "光伏", "", "", 14);
}

static void of_a_sentence_literal_hits_stay_first(void **state) {
    struct set *s = *state;
    struct search_result *r =
        relaxed(s, "高炉炉渣余热回收利用技术", "loosen_sentence", 2, 5);
    assert_true(r->relaxed.loosened);
    hits_are(r, 0, 1, 60, 60);
    hits_are(r, 1, 2, 61, 61);
    hits_are(r, 2, 5, 62, 64);
    /* Who asks how is not looking for 如何. */
    r = relaxed(s, "如何才能利用高炉炉渣呢", "loosen_sentence", 0, 2);
    hits_are(r, 0, 2, 60, 61);
}

static void what_matches_as_typed_is_never_lost(void **state) {
    struct set *s = *state;
    struct search_result *r =
        relaxed(s, "井下，装备，智能，运维，浮选，焙烧，磁铁", "loosen_sentence", 3, 13);
    uint32_t strict = 0;
    for (size_t i = 0; i < r->nhits; i++)
        strict += r->hit[i].docid >= 80 && r->hit[i].docid <= 82;
    assert_int_equal(strict, 3);
}

/* Whether and how a query is widened does not depend on its filters; what is found does.
 */
static void filters_hold_and_decide_nothing(void **state) {
    struct set *s = *state;
    struct search_result *r = search(s, "煤矸石发电", "year", "2025");
    assert_string_equal(r->relaxed.step, "loosen_words");
    assert_int_equal(r->relaxed.strict_total, 0);
    assert_int_equal(r->total, 9); /* half of it reaches ten without the filter */
    hits_are(r, 0, 9, 41, 49);
    r = search(s, "光伏 逆变 储能", "year", "2022");
    assert_string_equal(r->relaxed.step, "drop_words");
    assert_int_equal(r->relaxed.strict_total, 0);
    assert_true(str_eq_z(r->relaxed.dropped[0].text, "储能"));
    assert_int_equal(r->relaxed.dropped[0].total, 2);
    assert_int_equal(r->total, 2);
    not_relaxed(s, "光伏 储能", "year", "2022", 0); /* twelve without the filter */
}

static void a_pasted_title_is_read_as_text(void **state) {
    struct set *s = *state;
    struct search_result *r =
        relaxed(s, "筑起\"打防管控\"四位一体", "read_as_text", 2, 4);
    assert_true(r->relaxed.loosened);
    hits_are(r, 0, 1, 73, 73);
    /* Then all others together: the long record with all of its words, too. */
    hits_are(r, 1, 4, 70, 72);
}

static void only_plain_words_by_relevance_are_relaxed(void **state) {
    struct set *s = *state;
    not_relaxed(s, "锚杆 喷浆", "relax", "0", 1);
    not_relaxed(s, "瓦斯", "relax", "0", 3);
    not_relaxed(s, "煤矸石发电", "relax", "0", 1);
    not_relaxed(s, "高炉炉渣余热回收利用技术", "relax", "0", 2);
    not_relaxed(s, "筑起\"打防管控\"四位一体", "relax", "0", 2);
    not_relaxed(s, "锚杆 喷浆", "sort", "approved", 1);
    not_relaxed(s, "煤矸石发电", "sort", "title", 1);
    not_relaxed(s, "\"煤矸石发电\"", "", "", 1);
    not_relaxed(s, "锚杆 \"喷浆\"", "", "", 1);
    not_relaxed(s, "锚杆 AND 喷浆", "", "", 1);
    not_relaxed(s, "瓦斯 -光伏", "", "", 3);
    not_relaxed(s, "瓦斯 OR 喷浆", "", "", 6);
    not_relaxed(s, "摘要:瓦斯", "", "", 3);
    not_relaxed(s, "", "year", "2024", 1); /* filters only */
}

/* Pages of a relaxed search are pages of one list. */
static void pages_go_on(void **state) {
    struct set *s = *state;
    static const char *const q[] = {"光伏 逆变 储能",
                                    "锚杆 喷浆",
                                    "瓦斯",
                                    "煤矸石发电",
                                    "高炉炉渣余热回收利用技术",
                                    "筑起\"打防管控\"四位一体"};
    for (size_t i = 0; i < ARRAY_LEN(q); i++) {
        struct search_result *whole = search(s, q[i], "", ""), *r;
        size_t at = 0;
        for (int page = 1; at < whole->total; page++) {
            char number[16];
            snprintf(number, sizeof number, "%d", page);
            struct search_param p[] = {{str_of("q"), str_of(q[i])},
                                       {str_of("size"), str_of("2")},
                                       {str_of("page"), str_of(number)}};
            char suggestion[FILTER_SUGGESTION_MAX];
            struct search_request *req = NULL;
            ok(request_parse(s->ctx, p, 3, AUDIENCE_PUBLIC, &req, suggestion, err));
            ok(search_run(s->ctx, s->reader, req, 0, &r, err));
            assert_string_equal(r->relaxed.step, whole->relaxed.step);
            assert_int_equal(r->relaxed.strict_total, whole->relaxed.strict_total);
            assert_int_equal(r->total, whole->total);
            assert_true(r->nhits > 0);
            for (size_t k = 0; k < r->nhits; k++)
                assert_int_equal(r->hit[k].docid, whole->hit[at++].docid);
            assert_int_equal(r->more, at < whole->total);
        }
        assert_int_equal(at, whole->nhits);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_word_goes_that_leaves_just_enough),
        cmocka_unit_test(of_equals_the_rarest_word_goes),
        cmocka_unit_test(too_few_without_a_word_are_loosened),
        cmocka_unit_test(keywords_that_go_together_are_searched),
        cmocka_unit_test(half_of_a_word_then_any_part),
        cmocka_unit_test(a_step_that_finds_no_more_is_not_taken),
        cmocka_unit_test(of_a_sentence_literal_hits_stay_first),
        cmocka_unit_test(what_matches_as_typed_is_never_lost),
        cmocka_unit_test(filters_hold_and_decide_nothing),
        cmocka_unit_test(a_pasted_title_is_read_as_text),
        cmocka_unit_test(only_plain_words_by_relevance_are_relaxed),
        cmocka_unit_test(pages_go_on),
    };
    return cmocka_run_group_tests_name("search_relax", tests, set_up, tear_down);
}
