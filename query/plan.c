#include "query/plan.h"

#include "core/utf8.h"
#include "query/question.h"

#include <talloc.h>

/* A token that a record may match by alone. */
#define PARTS_LETTERS 2
#define PARTS_DIGITS 4

static struct xindex_node *node_new(void *ctx, enum xindex_op op, size_t nchild) {
    struct xindex_node *n = talloc_zero(ctx, struct xindex_node);
    if (!n) return NULL;
    n->op = op;
    n->weight = 1;
    n->nchild = nchild;
    n->child = talloc_zero_array(n, struct xindex_node *, (unsigned)(nchild + 1));
    return n->child ? n : NULL;
}

struct xindex_node *plan_join(void *ctx, enum xindex_op op, struct xindex_node *a,
                              struct xindex_node *b) {
    struct xindex_node *n = node_new(ctx, op, 2);
    if (n) {
        n->child[0] = a;
        n->child[1] = b;
    }
    return n;
}

static enum status out_of_memory(struct err *err) {
    (void)err_set(err, STATUS_NOMEM, NULL, "内存不足：编制检索计划");
    return STATUS_NOMEM;
}

static uint32_t tags_of(const struct field *f) {
    return f ? UINT32_C(1) << f->tag : field_searched_tags();
}

static const char *prefix_of(const struct field *f) {
    return f && !(f->flags & FIELD_SEARCHED) ? "X" : "";
}

static enum status literal(void *ctx, const struct qlang_node *q,
                           struct xindex_node **out, struct err *err) {
    struct xindex_node *n = node_new(ctx, XINDEX_LITERAL, 0);
    if (!n) return out_of_memory(err);
    enum status s = analyse_literal(n, q->norm, prefix_of(q->field), &n->literal, err);
    n->needle = q->norm;
    n->tags = tags_of(q->field);
    if (s == STATUS_OK) *out = n;
    return s;
}

static bool is_bigram(struct str term) {
    const char *p = term.p, *end = term.p + term.n;
    uint32_t cp;
    size_t han = 0;
    while (p < end) {
        p = utf8_next(p, end, &cp);
        if (!text_is_han(cp)) return false;
        han++;
    }
    return han == 2;
}

/* The text without words of asking, on ctx; as it is when nothing would be left. */
static enum status said(void *ctx, struct str norm, struct str *out, struct err *err) {
    struct buf b = buf_init(ANALYSE_MAX_LITERAL);
    question_strip(norm, &b);
    struct str left = text_is_searchable(buf_str(&b)) ? buf_str(&b) : norm;
    char *copy = b.failed ? NULL : talloc_memdup(ctx, left.p, left.n);
    if (copy) *out = str_slice(copy, left.n);
    buf_done(&b);
    return copy ? STATUS_OK : out_of_memory(err);
}

static enum status sentence(void *ctx, const struct qlang_node *q,
                            struct xindex_node **out, struct err *err) {
    struct xindex_node *whole;
    enum status s = literal(ctx, q, &whole, err);
    if (s != STATUS_OK) return s;
    struct xindex_node *some = node_new(ctx, XINDEX_ATLEAST, 0);
    struct str *bigram =
        some ? talloc_array(some, struct str, (unsigned)whole->literal.n + 1) : NULL;
    if (!bigram) return out_of_memory(err);
    size_t n = 0;
    for (size_t i = 0; i < whole->literal.n; i++)
        if (is_bigram(whole->literal.terms[i])) bigram[n++] = whole->literal.terms[i];
    if (n == 0) { /* Han characters one by one between punctuation */
        *out = whole;
        return STATUS_OK;
    }
    some->literal.terms = bigram;
    some->literal.n = n;
    some->need = (uint32_t)((n + PLAN_SENTENCE_SHARE - 1) / PLAN_SENTENCE_SHARE);
    s = said(some, q->norm, &some->needle, err);
    if (s != STATUS_OK) return s;
    whole->boost = PLAN_LITERAL_BOOST;
    whole->weight = 0; /* the bigrams score for both */
    struct xindex_node *both = plan_join(ctx, XINDEX_OR, whole, some);
    if (!both) return out_of_memory(err);
    *out = both;
    return STATUS_OK;
}

static enum status near(void *ctx, const struct qlang_node *q, struct xindex_node **out,
                        struct err *err) {
    struct xindex_node *a, *b;
    enum status s = literal(ctx, q->child[0], &a, err);
    if (s == STATUS_OK) s = literal(ctx, q->child[1], &b, err);
    if (s != STATUS_OK) return s;
    uint32_t tags = a->tags & b->tags;
    struct xindex_node *n = plan_join(ctx, tags ? XINDEX_NEAR : XINDEX_NONE, a, b);
    if (!n) return out_of_memory(err);
    n->tags = tags;
    n->gap = q->gap;
    if (!tags) n->nchild = 0;
    *out = n;
    return STATUS_OK;
}

static enum status prefix(void *ctx, const struct qlang_node *q, struct xindex_node **out,
                          struct err *err) {
    struct xindex_node *n = node_new(ctx, XINDEX_PREFIX, 0);
    if (!n) return out_of_memory(err);
    n->needle = q->norm;
    n->tags = tags_of(q->field);
    *out = n;
    return STATUS_OK;
}

static enum status condition(void *ctx, const struct qlang_node *q,
                             struct xindex_node **out, struct err *err) {
    struct xindex_node *n = node_new(ctx, XINDEX_COND, 0);
    if (!n) return out_of_memory(err);
    n->cond.facet = q->field->facet;
    n->cond.date = q->field->date;
    if (q->kind == QLANG_RANGE) {
        n->cond.has_range = true;
        n->cond.lo = q->lo;
        n->cond.hi = q->hi;
    } else {
        n->cond.value = &q->text;
        n->cond.nvalue = 1;
    }
    *out = n;
    return STATUS_OK;
}

/* Words in quotes behind one without are other names of it (expand.h): the four pairs of
 * 液化天然气 must not outweigh the one token LNG. */
static void level(const struct qlang_node *q, struct xindex_node *n) {
    struct xindex_node *word = n->child[0];
    if (q->child[0]->kind != QLANG_PHRASE || q->child[0]->quoted) return;
    for (size_t i = 1; i < q->n; i++) {
        struct xindex_node *other = n->child[i];
        if (q->child[i]->kind != QLANG_PHRASE || !q->child[i]->quoted) continue;
        float share = (float)word->literal.n / (float)other->literal.n;
        other->weight = PLAN_OTHER_NAME * (share < 1 ? share : 1);
        word->boost = PLAN_AS_TYPED;
    }
}

static enum status inner(void *ctx, const struct qlang_node *q, enum xindex_op op,
                         struct xindex_node **out, struct err *err) {
    struct xindex_node *n = node_new(ctx, op, q->n);
    if (!n) return out_of_memory(err);
    for (size_t i = 0; i < q->n; i++) {
        enum status s = plan_build(ctx, q->child[i], &n->child[i], err);
        if (s != STATUS_OK) return s;
    }
    if (op == XINDEX_OR) level(q, n);
    *out = n;
    return STATUS_OK;
}

/* Recursion is as deep as the query tree, which its parser limits. */
enum status plan_build(void *ctx, const struct qlang_node *root, struct xindex_node **out,
                       struct err *err) {
    if (!root) {
        *out = NULL;
        return STATUS_OK;
    }
    switch (root->kind) {
        case QLANG_AND:
            return inner(ctx, root, XINDEX_AND, out, err);
        case QLANG_OR:
            return inner(ctx, root, XINDEX_OR, out, err);
        case QLANG_NOT:
            return inner(ctx, root, XINDEX_NOT, out, err);
        case QLANG_PHRASE:
            return literal(ctx, root, out, err);
        case QLANG_SENTENCE:
            return sentence(ctx, root, out, err);
        case QLANG_PREFIX:
            return prefix(ctx, root, out, err);
        case QLANG_NEAR:
            return near(ctx, root, out, err);
        case QLANG_CODE:
        case QLANG_RANGE:
            return condition(ctx, root, out, err);
        case QLANG_NOTHING:
            break;
    }
    return inner(ctx, root, XINDEX_NONE, out, err);
}

/* Does a record say something by holding it? A pair does; 3 and 45 do not. */
static bool is_telling(struct str term) {
    size_t digits = 0, n = utf8_length(term);
    uint32_t cp;
    if (terms_char_key(term)) return false;
    utf8_next(term.p, term.p + term.n, &cp);
    if (text_is_han(cp)) return true;
    for (size_t i = 0; i < term.n; i++) digits += term.p[i] >= '0' && term.p[i] <= '9';
    return digits < n ? n >= PARTS_LETTERS : n >= PARTS_DIGITS;
}

static enum status add_parts(struct xindex_node *parts, struct str norm,
                             struct buf *needle, struct err *err) {
    struct str text;
    struct literal found = {0};
    enum status s = said(parts, norm, &text, err);
    if (s == STATUS_OK) s = analyse_literal(parts, text, "", &found, err);
    if (s != STATUS_OK) return s == STATUS_INVALID ? STATUS_OK : s;
    size_t all = parts->literal.n + found.n;
    struct str *terms =
        talloc_realloc(parts, parts->literal.terms, struct str, (unsigned)all + 1);
    if (!terms) return out_of_memory(err);
    parts->literal.terms = terms;
    for (size_t i = 0; i < found.n; i++)
        if (is_telling(found.terms[i])) terms[parts->literal.n++] = found.terms[i];
    buf_add_str(needle, text);
    buf_add_char(needle, ' ');
    return STATUS_OK;
}

enum status plan_parts(void *ctx, struct qlang_node *const *word, size_t n,
                       unsigned share, struct xindex_node **out, struct err *err) {
    struct xindex_node *parts = node_new(ctx, XINDEX_ATLEAST, 0);
    struct buf needle = buf_init(0);
    enum status s = parts ? STATUS_OK : out_of_memory(err);
    for (size_t i = 0; s == STATUS_OK && i < n; i++) {
        const struct qlang_node *w = word[i];
        if (w->kind == QLANG_OR) w = w->child[0];
        if (w->kind == QLANG_PHRASE || w->kind == QLANG_SENTENCE)
            s = add_parts(parts, w->norm, &needle, err);
    }
    if (s == STATUS_OK && needle.n) {
        char *copy = talloc_memdup(parts, buf_z(&needle), needle.n);
        parts->needle = str_slice(copy, copy ? needle.n : 0);
        if (!copy) s = out_of_memory(err);
    }
    buf_done(&needle);
    if (s != STATUS_OK) return s;
    size_t terms = parts->literal.n;
    parts->need = share ? (uint32_t)((terms + share - 1) / share) : 1;
    *out = terms > 1 ? parts : NULL;
    return STATUS_OK;
}
