/* match_naive.h - what a match should give: substrings of the values, terms and scores by
 * linear scan. Shares the normaliser and the analyser with the index, nothing else. */
#ifndef TESTS_PROP_MATCH_NAIVE_H
#define TESTS_PROP_MATCH_NAIVE_H

#include "core/utf8.h"
#include "tests/unit/xset.h"

#include <math.h>

#define MAX_DOCS 400

struct world {
    void *ctx;
    struct xset_doc doc[MAX_DOCS];
    size_t n;
    double average;
    char tag[4]; /* two searched, one or two by name */
    size_t ntag;
    struct xindex_reader *reader;
};

/* ---- the naive evaluator ---------------------------------------------------------- */

static inline bool starts_at(struct str t, struct str needle, size_t i) {
    return needle.n && needle.n <= t.n - i && memcmp(t.p + i, needle.p, needle.n) == 0;
}

/* Offset >= from where needle stands whole (or begins whole, for open). */
static inline size_t naive_find(struct str t, struct str needle, size_t from, bool open) {
    for (size_t i = from; i + needle.n <= t.n; i++) {
        if (!starts_at(t, needle, i)) continue;
        if (text_is_whole(t, i, i + needle.n)) return i;
        /* Open: cut at its end, so that only the border before it is judged. */
        if (open && text_is_whole(str_slice(t.p, i + needle.n), i, i + needle.n))
            return i;
    }
    return SIZE_MAX;
}

static inline bool naive_in(const struct xset_doc *d, struct str needle, uint32_t tags,
                            bool open) {
    for (size_t i = 0; i < d->nvalue; i++)
        if (tags >> d->value[i].tag & 1 &&
            naive_find(d->value[i].text, needle, 0, open) != SIZE_MAX)
            return true;
    return false;
}

static inline size_t chars_between(struct str t, size_t a, size_t b) {
    return utf8_length(str_slice(t.p + a, b - a));
}

static inline bool naive_near(const struct xset_doc *d, const struct xindex_node *n) {
    struct str x = n->child[0]->needle, y = n->child[1]->needle;
    for (size_t v = 0; v < d->nvalue; v++) {
        struct str t = d->value[v].text;
        if (!(n->tags >> d->value[v].tag & 1)) continue;
        for (size_t i = naive_find(t, x, 0, false); i != SIZE_MAX;
             i = naive_find(t, x, i + 1, false))
            for (size_t k = naive_find(t, y, 0, false); k != SIZE_MAX;
                 k = naive_find(t, y, k + 1, false)) {
                if (k >= i + x.n && chars_between(t, i + x.n, k) <= n->gap) return true;
                if (i >= k + y.n && chars_between(t, k + y.n, i) <= n->gap) return true;
            }
    }
    return false;
}

/* Occurrences of an index term in the record, by the analyser; of a single character,
 * whether it stands there at all. */
static inline uint32_t naive_wdf(const struct xset_doc *d, struct str term) {
    static struct terms *t;
    uint32_t key = terms_char_key(term), searched = field_searched_tags();
    if (key && key & ANALYSE_NAMED)
        return naive_in(d, str_slice(term.p + 1, term.n - 1), ~searched, false);
    if (key) return naive_in(d, term, searched, false);
    const struct term *list;
    size_t n;
    if (!t) ok(terms_new(&t, err));
    xset_terms(t, d);
    ok(terms_sorted(t, &list, &n, err));
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].text, term)) return list[i].wdf + (list[i].wdf == 0);
    return 0;
}

static inline bool naive_cond(const struct xset_doc *d, const struct xindex_cond *c) {
    if (c->facet < 0) {
        int32_t x = d->date[c->date];
        int32_t last = x % 100 ? x : x + 31;
        return x && c->has_range && c->lo <= last && x <= c->hi;
    }
    const struct field *f = field_of_facet((enum facet)c->facet);
    for (uint32_t i = 0; i < d->nfacet[c->facet]; i++) {
        struct str v = d->facet[c->facet][i];
        for (size_t k = 0; k < c->nvalue; k++)
            if (codes_within(f->list, v, c->value[k])) return true;
        int year = (int)strtol(v.p, NULL, 10);
        if (c->has_range && c->lo <= year && year <= c->hi) return true;
    }
    return false;
}

static inline bool naive_match(const struct xset_doc *d, const struct xindex_node *n) {
    uint32_t held = 0;
    switch (n->op) {
        case XINDEX_ALL:
            return true;
        case XINDEX_NONE:
            return false;
        case XINDEX_AND:
            for (size_t i = 0; i < n->nchild; i++)
                if (!naive_match(d, n->child[i])) return false;
            return true;
        case XINDEX_OR:
            for (size_t i = 0; i < n->nchild; i++)
                if (naive_match(d, n->child[i])) return true;
            return false;
        case XINDEX_NOT:
            return !naive_match(d, n->child[0]);
        case XINDEX_LITERAL:
            return naive_in(d, n->needle, n->tags, false);
        case XINDEX_NEAR:
            return naive_near(d, n);
        case XINDEX_ATLEAST:
            for (size_t i = 0; i < n->literal.n; i++)
                held += naive_wdf(d, n->literal.terms[i]) > 0;
            return held >= n->need;
        case XINDEX_TERM:
            return str_eq_z(
                str_slice(n->literal.terms[0].p + 1, n->literal.terms[0].n - 1), d->uid);
        case XINDEX_PREFIX:
            return naive_in(d, n->needle, n->tags, true);
        case XINDEX_COND:
            return naive_cond(d, &n->cond);
    }
    return false;
}

/* ---- naive scores ----------------------------------------------------------------- */

static inline uint32_t doc_length(const struct xset_doc *d) {
    static struct terms *t;
    if (!t) ok(terms_new(&t, err));
    xset_terms(t, d);
    return terms_length(t);
}

static inline double bm25(const struct world *w, uint32_t df, uint32_t tf, uint32_t len) {
    double all = (double)w->n, idf = (all - df + 0.5) / (df + 0.5);
    if (idf < 2) idf = idf * 0.5 + 1;
    double norm = 1.2 * (0.25 + 0.75 * len / w->average);
    return (idf > 1 ? log(idf) : 0) * 2.2 * tf / (tf + norm);
}

static inline uint32_t doc_freq(const struct world *w, struct str term) {
    uint32_t n = 0;
    for (size_t i = 0; i < w->n; i++) n += naive_wdf(&w->doc[i], term) > 0;
    return n;
}

static inline double score_terms(const struct world *w, const struct xset_doc *d,
                                 const struct literal *l) {
    struct str rare = l->terms[0];
    uint32_t df = doc_freq(w, rare);
    for (size_t i = 1; i < l->n; i++) {
        uint32_t k = doc_freq(w, l->terms[i]);
        if (k < df || (k == df && str_cmp(l->terms[i], rare) < 0)) {
            df = k;
            rare = l->terms[i];
        }
    }
    return bm25(w, df, naive_wdf(d, rare), doc_length(d));
}

/* Trees that are scored hold no PREFIX and no TERM: see random_leaf. */
static inline double naive_score(const struct world *w, const struct xset_doc *d,
                                 const struct xindex_node *n) {
    double sum = (double)n->boost;
    if (n->op == XINDEX_NOT) return sum;
    if (n->op == XINDEX_LITERAL)
        return sum + (double)n->weight * score_terms(w, d, &n->literal);
    if (n->op == XINDEX_NEAR)
        return sum + (double)n->weight * (score_terms(w, d, &n->child[0]->literal) +
                                          score_terms(w, d, &n->child[1]->literal));
    if (n->op == XINDEX_ATLEAST) {
        for (size_t i = 0; i < n->literal.n; i++) {
            uint32_t tf = naive_wdf(d, n->literal.terms[i]);
            if (tf)
                sum += (double)n->weight *
                       bm25(w, doc_freq(w, n->literal.terms[i]), tf, doc_length(d));
        }
        return sum;
    }
    for (size_t i = 0; i < n->nchild; i++)
        if (n->op == XINDEX_AND || naive_match(d, n->child[i]))
            sum += naive_score(w, d, n->child[i]);
    return sum;
}

#endif
