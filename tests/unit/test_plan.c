#include "query/plan.h"
#include "tests/unit/xset.h"

#include <talloc.h>

struct made {
    void *ctx;
    struct qlang_query *query;
    struct xindex_node *plan;
};

static void make(struct made *m, const char *q) {
    m->ctx = talloc_new(NULL);
    ok(qlang_parse(m->ctx, str_of(q), AUDIENCE_PUBLIC, &m->query, err));
    ok(plan_build(m->ctx, m->query->root, &m->plan, err));
}

static bool same(float a, float b) {
    return a >= b && a <= b;
}

/* "煤矸 矸石" of an ATLEAST. */
static void terms_are(void *ctx, const struct xindex_node *n, const char *want) {
    char *all = talloc_strdup(ctx, "");
    for (size_t i = 0; i < n->literal.n; i++)
        all = talloc_asprintf_append(all, "%s%s", i ? " " : "", n->literal.terms[i].p);
    assert_string_equal(all, want);
}

static void a_sentence_is_its_literal_or_half_its_bigrams(void **state) {
    (void)state;
    struct made m;
    make(&m, "如何治理煤矿采空区塌陷");
    assert_int_equal(m.plan->op, XINDEX_OR);
    assert_int_equal(m.plan->nchild, 2);
    const struct xindex_node *whole = m.plan->child[PLAN_SENTENCE_LITERAL];
    const struct xindex_node *some = m.plan->child[PLAN_SENTENCE_BIGRAMS];
    assert_int_equal(whole->op, XINDEX_LITERAL);
    assert_true(same(whole->boost, PLAN_LITERAL_BOOST) && same(whole->weight, 0));
    assert_true(str_eq_z(whole->needle, "如何治理煤矿采空区塌陷"));
    assert_int_equal(some->op, XINDEX_ATLEAST);
    /* What matches does not depend on words of asking; what scores besides does. */
    assert_int_equal(some->literal.n, 10);
    assert_int_equal(some->need, 5);
    assert_true(str_eq_z(some->needle, " 治理煤矿采空区塌陷"));
    assert_true(same(some->weight, 1));
    talloc_free(m.ctx);

    make(&m, "煤，气，水，电，热，风，光，核，氢"); /* no two side by side */
    assert_int_equal(m.plan->op, XINDEX_LITERAL);
    talloc_free(m.ctx);
}

static void other_names_weigh_less_than_the_word(void **state) {
    (void)state;
    struct made m;
    make(&m, "LNG OR \"液化天然气\"");
    assert_int_equal(m.plan->nchild, 2);
    assert_true(same(m.plan->child[0]->weight, 1));
    assert_true(same(m.plan->child[0]->boost, PLAN_AS_TYPED));
    assert_true(
        same(m.plan->child[1]->weight, PLAN_OTHER_NAME / 4)); /* 4 bigrams for 1 */
    assert_true(same(m.plan->child[1]->boost, 0));
    talloc_free(m.ctx);

    make(&m, "液化天然气 OR \"LNG\""); /* never more than its share */
    assert_true(same(m.plan->child[1]->weight, PLAN_OTHER_NAME));
    talloc_free(m.ctx);

    static const char *const level[] = {"LNG OR 液化天然气", "\"LNG\" OR \"液化天然气\""};
    for (size_t i = 0; i < ARRAY_LEN(level); i++) {
        make(&m, level[i]);
        for (size_t k = 0; k < 2; k++) {
            assert_true(same(m.plan->child[k]->weight, 1));
            assert_true(same(m.plan->child[k]->boost, 0));
        }
        talloc_free(m.ctx);
    }
}

static struct xindex_node *parts(struct made *m, const char *q, unsigned share) {
    struct xindex_node *out = NULL;
    make(m, q);
    struct qlang_node *root = m->query->root;
    if (root->kind == QLANG_AND)
        ok(plan_parts(m->ctx, root->child, root->n, share, &out, err));
    else
        ok(plan_parts(m->ctx, &root, 1, share, &out, err));
    return out;
}

static void parts_are_bigrams_and_tokens_of_the_words(void **state) {
    (void)state;
    struct made m;
    struct xindex_node *p = parts(&m, "煤矸石发电 LNG", 0);
    assert_int_equal(p->op, XINDEX_ATLEAST);
    terms_are(m.ctx, p, "煤矸 矸石 石发 发电 lng");
    assert_int_equal(p->need, 1);
    assert_true(str_eq_z(p->needle, "煤矸石发电 lng "));
    talloc_free(m.ctx);

    p = parts(&m, "煤矸石发电", 2);
    assert_int_equal(p->need, 2);
    talloc_free(m.ctx);
    p = parts(&m, "煤矸石的发电", 2); /* 5 of them: half, rounded up */
    assert_int_equal(p->need, 3);
    talloc_free(m.ctx);

    p = parts(&m, "如何治理塌陷", 0); /* words of asking are no parts */
    terms_are(m.ctx, p, "治理 理塌 塌陷");
    talloc_free(m.ctx);

    p = parts(&m, "煤 LNG CO2", 0); /* no single character */
    terms_are(m.ctx, p, "lng co2");
    talloc_free(m.ctx);

    /* One letter or a short number says nothing by itself. */
    p = parts(&m, "煤矸石 3 a 456 LNG 2025 x5", 0);
    terms_are(m.ctx, p, "煤矸 矸石 lng 2025 x5");
    talloc_free(m.ctx);

    /* Other names are not looked for in pieces; what is no word is left out. */
    struct qlang_node *word[2];
    make(&m, "(煤矸石 OR \"gangue\") -火灾");
    word[0] = m.query->root->child[0];
    word[1] = m.query->root->child[1];
    assert_int_equal(word[0]->kind, QLANG_OR);
    assert_int_equal(word[1]->kind, QLANG_NOT);
    ok(plan_parts(m.ctx, word, 2, 0, &p, err));
    terms_are(m.ctx, p, "煤矸 矸石");
    talloc_free(m.ctx);
}

static void fewer_than_two_parts_are_none(void **state) {
    (void)state;
    static const char *const q[] = {"瓦斯", "LNG", "煤", "煤 气", "瓦斯 气"};
    struct made m;
    for (size_t i = 0; i < ARRAY_LEN(q); i++) {
        if (parts(&m, q[i], 0)) fail_msg("%s has parts", q[i]);
        talloc_free(m.ctx);
    }
}

static int set_up(void **state) {
    (void)state;
    ok(codes_load(err));
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_is_its_literal_or_half_its_bigrams),
        cmocka_unit_test(other_names_weigh_less_than_the_word),
        cmocka_unit_test(parts_are_bigrams_and_tokens_of_the_words),
        cmocka_unit_test(fewer_than_two_parts_are_none),
    };
    return cmocka_run_group_tests_name("plan", tests, set_up, NULL);
}
