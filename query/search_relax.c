#include "query/search_relax.h"

#include "query/plan.h"

#include <talloc.h>

#define STRICT_BOOST 20000.0F /* above PLAN_LITERAL_BOOST and any BM25 sum */
#define WORD_SHARE 2          /* half of a word's parts, before any of them */

struct widening {
    void *ctx;
    const struct search_relaxing *from;
    search_count_fn count;
    void *arg;
    struct err *err;
    size_t n;
    struct qlang_node *word[SEARCH_RELAX_MAX_WORDS]; /* those still asked for */
    uint32_t alone[SEARCH_RELAX_MAX_WORDS];          /* totals of each by itself */
    size_t nall;
    struct qlang_node *all[SEARCH_RELAX_MAX_WORDS]; /* as typed */
};

/* The words but number `skip`. */
static enum status plan_without(struct widening *w, size_t skip,
                                struct xindex_node **out) {
    struct qlang_node *child[SEARCH_RELAX_MAX_WORDS];
    struct qlang_node both = {.kind = QLANG_AND, .child = child};
    for (size_t i = 0; i < w->n; i++)
        if (i != skip) child[both.n++] = w->word[i];
    return plan_build(w->ctx, both.n == 1 ? child[0] : &both, out, w->err);
}

static enum status count_each(struct widening *w) {
    enum status s = STATUS_OK;
    for (size_t i = 0; s == STATUS_OK && i < w->n; i++) {
        struct xindex_node *p;
        s = plan_build(w->ctx, w->word[i], &p, w->err);
        if (s == STATUS_OK) s = w->count(w->arg, p, &w->alone[i], w->err);
    }
    return s;
}

/* The fewest that reach the aim, else the most. */
static bool is_better(uint32_t total, uint32_t best) {
    bool reaches = total >= SEARCH_RELAX_BELOW, had = best >= SEARCH_RELAX_BELOW;
    return reaches != had ? reaches : reaches ? total < best : total > best;
}

/* *all: what the plan matches without filters. */
static enum status drop_words(struct widening *w, struct xindex_node **plan,
                              uint32_t *all, struct search_relaxed *relaxed) {
    uint32_t total = w->from->strict_total, told;
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
        told = best_total;
        if (w->from->told) {
            enum status s = w->from->told(w->arg, best_plan, &told, w->err);
            if (s != STATUS_OK) return s;
        }
        relaxed->dropped[relaxed->n++] =
            (struct search_dropped){w->word[best]->text, told};
        w->n--;
        for (size_t i = best; i < w->n; i++) {
            w->word[i] = w->word[i + 1];
            w->alone[i] = w->alone[i + 1];
        }
        total = best_total;
        *plan = best_plan;
    }
    if (total == w->from->strict_total) { /* to no avail */
        *plan = NULL;
        relaxed->n = 0;
    }
    *all = total;
    return STATUS_OK;
}

/* OR of `strict`, first as a whole, and `wider`. */
static enum status put_behind(struct widening *w, struct xindex_node *strict,
                              struct xindex_node *wider, struct xindex_node **out) {
    struct xindex_node *both = plan_join(w->ctx, XINDEX_OR, strict, wider);
    if (!both) return err_set(w->err, STATUS_NOMEM, NULL, "内存不足：放宽检索");
    strict->boost += STRICT_BOOST;
    *out = both;
    return STATUS_OK;
}

/* Any record with a part of a word: half of them, or one where that is too few. */
static enum status loosen_words(struct widening *w, uint32_t least,
                                struct xindex_node **wider) {
    for (unsigned share = w->nall == 1 ? WORD_SHARE : 0;; share = 0) {
        uint32_t n = 0;
        struct xindex_node *parts;
        enum status s = plan_parts(w->ctx, w->all, w->nall, share, &parts, w->err);
        if (s == STATUS_OK && parts) s = w->count(w->arg, parts, &n, w->err);
        if (s != STATUS_OK) return s;
        if (n > least && (n >= SEARCH_RELAX_BELOW || share == 0)) *wider = parts;
        if (share == 0 || *wider) return STATUS_OK;
    }
}

static enum status keyword_node(struct widening *w, struct str keyword,
                                struct xindex_node **out) {
    struct qlang_node *n = talloc_zero(w->ctx, struct qlang_node);
    struct buf norm = buf_init(QLANG_MAX_BYTES);
    enum status s = n ? text_normalise(keyword, &norm, NULL, w->err)
                      : err_set(w->err, STATUS_NOMEM, NULL, "内存不足：放宽检索");
    char *copy = s == STATUS_OK ? talloc_memdup(n, buf_z(&norm), norm.n) : NULL;
    if (s == STATUS_OK && !copy)
        s = err_set(w->err, STATUS_NOMEM, NULL, "内存不足：放宽检索");
    if (s == STATUS_OK) {
        n->kind = QLANG_PHRASE;
        n->field = field_of_facet(FACET_KEYWORD);
        n->text = keyword;
        n->norm = str_slice(copy, norm.n);
        s = plan_build(w->ctx, n, out, w->err);
    }
    buf_done(&norm);
    return s;
}

/* Any of the keywords; NULL when there is none. */
static enum status keyword_nodes(struct widening *w, const struct search_relaxed *r,
                                 struct xindex_node **out) {
    enum status s = STATUS_OK;
    *out = NULL;
    for (size_t i = 0; s == STATUS_OK && i < r->nassociated; i++) {
        struct xindex_node *one;
        s = keyword_node(w, r->associated[i].keyword, &one);
        if (s == STATUS_OK && *out && !(one = plan_join(w->ctx, XINDEX_OR, *out, one)))
            s = err_set(w->err, STATUS_NOMEM, NULL, "内存不足：放宽检索");
        if (s == STATUS_OK) *out = one;
    }
    return s;
}

/* Records with keywords that go with the words; *total grows with them. */
static enum status add_associated(struct widening *w, struct xindex_node *strict,
                                  struct xindex_node **wider, uint32_t *total,
                                  struct search_relaxed *r) {
    const struct search_relaxing *from = w->from;
    const struct xindex_facet_counts *keywords;
    const struct columns *columns;
    struct xindex_node *nodes, *both;
    struct str norm[SEARCH_RELAX_MAX_WORDS];
    uint32_t n = 0;
    if (from->strict_total < ASSOCIATE_LEAST) return STATUS_OK;
    for (size_t i = 0; i < w->nall; i++) {
        const struct qlang_node *word = w->all[i];
        norm[i] = word->kind == QLANG_OR ? word->child[0]->norm : word->norm;
    }
    enum status s = from->keywords(from->arg, from->strict, &keywords, &columns, w->err);
    if (s == STATUS_OK)
        s = associate(w->ctx, columns, keywords, from->strict_total, norm, w->nall,
                      r->associated, &r->nassociated, w->err);
    if (s == STATUS_OK) s = keyword_nodes(w, r, &nodes);
    if (s == STATUS_OK && nodes) {
        both = plan_join(w->ctx, XINDEX_OR, strict, nodes);
        s = both ? w->count(w->arg, both, &n, w->err)
                 : err_set(w->err, STATUS_NOMEM, NULL, "内存不足：放宽检索");
    }
    if (s == STATUS_OK && n > *total) {
        *total = n;
        *wider = nodes;
    } else {
        r->nassociated = 0;
    }
    return s;
}

static enum status relax_words(struct widening *w, struct xindex_node **plan,
                               struct search_relaxed *r) {
    struct xindex_node *fewer = NULL, *parts = NULL, *together = NULL;
    struct xindex_node *strict = w->from->strict;
    enum status s = STATUS_OK;
    uint32_t total = w->from->strict_total;
    if (w->n > 1) s = count_each(w);
    if (s == STATUS_OK && w->n > 1) s = drop_words(w, &fewer, &total, r);
    if (s != STATUS_OK) return s;
    if (fewer) {
        r->step = "drop_words";
        s = put_behind(w, strict, fewer, &strict);
    }
    if (s == STATUS_OK && total < SEARCH_RELAX_BELOW)
        s = add_associated(w, strict, &together, &total, r);
    if (s == STATUS_OK && together) {
        if (!fewer) r->step = "associated";
        s = put_behind(w, strict, together, &strict);
    }
    if (s == STATUS_OK && total < SEARCH_RELAX_BELOW) s = loosen_words(w, total, &parts);
    if (s == STATUS_OK && parts) {
        if (!fewer && !together) r->step = "loosen_words";
        r->loosened = true;
        s = put_behind(w, strict, parts, &strict);
    }
    if (s == STATUS_OK && (fewer || together || parts)) *plan = strict;
    return s;
}

/* The nodes match as before, but add nothing to a score. As deep as the plan. */
static void mute(struct xindex_node *n) {
    n->weight = n->boost = 0;
    for (size_t i = 0; i < n->nchild; i++) mute(n->child[i]);
}

/* A question or title: all its records are ranked together, but literal hits stay first.
 * Of two records that share half and a little less of its bigrams the former is no better
 * (docs/search-quality.md). What else matches as typed may hold only parts that are too
 * common to count: it is asked for, too, and of several words, or of a title with quotes
 * and brackets, it stays first. */
static enum status relax_text(struct widening *w, struct xindex_node **plan,
                              struct search_relaxed *r) {
    struct xindex_node *parts, *both, *strict = w->from->strict;
    uint32_t n = 0;
    enum status s = plan_parts(w->ctx, w->all, w->nall, 0, &parts, w->err);
    if (s != STATUS_OK || !parts) return s;
    both = parts;
    if (w->nall == 1) {
        struct xindex_node *literal;
        s = plan_build(w->ctx, w->all[0], &literal, w->err);
        if (s != STATUS_OK) return s;
        if (literal->nchild) literal = literal->child[PLAN_SENTENCE_LITERAL];
        literal->boost = PLAN_LITERAL_BOOST;
        both = plan_join(w->ctx, XINDEX_OR, literal, parts);
    }
    if (w->nall == 1 && !w->from->pasted && both) {
        mute(strict); /* the parts score */
        both = plan_join(w->ctx, XINDEX_OR, strict, both);
    } else if (both) {
        s = put_behind(w, strict, both, &both);
    }
    if (s == STATUS_OK && !both)
        s = err_set(w->err, STATUS_NOMEM, NULL, "内存不足：放宽检索");
    if (s == STATUS_OK) s = w->count(w->arg, both, &n, w->err);
    if (s != STATUS_OK || n <= w->from->strict_total) return s;
    r->loosened = true;
    *plan = both;
    return STATUS_OK;
}

static bool is_pasted(const struct qlang_node *root) {
    if (root->kind == QLANG_SENTENCE) return true;
    for (size_t i = 0; root->kind == QLANG_AND && i < root->n; i++)
        if (root->child[i]->kind == QLANG_SENTENCE) return true;
    return false;
}

enum status search_relax(void *ctx, const struct search_relaxing *from,
                         struct xindex_node **plan, struct search_relaxed *relaxed,
                         struct err *err) {
    struct widening w = {
        .ctx = ctx, .from = from, .count = from->count, .arg = from->arg, .err = err};
    struct search_relaxed r = {0};
    struct qlang_node *root = from->query->root, *pasted = from->pasted;
    struct xindex_node *wider = NULL;
    enum status s = STATUS_OK;
    if (root->kind == QLANG_AND && root->n > SEARCH_RELAX_MAX_WORDS && !pasted)
        return STATUS_OK;
    if (pasted)
        w.all[w.nall++] = pasted;
    else if (root->kind == QLANG_AND)
        for (size_t i = 0; i < root->n; i++)
            w.word[w.n++] = w.all[w.nall++] = root->child[i];
    else
        w.all[w.nall++] = root;
    if (pasted || is_pasted(root)) {
        r.step = pasted ? "read_as_text" : "loosen_sentence";
        s = relax_text(&w, &wider, &r);
    } else if (root->kind == QLANG_AND || root->kind == QLANG_PHRASE ||
               root->kind == QLANG_OR) {
        s = relax_words(&w, &wider, &r);
    }
    if (s != STATUS_OK || !wider) return s;
    *plan = wider;
    *relaxed = r;
    return STATUS_OK;
}
