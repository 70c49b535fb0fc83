#include "query/search_relax.h"

#include "query/plan.h"

#include <talloc.h>

#define STRICT_BOOST 20000.0F /* above PLAN_LITERAL_BOOST and any BM25 sum */
#define LOOSE_SHARE 4         /* a quarter of a sentence's bigrams */

struct widening {
    void *ctx;
    search_count_fn count;
    void *arg;
    struct err *err;
    size_t n;
    struct qlang_node *word[SEARCH_RELAX_MAX_WORDS]; /* those still asked for */
    uint32_t alone[SEARCH_RELAX_MAX_WORDS];          /* totals of each by itself */
};

/* The words but number `skip`. */
static enum status plan_without(struct widening *w, size_t skip,
                                struct xindex_node **out) {
    struct qlang_node *child[SEARCH_RELAX_MAX_WORDS];
    struct qlang_node both = {.kind = QLANG_AND, .child = child};
    for (size_t i = 0; i < w->n; i++)
        if (i != skip) child[both.n++] = w->word[i];
    return plan_build(w->ctx, both.n == 1 ? child[0] : &both, PLAN_SENTENCE_HALF, out,
                      w->err);
}

static enum status count_each(struct widening *w) {
    enum status s = STATUS_OK;
    for (size_t i = 0; s == STATUS_OK && i < w->n; i++) {
        struct xindex_node *p;
        s = plan_build(w->ctx, w->word[i], PLAN_SENTENCE_HALF, &p, w->err);
        if (s == STATUS_OK) s = w->count(w->arg, p, &w->alone[i], w->err);
    }
    return s;
}

/* The fewest that reach the aim, else the most. */
static bool is_better(uint32_t total, uint32_t best) {
    bool reaches = total >= SEARCH_RELAX_BELOW, had = best >= SEARCH_RELAX_BELOW;
    return reaches != had ? reaches : reaches ? total < best : total > best;
}

static enum status drop_words(struct widening *w, uint32_t strict_total,
                              struct xindex_node **plan, struct search_relaxed *relaxed) {
    uint32_t total = strict_total;
    while (w->n > 1 && total < SEARCH_RELAX_BELOW) {
        size_t best = SIZE_MAX;
        uint32_t best_total = 0;
        struct xindex_node *best_plan = NULL;
        for (size_t i = 0; i < w->n; i++) {
            struct xindex_node *p;
            uint32_t n;
            enum status s = plan_without(w, i, &p);
            if (s == STATUS_OK) s = w->count(w->arg, p, &n, w->err);
            if (s != STATUS_OK) return s;
            /* Of equals the rarest word goes: it may be what matches nothing. */
            if (best == SIZE_MAX || is_better(n, best_total) ||
                (n == best_total && w->alone[i] < w->alone[best])) {
                best = i;
                best_total = n;
                best_plan = p;
            }
        }
        relaxed->dropped[relaxed->n++] =
            (struct search_dropped){w->word[best]->text, best_total};
        w->n--;
        for (size_t i = best; i < w->n; i++) {
            w->word[i] = w->word[i + 1];
            w->alone[i] = w->alone[i + 1];
        }
        total = best_total;
        *plan = best_plan;
    }
    if (total == strict_total) *plan = NULL;
    return STATUS_OK;
}

static enum status loosen(struct widening *w, uint32_t strict_total,
                          struct xindex_node **plan) {
    struct xindex_node *p;
    uint32_t n = 0;
    enum status s = plan_build(w->ctx, w->word[0], LOOSE_SHARE, &p, w->err);
    if (s == STATUS_OK) s = w->count(w->arg, p, &n, w->err);
    if (s == STATUS_OK && n > strict_total) *plan = p;
    return s;
}

enum status search_relax(void *ctx, const struct qlang_query *query,
                         struct xindex_node *strict, uint32_t strict_total,
                         search_count_fn count, void *arg, struct xindex_node **plan,
                         struct search_relaxed *relaxed, struct err *err) {
    struct widening w = {.ctx = ctx, .count = count, .arg = arg, .err = err};
    struct search_relaxed r = {.strict_total = strict_total};
    struct xindex_node *wider = NULL;
    struct qlang_node *root = query->root;
    enum status s = STATUS_OK;
    if (root->kind == QLANG_AND && root->n <= SEARCH_RELAX_MAX_WORDS) {
        for (size_t i = 0; i < root->n; i++) w.word[w.n++] = root->child[i];
        r.step = "drop_words";
        s = count_each(&w);
        if (s == STATUS_OK) s = drop_words(&w, strict_total, &wider, &r);
    } else if (root->kind == QLANG_SENTENCE) {
        w.word[w.n++] = root;
        r.step = "loosen_sentence";
        s = loosen(&w, strict_total, &wider);
    }
    if (s != STATUS_OK || !wider) return s;
    strict->boost += STRICT_BOOST;
    struct xindex_node *both = plan_join(ctx, XINDEX_OR, strict, wider);
    if (!both) return err_set(err, STATUS_NOMEM, NULL, "内存不足：放宽检索");
    *plan = both;
    *relaxed = r;
    return STATUS_OK;
}
