#include "query/associate.h"
#include "tests/unit/xset.h"

#include <math.h>
#include <talloc.h>

static void close_to(double got, double want) {
    if (!(fabs(got - want) < 0.005)) fail_msg("%.4f, not %.2f", got, want);
}

/* k(AB), k(A ~B), k(~A B), k(~A ~B) and -2 log lambda. The first four are of Dunning
 * 1993, table 1; the others are worked out by hand. */
static void g2_is_that_of_the_paper(void **state) {
    (void)state;
    static const struct {
        uint64_t k[4];
        double g2;
    } cases[] = {
        {{110, 2442, 111, 29114}, 270.72}, /* the swiss */
        {{29, 13, 123, 31612}, 263.90},    /* can be */
        {{31, 23, 139, 31584}, 256.84},    /* previous year */
        {{10, 0, 3, 31764}, 167.23},       /* mineral water */
        {{5, 0, 0, 5}, 13.86},             /* 2 * 10 ln 2 */
        {{0, 5, 5, 0}, 13.86},             /* never together: as far from chance */
        {{2, 2, 2, 2}, 0},                 /* chance itself */
        {{3, 1, 1, 3}, 2.09},              /* 2 (6 ln 1.5 + 2 ln 0.5) */
        {{7, 0, 0, 0}, 0},                 /* everything has everything */
        {{0, 7, 0, 3}, 0},                 /* nothing has it */
        {{0, 0, 0, 0}, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const uint64_t *k = cases[i].k;
        close_to(associate_g2(k[0], k[0] + k[1], k[0] + k[2], k[0] + k[1] + k[2] + k[3]),
                 cases[i].g2);
    }
}

static void tables_that_cannot_be_are_no_evidence(void **state) {
    (void)state;
    close_to(associate_g2(3, 2, 5, 10), 0);  /* both > a */
    close_to(associate_g2(3, 5, 2, 10), 0);  /* both > b */
    close_to(associate_g2(1, 11, 5, 10), 0); /* a > n */
    close_to(associate_g2(0, 6, 6, 10), 0);  /* a and b cannot miss each other */
    close_to(associate_g2(UINT64_MAX, UINT64_MAX, UINT64_MAX, 1), 0);
}

/* ---- mining ---------------------------------------------------------------------- */

#define RECORDS 200
#define KEYWORDS 4

/* A set of RECORDS records, each with the keywords that `of` gives. */
struct set {
    char dir[PATH_MAX];
    struct columns columns;
    void *ctx;
};

typedef size_t (*keywords_fn)(uint32_t docid, struct str out[KEYWORDS]);

static void set_make(struct set *s, keywords_fn of) {
    struct columns_builder *b;
    char path[PATH_MAX];
    xset_make_dir(s->dir);
    s->ctx = talloc_new(NULL);
    ok(columns_builder_new(NULL, &b, err));
    for (uint32_t i = 1; i <= RECORDS; i++) {
        struct str keyword[KEYWORDS];
        char uid[16];
        snprintf(uid, sizeof uid, "U-%u", i);
        struct columns_row row = {.docid = i, .uid = str_of(uid)};
        row.facet[FACET_KEYWORD].value = keyword;
        row.facet[FACET_KEYWORD].n = (uint32_t)of(i, keyword);
        ok(columns_builder_put(b, &row, err));
    }
    ok(columns_builder_write(b, xset_path(path, s->dir, "columns-1"), 1, "text-1", 0,
                             err));
    ok(columns_open(path, &s->columns, err));
    columns_builder_free(b);
}

static void set_done(struct set *s) {
    columns_close(&s->columns);
    xset_remove_dir(s->dir);
    talloc_free(s->ctx);
}

/* The facet of the records 1..total, as a search would count it. */
static struct xindex_facet_counts facet_of(struct set *s, keywords_fn of,
                                           uint32_t total) {
    struct xindex_count *count =
        talloc_zero_array(s->ctx, struct xindex_count, RECORDS * KEYWORDS);
    size_t n = 0;
    for (uint32_t i = 1; i <= total; i++) {
        struct str keyword[KEYWORDS];
        size_t have = of(i, keyword);
        for (size_t k = 0; k < have; k++) {
            size_t at = 0;
            while (at < n && !str_eq(count[at].value, keyword[k])) at++;
            count[at].value = keyword[k];
            count[at].n++;
            n = at == n ? n + 1 : n;
        }
    }
    for (size_t i = 1; i < n; i++) /* by count, then code */
        for (size_t k = i; k > 0; k--) {
            struct xindex_count a = count[k - 1], b = count[k];
            if (a.n > b.n || (a.n == b.n && str_cmp(a.value, b.value) < 0)) break;
            count[k - 1] = b;
            count[k] = a;
        }
    return (struct xindex_facet_counts){.facet = FACET_KEYWORD, .n = n, .count = count};
}

/* "瓦斯 5/7" one by one: keyword, together, count. */
static const char *mined(struct set *s, keywords_fn of, uint32_t total,
                         const char *query) {
    struct association got[ASSOCIATE_MAX];
    struct str words[4];
    size_t n = 99, nwords = 0;
    struct xindex_facet_counts f = facet_of(s, of, total);
    char *copy = talloc_strdup(s->ctx, query), *rest = NULL;
    for (char *w = strtok_r(copy, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
        words[nwords++] = str_of(w);
    ok(associate(s->ctx, &s->columns, &f, total, words, nwords, got, &n, err));
    char *text = talloc_strdup(s->ctx, "");
    for (size_t i = 0; i < n; i++) {
        close_to(got[i].g2, associate_g2(got[i].together, total, got[i].count, RECORDS));
        assert_true(got[i].g2 >= ASSOCIATE_G2);
        assert_true(i == 0 || got[i].g2 <= got[i - 1].g2);
        text = talloc_asprintf_append(text, "%s%.*s %u/%u", i ? ", " : "",
                                      (int)got[i].keyword.n, got[i].keyword.p,
                                      got[i].together, got[i].count);
    }
    return text;
}

static size_t put(struct str *out, size_t n, const char *z) {
    out[n] = str_of(z);
    return n + 1;
}

/* 1..10 are what the query finds: all have 抽采, six 封孔 (and nobody else), four 煤矿
 * (and every second of the others), five one of two spellings of LNG. */
static size_t gas(uint32_t i, struct str *out) {
    size_t n = 0;
    if (i <= 10 || i > 190) n = put(out, n, "抽采");
    if (i <= 6) n = put(out, n, "封孔");
    if (i <= 4 || (i > 10 && i % 2)) n = put(out, n, "煤矿");
    if (i >= 6 && i <= 10) n = put(out, n, i % 2 ? "LNG" : "ＬＮＧ");
    return n;
}

static void finds_what_goes_together_beyond_chance(void **state) {
    (void)state;
    struct set s;
    set_make(&s, gas);
    assert_string_equal(mined(&s, gas, 10, "瓦斯"), "抽采 10/20, 封孔 6/6, ＬＮＧ 5/5");
    /* what the query says itself is left out */
    assert_string_equal(mined(&s, gas, 10, "瓦斯抽采"), "封孔 6/6, ＬＮＧ 5/5");
    assert_string_equal(mined(&s, gas, 10, "lng"), "抽采 10/20, 封孔 6/6");
    /* of one word also what holds it; of two not: it would find more */
    assert_string_equal(mined(&s, gas, 10, "封"), "抽采 10/20, ＬＮＧ 5/5");
    assert_string_equal(mined(&s, gas, 10, "封 煤"), "抽采 10/20, 封孔 6/6, ＬＮＧ 5/5");
    /* too few for a judgement, and nothing at all */
    assert_string_equal(mined(&s, gas, 2, "瓦斯"), "");
    assert_string_equal(mined(&s, gas, 0, "瓦斯"), "");
    assert_string_equal(mined(&s, gas, 10, ""), "抽采 10/20, 封孔 6/6, ＬＮＧ 5/5");
    /* the whole set is no surprise */
    assert_string_equal(mined(&s, gas, RECORDS, "瓦斯"), "");
    set_done(&s);
}

/* Six keywords that only the first ten records have. */
static size_t many(uint32_t i, struct str *out) {
    static const char *const name[] = {"甲", "乙", "丙", "丁", "戊", "己"};
    size_t n = 0;
    for (size_t k = 0; k < ARRAY_LEN(name) && i <= 10; k++)
        if ((i + k) % ARRAY_LEN(name) < KEYWORDS) n = put(out, n, name[k]);
    return n;
}

static void keeps_the_strongest(void **state) {
    (void)state;
    struct set s;
    set_make(&s, many);
    const char *got = mined(&s, many, 10, "瓦斯");
    size_t n = 1;
    for (const char *p = got; *p; p++) n += *p == ',';
    assert_int_equal(n, ASSOCIATE_MAX);
    assert_string_equal(got, mined(&s, many, 10, "瓦斯"));
    set_done(&s);
}

static size_t nothing(uint32_t i, struct str *out) {
    return i == 1 ? put(out, 0, "none") : 0;
}

static void a_set_without_keywords_has_none(void **state) {
    (void)state;
    struct set s;
    set_make(&s, nothing);
    assert_string_equal(mined(&s, nothing, 10, "瓦斯"), "");
    set_done(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(g2_is_that_of_the_paper),
        cmocka_unit_test(tables_that_cannot_be_are_no_evidence),
        cmocka_unit_test(finds_what_goes_together_beyond_chance),
        cmocka_unit_test(keeps_the_strongest),
        cmocka_unit_test(a_set_without_keywords_has_none),
    };
    return cmocka_run_group_tests_name("associate", tests, NULL, NULL);
}
