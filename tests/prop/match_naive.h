/* match_naive.h - what a match should give: substrings of the values, terms and scores by
 * linear scan. Shares the normaliser and the analyser with the index, nothing else. */
#ifndef TESTS_PROP_MATCH_NAIVE_H
#define TESTS_PROP_MATCH_NAIVE_H

#include "core/utf8.h"
#include "tests/unit/xset.h"

#include <math.h>
#include <talloc.h>

#define MAX_DOCS 400
#define NAIVE_TERMS 512 /* distinct terms of one tree */

/* A term of the tree in hand, counted once. */
struct naive_term {
    struct str text;
    uint32_t df;
    uint32_t wdf[MAX_DOCS];
};

struct naive_cache {
    struct naive_term term[NAIVE_TERMS];
    size_t n;
    const struct term *list[MAX_DOCS]; /* the index terms of each record */
    size_t nlist[MAX_DOCS];
    uint32_t length[MAX_DOCS];
};

struct world {
    void *ctx;
    struct xset_doc doc[MAX_DOCS];
    size_t n;
    double average;
    char tag[4]; /* two searched, one or two by name */
    size_t ntag;
    struct xindex_reader *reader;
    struct naive_cache *cache;
};

/* Analyses the records; after this they do not change. */
static inline void naive_prepare(struct world *w) {
    struct naive_cache *c = w->cache = talloc_zero(w->ctx, struct naive_cache);
    struct terms *t;
    double sum = 0;
    ok(terms_new(&t, err));
    for (size_t i = 0; i < w->n; i++) {
        const struct term *list;
        xset_terms(t, &w->doc[i]);
        c->length[i] = terms_length(t);
        sum += c->length[i];
        ok(terms_sorted(t, &list, &c->nlist[i], err));
        struct term *copy = talloc_array(c, struct term, (unsigned)c->nlist[i] + 1);
        for (size_t k = 0; k < c->nlist[i]; k++) {
            copy[k] = list[k];
            copy[k].text.p = talloc_strndup(copy, list[k].text.p, list[k].text.n);
        }
        c->list[i] = copy;
    }
    w->average = sum > 0 ? sum / (double)w->n : 1;
    terms_free(t);
}

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

static inline bool naive_near(const struct xset_doc *d, struct str x, struct str y,
                              uint32_t tags, uint32_t gap) {
    for (size_t v = 0; v < d->nvalue; v++) {
        struct str t = d->value[v].text;
        if (!(tags >> d->value[v].tag & 1)) continue;
        for (size_t i = naive_find(t, x, 0, false); i != SIZE_MAX;
             i = naive_find(t, x, i + 1, false))
            for (size_t k = naive_find(t, y, 0, false); k != SIZE_MAX;
                 k = naive_find(t, y, k + 1, false)) {
                if (k >= i + x.n && chars_between(t, i + x.n, k) <= gap) return true;
                if (i >= k + y.n && chars_between(t, k + y.n, i) <= gap) return true;
            }
    }
    return false;
}

/* Occurrences of an index term in record i, by the analyser; of a single character,
 * whether it stands there at all. */
static inline uint32_t naive_count(const struct world *w, size_t i, struct str term) {
    uint32_t key = terms_char_key(term), searched = field_searched_tags();
    if (key && key & ANALYSE_NAMED)
        return naive_in(&w->doc[i], str_slice(term.p + 1, term.n - 1), ~searched, false);
    if (key) return naive_in(&w->doc[i], term, searched, false);
    const struct term *list = w->cache->list[i];
    for (size_t k = 0; k < w->cache->nlist[i]; k++)
        if (str_eq(list[k].text, term)) return list[k].wdf + (list[k].wdf == 0);
    return 0;
}

static inline const struct naive_term *naive_term(const struct world *w,
                                                  struct str text) {
    struct naive_cache *c = w->cache;
    for (size_t k = 0; k < c->n; k++)
        if (str_eq(c->term[k].text, text)) return &c->term[k];
    assert_true(c->n < NAIVE_TERMS);
    struct naive_term *t = &c->term[c->n++];
    t->text = text;
    t->df = 0;
    for (size_t i = 0; i < w->n; i++) {
        t->wdf[i] = naive_count(w, i, text);
        t->df += t->wdf[i] > 0;
    }
    return t;
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

/* What an ATLEAST node counts, and what only scores. */
struct naive_parts {
    const struct naive_term *counted[NAIVE_TERMS], *extra[NAIVE_TERMS];
    size_t ncounted, nextra;
};

static inline bool naive_has(const struct naive_term *const *list, size_t n,
                             struct str text) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i]->text, text)) return true;
    return false;
}

/* The distinct Han characters of matching text, each as a term: out[0 .. n). */
static inline size_t naive_chars(const struct world *w, struct str norm, bool named,
                                 const struct naive_term **out) {
    size_t n = 0;
    const char *next;
    for (const char *p = norm.p, *end = p + norm.n; p < end; p = next) {
        uint32_t cp;
        next = utf8_next(p, end, &cp);
        struct str c = str_slice(p, (size_t)(next - p));
        if (named) c = str_of(talloc_asprintf(w->cache, "X%.*s", (int)c.n, c.p));
        if (text_is_han(cp) && !naive_has(out, n, c)) out[n++] = naive_term(w, c);
    }
    return n;
}

/* Offset behind the word that begins at `at`; `at` where none does. */
static inline size_t naive_word_end(struct str s, size_t at) {
    for (uint32_t cp; at < s.n;) {
        const char *next = utf8_next(s.p + at, s.p + s.n, &cp);
        if (!text_is_word(cp)) break;
        at = (size_t)(next - s.p);
    }
    return at;
}

static inline void naive_needle(const struct world *w, const struct xindex_node *n,
                                struct naive_parts *p) {
    const struct naive_term *chars[NAIVE_TERMS];
    size_t nchars = naive_chars(w, n->needle, false, chars);
    for (size_t i = 0; i < nchars; i++)
        if (n->need == 1 && chars[i]->df <= w->n / XINDEX_RARE)
            p->counted[p->ncounted++] = chars[i];
        else
            p->extra[p->nextra++] = chars[i];
    for (size_t at = 0, end; at < n->needle.n; at = end) {
        uint32_t cp;
        end = naive_word_end(n->needle, at);
        struct str token = str_slice(n->needle.p + at, end - at);
        token.n = utf8_clip(token, ANALYSE_MAX_TOKEN);
        if (token.n && !naive_has(p->counted, p->ncounted, token) &&
            !naive_has(p->extra, p->nextra, token))
            p->extra[p->nextra++] = naive_term(w, token);
        if (end > at) continue;
        const char *next = utf8_next(n->needle.p + at, n->needle.p + n->needle.n, &cp);
        end = (size_t)(next - n->needle.p);
    }
}

static inline void naive_parts(const struct world *w, const struct xindex_node *n,
                               struct naive_parts *p) {
    size_t most = w->n / XINDEX_COMMON;
    bool apart = false;
    if (most < XINDEX_COMMON_LEAST) most = XINDEX_COMMON_LEAST;
    p->ncounted = p->nextra = 0;
    for (size_t i = 0; i < n->literal.n; i++) {
        uint32_t df = naive_term(w, n->literal.terms[i])->df;
        apart = apart || (n->need == 1 && df > 0 && df <= most);
    }
    for (size_t i = 0; i < n->literal.n; i++) {
        const struct naive_term *t = naive_term(w, n->literal.terms[i]);
        if (apart && t->df > most)
            p->extra[p->nextra++] = t;
        else
            p->counted[p->ncounted++] = t;
    }
    if (n->needle.n) naive_needle(w, n, p);
}

static inline bool naive_match(const struct world *w, size_t doc,
                               const struct xindex_node *n) {
    const struct xset_doc *d = &w->doc[doc];
    struct naive_parts p;
    uint32_t held = 0;
    switch (n->op) {
        case XINDEX_ALL:
            return true;
        case XINDEX_NONE:
            return false;
        case XINDEX_AND:
            for (size_t i = 0; i < n->nchild; i++)
                if (!naive_match(w, doc, n->child[i])) return false;
            return true;
        case XINDEX_OR:
            for (size_t i = 0; i < n->nchild; i++)
                if (naive_match(w, doc, n->child[i])) return true;
            return false;
        case XINDEX_NOT:
            return !naive_match(w, doc, n->child[0]);
        case XINDEX_LITERAL:
            return naive_in(d, n->needle, n->tags, false);
        case XINDEX_NEAR:
            return naive_near(d, n->child[0]->needle, n->child[1]->needle, n->tags,
                              n->gap);
        case XINDEX_ATLEAST:
            naive_parts(w, n, &p);
            for (size_t i = 0; i < p.ncounted; i++) held += p.counted[i]->wdf[doc] > 0;
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

/* Where the word at the end of the needle begins. */
static inline size_t naive_last_word(struct str s) {
    size_t at = 0;
    for (uint32_t cp; at < s.n && naive_word_end(s, at) < s.n;)
        at = (size_t)(utf8_next(s.p + at, s.p + s.n, &cp) - s.p);
    return at;
}

static inline bool naive_holds(const struct world *w, size_t doc, struct str term) {
    for (size_t k = 0; k < w->cache->nlist[doc]; k++)
        if (str_eq(w->cache->list[doc][k].text, term)) return true;
    return false;
}

/* Does a PREFIX of the tree stand for more tokens than are looked at? */
static inline bool naive_too_wide(const struct world *w, const struct xindex_node *n) {
    for (size_t i = 0; i < n->nchild; i++)
        if (naive_too_wide(w, n->child[i])) return true;
    if (n->op != XINDEX_PREFIX) return false;
    size_t at = naive_last_word(n->needle), words = 0;
    if (at == n->needle.n) return false;
    bool named = !(n->tags & field_searched_tags());
    char *start = talloc_asprintf(w->cache, "%s%.*s", named ? "X" : "",
                                  (int)(n->needle.n - at), n->needle.p + at);
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->cache->nlist[i]; k++) {
            struct str term = w->cache->list[i][k].text;
            bool seen = !str_starts(term, str_of(start));
            for (size_t j = 0; j < i && !seen; j++) seen = naive_holds(w, j, term);
            words += !seen;
        }
    return words > XINDEX_MAX_EXPAND;
}

/* ---- naive scores ----------------------------------------------------------------- */

static inline double naive_idf(const struct world *w, uint32_t df) {
    double all = (double)w->n, idf = (all - df + 0.5) / (df + 0.5);
    if (idf < 2) idf = idf * 0.5 + 1;
    return idf > 1 ? log(idf) : 0;
}

static inline double naive_norm(const struct world *w, size_t doc) {
    return 0.25 + 0.75 * w->cache->length[doc] / w->average;
}

/* Of bigrams and tokens. */
static inline double naive_bm25(const struct world *w, size_t doc, double idf,
                                uint32_t tf) {
    return idf * 2.2 * tf / (tf + 1.2 * naive_norm(w, doc));
}

/* Of characters that the record holds, as if each stood once. */
static inline double naive_bm25_chars(const struct world *w, size_t doc, double idf) {
    return 1.2 * idf * 3.5 / (1 + 2.5 * naive_norm(w, doc));
}

static inline const struct naive_term *naive_rarest(const struct world *w,
                                                    const struct literal *l) {
    const struct naive_term *rare = naive_term(w, l->terms[0]);
    for (size_t i = 1; i < l->n; i++) {
        const struct naive_term *t = naive_term(w, l->terms[i]);
        if (t->df < rare->df || (t->df == rare->df && str_cmp(t->text, rare->text) < 0))
            rare = t;
    }
    return rare;
}

static inline double score_literal(const struct world *w, size_t doc,
                                   const struct xindex_node *n) {
    const struct literal *l = &n->literal;
    const struct naive_term *chars[NAIVE_TERMS];
    double idf = 0, han = 0;
    for (size_t i = 0; i < l->n; i++)
        if (!terms_char_key(l->terms[i]))
            idf += naive_idf(w, naive_term(w, l->terms[i])->df);
    size_t nchars = naive_chars(w, n->needle, l->terms[0].p[0] == 'X', chars);
    for (size_t i = 0; i < nchars; i++) han += naive_idf(w, chars[i]->df);
    return naive_bm25(w, doc, idf, naive_rarest(w, l)->wdf[doc]) +
           naive_bm25_chars(w, doc, han);
}

static inline double score_parts(const struct world *w, size_t doc,
                                 const struct xindex_node *n) {
    struct naive_parts p;
    double sum = 0;
    naive_parts(w, n, &p);
    for (size_t i = 0; i < p.ncounted; i++)
        sum += naive_bm25(w, doc, naive_idf(w, p.counted[i]->df), p.counted[i]->wdf[doc]);
    for (size_t i = 0; i < p.nextra; i++) {
        double idf = naive_idf(w, p.extra[i]->df);
        if (!terms_char_key(p.extra[i]->text))
            sum += naive_bm25(w, doc, idf, p.extra[i]->wdf[doc]);
        else if (p.extra[i]->wdf[doc])
            sum += naive_bm25_chars(w, doc, idf);
    }
    return sum;
}

/* Trees that are scored hold no PREFIX and no TERM: see random_leaf. */
static inline double naive_score(const struct world *w, size_t doc,
                                 const struct xindex_node *n) {
    double sum = (double)n->boost, weight = (double)n->weight;
    if (n->op == XINDEX_NOT) return sum;
    if (n->op == XINDEX_LITERAL) return sum + weight * score_literal(w, doc, n);
    if (n->op == XINDEX_NEAR)
        return sum + weight * (score_literal(w, doc, n->child[0]) +
                               score_literal(w, doc, n->child[1]));
    if (n->op == XINDEX_ATLEAST) return sum + weight * score_parts(w, doc, n);
    for (size_t i = 0; i < n->nchild; i++)
        if (n->op == XINDEX_AND || naive_match(w, doc, n->child[i]))
            sum += naive_score(w, doc, n->child[i]);
    return sum;
}

/* ---- the second look -------------------------------------------------------------- */

#define NAIVE_IN_TITLE 4
#define NAIVE_IS_TITLE 8
#define NAIVE_IS_VALUE 3
#define NAIVE_IS_NEAR 2
#define NAIVE_IS_NEXT 4 /* besides */
#define NAIVE_NEAR_CHARS 10
#define NAIVE_CHAR_COUNT 0.4
#define NAIVE_COUNT_LEAST 9 /* characters of the needle */

/* A literal in the titles, and as a whole title, keyword, unit or person. */
static inline double naive_place(const struct xset_doc *d, const struct xindex_node *n) {
    double gain = 0;
    for (char tag = 1; tag <= 4; tag++)
        for (size_t i = 0; i < d->nvalue; i++) {
            struct str v = d->value[i].text;
            if (d->value[i].tag != tag || !(n->tags >> tag & 1)) continue;
            bool is = str_eq(v, n->needle);
            if (tag != 1 && is) return gain + NAIVE_IS_VALUE;
            if (tag == 1 && is)
                gain += NAIVE_IS_TITLE;
            else if (tag == 1 && naive_find(v, n->needle, 0, false) != SIZE_MAX)
                gain += NAIVE_IN_TITLE;
        }
    return gain;
}

/* How often the characters of the needle stand in the record, fields by name included. */
static inline double naive_char_counts(const struct world *w, size_t doc,
                                       const struct xindex_node *n) {
    const struct naive_term *chars[NAIVE_TERMS];
    const struct xset_doc *d = &w->doc[doc];
    double gain = 0;
    size_t nchars = naive_chars(w, n->needle, false, chars);
    if (nchars < NAIVE_COUNT_LEAST) return 0;
    for (size_t i = 0; i < nchars; i++) {
        double idf = naive_idf(w, chars[i]->df);
        uint32_t count = 0;
        for (size_t v = 0; v < d->nvalue; v++)
            for (size_t at = 0; at < d->value[v].text.n; at++)
                count += starts_at(d->value[v].text, chars[i]->text, at);
        if (count > 1)
            gain += naive_bm25(w, doc, idf, count) - naive_bm25(w, doc, idf, 1);
    }
    return gain * NAIVE_CHAR_COUNT;
}

/* Dense nodes, which work on any record. */
static inline bool naive_dense(const struct xindex_node *n);
/* An upper bound of the matches, by which the children of AND are sorted. */
static inline uint64_t naive_cost(const struct world *w, const struct xindex_node *n);

static inline bool naive_before(const struct world *w, const struct xindex_node *a,
                                const struct xindex_node *b) {
    bool x = naive_dense(a), y = naive_dense(b);
    return x != y ? y : naive_cost(w, a) < naive_cost(w, b);
}

static inline const struct xindex_node *naive_first(const struct world *w,
                                                    const struct xindex_node *n) {
    const struct xindex_node *first = n->child[0];
    for (size_t i = 1; i < n->nchild; i++)
        if (naive_before(w, n->child[i], first)) first = n->child[i];
    return first;
}

static inline bool naive_dense(const struct xindex_node *n) {
    bool any = false, all = true;
    for (size_t i = 0; i < n->nchild; i++) {
        any |= naive_dense(n->child[i]);
        all &= naive_dense(n->child[i]);
    }
    return n->op == XINDEX_ALL || n->op == XINDEX_COND || n->op == XINDEX_NOT ||
           (n->op == XINDEX_OR && any) || (n->op == XINDEX_AND && all);
}

static inline int cmp_count(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static inline uint64_t naive_parts_cost(const struct world *w,
                                        const struct xindex_node *n) {
    struct naive_parts p;
    uint32_t df[NAIVE_TERMS];
    uint64_t sum = 0;
    naive_parts(w, n, &p);
    for (size_t i = 0; i < p.ncounted; i++) df[i] = p.counted[i]->df;
    qsort(df, p.ncounted, sizeof df[0], cmp_count);
    for (size_t i = 0; i + n->need <= p.ncounted; i++) sum += df[i];
    return sum < w->n ? sum : w->n;
}

static inline uint64_t naive_cost(const struct world *w, const struct xindex_node *n) {
    uint64_t sum = 0;
    switch (n->op) {
        case XINDEX_NONE:
            return 0;
        case XINDEX_AND:
            return naive_cost(w, naive_first(w, n));
        case XINDEX_OR:
            for (size_t i = 0; i < n->nchild; i++) sum += naive_cost(w, n->child[i]);
            return sum < w->n ? sum : w->n;
        case XINDEX_LITERAL:
            return naive_rarest(w, &n->literal)->df;
        case XINDEX_NEAR: {
            uint32_t a = naive_rarest(w, &n->child[0]->literal)->df;
            uint32_t b = naive_rarest(w, &n->child[1]->literal)->df;
            return a < b ? a : b;
        }
        case XINDEX_ATLEAST:
            return naive_parts_cost(w, n);
        case XINDEX_ALL:
        case XINDEX_NOT:
        case XINDEX_TERM:
        case XINDEX_PREFIX:
        case XINDEX_COND:
            break;
    }
    return w->n;
}

/* The literal whose place is that of the node: of an OR that of its first child. */
static inline const struct xindex_node *naive_word(const struct xindex_node *n) {
    while (n->op == XINDEX_OR) n = n->child[0];
    return n->op == XINDEX_LITERAL ? n : NULL;
}

/* The literals of an AND that follow each other, rarest first, close together. */
static inline double naive_nearness(const struct world *w, size_t doc,
                                    const struct xindex_node *n) {
    const struct xindex_node *child[XINDEX_MAX_NODES], *before = NULL;
    double gain = 0;
    for (size_t i = 0; i < n->nchild; i++) { /* insertion: equals keep their order */
        size_t at = i;
        for (; at > 0 && naive_before(w, n->child[i], child[at - 1]); at--)
            child[at] = child[at - 1];
        child[at] = n->child[i];
    }
    for (size_t i = 0; i < n->nchild; i++) {
        const struct xindex_node *here = naive_word(child[i]);
        if (!here) continue;
        if (before && naive_near(&w->doc[doc], before->needle, here->needle, UINT32_MAX,
                                 NAIVE_NEAR_CHARS))
            gain += NAIVE_IS_NEAR;
        if (before &&
            naive_near(&w->doc[doc], before->needle, here->needle, UINT32_MAX, 0))
            gain += NAIVE_IS_NEXT;
        before = here;
    }
    return gain;
}

/* What the second look adds to the score of one of the XINDEX_REFINED best. */
static inline double naive_refine(const struct world *w, size_t doc,
                                  const struct xindex_node *n) {
    double sum = 0, best = 0;
    if (n->op == XINDEX_LITERAL) return naive_place(&w->doc[doc], n);
    if (n->op == XINDEX_ATLEAST) return n->weight > 0 ? naive_char_counts(w, doc, n) : 0;
    for (size_t i = 0; i < n->nchild; i++) {
        double gain = naive_refine(w, doc, n->child[i]);
        sum += gain;
        best = gain > best ? gain : best;
    }
    return n->op == XINDEX_AND  ? sum + naive_nearness(w, doc, n)
           : n->op == XINDEX_OR ? best
                                : 0;
}

#endif
